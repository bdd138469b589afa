//! Why the keep cannot be used. It is never a reason to stop a run: what is kept can be made anew.

use crate::error::{Error, Kind, Level};

/// Why the keep cannot be used at the moment.
#[derive(Clone, Debug)]
pub struct Trouble(Error);

impl Trouble {
    /// The keep at `place` cannot be used, for this cause.
    pub(super) fn new(place: &str, cause: impl Into<String>, hint: impl Into<String>) -> Self {
        let detail = format!("the keep at `{place}` cannot be used");
        Self(Error::new(Kind::Store, detail).cause(cause).hint(hint))
    }

    /// The keep at `place` cannot be used, as nothing can be sealed.
    pub(super) fn without_randomness(place: &str) -> Self {
        Self::new(place, "there is no source of randomness", "does this machine have `/dev/urandom`?")
    }

    /// For a command that is about the keep.
    pub fn into_error(self) -> Error {
        self.0
    }

    /// For a run, which goes on.
    pub fn into_warning(self) -> Error {
        let detail = format!("{}: the run goes on without it", self.0.detail);
        Error { level: Level::Warning, detail, ..self.0 }
    }
}
