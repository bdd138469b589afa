//! Gathers findings that say the same thing: those about the store, a login or a setting, which all placeholders share, and those about
//! one placeholder that stands in several places.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::error::{Error, Kind, Level, Subject};

/// The parts that are equal in findings that say the same thing.
type Common = (Level, Kind, &'static str, Option<Repeated>, String, Option<String>, Option<String>);

/// The words of the manifest that a finding is about.
#[derive(PartialEq, Eq, Hash)]
enum Repeated {
    Subject(Subject),
    Excerpt(Vec<u8>),
}

/// The findings, with those that say the same thing gathered in the first one, which lists the other places.
pub(crate) fn gathered(findings: Vec<Error>) -> Vec<Error> {
    let mut first: HashMap<Common, usize> = HashMap::new();
    let mut out: Vec<Error> = Vec::with_capacity(findings.len());
    for error in findings {
        match common(&error).map(|common| first.entry(common)) {
            Some(Entry::Occupied(index)) => {
                let gathered = &mut out[*index.get()];
                gathered.subject = gathered.subject.take().filter(|subject| Some(subject) == error.subject.as_ref());
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

/// The parts of a finding that others may share; `None` of a finding that must stand alone.
fn common(error: &Error) -> Option<Common> {
    let place = error.place.as_ref()?;
    let is_about_store = matches!(error.kind, Kind::Store | Kind::Unavailable | Kind::Denied | Kind::Setting);
    let is_about_text = matches!(error.kind, Kind::Placeholder | Kind::Modifier | Kind::Missing | Kind::Value);
    let repeated = match &error.subject {
        Some(Subject::Placeholder { .. }) if is_about_store => None,
        Some(subject @ Subject::Placeholder { .. }) => Some(Repeated::Subject(subject.clone())),
        None if is_about_text && !error.hidden => {
            Some(Repeated::Excerpt(place.source.bytes.get(place.span.range())?.to_vec()))
        }
        _ => return None,
    };
    let Error { level, kind, rule, detail, cause, hint, .. } = error;
    Some((*level, *kind, rule, repeated, detail.clone(), cause.clone(), hint.clone()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::{Place, Source, Span};

    #[test]
    fn what_says_the_same_is_said_once() {
        let source = Arc::new(Source::new("a.yaml", "a\nb\nc\nd\ne\na\n"));
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
            error(Kind::Missing, "b", "missing key `k`", 2),
            Error::new(Kind::Placeholder, "malformed").at(place(0)),
            Error::new(Kind::Placeholder, "malformed").at(place(1)),
            Error::new(Kind::Placeholder, "malformed").at(place(5)),
            Error::new(Kind::Value, "a literal").at(place(0)).hidden(),
            Error::new(Kind::Value, "a literal").at(place(5)).hidden(),
        ];
        let shown = |error: &Error| (error.to_string(), error.also.iter().map(ToString::to_string).collect::<Vec<_>>());
        let found: Vec<_> = gathered(list).iter().map(shown).collect();
        let expected = [
            ("`X` is wrong", vec![]),
            ("Vault is sealed", vec!["a.yaml:3:1"]),
            ("`<path:a#k>`: missing key `k`", vec!["a.yaml:4:1"]),
            ("`<path:c#k>`: no answer", vec![]),
            ("`<path:b#k>`: missing key `k`", vec![]),
            ("malformed", vec!["a.yaml:6:1"]),
            ("malformed", vec![]),
            ("a literal", vec![]),
            ("a literal", vec![]),
        ];
        let expected =
            expected.map(|(detail, also)| (detail.to_owned(), also.into_iter().map(str::to_owned).collect::<Vec<_>>()));
        assert_eq!(found, expected);
    }
}
