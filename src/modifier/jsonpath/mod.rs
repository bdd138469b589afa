//! `jsonPath`: Kubernetes' JSONPath template language (k8s.io/client-go/util/jsonpath), on exact values.
//! What it does otherwise than client-go is listed in `tests/cases/jsonpath.txt`.

mod compare;
mod cursor;
mod evaluate;
mod filter;
mod parse;
mod template;

use std::sync::Arc;

use super::table::Action;
use super::error;
use crate::error::Error;
use crate::value::Value;

/// Reads the template once.
pub(super) fn json_path(arguments: &str) -> Result<Action, Error> {
    let template = parse::template(arguments)?;
    Ok(Arc::new(move |value| evaluate::print(&template, &document(value)?).map(Value::Text)))
}

/// The value, or what its text stands for as JSON.
fn document(value: &Value) -> Result<Value, Error> {
    match value {
        Value::Text(json) => Value::from_json(json.as_bytes())
            .map_err(|reason| error("`jsonPath` got text that is not JSON").cause(reason)),
        value => Ok(value.clone()),
    }
}
