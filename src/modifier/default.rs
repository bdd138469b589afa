//! `default`: reads its argument as Kubernetes reads a YAML scalar.

use super::error;
use crate::budget::Budget;
use crate::error::Error;
use crate::value::Value;
use crate::yaml;
use crate::yaml::resolve::{Plain, resolve};

/// Reads the value that replaces a missing one.
pub(super) fn value(argument: &str) -> Result<Value, Error> {
    if argument.starts_with(['"', '\'']) {
        return quoted(argument).ok_or_else(|| not_a_scalar(argument));
    }
    if is_more_than_a_scalar(argument) {
        return Err(not_a_scalar(argument));
    }
    match resolve(argument) {
        Plain::Null => Ok(Value::Null),
        Plain::Bool(value) => Ok(Value::Bool(value)),
        Plain::Number(digits) => Ok(Value::number(digits)),
        Plain::Text => Ok(Value::text(argument)),
        Plain::Infinite => Err(not_a_scalar(argument).hint("JSON has no such number; in quotes it is text")),
    }
}

/// A text in quotes; `None` if anything follows it. Read as a list in brackets, so that a second text or a comment is noticed.
fn quoted(argument: &str) -> Option<Value> {
    match yaml::parse(&format!("[{argument}]"), &Budget::default()) {
        Ok(Value::List(items)) => <[Value; 1]>::try_from(items).ok().map(|[value]| value),
        _ => None,
    }
    .filter(|value| matches!(value, Value::Text(_)))
}

/// Whether YAML would read the text as something else than a plain scalar, such as an entry, an item, a comment or an anchor.
fn is_more_than_a_scalar(plain: &str) -> bool {
    plain.starts_with(['&', '*', '!', '|', '>', '%', '@', '`', '#', ',', '[', ']', '{', '}'])
        || plain.starts_with("- ")
        || plain.starts_with("? ")
        || plain.starts_with(": ")
        || plain.contains(": ")
        || plain.contains(" #")
        || plain.ends_with(':')
        || matches!(plain, "-" | "?")
}

fn not_a_scalar(argument: &str) -> Error {
    error(format!("`default {argument}`: not one YAML scalar"))
        .hint("put text with special characters in double quotes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_read_as_a_yaml_scalar() {
        for (argument, json) in [
            ("3", "3"),
            ("1.50", "1.50"),
            ("0x10", "16"),
            ("-5", "-5"),
            ("\"3\"", "\"3\""),
            ("'3'", "\"3\""),
            ("yes", "true"),
            ("~", "null"),
            ("null", "null"),
            ("\"~\"", "\"~\""),
            ("\"\"", "\"\""),
            ("a b  c", "\"a b  c\""),
            ("\"a | b\\n\"", "\"a | b\\n\""),
            ("'it''s'", "\"it's\""),
            ("it's", "\"it's\""),
            ("http://x:80/#a", "\"http://x:80/#a\""),
            ("12:30", "\"12:30\""),
        ] {
            assert_eq!(value(argument).unwrap().to_json().unwrap().as_str(), json, "{argument}");
        }
    }

    #[test]
    fn text_that_is_not_a_scalar_is_refused() {
        for argument in [
            "{}",
            "[a]",
            "a: b",
            "a:",
            "- a",
            "-",
            "*a",
            "&a b",
            "!!str 3",
            "a # b",
            "#a",
            "@a",
            ".inf",
            ".nan",
            "\"a\" b",
            "\"a\" \"b\"",
            "\"a\", \"b\"",
            "\"a",
            "'a",
            "\"a\" # \"b\"",
            "\"\\q\"",
            "\"a\": b",
        ] {
            assert!(value(argument).is_err(), "{argument}");
        }
    }
}
