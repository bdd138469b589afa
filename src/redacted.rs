//! The text of a credential: never shown, zeroed on drop. Knows no credential by name.

use std::fmt;

use zeroize::Zeroizing;

/// A credential's text. `Debug` prints `[redacted]`, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Redacted(Zeroizing<String>);

impl Redacted {
    /// A text that is not to be shown.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// A text that is not to be shown, without a copy of it.
    pub(crate) fn of(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The text, for the wire and for nothing else.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
