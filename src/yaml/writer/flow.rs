//! Values on one line, as JSON, which is YAML's flow style as well.

use super::Unwritable;
use super::scalar;
use crate::value::Value;
use crate::yaml::tree::Style;

/// Appends a value; `spaced` puts a space after `:` and `,`.
pub(in crate::yaml) fn flow(value: &Value, spaced: bool, out: &mut String) -> Result<(), Unwritable> {
    match value {
        Value::Text(text) => scalar::double(text, out),
        Value::Bytes(_) => return Err(Unwritable::Bytes),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(index, spaced, out);
                flow(item, spaced, out)?;
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                separate(index, spaced, out);
                scalar::key(key, Style::Double, true, out)?;
                out.push_str(if spaced { ": " } else { ":" });
                flow(value, spaced, out)?;
            }
            out.push('}');
        }
        Value::Number(_) | Value::Bool(_) | Value::Null => {
            scalar::native(value, out)?;
        }
    }
    Ok(())
}

fn separate(index: usize, spaced: bool, out: &mut String) {
    if index > 0 {
        out.push_str(if spaced { ", " } else { "," });
    }
}
