//! A value as a whole document.

use super::collection::{Layout, collection};
use crate::value::Value;

/// `value` as lines that end with `\n`. A value that YAML cannot express is written as JSON.
pub(crate) fn document(value: &Value) -> String {
    let layout = Layout { step: 2, list_step: 0, line_break: "\n", ends_line: true };
    let mut out = String::new();
    if collection(value, 0, layout, &mut out).is_err() {
        out = value.to_json().map(|json| json.to_string()).unwrap_or_default();
    }
    out + "\n"
}
