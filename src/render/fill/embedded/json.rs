//! JSON inside text: where each placeholder stands in it, and whether its value leaves the rest as it is.

use super::super::insertion::joined;
use super::pieces::Pieces;
use super::site::Site;
use super::strings;
use crate::value::Value;

/// A text that looks like a JSON object or list, with placeholders in it.
pub(super) struct Json {
    sites: Vec<Site>,
}

impl Json {
    /// The text, if it looks like JSON at a glance. One without quotes of its own (`[<address>]`) may be meant as anything.
    pub(super) fn of(pieces: Pieces<'_>) -> Option<Self> {
        let is_nested = pieces.text.trim_start().starts_with(['{', '[']);
        is_nested.then(|| strings::sites(pieces)).flatten().map(|sites| Self { sites })
    }

    /// Whether it is JSON with harmless texts in place of the insertions.
    pub(super) fn is_valid(&self, pieces: Pieces<'_>) -> bool {
        let template = pieces.template(|insertion| self.sites[insertion].stand_in());
        Value::from_json(template.as_bytes()).is_ok()
    }

    /// Whether an insertion may break it: one that holds what strings do not, or that stands outside of them.
    pub(super) fn is_at_risk(&self, pieces: Pieces<'_>) -> bool {
        let mut sites = self.sites.iter().zip(pieces.insertions);
        sites.any(|(site, insertion)| *site != Site::String || insertion.has_special())
    }

    /// Whether an insertion stands inside a string.
    pub(super) fn is_in_string(&self, insertion: usize) -> bool {
        self.sites[insertion] == Site::String
    }

    /// The insertions that break it: they end the string in which they stand, change an object around them, or are not JSON where it is
    /// needed.
    pub(super) fn broken(&self, pieces: Pieces<'_>) -> Vec<usize> {
        let outside: Vec<usize> = (0..self.sites.len()).filter(|insertion| !self.is_in_string(*insertion)).collect();
        let takes = |insertion: &usize| self.sites[*insertion].takes(&pieces.insertions[*insertion].bytes);
        let mut broken = strings::broken(pieces, &self.sites);
        broken.extend(outside.iter().filter(|insertion| !takes(insertion)));
        let filled = || joined(pieces.text, pieces.insertions);
        if broken.is_empty() && !outside.is_empty() && Value::from_json(&filled()).is_err() {
            return outside;
        }
        broken.sort_unstable();
        broken
    }
}
