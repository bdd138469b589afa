//! Members of Vault's responses, as text. Pure.

use crate::value::Value;

/// The longest name that a response may give, in bytes: of a mount, a type, a time, a version or a lease.
pub(super) const LONGEST_NAME: usize = 1024;

/// A text, or the digits of a number.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) | Value::Number(text) => Some(text.to_string()),
        _ => None,
    }
}

/// The names in the list under `key`; none if it is not there.
pub(super) fn names(map: &Value, key: &str) -> Vec<String> {
    let Some(Value::List(items)) = map.get(key) else { return Vec::new() };
    items.iter().filter_map(text).filter(|name| name.len() <= LONGEST_NAME).collect()
}
