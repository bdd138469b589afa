//! Versions of Vault's KV engine. Pure.

use crate::secret::{KV_VERSION, SecretId};

/// A version of Vault's KV engine, whose rules read a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Engine {
    /// KV version 1: the response's `data` is the secret.
    V1,
    /// KV version 2: the response's `data.data` is the secret.
    V2,
}

impl Engine {
    /// The engine that a secret's name asks for; without one, the response's shape tells.
    pub(crate) fn of(id: &SecretId) -> Option<Self> {
        match id.instructions.get(KV_VERSION)?.as_str() {
            "1" => Some(Self::V1),
            "2" => Some(Self::V2),
            _ => None,
        }
    }

    /// The version's number.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
        }
    }
}
