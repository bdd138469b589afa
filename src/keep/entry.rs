//! What is kept: its name, its times, how lists show it, and its content. Pure; knows no seal.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

/// The full name of an entry: only whoever knows all of it finds the entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryName {
    /// What it is: `lease`, `last-good`.
    pub kind: String,
    /// Everything that tells it from others of its kind: address, namespace, path, login.
    pub parts: Vec<String>,
}

/// Something kept. `Debug` does not show its content.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it was made.
    pub made: SystemTime,
    /// When it ends. From then on it is not there.
    pub ends: SystemTime,
    /// How lists show it.
    pub label: EntryLabel,
    /// The content.
    pub body: Zeroizing<Vec<u8>>,
}

/// How lists show an entry. Nothing here is secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryLabel {
    /// The path in the store.
    pub path: String,
    /// The namespace of the path.
    pub namespace: Option<String>,
    /// The other name of the token that it lives with.
    pub accessor: Option<String>,
}

/// How far two clocks may differ before an entry counts as one from the future.
const SKEW: Duration = Duration::from_secs(60);

impl EntryName {
    /// The name of an entry of this kind.
    pub fn new<P: Into<String>>(kind: &str, parts: impl IntoIterator<Item = P>) -> Self {
        Self { kind: kind.to_owned(), parts: parts.into_iter().map(Into::into).collect() }
    }

    /// Kind and parts, so written that no two names have the same bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut writer = Writer(Zeroizing::new(Vec::new()));
        writer.name(self);
        std::mem::take(&mut *writer.0)
    }
}

impl Entry {
    /// Whether it may be used at `now`: it has not ended, and it is not from the future, as one that a clock put forward would make.
    pub fn is_usable(&self, now: SystemTime) -> bool {
        now < self.ends && self.made <= now + SKEW
    }

    /// The entry with its name, to be sealed.
    pub(super) fn encode(&self, name: &EntryName) -> Zeroizing<Vec<u8>> {
        let texts = name.parts.iter().map(|part| part.len() + 4).sum::<usize>();
        let label = self.label.path.len() + self.label.options().map(|text| text.len()).iter().sum::<usize>();
        let capacity = 64 + name.kind.len() + texts + label + self.body.len();
        let mut writer = Writer(Zeroizing::new(Vec::with_capacity(capacity)));
        writer.name(name);
        writer.time(self.made);
        writer.time(self.ends);
        writer.bytes(self.label.path.as_bytes());
        self.label.options().iter().for_each(|text| writer.bytes(text.as_bytes()));
        writer.bytes(&self.body);
        writer.0
    }

    /// The name and the entry that [`Self::encode`] wrote.
    pub(super) fn decode(bytes: &[u8]) -> Option<(EntryName, Self)> {
        let mut reader = Reader(bytes);
        let name = reader.name()?;
        let (made, ends, path) = (reader.time()?, reader.time()?, reader.text()?);
        let [namespace, accessor] = [reader.text()?, reader.text()?].map(|text| Some(text).filter(|it| !it.is_empty()));
        let body = Zeroizing::new(reader.bytes()?.to_vec());
        let label = EntryLabel { path, namespace, accessor };
        reader.0.is_empty().then_some((name, Self { made, ends, label, body }))
    }
}

impl EntryLabel {
    fn options(&self) -> [&str; 2] {
        [&self.namespace, &self.accessor].map(|text| text.as_deref().unwrap_or_default())
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { made, ends, label, .. } = self;
        f.debug_struct("Entry").field("made", made).field("ends", ends).field("label", label).finish_non_exhaustive()
    }
}

/// Writes texts with their lengths, and times as milliseconds since 1970.
struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    fn name(&mut self, name: &EntryName) {
        self.bytes(name.kind.as_bytes());
        self.number(name.parts.len() as u64);
        name.parts.iter().for_each(|part| self.bytes(part.as_bytes()));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn time(&mut self, time: SystemTime) {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.number(u64::try_from(since.as_millis()).unwrap_or(u64::MAX));
    }

    fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_be_bytes());
    }
}

/// Reads what a [`Writer`] wrote.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn name(&mut self) -> Option<EntryName> {
        let (kind, count) = (self.text()?, self.number()?);
        let parts = (0..count).map(|_| self.text()).collect::<Option<_>>()?;
        Some(EntryName { kind, parts })
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    fn bytes(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn time(&mut self) -> Option<SystemTime> {
        UNIX_EPOCH.checked_add(Duration::from_millis(self.number()?))
    }

    fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_be_bytes(*number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn entry() -> Entry {
        let label = EntryLabel { path: "kv/a".into(), namespace: None, accessor: Some("acc".into()) };
        Entry { made: at(1000), ends: at(5000), label, body: Zeroizing::new(b"{}".to_vec()) }
    }

    #[test]
    fn an_entry_is_read_as_it_was_written_and_not_in_part() {
        let name = EntryName::new("lease", ["https://v", "", "kv/a"]);
        let bytes = entry().encode(&name);
        assert_eq!(Entry::decode(&bytes), Some((name, entry())));
        for length in 0..bytes.len() {
            assert_eq!(Entry::decode(&bytes[..length]), None, "{length}");
        }
        assert_eq!(Entry::decode(&[&bytes[..], b"x"].concat()), None);
    }

    #[test]
    fn no_two_names_have_the_same_bytes() {
        let names = [
            EntryName::new("a", ["b", "c"]),
            EntryName::new("a", ["bc"]),
            EntryName::new("a", ["b", "c", ""]),
            EntryName::new("ab", ["c"]),
            EntryName::new::<&str>("a", []),
        ];
        for (index, name) in names.iter().enumerate() {
            assert!(!names[..index].iter().any(|other| other.bytes() == name.bytes()), "{name:?}");
        }
    }

    #[test]
    fn an_entry_is_usable_from_when_it_was_made_until_its_end() {
        for (now, expected) in [(1000, true), (4999, true), (5000, false), (940, true), (939, false)] {
            assert_eq!(entry().is_usable(at(now)), expected, "{now}");
        }
    }

    #[test]
    fn no_content_is_shown() {
        assert!(!format!("{:?}", entry()).contains("{}"));
    }
}
