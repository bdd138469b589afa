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
