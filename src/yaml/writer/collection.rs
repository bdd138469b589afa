//! Lists and maps on lines of their own.

use super::Unwritable;
use super::{block, flow, scalar};
use crate::budget::Limit;
use crate::value::Value;
use crate::yaml::tree::Style;

/// The layout of a document, which added lines follow.
#[derive(Clone, Copy, Debug)]
pub(in crate::yaml) struct Layout<'a> {
    /// How much further a map inside a map is indented.
    pub(in crate::yaml) step: usize,
    /// How much further a list inside a map is indented.
    pub(in crate::yaml) list_step: usize,
    /// The line break that the document uses.
    pub(in crate::yaml) line_break: &'a str,
    /// Whether a line break follows, so that a block scalar may come last.
    pub(in crate::yaml) ends_line: bool,
}

/// Appends a list or map at column `indent`, which `out` has already reached, without a line break after it.
pub(in crate::yaml) fn collection(
    value: &Value,
    indent: usize,
    layout: Layout,
    out: &mut String,
) -> Result<(), Unwritable> {
    match value {
        Value::Map(entries) => {
            for (index, (key, value)) in entries.iter().enumerate() {
                new_line(index, indent, layout, out)?;
                scalar::key(key, Style::Plain, false, out)?;
                out.push(':');
                entry(value, indent, layout, out)?;
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                new_line(index, indent, layout, out)?;
                out.push_str("- ");
                match is_block(item) {
                    true => collection(item, indent + 2, layout, out)?,
                    false => inline(item, indent, layout, out)?,
                }
            }
        }
        _ => inline(value, indent, layout, out)?,
    }
    Ok(())
}

/// Whether a value needs lines of its own.
pub(in crate::yaml) fn is_block(value: &Value) -> bool {
    match value {
        Value::Map(entries) => !entries.is_empty(),
        Value::List(items) => !items.is_empty(),
        _ => false,
    }
}

/// Appends the value of a key that stands at column `indent`.
fn entry(value: &Value, indent: usize, layout: Layout, out: &mut String) -> Result<(), Unwritable> {
    if !is_block(value) {
        out.push(' ');
        return inline(value, indent, layout, out);
    }
    let step = if matches!(value, Value::List(_)) { layout.list_step } else { layout.step };
    new_line(1, indent + step, layout, out)?;
    collection(value, indent + step, layout, out)
}

/// Appends a value that starts on the line of its key or dash: a scalar or an empty collection.
fn inline(value: &Value, indent: usize, layout: Layout, out: &mut String) -> Result<(), Unwritable> {
    match value {
        Value::Text(text) if layout.ends_line && block::fits(text, indent + layout.step) => {
            block::literal(text, indent + layout.step, layout.line_break, out);
        }
        Value::Text(text) => scalar::text(text, Style::Plain, false, out),
        _ => flow::flow(value, true, out)?,
    }
    Ok(())
}

fn new_line(index: usize, indent: usize, layout: Layout, out: &mut String) -> Result<(), Unwritable> {
    if (out.len() + indent) as u64 > Limit::Value.most() {
        return Err(Unwritable::Size);
    }
    if index > 0 {
        out.push_str(layout.line_break);
        out.extend(std::iter::repeat_n(' ', indent));
    }
    Ok(())
}
