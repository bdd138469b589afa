//! What modifiers work with beside a value.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::budget::Budget;

/// The circumstances of a value: where it comes from, and the run.
#[derive(Clone, Copy, Debug)]
pub struct ChainContext<'c> {
    /// The budget of the run.
    pub budget: &'c Budget,
    /// The key of salts, if the run has one.
    pub salts: Option<&'c SaltKey>,
    /// The path of the secret that the value comes from.
    pub path: &'c str,
    /// The key there; `*` is the whole secret.
    pub key: &'c str,
}

impl<'c> ChainContext<'c> {
    /// The context of a value that comes from nowhere, in a run without salts.
    pub fn new(budget: &'c Budget) -> Self {
        Self { budget, salts: None, path: "", key: "" }
    }
}

/// The key from which salts are made where no manifest gives one.
#[derive(Clone)]
pub struct SaltKey(Hmac<Sha256>);

impl SaltKey {
    /// The salts under `key`.
    pub fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    /// The digest of `parts` under this key. Their lengths keep them apart.
    pub(super) fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut hmac = self.0.clone();
        for part in parts {
            hmac.update(&(part.len() as u64).to_be_bytes());
            hmac.update(part);
        }
        hmac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for SaltKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
