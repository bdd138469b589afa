//! Quick tests whether a text may hold a placeholder, from the tables of dialects and encodings. A no is certain, a yes is not.

use std::sync::LazyLock;

use super::dialect::{DIALECTS, Dialect};
use super::encoding::{self, Decoded, ENCODINGS, Region};
use super::trace::{Bytes, Finder, Trace};
use super::{Base64, LAYERS};
use crate::source::Span;
use crate::yaml::notation;

/// An escape of YAML, which may hide any other trace; the reader resolves it before the search for placeholders.
const ESCAPE: Trace = Trace::byte(b'\\', notation::is_escape);

/// The finders for the traces of every dialect and encoding.
static TRACES: LazyLock<Vec<Finder>> = LazyLock::new(|| {
    let rows = DIALECTS.iter().map(|dialect| dialect.trace).chain(ENCODINGS.iter().map(|encoding| encoding.trace));
    Finder::of(&rows.chain([ESCAPE]).chain(disguise_traces()).collect::<Vec<_>>())
});

/// The first bytes of bare placeholders in a decoded text.
static OPENINGS: LazyLock<Vec<Bytes>> = LazyLock::new(|| Bytes::of(DIALECTS.iter().map(|dialect| dialect.first_byte)));
/// The first bytes of escaped placeholders in a decoded text.
static ENCODED: LazyLock<Vec<Bytes>> =
    LazyLock::new(|| Bytes::of(ENCODINGS.iter().filter_map(|encoding| encoding.trace.first_byte())));

/// The letters of `<raw:x>` in base64, without padding: nothing shorter holds a placeholder.
const SHORTEST_BASE64: usize = 10;

/// The base64 forms of a placeholder's beginning inside longer text, where no whole unit can be decoded.
static DISGUISES: LazyLock<Vec<String>> =
    LazyLock::new(|| DIALECTS.iter().filter_map(|dialect| dialect.beginning).flat_map(encoding::disguises).collect());

/// Tells which documents of a text may hold a placeholder, in one pass over the text.
pub struct Candidates<'a> {
    bytes: &'a [u8],
    /// The next trace of each finder.
    next: Vec<usize>,
}

impl<'a> Candidates<'a> {
    /// Creates the test for a text; searches nothing before [`Candidates::may_hold`] is called.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, next: vec![0; TRACES.len()] }
    }

    /// Whether a trace stands in `document`. Documents must come in order.
    pub fn may_hold(&mut self, document: Span) -> bool {
        self.next.iter_mut().zip(&*TRACES).any(|(next, finder)| {
            if *next <= document.start {
                *next = finder.next(self.bytes, document.start).unwrap_or(usize::MAX);
            }
            *next < document.end
        })
    }
}

/// Whether a decoded text may hold a placeholder, bare or in an encoding that is escaped character by character.
pub(crate) fn may_hold(text: &str) -> bool {
    has_any(&OPENINGS, text) || has_any(&ENCODED, text)
}

/// The finders of [`DISGUISES`].
static DISGUISE_FINDERS: LazyLock<Vec<Finder>> = LazyLock::new(|| Finder::of(&disguise_traces().collect::<Vec<_>>()));

/// The traces of base64 in a field that takes it by its schema: its content is the only sign.
fn disguise_traces() -> impl Iterator<Item = Trace> {
    DISGUISES.iter().map(|disguise| Trace::word(disguise, |_, _| true))
}

/// Whether base64 of an inline placeholder may stand in a decoded text, or in one whose escapes of YAML are not resolved.
pub(crate) fn may_be_disguised(text: &str) -> bool {
    text.len() >= SHORTEST_BASE64 && DISGUISE_FINDERS.iter().any(|finder| finder.next(text.as_bytes(), 0).is_some())
}

/// Whether a text that does not parse may hold an inline placeholder, the escape `<raw:…>` or the path annotation.
pub(crate) fn may_hold_unparsed(text: &str) -> bool {
    DIALECTS.iter().any(|dialect| is_announced(dialect, text.as_bytes()))
        || disguises().iter().any(|disguise| text.contains(disguise))
        || begins_inline(text)
        || text.lines().any(hides_inline)
}

/// Whether a line of a text that does not parse may hold an encoded inline placeholder. A line at a time is decoded: the text may be long.
fn hides_inline(line: &str) -> bool {
    let is_letter = |char: char| char.is_ascii_alphanumeric() || matches!(char, '+' | '/' | '=');
    let words = || line.split(|char| !is_letter(char)).filter(|word| word.len() >= SHORTEST_BASE64);
    begins_inline(&notation::resolve_escapes(line))
        || holds_inline(line, Base64::No, LAYERS)
        || words().any(|word| holds_inline(word, Base64::Whole, LAYERS))
}

/// Whether an inline placeholder begins in bytes that are not text, or the path annotation's name stands there.
pub(crate) fn may_hold_binary(bytes: &[u8]) -> bool {
    let begins = |beginning: &str| memchr::memmem::find(bytes, beginning.as_bytes()).is_some();
    DIALECTS.iter().any(|dialect| is_announced(dialect, bytes) || dialect.beginning.is_some_and(begins))
}

/// Whether the annotation that a dialect needs is named.
fn is_announced(dialect: &Dialect, bytes: &[u8]) -> bool {
    dialect.needs_annotation && Finder::of(&[dialect.trace]).iter().any(|trace| trace.next(bytes, 0).is_some())
}

/// The base64 forms of a placeholder's beginning inside longer text, which is not decoded.
pub(crate) fn disguises() -> &'static [String] {
    &DISGUISES
}

/// Whether a text may hold an encoded placeholder. Only base64 changes letters, so any other encoding leaves a dialect's word readable.
pub(super) fn may_be_encoded(text: &str, base64: Base64) -> bool {
    let has_word = || DIALECTS.iter().filter_map(|dialect| dialect.word).any(|word| text.contains(word));
    base64 != Base64::No || (has_any(&ENCODED, text) && has_word())
}

/// The next offset at which a placeholder of some dialect may begin.
pub(super) fn next_opening(text: &str, from: usize) -> Option<usize> {
    OPENINGS.iter().filter_map(|bytes| bytes.next(text.as_bytes(), from)).min()
}

fn has_any(groups: &[Bytes], text: &str) -> bool {
    groups.iter().any(|bytes| bytes.next(text.as_bytes(), 0).is_some())
}

/// Whether an inline placeholder, well-formed or not, stands in `text`, bare or encoded.
fn holds_inline(text: &str, base64: Base64, layers: usize) -> bool {
    begins_inline(text)
        || layers > 0
            && may_be_encoded(text, base64)
            && ENCODINGS.iter().any(|encoding| {
                let inside = (encoding.inside)(base64);
                (encoding.find)(text, base64).into_iter().any(|region| match region {
                    Region::Mapped(decoded) if !decoded.has_escapes() => false,
                    Region::Whole { text, .. } | Region::Mapped(Decoded { text, .. }) => {
                        holds_inline(&text, inside, layers - 1)
                    }
                })
            })
}

/// Whether the beginning of a placeholder that counts in every resource stands in `text`, white space after its first character aside.
fn begins_inline(text: &str) -> bool {
    let begins = |first: u8, word: &str| {
        let mut firsts = memchr::memchr_iter(first, text.as_bytes());
        firsts.any(|at| text[at + 1..].trim_start().strip_prefix(word).is_some_and(|rest| rest.starts_with(':')))
    };
    DIALECTS.iter().any(|dialect| dialect.word.is_some_and(|word| begins(dialect.first_byte, word)))
}

#[cfg(test)]
mod tests;
