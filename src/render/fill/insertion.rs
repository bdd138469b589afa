//! The texts that replace matches, and a text with them in place.

use zeroize::Zeroizing;

use crate::source::Span;
use crate::yaml::splice;

/// The text that replaces a match.
pub(super) struct Insertion {
    /// Which of the text's matches it replaces.
    pub index: usize,
    /// The match in the text.
    pub span: Span,
    /// What stands there once it is filled.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Whether it is safe inside a JSON string, as its author or its encoding has escaped it.
    pub is_escaped: bool,
}

impl Insertion {
    /// Whether it holds what a JSON string holds only as an escape.
    pub(super) fn has_special(&self) -> bool {
        self.bytes.iter().any(|byte| matches!(byte, b'"' | b'\\' | 0..b' '))
            || std::str::from_utf8(&self.bytes).is_err()
    }
}

/// `text` with the insertions in place.
pub(super) fn joined(text: &str, insertions: &[Insertion]) -> Zeroizing<Vec<u8>> {
    let replacements = insertions.iter().map(|insertion| (insertion.span, insertion.bytes.as_slice()));
    splice::joined(splice::slices(text.as_bytes(), Span::new(0, text.len()), replacements))
}
