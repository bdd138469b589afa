//! Fingerprints of values under a key. They identify a value without showing it.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::ZeroizeOnDrop;

use crate::modifier::SaltKey;

/// How many hex digits a fingerprint has.
const DIGITS: usize = 10;

/// Makes masks under one key: equal values have equal masks.
#[derive(Clone)]
pub struct Mask {
    /// `None` makes all fingerprints equal.
    hmac: Option<Hmac<Sha256>>,
}

/// The HMAC keeps two SHA-256 states of the key, which sha2's feature `zeroize` wipes from memory.
const _: () = is_wiped::<Sha256>();

const fn is_wiped<T: ZeroizeOnDrop>() {}

/// The fingerprint of a value: the first ten hex digits of its HMAC-SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Mask {
    /// Masks under `key`. Anyone who knows the key can guess a value and compare fingerprints.
    pub fn new(key: &[u8]) -> Self {
        Self { hmac: Some(Hmac::new_from_slice(key).expect("HMAC takes keys of any length")) }
    }

    /// Masks that are all equal, so that two renderings do not differ in the values of secrets.
    pub fn blank() -> Self {
        Self { hmac: None }
    }

    /// Whether all its masks are the same.
    pub fn is_blank(&self) -> bool {
        self.hmac.is_none()
    }

    /// The key of the salts that modifiers make, which no fingerprint shows.
    pub fn salt_key(&self) -> SaltKey {
        const PURPOSE: &[u8] = b"vault-render: the key of salts";
        let derived = self.hmac.clone().map(|hmac| hmac.chain_update(PURPOSE).finalize().into_bytes());
        SaltKey::new(derived.as_deref().unwrap_or_default())
    }

    /// The fingerprint of `bytes`.
    pub fn fingerprint(&self, bytes: &[u8]) -> Fingerprint {
        let Some(mut hmac) = self.hmac.clone() else { return Fingerprint("0".repeat(DIGITS)) };
        hmac.update(bytes);
        Fingerprint::of(&hmac.finalize().into_bytes())
    }

    /// Where `member` comes in the order of its enum under this key.
    pub(super) fn order_of(&self, member: &str) -> Option<Vec<u8>> {
        let mut hmac = self.hmac.clone()?;
        hmac.update(b"order\0");
        hmac.update(member.as_bytes());
        Some(hmac.finalize().into_bytes().to_vec())
    }
}

impl Fingerprint {
    /// The fingerprint of a value's name, for a value whose own fingerprint is unknown.
    pub(super) fn stand_in(name: &Sha256) -> Self {
        Self::of(&name.clone().finalize())
    }

    /// Parses a fingerprint; `None` if the text is not one.
    pub(in crate::render) fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == DIGITS && text.bytes().all(digit)).then(|| Self(text.to_owned()))
    }

    /// The mark that replaces a text.
    pub fn mark(&self) -> String {
        format!("<redacted:{}>", self.0)
    }

    /// The mark that replaces a number where people read it: no number could be told from a real one.
    pub(in crate::render) fn number_mark(&self) -> String {
        format!("<redacted:{}:number>", self.0)
    }

    /// Its digits.
    pub(super) fn digits(&self) -> &str {
        &self.0
    }

    /// Its digits as a number.
    pub(super) fn number(&self) -> u64 {
        u64::from_str_radix(&self.0, 16).unwrap_or_default()
    }

    /// A number from `low` to `high`; `low` where `high` is less.
    pub(super) fn number_in(&self, low: u64, high: u64) -> u64 {
        low + self.number() % high.saturating_sub(low).saturating_add(1)
    }

    fn of(digest: &[u8]) -> Self {
        let mut hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        hex.truncate(DIGITS);
        Self(hex)
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", Mask::new(b"canary")), "[redacted]");
    }
}
