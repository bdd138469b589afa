//! Gathers findings about the store, a login or a setting, so that they appear once and not for each placeholder.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::error::{Error, Kind, Level, Subject};

/// The parts that are equal in findings that differ only in their placeholder.
type Common = (Level, Kind, String, Option<String>, Option<String>);

/// The findings, with those that differ only in their placeholder gathered in the first one, which lists the other places.
pub(crate) fn gathered(findings: Vec<Error>) -> Vec<Error> {
    let mut first: HashMap<Common, usize> = HashMap::new();
    let mut out: Vec<Error> = Vec::with_capacity(findings.len());
    for error in findings {
        match common(&error).map(|common| first.entry(common)) {
            Some(Entry::Occupied(index)) => {
                let gathered = &mut out[*index.get()];
                gathered.subject = None;
                gathered.also.extend(error.place);
                continue;
            }
            Some(Entry::Vacant(entry)) => drop(entry.insert(out.len())),
            None => {}
        }
        out.push(error);
    }
    out
}

/// The parts of a finding that other placeholders share; `None` unless the reason is the store, the policy or a setting.
fn common(error: &Error) -> Option<Common> {
    let is_shared = matches!(error.kind, Kind::Store | Kind::Denied | Kind::Setting) && error.place.is_some();
    let is_of_placeholder = matches!(error.subject, Some(Subject::Placeholder { .. }));
    (is_shared && is_of_placeholder)
        .then(|| (error.level, error.kind, error.detail.clone(), error.cause.clone(), error.hint.clone()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::{Place, Source, Span};

    #[test]
    fn what_all_placeholders_wait_for_is_said_once() {
        let source = Arc::new(Source::new("a.yaml", "a\nb\nc\nd\ne\n"));
        let place = |line: usize| Place::new(source.clone(), Span::new(2 * line, 2 * line + 1));
        let error = |kind: Kind, key: &str, detail: &str, line: usize| {
            let subject = Subject::Placeholder { written: format!("<path:{key}#k>"), path: None };
            Error::new(kind, detail).about(subject).at(place(line))
        };
        let list = vec![
            Error::new(Kind::Setting, "`X` is wrong"),
            error(Kind::Store, "a", "Vault is sealed", 0),
            error(Kind::Missing, "a", "missing key `k`", 1),
            error(Kind::Store, "b", "Vault is sealed", 2),
            error(Kind::Missing, "a", "missing key `k`", 3),
            error(Kind::Store, "c", "no answer", 4),
        ];
        let shown = |error: &Error| (error.to_string(), error.also.iter().map(ToString::to_string).collect::<Vec<_>>());
        let found: Vec<_> = gathered(list).iter().map(shown).collect();
        let expected = [
            ("`X` is wrong", vec![]),
            ("Vault is sealed", vec!["a.yaml:3:1"]),
            ("`<path:a#k>`: missing key `k`", vec![]),
            ("`<path:a#k>`: missing key `k`", vec![]),
            ("`<path:c#k>`: no answer", vec![]),
        ];
        let expected =
            expected.map(|(detail, also)| (detail.to_owned(), also.into_iter().map(str::to_owned).collect::<Vec<_>>()));
        assert_eq!(found, expected);
    }
}
