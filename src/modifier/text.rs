//! Modifiers on text: `indent`, `toString`, `urlencode`; and what a value is as text and bytes.

use std::fmt::Write;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::error;
use super::table::Action;
use crate::error::Error;
use crate::value::{NotText, Value};

/// More than this many blanks is a slip, not a column.
const WIDEST: usize = 1000;

/// Indents every line but the first and blank ones.
pub(super) fn indent(arguments: &str) -> Result<Action, Error> {
    let width = arguments.parse().ok().filter(|width| *width <= WIDEST);
    let blanks = " ".repeat(
        width.ok_or_else(|| error(format!("`indent` takes one whole number up to {WIDEST}, not `{arguments}`")))?,
    );
    Ok(Arc::new(move |value| Ok(indented(&text_of(value)?, &blanks))))
}

fn indented(text: &str, blanks: &str) -> Value {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if index > 0 && !line.trim().is_empty() {
            out.push_str(blanks);
        }
        out.push_str(line);
    }
    Value::Text(out)
}

/// The value as text.
pub(super) fn to_string(value: &Value) -> Result<Value, Error> {
    text_of(value).map(Value::Text)
}

/// RFC 3986: all but the unreserved characters as `%XX`.
pub(super) fn url_encode(value: &Value) -> Result<Value, Error> {
    let mut out = String::new();
    for byte in bytes_of(value)?.iter() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(*byte)),
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    Ok(Value::text(out))
}

/// The value as text.
pub(super) fn text_of(value: &Value) -> Result<Zeroizing<String>, Error> {
    value.to_text().map_err(no_text)
}

/// The value as bytes: its own, or those of its text.
pub(super) fn bytes_of(value: &Value) -> Result<Zeroizing<Vec<u8>>, Error> {
    match value {
        Value::Bytes(bytes) => Ok(bytes.clone()),
        value => text_of(value).map(|text| Zeroizing::new(text.as_bytes().to_vec())),
    }
}

/// The error for a value that is no text.
pub(super) fn no_text(reason: NotText) -> Error {
    match reason {
        NotText::Null => error("the value is null, which is no text").hint("`default` gives a null a value"),
        NotText::Bytes => error("the value holds bytes that are not UTF-8").hint("`base64encode` makes text of bytes"),
    }
}
