//! The question that a reading asks of Vault. Pure.

use super::engine::Engine;

/// The question that a response answers: it decides how the response is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Query<'a> {
    pub(super) path: &'a str,
    /// `None` is the newest.
    pub(super) version: Option<u64>,
    /// `None` lets the response's shape tell.
    pub(super) engine: Option<Engine>,
}
