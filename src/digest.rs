//! Digests under a random key of this process: what is compared by them can be told from none of them. Knows nothing of what it digests.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::{Error, Kind};

/// The key of digests.
#[derive(Clone)]
pub(crate) struct DigestKey(Hmac<Sha256>);

/// The digest of a list of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Digest([u8; 32]);

impl DigestKey {
    /// A random key.
    pub(crate) fn random() -> Result<Self, Error> {
        let mut key = Zeroizing::new([0; 32]);
        let filled = getrandom::fill(&mut *key);
        filled.map_err(|error| Error::new(Kind::Setting, "cannot make a random key").cause(error.to_string()))?;
        Ok(Self(Hmac::new_from_slice(&*key).expect("HMAC takes keys of any length")))
    }

    /// The digest of the parts that `tell` passes on. No two lists of parts run into one text.
    pub(crate) fn digest(&self, tell: impl FnOnce(&mut dyn FnMut(&[u8]))) -> Digest {
        let mut hmac = self.0.clone();
        tell(&mut |part| {
            hmac.update(&(part.len() as u64).to_be_bytes());
            hmac.update(part);
        });
        Digest(hmac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_one_another_and_keys_differ() {
        let digest =
            |key: &DigestKey, parts: &[&str]| key.digest(|add| parts.iter().for_each(|part| add(part.as_bytes())));
        let (key, other) = (DigestKey::random().unwrap(), DigestKey::random().unwrap());
        assert_eq!(digest(&key, &["ab", "c"]), digest(&key, &["ab", "c"]));
        for parts in [&["a", "bc"][..], &["abc"], &["ab", "c", ""]] {
            assert_ne!(digest(&key, &["ab", "c"]), digest(&key, parts));
        }
        assert_ne!(digest(&key, &["ab"]), digest(&other, &["ab"]));
    }
}
