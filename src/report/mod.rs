//! Shows findings, comparisons and reads: as text for people, as JSON and SARIF for programs, as commands for GitHub's runners.
//! Knows no terminal: the caller prints, and says whether there are colours.

mod alike;
pub(crate) mod diagnoses;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod github;
pub(crate) mod html;
pub(crate) mod json;
mod legend;
pub(crate) mod markdown;
pub(crate) mod migration;
pub(crate) mod plan;
pub(crate) mod sarif;
pub(crate) mod text;

use std::collections::HashMap;
use std::sync::Arc;

use crate::error::{Error, Errors, Level};
use crate::source::Source;
use crate::words::count;

pub(crate) use alike::gathered;

/// The findings in the order of the input: first those without a place, then by source and byte, last those of other sources.
pub(crate) fn in_order(errors: Errors, sources: &[Arc<Source>]) -> Vec<Error> {
    let numbers: HashMap<*const Source, usize> =
        sources.iter().enumerate().rev().map(|(number, source)| (Arc::as_ptr(source), number)).collect();
    let number = |source: &Arc<Source>| numbers.get(&Arc::as_ptr(source)).copied().unwrap_or(sources.len());
    let mut list: Vec<Error> = errors.into_iter().collect();
    list.sort_by_cached_key(|error| error.place.as_ref().map(|place| (number(&place.source), place.span.start)));
    list
}

/// The number of findings of each level.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl Counts {
    /// Counts a finding in each of its places.
    pub(crate) fn add(&mut self, error: &Error) {
        let count = match error.level {
            Level::Error => &mut self.errors,
            Level::Warning => &mut self.warnings,
            Level::Note => &mut self.notes,
        };
        *count += 1 + error.also.len();
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.errors + self.warnings + self.notes == 0
    }

    /// `3 errors, 1 warning`; `None` for fewer than two findings.
    pub(crate) fn summary(&self) -> Option<String> {
        self.list().filter(|_| self.errors + self.warnings + self.notes > 1)
    }

    /// `3 errors, 1 warning`; `None` if nothing was found.
    pub(crate) fn list(&self) -> Option<String> {
        let counts = [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")];
        let parts = counts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, word)| count::of(count, word)).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::source::{Place, Span};

    #[test]
    fn findings_come_in_the_order_of_the_input() {
        let sources = [Arc::new(Source::new("b", "..")), Arc::new(Source::new("a", ".."))];
        let error = |detail: &str, source: usize, start: usize| {
            Error::new(Kind::Missing, detail).at(Place::new(sources[source].clone(), Span::new(start, start)))
        };
        let mut errors = Errors::new();
        errors.extend([error("4", 1, 0), error("3", 0, 1), Error::new(Kind::Setting, "1"), error("2", 0, 0)]);
        let details: Vec<String> = in_order(errors, &sources).into_iter().map(|error| error.to_string()).collect();
        assert_eq!(details, ["1", "2", "3", "4"]);
    }

    #[test]
    fn several_findings_are_counted() {
        let (error, warning) = (Error::new(Kind::Missing, "x"), Error::warning(Kind::Missing, "x"));
        for (list, expected) in [
            (vec![], None),
            (vec![error.clone()], None),
            (vec![error.clone(), warning.clone()], Some("1 error, 1 warning")),
            (vec![error.clone(), error.clone(), warning.clone(), warning], Some("2 errors, 2 warnings")),
        ] {
            let mut counts = Counts::default();
            list.iter().for_each(|error| counts.add(error));
            assert_eq!(counts.summary().as_deref(), expected);
        }
    }
}
