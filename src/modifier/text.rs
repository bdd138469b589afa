//! Modifiers on text: `indent`, `toString`, `urlencode`; and the conversion of a value into text and bytes.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::error;
use super::row::Action;
use crate::budget::Budget;
use crate::error::Error;
use crate::percent;
use crate::value::{NotText, Value};

/// The largest indentation. More blanks are a typo, not a column.
const WIDEST: usize = 1000;

/// Indents every line but the first and blank ones.
pub(super) fn indent(arguments: &str) -> Result<Action, Error> {
    let width = arguments.parse().ok().filter(|width| *width <= WIDEST);
    let blanks = " ".repeat(
        width.ok_or_else(|| error(format!("`indent` takes one whole number up to {WIDEST}, not `{arguments}`")))?,
    );
    Ok(Arc::new(move |value, context| {
        let text = text_of(value)?;
        let added = memchr::memchr_iter(b'\n', text.as_bytes()).count() * blanks.len();
        context.budget.make(text.len() + added)?;
        Ok(indented(&text, &blanks, added))
    }))
}

/// The indented text, at most `added` bytes longer.
fn indented(text: &str, blanks: &str, added: usize) -> Value {
    let mut out = Zeroizing::new(String::with_capacity(text.len() + added));
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if index > 0 && !line.trim().is_empty() {
            out.push_str(blanks);
        }
        out.push_str(line);
    }
    Value::Text(out)
}

/// The value as text.
pub(super) fn to_string(value: &Value, budget: &Budget) -> Result<Value, Error> {
    budget.make(value.text_len())?;
    text_of(value).map(Value::Text)
}

/// Writes all but the unreserved characters of RFC 3986 as `%XX`.
pub(super) fn url_encode(value: &Value, budget: &Budget) -> Result<Value, Error> {
    let bytes = bytes_of(value)?;
    let encoded = percent::encode(&bytes);
    let length = encoded.clone().map(str::len).sum();
    budget.make(length)?;
    let mut out = String::with_capacity(length);
    out.extend(encoded);
    Ok(Value::text(out))
}

/// A text, a number or a bool as text.
pub(super) fn text_of(value: &Value) -> Result<Zeroizing<String>, Error> {
    value.to_text().map_err(not_text)
}

/// The value as bytes: its own, or those of its text.
pub(super) fn bytes_of(value: &Value) -> Result<Zeroizing<Vec<u8>>, Error> {
    match value {
        Value::Bytes(bytes) => Ok(bytes.clone()),
        value => text_of(value).map(|text| Zeroizing::new(text.as_bytes().to_vec())),
    }
}

/// The error for a value that cannot become text.
pub(super) fn not_text(reason: NotText) -> Error {
    match reason {
        NotText::Null => error("the value is null, which is not text").hint("`default` gives a null a value"),
        NotText::Bytes => error("the value holds bytes that are not UTF-8").hint("`base64encode` makes text of bytes"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::modifier::context::ChainContext;

    fn indented_by(width: &str, text: &str) -> String {
        indent(width).unwrap()(&Value::text(text), &ChainContext::new(&Budget::default()))
            .unwrap()
            .to_text()
            .unwrap()
            .to_string()
    }

    #[test]
    fn lines_after_the_first_are_indented() {
        for (text, indented) in [
            ("", ""),
            ("a", "a"),
            ("a\n", "a\n"),
            ("a\nb", "a\n  b"),
            ("a\nb\n", "a\n  b\n"),
            ("a\n\nb\n\n", "a\n\n  b\n\n"),
            ("a\n b\n\tc", "a\n   b\n  \tc"),
            ("a\n \nb", "a\n \n  b"),
            ("  a\nb", "  a\n  b"),
            ("a\r\nb\r\n\r\nc", "a\r\n  b\r\n\r\n  c"),
            ("\na", "\n  a"),
        ] {
            assert_eq!(indented_by("2", text), indented, "{text:?}");
        }
        assert_eq!(
            indented_by("6", "-----BEGIN-----\nAAA\n\n  BBB\n-----END-----\n"),
            "-----BEGIN-----\n      AAA\n\n        BBB\n      -----END-----\n"
        );
    }

    proptest! {
        #[test]
        fn without_its_indentation_a_text_is_what_it_was(text in "([ a\\t]{0,4}\r?\n?){0,9}", width in 0usize..9) {
            let indented = indented_by(&width.to_string(), &text);
            let blanks = " ".repeat(width);
            let lines = indented.split('\n').enumerate().map(|(index, line)| match line.trim() {
                "" => line,
                _ if index == 0 => line,
                _ => line.strip_prefix(&blanks).unwrap_or("not indented"),
            });
            prop_assert_eq!(lines.collect::<Vec<_>>().join("\n"), text);
        }
    }
}
