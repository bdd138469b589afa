//! Why the keep cannot be used. It is never a reason to stop a run: what is kept can be made anew.

use crate::error::{Error, Kind, Level};

/// Why the keep cannot be used at the moment.
#[derive(Clone, Debug)]
pub(crate) struct Trouble(Error);

impl Trouble {
    /// The keep at `place` cannot be used, for this cause.
    pub(super) fn new(place: &str, cause: impl Into<String>, hint: impl Into<String>) -> Self {
        let detail = format!("the keep at `{place}` cannot be used");
        Self(Error::new(Kind::Store, detail).cause(cause).hint(hint))
    }

    /// For a command that is about the keep.
    pub(crate) fn into_error(self) -> Error {
        self.0
    }

    /// For a run, which goes on.
    pub(crate) fn into_warning(self) -> Error {
        let detail = format!("{}: the run goes on without it", self.0.detail);
        Error { level: Level::Warning, detail, ..self.0 }
    }
}
