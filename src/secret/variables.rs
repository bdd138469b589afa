//! Variables in paths: `secret/data/${ENVIRONMENT}/db`. A value fills one segment or a part of it, and never leads to another path.
//! Knows no environment: whoever makes them gives the values.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::path::{PathFault, lookalike};
use crate::visible::is_invisible;

/// The variables that may stand in paths, with their values. Without any, `${` in a path is an error.
#[derive(Clone, Debug, Default)]
pub struct PathVariables {
    /// The value of each name; `None` where the environment has none.
    values: BTreeMap<String, Option<String>>,
}

/// Characters that would end a path, or begin another segment of it.
const ENDS: &str = "/#?|<>%;\\";

impl PathVariables {
    /// The variables that are called `names`, as `value` knows them. An empty value is none.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>, value: impl Fn(&str) -> Option<String>) -> Self {
        let known = |name: &str| (name.to_owned(), value(name).filter(|value| !value.is_empty()));
        Self { values: names.into_iter().map(known).collect() }
    }

    /// A path with the value of each variable in its place. No value is read again.
    pub(crate) fn fill<'p>(&self, path: &'p str) -> Result<Cow<'p, str>, PathFault> {
        if !path.contains("${") {
            return Ok(Cow::Borrowed(path));
        }
        let (mut filled, mut rest) = (String::new(), path);
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, after)) = after.split_once('}') else {
                return Err(fault("has a `${` without a `}`".to_owned(), "a variable is like `${ENVIRONMENT}`"));
            };
            filled.push_str(before);
            filled.push_str(self.value(name)?);
            rest = after;
        }
        filled.push_str(rest);
        Ok(Cow::Owned(filled))
    }

    fn value(&self, name: &str) -> Result<&str, PathFault> {
        let Some(value) = self.values.get(name) else {
            let detail = format!("names the variable `{name}`, which is not one for paths");
            return Err(fault(detail, "the operator lists variables for paths in `AVP_PATH_VARIABLES`"));
        };
        let Some(value) = value else {
            let detail = format!("names the variable `{name}`, which has no value here");
            return Err(fault(detail, "Argo CD sets its own for a plugin; elsewhere set it in the environment"));
        };
        is_plain(value).then_some(value.as_str()).ok_or_else(|| {
            let detail = format!("names the variable `{name}`, whose value leads elsewhere");
            fault(detail, "a value has no `/`, `..`, `#`, `?`, `|`, `<`, `>`, `%`, `;` or `\\`, nothing invisible and no look-alike of these")
        })
    }
}

fn fault(detail: String, hint: &'static str) -> PathFault {
    PathFault { detail, hint }
}

/// Whether a value stays within its segment.
fn is_plain(value: &str) -> bool {
    let is_plain =
        |char: char| !ENDS.contains(char) && char != '\t' && !is_invisible(char) && lookalike(char).is_none();
    value != "." && value.trim() == value && !value.contains("..") && value.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(path: &str, value: &str) -> Result<String, String> {
        let variables = PathVariables::new(["A", "B", "UNSET"], |name| match name {
            "A" => Some(value.to_owned()),
            "B" => Some("b".to_owned()),
            "UNSET" => None,
            other => panic!("nobody lists {other}"),
        });
        variables.fill(path).map(Cow::into_owned).map_err(|fault| fault.detail)
    }

    #[test]
    fn a_variable_stands_for_its_value_once() {
        for (path, value, filled) in [
            ("secret/data/app", "x", "secret/data/app"),
            ("secret/data/${A}/db", "shop", "secret/data/shop/db"),
            ("${A}-${B}/$B/{A}", "a.b_c d", "a.b_c d-b/$B/{A}"),
            ("x/${A}", "${B}", "x/${B}"),
            ("x/${A}", "$A{B}", "x/$A{B}"),
        ] {
            assert_eq!(fill(path, value).as_deref(), Ok(filled), "{path}");
        }
    }

    #[test]
    fn what_is_unknown_or_unset_is_an_error() {
        for (path, detail) in [
            ("x/${C}", "names the variable `C`, which is not one for paths"),
            ("x/${}", "names the variable ``, which is not one for paths"),
            ("x/${ A }", "names the variable ` A `, which is not one for paths"),
            ("x/${a}", "names the variable `a`, which is not one for paths"),
            ("x/${UNSET}", "names the variable `UNSET`, which has no value here"),
            ("x/${A}", "names the variable `A`, which has no value here"),
            ("x/${A", "has a `${` without a `}`"),
        ] {
            assert_eq!(fill(path, "").unwrap_err(), detail, "{path}");
        }
    }

    #[test]
    fn no_value_leads_to_another_path() {
        for value in [
            "/",
            "a/b",
            "..",
            ".",
            "a..b",
            "../x",
            "a#k",
            "a?x=1",
            "a|b",
            "<a",
            "a>",
            "%2f",
            "a%",
            "a;b",
            "a\\b",
            "a\tb",
            " a",
            "a\n",
            "a\u{0}",
            "a\u{200b}",
            "a\u{2215}b",
            "\u{2024}\u{2024}",
            "\u{ff05}2f",
        ] {
            let told = fill("secret/data/${A}/db", value);
            assert_eq!(told.unwrap_err(), "names the variable `A`, whose value leads elsewhere", "{value:?}");
        }
    }
}
