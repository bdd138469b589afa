//! The dialects: the ways to write a placeholder. To add one, add a row to [`DIALECTS`] and its functions.

use std::fmt;

use super::parse::{self, At};
use super::trace::Trace;
use crate::manifest::PATH_ANNOTATION;
use crate::yaml::notation;

/// How a placeholder that names its secret begins.
pub(crate) const INLINE: &str = "<path:";

/// One way to write a placeholder.
pub(crate) struct Dialect {
    /// Its name, e.g. `path`.
    pub name: &'static str,
    /// A description of the notation, in one line.
    #[cfg_attr(not(test), expect(dead_code, reason = "for readers of the table; a test demands it"))]
    pub doc: &'static str,
    /// Texts that consist of one placeholder of this dialect.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests fill each of them"))]
    pub examples: &'static [&'static str],
    /// The bytes that announce it in a document that is not parsed yet.
    pub(super) trace: Trace,
    /// Its first byte in a decoded text.
    pub(super) first_byte: u8,
    /// The word after the first byte, which only base64 changes.
    pub(super) word: Option<&'static str>,
    /// Its beginning, if it names its secret itself.
    pub(super) beginning: Option<&'static str>,
    /// Whether it counts only in resources with the path annotation.
    pub(super) needs_annotation: bool,
    /// Parses a text at the first offset; the text's last `>` is at the second one.
    pub(super) parse: fn(&str, usize, usize) -> Option<At>,
}

/// Every supported dialect. Dialects with the same first byte are tried in this order.
pub(crate) static DIALECTS: &[Dialect] = &[
    Dialect {
        name: "raw",
        doc: "`<raw:x>`, which stands for `<x>`",
        examples: &["<raw:x>", "< raw:path:a#b>"],
        trace: Trace::byte(b'<', begins_word::<b'r'>),
        first_byte: b'<',
        word: Some("raw"),
        beginning: None,
        needs_annotation: false,
        parse: parse::raw,
    },
    Dialect {
        name: "path",
        doc: "`<path:PATH#KEY#VERSION | modifier>`",
        examples: &["<path:a/b#c>", "< path: a#b #3 | base64encode >", "<path:a#\"b c\"\n| default \"x\">"],
        trace: Trace::byte(b'<', begins_word::<b'p'>),
        first_byte: b'<',
        word: Some("path"),
        beginning: Some(INLINE),
        needs_annotation: false,
        parse: parse::inline,
    },
    Dialect {
        name: "key",
        doc: "`<KEY | modifier>`, of the secret that the resource's path annotation names",
        examples: &["<key>", "<*>", "<key | base64encode>"],
        trace: Trace::word(PATH_ANNOTATION.split_at(PATH_ANNOTATION.len() - "/path".len()).0, ends_annotation),
        first_byte: b'<',
        word: None,
        beginning: None,
        needs_annotation: true,
        parse: parse::generic,
    },
];

impl Dialect {
    /// The match at `start`, if it is of this dialect; `generic` says that the resource has the path annotation.
    pub(super) fn parse_at(&self, text: &str, start: usize, last_close: usize, generic: bool) -> Option<At> {
        let is_here = text.as_bytes().get(start) == Some(&self.first_byte) && (generic || !self.needs_annotation);
        is_here.then(|| (self.parse)(text, start, last_close)).flatten()
    }
}

impl fmt::Debug for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Whether `FIRST` follows the `<` at `at`. Only one letter is checked, as a line break may split the word.
fn begins_word<const FIRST: u8>(bytes: &[u8], at: usize) -> bool {
    notation::skip_space(&bytes[at + 1..]).first() == Some(&FIRST)
}

/// Whether the annotation's name ends with `/path`, in JSON also with `\/path`.
fn ends_annotation(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at + PATH_ANNOTATION.len() - "/path".len()..];
    rest.starts_with(b"/path") || rest.starts_with(b"\\/path")
}
