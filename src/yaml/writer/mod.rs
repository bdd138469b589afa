//! Values as YAML that every reader (YAML 1.1 and 1.2, go-yaml) reads as the same values. Knows no tree.

pub(super) mod block;
pub(super) mod collection;
mod document;
pub(super) mod flow;
mod kept;
pub(super) mod scalar;

pub(crate) use document::document;

/// Why a value cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unwritable {
    /// It is, or holds, bytes that are not UTF-8.
    Bytes,
    /// It is, or holds, a number that Kubernetes does not read as one.
    Number,
    /// It has a key that is longer than YAML allows.
    Key,
    /// It is larger than one value may be.
    Size,
}
