//! Names that are too long for an entry's header, or not ASCII: entries before it hold them, in GNU's way and in that of POSIX. Knows no tree.

use std::io::Read;

use tar::EntryType;

use super::trouble::{unreadable, wrong};
use crate::error::Error;

/// How long an entry with names may be.
const LONGEST: u64 = 64 << 10;

/// What is said of the next entry.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct LongNames {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
}

impl LongNames {
    /// Reads an entry that is about the next one, or about all of them; `false` if it is an entry of its own.
    pub(super) fn read(&mut self, kind: EntryType, entry: &mut impl Read) -> Result<bool, Error> {
        match kind {
            EntryType::GNULongName => self.path = Some(gnu(&text(entry)?)),
            EntryType::GNULongLink => self.link = Some(gnu(&text(entry)?)),
            EntryType::XHeader => self.posix(&text(entry)?)?,
            // Argo CD's own server takes nothing from it.
            EntryType::XGlobalHeader => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Records of `LENGTH KEY=VALUE` and a line break. A value may hold line breaks.
    fn posix(&mut self, mut records: &[u8]) -> Result<(), Error> {
        while !records.is_empty() {
            let (key, value, rest) = record(records).ok_or_else(|| wrong("an extended header in it is malformed"))?;
            match key {
                b"path" if !value.is_empty() => self.path = Some(value.to_vec()),
                b"linkpath" if !value.is_empty() => self.link = Some(value.to_vec()),
                b"size" => {
                    let size = std::str::from_utf8(value).ok().and_then(|size| size.parse().ok());
                    self.size = Some(size.ok_or_else(|| wrong("a size in it is not a number"))?);
                }
                key if key.starts_with(b"GNU.sparse.") => return Err(wrong("a file in it is sparse")),
                _ => {}
            }
            records = rest;
        }
        Ok(())
    }
}

/// The key and the value of the first record, and the records after it.
fn record(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = records.iter().position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&records[..space]).ok()?.parse().ok()?;
    let content = records.get(space + 1..length)?.strip_suffix(b"\n")?;
    let equals = content.iter().position(|byte| *byte == b'=')?;
    Some((&content[..equals], &content[equals + 1..], &records[length..]))
}

/// A text up to its first NUL.
fn gnu(text: &[u8]) -> Vec<u8> {
    text.split(|byte| *byte == 0).next().unwrap_or_default().to_vec()
}

fn text(entry: &mut impl Read) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    entry.take(LONGEST + 1).read_to_end(&mut text).map_err(|error| unreadable(&error))?;
    match text.len() as u64 > LONGEST {
        true => Err(wrong("a name in it is too long")),
        false => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_as_long_as_they_say() {
        let read = |records: &str| {
            let mut names = LongNames::default();
            names.posix(records.as_bytes()).map(|()| names).map_err(|error| error.cause.unwrap_or(error.detail))
        };
        let found = |path: &str, link: Option<&str>, size| {
            Ok(LongNames { path: Some(path.into()), link: link.map(Into::into), size })
        };
        assert_eq!(read("10 path=a\n"), found("a", None, None));
        assert_eq!(read("12 path=a\nb\n14 linkpath=c\n9 size=3\n"), found("a\nb", Some("c"), Some(3)));
        for (records, cause) in [
            ("11 path=a\n", "malformed"),
            ("x path=a\n", "malformed"),
            ("3\n", "malformed"),
            ("99999999999999999999 path=a\n", "malformed"),
            ("9 size=x\n", "not a number"),
            ("22 GNU.sparse.major=1\n", "sparse"),
        ] {
            assert!(read(records).unwrap_err().contains(cause), "{records}");
        }
    }
}
