//! `jsonParse`, `toJson` and `jsonEscape`.

use super::{error, text};
use crate::error::Error;
use crate::value::{self, Value};

/// The value that JSON text stands for.
pub(super) fn parse(value: &Value) -> Result<Value, Error> {
    Value::from_json(text::text_of(value)?.as_bytes()).map_err(|reason| {
        let error = error("`jsonParse` got text that is not JSON").cause(reason);
        error.hint("`yamlParse` reads YAML; plain text needs neither")
    })
}

/// The value as compact JSON.
pub(super) fn to_json(value: &Value) -> Result<Value, Error> {
    value.to_json().map(Value::Text).map_err(text::no_text)
}

/// Text as it stands inside a JSON string.
pub(super) fn escape(value: &Value) -> Result<Value, Error> {
    let mut escaped = String::new();
    value::json_escape(&text::text_of(value)?, &mut escaped);
    Ok(Value::text(escaped))
}
