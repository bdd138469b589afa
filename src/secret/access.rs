//! What a placeholder needs: a secret, a part of it, and what is done with that part. Knows no store.

use super::SecretId;
use crate::source::Place;

/// One reading that a placeholder needs. Its place says which resource asks.
#[derive(Clone, Debug)]
pub struct Access {
    /// The secret to read.
    pub id: SecretId,
    /// The part of it that is used, and how.
    pub usage: Usage,
    /// The placeholder that needs it.
    pub place: Place,
}

/// The part of a secret that a placeholder uses, and the modifiers that it passes through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Usage {
    /// The key; `None` is the whole secret.
    pub key: Option<String>,
    /// The names of the modifiers, left to right.
    pub modifiers: Vec<&'static str>,
}
