//! Tabs in the blank lines after a plain scalar, and before the comment below them: to Kubernetes they are a part of that scalar, and
//! an error after anything else.

use super::splice::Edit;
use super::token;
use crate::source::Span;

/// Adds the edits that take such tabs out of the lines after the one that ends at `end`.
pub(super) fn clear(text: &str, mut end: usize, edits: &mut Vec<Edit>) {
    while end < text.len() {
        let start = end + token::line_break(text, end).len();
        end = token::skip_blanks(text.as_bytes(), start);
        let is_blank = end == text.len() || !token::line_break(text, end).is_empty();
        let is_comment = text[end..].starts_with('#');
        if text[start..end].contains('\t') && (is_blank || is_comment) {
            let blanks = if is_comment { " ".repeat(end - start) } else { String::new() };
            edits.push(Edit { span: Span::new(start, end), text: blanks.into() });
        }
        if !is_blank {
            return;
        }
    }
}
