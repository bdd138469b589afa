//! How findings look: text for people, JSON for programs. Knows no terminal: whoever prints says whether there are colours.

pub mod json;
pub mod text;

use std::sync::Arc;

use crate::error::{Error, Errors, Level};
use crate::source::Source;

/// The findings in the order of the input: those without a place first, then by source and byte.
pub fn in_order(errors: Errors, sources: &[Arc<Source>]) -> Vec<Error> {
    let mut list: Vec<Error> = errors.into_iter().collect();
    list.sort_by_key(|error| error.place.as_ref().map(|place| (number(&place.source, sources), place.span.start)));
    list
}

/// What was found, counted: `3 errors, 1 warning`. None where the findings speak for themselves.
pub fn summary(list: &[Error]) -> Option<String> {
    let counts = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Note, "note")].map(|(level, word)| {
        let count = list.iter().filter(|error| error.level == level).count();
        (count, format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
    });
    let parts: Vec<String> = counts.into_iter().filter(|(count, _)| *count > 0).map(|(_, part)| part).collect();
    (list.len() > 1).then(|| parts.join(", "))
}

/// Which of `sources` a source is; one that is none of them comes last.
fn number(source: &Arc<Source>, sources: &[Arc<Source>]) -> usize {
    sources.iter().position(|other| Arc::ptr_eq(source, other)).unwrap_or(sources.len())
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
        let details: Vec<String> = in_order(errors, &sources).into_iter().map(|error| error.detail).collect();
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
            assert_eq!(summary(&list).as_deref(), expected);
        }
    }
}
