//! `jsonParse`, `toJson` and `jsonEscape`.

use super::{error, text};
use crate::budget::Budget;
use crate::error::Error;
use crate::value::{self, Value};

/// Parses JSON text into a value.
pub(super) fn parse(value: &Value, budget: &Budget) -> Result<Value, Error> {
    Value::from_json_within(text::text_of(value)?.as_bytes(), budget).map_err(|reason| {
        let error = error("`jsonParse` got text that is not JSON").cause(reason);
        error.hint("`yamlParse` reads YAML; plain text needs neither")
    })
}

/// The value as compact JSON.
pub(super) fn to_json(value: &Value, budget: &Budget) -> Result<Value, Error> {
    budget.make(value.json_len())?;
    value.to_json().map(Value::Text).map_err(text::not_text)
}

/// Escapes text for the inside of a JSON string.
pub(super) fn escape(value: &Value, budget: &Budget) -> Result<Value, Error> {
    let text = text::text_of(value)?;
    let length = value::json_escaped_len(&text);
    budget.make(length)?;
    let mut escaped = String::with_capacity(length);
    value::json_escape(&text, &mut escaped);
    Ok(Value::text(escaped))
}
