//! A failure with its span in the source. Quotes no content.

use crate::error::{Error, Kind};
use crate::source::Span;

/// What is wrong, and which bytes of the source it is about.
#[derive(Clone, Debug)]
pub struct Flaw {
    /// The bytes, in the whole source.
    pub span: Span,
    /// What is wrong; without a place yet.
    pub error: Error,
}

impl Flaw {
    /// `detail` is wrong at `span`.
    pub(in crate::yaml) fn new(kind: Kind, span: Span, detail: impl Into<String>) -> Self {
        Self { span, error: Error::new(kind, detail) }
    }

    /// Says what the user can do.
    pub(in crate::yaml) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.error = self.error.hint(hint);
        self
    }
}
