//! Writes text of unknown origin into a page: markup is escaped, and invisible characters are drawn.

use crate::visible::is_invisible;

/// Text for an element or a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match entity(char) {
            Some(entity) => out.push_str(entity),
            None if is_odd(char) => out.push_str(&code(char)),
            None => out.push(char),
        }
    }
    out
}

/// Appends text for an element. Characters that hide or reorder others are shown as code points in a frame.
pub(super) fn push(out: &mut String, text: &str) {
    for char in text.chars() {
        match entity(char) {
            Some(entity) => out.push_str(entity),
            None if is_odd(char) => {
                out.push_str("<span class=odd>");
                out.push_str(&code(char));
                out.push_str("</span>");
            }
            None => out.push(char),
        }
    }
}

fn entity(char: char) -> Option<&'static str> {
    match char {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        _ => None,
    }
}

/// Whether a character is invisible or changes how others look, so that different texts may look equal.
fn is_odd(char: char) -> bool {
    // Tabs are fine in a line of code; the listed spaces look like an ordinary one.
    is_invisible(char) || matches!(char, '\u{a0}' | '\u{2800}')
}

/// `U+202E`
fn code(char: char) -> String {
    format!("U+{:04X}", u32::from(char))
}
