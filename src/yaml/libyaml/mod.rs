//! YAML as Kubernetes' decoder reads it: go-yaml is a translation of libyaml, and so is this. libyaml is not quite YAML: a comment
//! may touch the token before it, a quoted text may go on at any column, three more characters break lines. Where libyaml
//! refuses a text, the parser crate says why. Directives are left to that crate.

mod cursor;
mod grammar;
mod scalar;
mod scanner;

use super::tree::Tree;
use crate::source::Span;

/// Reads the first document of `body`, and says where another begins without a marker before it: Kubernetes would drop that one.
/// The error is how far the text can be read.
pub(super) fn read<'s>(text: &'s str, body: Span) -> Result<(Tree<'s>, Option<usize>), usize> {
    match text[body.range()].char_indices().find(|(_, char)| !is_allowed(*char)) {
        Some((at, _)) => Err(body.start + at),
        None => grammar::read(text, body),
    }
}

/// The first character in `body` that only libyaml takes for a line break.
pub(super) fn own_line_break(text: &str, body: Span) -> Option<Span> {
    let mut chars = text[body.range()].char_indices();
    let (at, char) = chars.find(|(_, char)| matches!(char, '\u{85}' | '\u{2028}' | '\u{2029}'))?;
    Some(Span::new(at, at + char.len_utf8()).shifted(body.start))
}

fn is_allowed(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests;
