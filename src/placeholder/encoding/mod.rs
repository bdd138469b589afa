//! The encodings that a chart may have put around a placeholder: one table serves the scan, filling and `--strict`.
//! To add one, add a row to [`ENCODINGS`] and a file with its functions.

mod base64;
mod html;
mod json;
mod region;
mod url;

use std::fmt;

use super::Base64;
use super::trace::Trace;

pub(super) use base64::disguises;
pub(super) use region::{Decoded, Region};

/// One way to encode text.
pub struct Encoding {
    /// Its name, e.g. `json`.
    pub name: &'static str,
    /// A description of the notation, in one line.
    pub doc: &'static str,
    /// The bytes that announce it in a document that is not parsed yet.
    pub(super) trace: Trace,
    /// Finds the parts of a text in this encoding and decodes them.
    pub(super) find: fn(&str, Base64) -> Vec<Region>,
    /// Where base64 is decoded inside this encoding.
    pub(super) inside: fn(Base64) -> Base64,
    /// Whether this encoding, within itself, stands in double quotes.
    pub(super) nests_in_quotes: bool,
    encode: fn(&[u8]) -> Option<String>,
}

/// Every supported encoding.
pub(crate) static ENCODINGS: &[Encoding] = &[
    Encoding {
        name: "base64",
        doc: "a Secret's `data`, and strings in JSON in it",
        trace: Trace::word("Secret", base64::is_trace),
        find: base64::find,
        inside: base64::inside,
        nests_in_quotes: false,
        encode: base64::encode,
    },
    Encoding {
        name: "json",
        doc: "`\\u003cpath:…\\u003e`",
        trace: Trace::byte(b'\\', json::is_trace),
        find: json::find,
        inside: unchanged,
        nests_in_quotes: true,
        encode: json::encode,
    },
    Encoding {
        name: "url",
        doc: "`%3Cpath%3A…%3E`",
        trace: Trace::byte(b'%', url::is_trace),
        find: url::find,
        inside: unchanged,
        nests_in_quotes: false,
        encode: url::encode,
    },
    Encoding {
        name: "html",
        doc: "`&lt;path:…&gt;`",
        trace: Trace::byte(b'&', html::is_trace),
        find: html::find,
        inside: unchanged,
        nests_in_quotes: false,
        encode: html::encode,
    },
];

impl Encoding {
    /// `bytes` in this encoding; `None` if it takes only text and they are not UTF-8.
    pub fn encode(&self, bytes: &[u8]) -> Option<String> {
        (self.encode)(bytes)
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

fn unchanged(base64: Base64) -> Base64 {
    base64
}
