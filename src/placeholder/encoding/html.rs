//! HTML's entities: `&lt;path:…&gt;`.

use super::super::Base64;
use super::region::{Decoded, Region};

/// Whether `&lt` or a numbered entity begins at `at`, itself encoded any number of times.
pub(super) fn is_trace(bytes: &[u8], at: usize) -> bool {
    let mut rest = &bytes[at + 1..];
    while let Some(more) = rest.strip_prefix(b"amp;").or_else(|| rest.strip_prefix(b"AMP;")) {
        rest = more;
    }
    matches!(rest, [b'l' | b'L', b't' | b'T', ..] | [b'#', ..])
}

/// The whole text, its HTML entities decoded.
pub(super) fn find(text: &str, _: Base64) -> Vec<Region> {
    if !text.contains('&') {
        return Vec::new();
    }
    let mut decoded = Decoded::from(0);
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let (char, length) = entity_at(rest).unwrap_or((char, char.len_utf8()));
        decoded.push(char, length);
        rest = &rest[length..];
    }
    vec![Region::Mapped(decoded)]
}

/// The character of the HTML entity at the text's beginning, and the entity's length.
fn entity_at(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 12;
    let body = text.strip_prefix('&')?;
    let end = body.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let char = match &body[..end] {
        "lt" | "LT" => '<',
        "gt" | "GT" => '>',
        "amp" | "AMP" => '&',
        "quot" | "QUOT" => '"',
        "apos" => '\'',
        "num" => '#',
        "vert" => '|',
        number => {
            let digits = number.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => digits.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((char, end + 2))
}

/// `bytes` as HTML writes them in text and in attributes.
pub(super) fn encode(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            char => out.push(char),
        }
    }
    Some(out)
}
