//! A text in pieces: what its author wrote, with an insertion after each piece but the last.

use super::super::insertion::Insertion;

/// A text whose placeholders are taken out.
#[derive(Clone, Copy)]
pub(super) struct Pieces<'p> {
    pub(super) text: &'p str,
    pub(super) insertions: &'p [Insertion],
}

impl<'p> Pieces<'p> {
    /// What the author wrote before, between and behind the insertions.
    pub(super) fn written(self) -> impl Iterator<Item = &'p str> {
        let starts = [0].into_iter().chain(self.insertions.iter().map(|insertion| insertion.span.end));
        let ends = self.insertions.iter().map(|insertion| insertion.span.start).chain([self.text.len()]);
        starts.zip(ends).map(move |(start, end)| &self.text[start..end])
    }

    /// The text with a harmless one in place of each insertion.
    pub(super) fn template(self, stand_in: impl Fn(usize) -> &'static str) -> String {
        let harmless = |index| if index < self.insertions.len() { stand_in(index) } else { "" };
        self.written().enumerate().flat_map(|(index, written)| [written, harmless(index)]).collect()
    }

    /// The bytes directly before and behind an insertion.
    pub(super) fn neighbours(self, insertion: usize) -> impl Iterator<Item = u8> {
        let (span, bytes) = (self.insertions[insertion].span, self.text.as_bytes());
        let before = span.start.checked_sub(1).and_then(|at| bytes.get(at));
        before.into_iter().chain(bytes.get(span.end)).copied()
    }
}
