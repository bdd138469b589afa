//! A failure with its span in the source. Quotes no content.

use crate::error::{Error, Kind};
use crate::source::Span;

/// An error, and the bytes of the source that it is about.
#[derive(Clone, Debug)]
pub struct Flaw {
    /// The bytes, in the whole source.
    pub span: Span,
    /// The error, which does not name a place yet.
    pub error: Error,
}

impl Flaw {
    /// An error at `span`, explained by `detail`.
    pub(in crate::yaml) fn new(kind: Kind, span: Span, detail: impl Into<String>) -> Self {
        Self { span, error: Error::new(kind, detail) }
    }

    /// Adds the way out for the user.
    pub(in crate::yaml) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.error = self.error.hint(hint);
        self
    }
}
