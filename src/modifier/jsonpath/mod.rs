//! `jsonPath`: Kubernetes' JSONPath template language (k8s.io/client-go/util/jsonpath), on exact values.
//! `table.txt` lists each difference from client-go on a line.

mod compare;
mod cursor;
mod evaluate;
mod filter;
mod parse;
mod template;

use std::borrow::Cow;
use std::sync::Arc;

use super::error;
use super::row::Action;
use crate::budget::Budget;
use crate::error::Error;
use crate::value::Value;

/// Parses the template once, for use on any number of values.
pub(super) fn json_path(arguments: &str) -> Result<Action, Error> {
    let template = parse::template(arguments)?;
    Ok(Arc::new(move |value, context| {
        let budget = context.budget;
        evaluate::print(&template, &*document(value, budget)?, budget).map(Value::Text)
    }))
}

/// The value itself, or its text parsed as JSON.
fn document<'v>(value: &'v Value, budget: &Budget) -> Result<Cow<'v, Value>, Error> {
    let Value::Text(json) = value else { return Ok(Cow::Borrowed(value)) };
    Value::from_json_within(json.as_bytes(), budget).map(Cow::Owned).map_err(|reason| {
        let error = error("`jsonPath` got text that is not JSON").cause(reason);
        error.hint("`yamlParse` before it reads YAML; plain text needs neither")
    })
}

#[cfg(test)]
mod tests {
    use super::super::context::ChainContext;
    use super::*;

    /// Lines of `table.txt`: template, result, and client-go's result if it differs.
    #[test]
    fn templates_find_what_the_table_says() {
        let mut document = Value::text("");
        for line in include_str!("table.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(json) = line.strip_prefix("document ") {
                document = Value::text(json);
                continue;
            }
            let (template, rest) = line.split_once('\t').unwrap();
            let result = rest.split('\t').next().unwrap();
            let found =
                json_path(template).and_then(|action| action(&document, &ChainContext::new(&Budget::default())));
            let found = found.map_or_else(|_| "error".to_owned(), |text| text.to_json().unwrap().to_string());
            assert_eq!(found, result, "{template}");
        }
    }

    #[test]
    fn errors_name_what_is_wrong() {
        for (template, detail) in [
            ("{.a", "`jsonPath {.a`: a `{` is never closed"),
            (".a", "`jsonPath .a`: the template has no `{…}`"),
            ("{.a[?(@.b = 1)]}", "`jsonPath {.a[?(@.b = 1)]}`: `=` is not a comparison"),
            ("{.a.}", "`jsonPath {.a.}`: a `.` has no name after it"),
            ("{a}", "`jsonPath {a}`: `a` is not a known word"),
            ("{.b}", "`jsonPath`: the key `b` is not found"),
            ("{.a[1]}", "`jsonPath`: the index 1 is outside the list"),
            ("{[0]}", "`jsonPath`: brackets stand after a map, which is not a list"),
        ] {
            let document = Value::from_json(br#"{"a":["canary"]}"#).unwrap();
            let error = json_path(template)
                .and_then(|action| action(&document, &ChainContext::new(&Budget::default())))
                .unwrap_err();
            assert_eq!(error.detail, detail);
        }
    }

    #[test]
    fn text_is_read_as_json() {
        let find = |text: &str| {
            json_path("{.id}").and_then(|action| action(&Value::text(text), &ChainContext::new(&Budget::default())))
        };
        assert!(find(r#"{"id":9007199254740993}"#).unwrap() == Value::text("9007199254740993"));
        let error = find("canary").unwrap_err();
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }

    #[test]
    fn deep_and_wide_templates_end_in_an_error() {
        let deep = format!("{{{}@{}}}", "[?(".repeat(9999), ")]".repeat(9999));
        assert!(json_path(&deep).is_err());
        assert!(json_path(&format!("{{.a[?({}", "(".repeat(9999))).is_err());
        assert!(json_path(&"{range .a}".repeat(9999)).is_err());
    }
}
