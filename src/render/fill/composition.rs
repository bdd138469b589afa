//! A text on its way to be filled: the values that are left for it, and what they break.

use zeroize::Zeroizing;

use super::super::filling::Filling;
use super::super::gap::Gap;
use super::embedded;
use super::insertion::{Insertion, joined};
use super::wording::damaged;
use crate::error::Error;
use crate::escape::Escape;
use crate::placeholder::{Match, MatchKind};
use crate::value::Value;

/// A scalar on its way to be filled.
pub(super) struct Composition<'c> {
    pub gap: &'c Gap,
    pub filling: Filling<'c>,
    /// The values of the placeholders that are left; `None` for one that stays.
    pub values: std::vec::IntoIter<Option<Value>>,
    /// The match of the scalar inside which a layer is filled.
    pub layer: Option<usize>,
    is_judged: bool,
    /// What the values break.
    pub findings: Vec<Error>,
}

impl<'c> Composition<'c> {
    /// The scalar of `gap` with these values for its placeholders.
    pub(super) fn new(gap: &'c Gap, values: Vec<Option<Value>>, filling: Filling<'c>) -> Self {
        Self { gap, filling, values: values.into_iter(), layer: None, is_judged: false, findings: Vec::new() }
    }

    /// This composition, whose values are real, so that they may break the text.
    pub(super) fn judged(self) -> Self {
        Self { is_judged: self.filling.options.escape != Escape::Off, ..self }
    }

    /// `text` with each of `found` replaced by the bytes that `put` returns; `None` leaves it. Only those bytes count for the budget.
    pub(super) fn replace(
        &mut self,
        text: &str,
        is_block: bool,
        found: &[Match],
        mut put: impl FnMut(&mut Self, usize, &Match) -> Result<Option<Zeroizing<Vec<u8>>>, Error>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut insertions = Vec::new();
        let mut making = self.filling.budget.making();
        for (index, one) in found.iter().enumerate() {
            if let Some(bytes) = put(self, index, one)? {
                making.add(bytes.len())?;
                insertions.push(Insertion { index, span: one.span, bytes, is_escaped: is_escaped(&one.kind) });
            }
        }
        self.fit(text, is_block, found, &mut insertions)?;
        Ok(joined(text, &insertions))
    }

    /// Makes values fit the JSON or YAML that `text` is, as the settings say, or finds what they break.
    fn fit(&mut self, text: &str, is_block: bool, found: &[Match], insertions: &mut [Insertion]) -> Result<(), Error> {
        let Filling { options, budget } = self.filling;
        embedded::escape(text, insertions, options.escape, budget)?;
        if self.is_judged {
            for (insertion, damage) in embedded::damage(text, is_block, insertions) {
                let Insertion { index, .. } = insertions[insertion];
                let place = self.gap.place_of(self.layer.unwrap_or(index));
                self.findings.push(damaged(damage, &found[index], self.gap).at(place));
            }
        }
        Ok(())
    }
}

/// Whether what replaces a match is safe inside a JSON string already, or is its author's own text.
fn is_escaped(kind: &MatchKind) -> bool {
    match kind {
        MatchKind::Placeholder(placeholder) => placeholder.chain.ends_with("jsonEscape"),
        MatchKind::Encoded { encoding, .. } => encoding.name == "json",
        MatchKind::Raw(_) | MatchKind::Wrong(_) | MatchKind::Malformed(_) => true,
    }
}
