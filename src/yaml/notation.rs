//! Other notations that YAML has for a character or a word, for a search of bytes that are not parsed. Errs on the side of yes.

use std::borrow::Cow;

use super::token;
use crate::source::Span;

/// Whether the `\` at `at` begins a numeric escape or joins two lines.
pub(crate) fn is_escape(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at + 1), Some(b'x' | b'u' | b'U' | b'\n' | b'\r'))
}

/// The rest after everything that a reader may take for white space: blanks, line breaks, two-byte escapes, non-ASCII characters.
pub(crate) fn skip_space(mut bytes: &[u8]) -> &[u8] {
    loop {
        bytes = match bytes {
            [b' ' | b'\t' | b'\n' | b'\r' | 0x80.., rest @ ..] => rest,
            [b'\\', _, rest @ ..] => rest,
            _ => return bytes,
        }
    }
}

/// Whether the word at `word` is a scalar of its own: a value begins before it and ends after it.
pub(crate) fn is_scalar(bytes: &[u8], word: Span) -> bool {
    begins_value(&bytes[..word.start]) && ends_value(&bytes[word.end..])
}

/// `text` with the numeric escapes of a double-quoted scalar replaced by the characters that they stand for.
pub(crate) fn resolve_escapes(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut end = 0;
    for (at, _) in text.match_indices('\\').filter(|(at, _)| is_escape(text.as_bytes(), *at)) {
        if let Some((char, length)) = escape_at(&text[at..]).filter(|_| at >= end) {
            out.push_str(&text[end..at]);
            out.push(char);
            end = at + length;
        }
    }
    out.push_str(&text[end..]);
    if end == 0 { Cow::Borrowed(text) } else { Cow::Owned(out) }
}

/// The character of the escape at the text's beginning, and the escape's length.
fn escape_at(text: &str) -> Option<(char, usize)> {
    let digits = match text.as_bytes().get(1)? {
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        _ => return None,
    };
    let char = char::from_u32(u32::from_str_radix(text.get(2..2 + digits)?, 16).ok()?)?;
    Some((char, 2 + digits))
}

fn begins_value(before: &[u8]) -> bool {
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before);
    let before = &before[..token::trim_blanks(before, before.len())];
    let word = before.iter().rev().take_while(|byte| !byte.is_ascii_whitespace()).count();
    let word = &before[before.len() - word..];
    // A tag or an anchor may stand between the key and its value.
    word.first().is_none_or(|first| matches!(first, b'!' | b'&' | b'-' | b'?'))
        || matches!(word.last(), Some(b':' | b',' | b'[' | b'{'))
}

fn ends_value(rest: &[u8]) -> bool {
    let rest = rest.strip_prefix(b"\"").or(rest.strip_prefix(b"'")).unwrap_or(rest);
    let blanks = token::skip_blanks(rest, 0);
    match rest.get(blanks) {
        None | Some(b'\n' | b'\r' | b',' | b'}' | b']' | b':') => true,
        Some(b'#') => blanks > 0,
        Some(_) => token::break_length(&rest[blanks..]) > 0,
    }
}
