//! Encoded parts of a text, decoded, with the origin of each byte.

use crate::source::Span;

/// An encoded part of a text.
pub(in crate::placeholder) enum Region {
    /// One unit, such as base64: a change to any part encodes all of it anew.
    Whole { span: Span, text: String },
    /// Encoded character by character: only the values that are filled in are encoded anew.
    Mapped(Decoded),
}

/// A decoded text with the origin of each of its bytes.
#[derive(Default)]
pub(in crate::placeholder) struct Decoded {
    pub(in crate::placeholder) text: String,
    origins: Vec<usize>,
    pub(super) end: usize,
}

impl Decoded {
    /// An empty text that begins at `start` of the encoded one.
    pub(super) fn from(start: usize) -> Self {
        Self { end: start, ..Self::default() }
    }

    /// Where the decoded byte at `at` came from.
    pub(in crate::placeholder) fn origin(&self, at: usize) -> usize {
        self.origins.get(at).copied().unwrap_or(self.end)
    }

    /// Whether the character at `at` was written as an escape.
    pub(in crate::placeholder) fn is_escaped(&self, at: usize) -> bool {
        self.text[at..]
            .chars()
            .next()
            .is_some_and(|char| self.origin(at + char.len_utf8()) - self.origin(at) > char.len_utf8())
    }

    /// Whether any character was written as an escape: an escape is longer than its character.
    pub(in crate::placeholder) fn has_escapes(&self) -> bool {
        self.end - self.origin(0) > self.text.len()
    }

    /// Appends `char`, which took `length` bytes of the encoded text.
    pub(super) fn push(&mut self, char: char, length: usize) {
        self.text.push(char);
        self.origins.resize(self.text.len(), self.end);
        self.end += length;
    }
}
