//! A secret that stands in clear, as it is found: where it is and what it is, without its text.

use crate::source::Span;

/// A secret that was found in clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leak {
    /// Its bytes, or those of the base64 that holds it.
    pub(super) span: Span,
    /// What kind of secret it is.
    pub(super) kind: LeakKind,
    /// Whether it is inside base64.
    pub(super) is_encoded: bool,
    /// Whether its text says that it is an example.
    pub(super) is_example: bool,
}

/// What kind of secret was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeakKind {
    /// A token, with the name of its form.
    Token(&'static str),
    /// A private key, with the name of its kind.
    Key(&'static str),
}
