//! How entries are sealed, and what names they get: without the operator's key neither can be read nor made. Knows no place.
//!
//! An entry is `version | salt | nonce | ciphertext and tag`. Each has a key of its own, derived from the operator's key and the salt. The
//! version and the stored name are authenticated with it, so that no entry can stand in for another.

use std::fmt;
use std::time::SystemTime;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::error::Unspecified;
use ring::rand::{SecureRandom, SystemRandom};
use ring::{hkdf, hmac};
use zeroize::Zeroizing;

use super::entry::{Entry, EntryName};

/// The operator's keys: the first seals, all open. Never empty.
pub(super) struct Keys(Vec<SealKey>);

/// One key of the operator's.
pub(super) struct SealKey {
    bytes: Zeroizing<[u8; KEY_LEN]>,
    names: hmac::Key,
}

/// The name under which an entry is stored: without the key it says nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoredName(String);

/// An entry to store.
pub(super) struct SealedEntry {
    pub(super) name: StoredName,
    pub(super) sealed: Vec<u8>,
    pub(super) ends: SystemTime,
    /// Whether it takes the place of one that is there.
    pub(super) replaces: bool,
}

/// An entry that no key opens, or that is not what its name says.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable;

/// The bytes of a key.
pub(super) const KEY_LEN: usize = 32;

/// The first bytes of every entry: whose it is, and how it is sealed.
const VERSION: &[u8; 4] = b"vrk1";
const SALT_LEN: usize = 32;
const HEAD_LEN: usize = VERSION.len() + SALT_LEN + NONCE_LEN;
const FOR_NAMES: &[u8] = b"vault-render keep names 1";
const FOR_ENTRIES: &[u8] = b"vault-render keep entries 1";

impl Keys {
    /// These keys; `None` if there are none.
    pub(super) fn new(keys: Vec<Zeroizing<[u8; KEY_LEN]>>) -> Option<Self> {
        let keys: Vec<SealKey> = keys.into_iter().map(SealKey::new).collect::<Result<_, _>>().ok()?;
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The key that seals.
    pub(super) fn first(&self) -> &SealKey {
        &self.0[0]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &SealKey> {
        self.0.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl SealKey {
    fn new(bytes: Zeroizing<[u8; KEY_LEN]>) -> Result<Self, Unspecified> {
        let derived = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(&bytes[..]);
        let names = derived.expand(&[FOR_NAMES], hmac::HMAC_SHA256).map(hmac::Key::from)?;
        Ok(Self { bytes, names })
    }

    /// The name under which an entry is stored.
    pub(super) fn stored_name(&self, name: &EntryName) -> StoredName {
        let tag = hmac::sign(&self.names, &name.bytes());
        StoredName(tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Seals an entry under its stored name.
    pub(super) fn seal(&self, name: &EntryName, entry: &Entry) -> Result<Vec<u8>, Unspecified> {
        let mut random = [0; SALT_LEN + NONCE_LEN];
        SystemRandom::new().fill(&mut random)?;
        let (salt, nonce) = random.split_at(SALT_LEN);
        let mut content = entry.encode(name);
        let (key, nonce) = (self.entry_key(salt)?, Nonce::try_assume_unique_for_key(nonce)?);
        let tag = key.seal_in_place_separate_tag(nonce, aad(&self.stored_name(name)), &mut content)?;
        Ok([VERSION, &random[..], &content[..], tag.as_ref()].concat())
    }

    /// Opens what is stored under `stored`, if this key has sealed it.
    pub(super) fn open(&self, stored: &StoredName, sealed: &[u8]) -> Result<(EntryName, Entry), Unreadable> {
        let (head, content) = sealed.split_at_checked(HEAD_LEN).ok_or(Unreadable)?;
        let random = head.strip_prefix(VERSION).ok_or(Unreadable)?;
        let (salt, nonce) = random.split_at(SALT_LEN);
        let mut content = Zeroizing::new(content.to_vec());
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unreadable)?;
        let key = self.entry_key(salt).map_err(|_| Unreadable)?;
        let opened = key.open_in_place(nonce, aad(stored), &mut content).map_err(|_| Unreadable)?;
        let (name, entry) = Entry::decode(opened).ok_or(Unreadable)?;
        if self.stored_name(&name) == *stored { Ok((name, entry)) } else { Err(Unreadable) }
    }

    /// The key of one entry.
    fn entry_key(&self, salt: &[u8]) -> Result<LessSafeKey, Unspecified> {
        let derived = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(&self.bytes[..]);
        let key = derived.expand(&[FOR_ENTRIES], &AES_256_GCM).map(UnboundKey::from)?;
        Ok(LessSafeKey::new(key))
    }
}

impl StoredName {
    /// The name that hexadecimal digits write; `None` if they write none of ours.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 2 * KEY_LEN && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for StoredName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is authenticated with an entry.
fn aad(stored: &StoredName) -> Aad<Vec<u8>> {
    Aad::from([VERSION, stored.0.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::entry::EntryLabel;
    use super::*;

    fn key(byte: u8) -> SealKey {
        SealKey::new(Zeroizing::new([byte; KEY_LEN])).unwrap()
    }

    fn entry() -> Entry {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
        let label = EntryLabel { path: "database/creds/app".into(), ..EntryLabel::default() };
        Entry { made: now, ends: now + Duration::from_secs(60), label, body: Zeroizing::new(b"hunter2".to_vec()) }
    }

    #[test]
    fn only_the_same_key_opens_and_only_under_the_same_name() {
        let (own, name) = (key(1), EntryName::new("lease", ["database/creds/app"]));
        let (stored, sealed) = (own.stored_name(&name), own.seal(&name, &entry()).unwrap());
        assert_eq!(own.open(&stored, &sealed), Ok((name.clone(), entry())));
        assert_eq!(key(2).open(&stored, &sealed), Err(Unreadable));
        let other = own.stored_name(&EntryName::new("lease", ["database/creds/other"]));
        assert_eq!(own.open(&other, &sealed), Err(Unreadable));
        assert_ne!(key(2).stored_name(&name), stored);
    }

    #[test]
    fn nothing_of_an_entry_may_change_and_nothing_of_it_shows() {
        let (own, name) = (key(1), EntryName::new("lease", ["database/creds/app"]));
        let (stored, sealed) = (own.stored_name(&name), own.seal(&name, &entry()).unwrap());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(own.open(&stored, &changed), Err(Unreadable), "byte {at}");
            assert_eq!(own.open(&stored, &sealed[..at]), Err(Unreadable), "{at} bytes");
        }
        for plain in [&b"hunter2"[..], b"database", b"lease"] {
            assert!(!sealed.windows(plain.len()).any(|window| window == plain));
        }
        assert_ne!(own.seal(&name, &entry()).unwrap(), sealed, "each sealing has a key and a nonce of its own");
    }

    #[test]
    fn a_stored_name_is_64_digits() {
        let stored = key(1).stored_name(&EntryName::new("lease", ["a"]));
        assert_eq!(StoredName::parse(&stored.to_string()), Some(stored));
        for wrong in ["", "abc", &"G".repeat(64), &"A".repeat(64), &"a".repeat(65)] {
            assert_eq!(StoredName::parse(wrong), None, "{wrong}");
        }
    }
}
