//! Scalars on one line: plain, single-quoted, double-quoted. A text stays a text, even if it looks like a number or a bool.

use super::Unwritable;
use crate::value::Value;
use crate::yaml::json::is_number;
use crate::yaml::resolve::{Plain, resolve};
use crate::yaml::tree::Style;

/// Words that some reader takes for null, a bool or a number.
const WORDS: [&str; 12] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"];

/// The longest text that stays plain, and the longest key.
const LENGTH: usize = 512;

/// Appends a text in `style`, or in the next one that can hold it: plain, single, double.
pub(in crate::yaml) fn text(text: &str, style: Style, flow: bool, out: &mut String) {
    match style {
        Style::Double => double(text, out),
        Style::Plain if is_plain(text, flow) => out.push_str(text),
        _ if text.chars().all(is_printable) => single(text, out),
        _ => double(text, out),
    }
}

/// Appends a number, a bool or null; false for other values.
pub(in crate::yaml) fn native(value: &Value, out: &mut String) -> Result<bool, Unwritable> {
    match value {
        Value::Number(digits) if is_number(digits) && matches!(resolve(digits), Plain::Number(_)) => {
            out.push_str(digits);
        }
        Value::Number(_) => return Err(Unwritable::Number),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Null => out.push_str("null"),
        _ => return Ok(false),
    }
    Ok(true)
}

/// Appends a map's key on one line. An error if it is too long for a key.
pub(in crate::yaml) fn key(key: &str, style: Style, flow: bool, out: &mut String) -> Result<(), Unwritable> {
    if key.chars().count() > LENGTH {
        return Err(Unwritable::Key);
    }
    let before = out.len();
    text(key, style, flow, out);
    if out.len() - before > 2 * LENGTH - 24 { Err(Unwritable::Key) } else { Ok(()) }
}

/// Whether every reader reads the unquoted text as this text. In a flow collection, old readers refuse a colon inside a word.
fn is_plain(text: &str, flow: bool) -> bool {
    let bytes = text.as_bytes();
    let follows = |index: usize, allowed: fn(&u8) -> bool| bytes.get(index + 1).is_some_and(allowed);
    bytes.len() <= LENGTH
        && bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
        && bytes.iter().enumerate().all(|(index, byte)| match byte {
            b':' => !flow && follows(index, |next| next.is_ascii_alphanumeric() || *next == b'/'),
            b' ' => follows(index, u8::is_ascii_alphanumeric),
            byte => byte.is_ascii_alphanumeric() || b"_-./@%+=~".contains(byte),
        })
}

fn single(text: &str, out: &mut String) {
    out.push('\'');
    for (index, part) in text.split('\'').enumerate() {
        if index > 0 {
            out.push_str("''");
        }
        out.push_str(part);
    }
    out.push('\'');
}

/// Appends a text in double quotes, with the escapes that JSON and every YAML reader know. Characters beyond U+FFFF are not
/// escaped, as go-yaml refuses surrogate pairs.
pub(in crate::yaml) fn double(text: &str, out: &mut String) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char if is_printable(char) => out.push(char),
            char => {
                let code = char as u32;
                out.push_str("\\u");
                out.extend((0..4).rev().filter_map(|digit| char::from_digit((code >> (4 * digit)) & 15, 16)));
            }
        }
    }
    out.push('"');
}

/// Whether every reader accepts the character unescaped: not a control character, a line break or a byte-order mark.
pub(in crate::yaml) fn is_printable(char: char) -> bool {
    matches!(char, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
        && !matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}')
}
