//! Text that came from elsewhere, as text of a page: markup is escaped, and what cannot be seen is drawn.

use crate::visible::is_invisible;

/// `text` for an element or a quoted attribute.
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

/// Appends `text` for an element; characters that hide or reorder others stand in a frame of their own.
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

/// Whether a character steers others or shows nothing: with these, two texts look the same, or one like another.
fn is_odd(char: char) -> bool {
    // In a line of code a tab is a tab, and these look like a blank.
    is_invisible(char) || matches!(char, '\u{a0}' | '\u{2800}')
}

/// `U+202E`
fn code(char: char) -> String {
    format!("U+{:04X}", u32::from(char))
}
