//! `default`: reads its argument as Kubernetes reads a YAML scalar.

use super::error;
use crate::error::Error;
use crate::value::Value;

/// The value that stands in for a missing one.
pub(super) fn value(argument: &str) -> Result<Value, Error> {
    if let Ok(value @ (Value::Bool(_) | Value::Null | Value::Number(_) | Value::Text(_))) =
        Value::from_json(argument.as_bytes())
    {
        return Ok(value);
    }
    match argument {
        "~" => Ok(Value::Null),
        text if text.starts_with(['"', '\'']) => Err(error("`default` takes one value")),
        text => Ok(Value::text(text)),
    }
}
