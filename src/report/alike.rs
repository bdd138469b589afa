//! What is wrong with the store, a login or a setting, said once and not for each placeholder that waits for it.

use std::collections::HashMap;

use crate::error::{Error, Kind, Level};

/// What findings have in common that are one.
type Common = (Level, Kind, String, Option<String>, Option<String>);

/// The findings, those that differ in their placeholder alone gathered in the first of them, which names the other places.
pub fn gathered(list: Vec<Error>) -> Vec<Error> {
    let mut first: HashMap<Common, usize> = HashMap::new();
    let mut out: Vec<Error> = Vec::with_capacity(list.len());
    for error in list {
        let Some(detail) = common(&error).map(str::to_owned) else {
            out.push(error);
            continue;
        };
        let key = (error.level, error.kind, detail.clone(), error.cause.clone(), error.hint.clone());
        match first.get(&key) {
            Some(index) => {
                let one = &mut out[*index];
                one.detail = detail;
                one.also.extend(error.place);
            }
            None => {
                first.insert(key, out.len());
                out.push(error);
            }
        }
    }
    out
}

/// What a finding says beside its placeholder, if it is about what all of them wait for.
fn common(error: &Error) -> Option<&str> {
    let is_theirs = matches!(error.kind, Kind::Store | Kind::Denied | Kind::Setting) && error.place.is_some();
    let (_, detail) = error.detail.strip_prefix("`<").filter(|_| is_theirs)?.split_once(">`: ")?;
    Some(detail)
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
        let error = |kind: Kind, detail: &str, line: usize| Error::new(kind, detail).at(place(line));
        let list = vec![
            Error::new(Kind::Setting, "`X` is wrong"),
            error(Kind::Store, "`<path:a#k>`: Vault is sealed", 0),
            error(Kind::Missing, "`<path:a#k>`: missing key `k`", 1),
            error(Kind::Store, "`<path:b#k>`: Vault is sealed", 2),
            error(Kind::Missing, "`<path:a#k>`: missing key `k`", 3),
            error(Kind::Store, "`<path:c#k>`: no answer", 4),
        ];
        let shown =
            |error: &Error| (error.detail.clone(), error.also.iter().map(ToString::to_string).collect::<Vec<_>>());
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
