//! A text with some of its bytes replaced. Every edit is applied here.

use std::fmt;

use zeroize::Zeroizing;

use crate::source::Span;

/// A span of a source and its new text.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace.
    pub span: Span,
    /// The bytes to put in their place.
    pub text: Zeroizing<String>,
}

/// The bytes `span` of `text` with `replacements` (in order, within `span`) applied, as slices of both: nothing is copied.
pub(crate) fn slices<'t>(
    text: &'t [u8],
    span: Span,
    replacements: impl IntoIterator<Item = (Span, &'t [u8])>,
) -> impl Iterator<Item = &'t [u8]> {
    let kept = move |start: usize, end: usize| text.get(start..end).unwrap_or_default();
    let mut replacements = replacements.into_iter();
    let (mut at, mut replacement) = (Some(span.start), None);
    std::iter::from_fn(move || {
        if let Some(new) = replacement.take() {
            return Some(new);
        }
        let start = at.take()?;
        let Some((old, new)) = replacements.next() else { return Some(kept(start, span.end)) };
        (at, replacement) = (Some(old.end), Some(new));
        Some(kept(start, old.start))
    })
}

/// `bytes` with `edits`, which are in order and do not overlap.
pub fn splice(bytes: &[u8], edits: &[Edit]) -> Zeroizing<Vec<u8>> {
    joined(slices(bytes, Span::new(0, bytes.len()), edits.iter().map(Edit::replacement)))
}

/// Joins slices into one text that is wiped from memory. It is allocated once, so that no copy stays behind.
pub(crate) fn joined<'t>(slices: impl IntoIterator<Item = &'t [u8]>) -> Zeroizing<Vec<u8>> {
    let slices: Vec<&[u8]> = slices.into_iter().collect();
    let mut out = Zeroizing::new(Vec::with_capacity(slices.iter().map(|slice| slice.len()).sum()));
    slices.into_iter().for_each(|slice| out.extend_from_slice(slice));
    out
}

/// Whether `edits` lie in `span`, in order, and do not overlap.
pub(super) fn are_in_order(span: Span, edits: &[Edit]) -> bool {
    let mut at = span.start;
    edits.iter().all(|edit| {
        let is_after = at <= edit.span.start && edit.span.start <= edit.span.end;
        at = edit.span.end;
        is_after
    }) && at <= span.end
}

impl Edit {
    /// The bytes to replace and their replacement.
    pub fn replacement(&self) -> (Span, &[u8]) {
        (self.span, self.text.as_bytes())
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Edit {{ span: {}..{}, text: [redacted] }}", self.span.start, self.span.end)
    }
}
