//! Percent-coding: `%3Cpath%3A…%3E`, as in the query of an address.

use super::super::Base64;
use super::region::{Decoded, Region};
use crate::percent;

/// Whether `%3C` begins at `at`, or an escaped `&` or `\` of another encoding; the `%` may be encoded any number of times.
pub(super) fn is_trace(bytes: &[u8], at: usize) -> bool {
    let mut rest = &bytes[at + 1..];
    while let [b'2', b'5', more @ ..] = rest {
        rest = more;
    }
    matches!(rest, [b'3' | b'5', b'c' | b'C', ..] | [b'2', b'6', ..])
}

/// The runs of text without blanks and quotes, their `%XX` and `+` decoded.
pub(super) fn find(text: &str, _: Base64) -> Vec<Region> {
    if !text.contains('%') {
        return Vec::new();
    }
    let ends = |char: char| char.is_whitespace() || matches!(char, '"' | '\'' | '<' | '>');
    let mut regions = Vec::new();
    let mut start = 0;
    for run in text.split(ends) {
        if run.contains('%') {
            regions.push(Region::Mapped(decode(run, start)));
        }
        start += run.len();
        start += text[start..].chars().next().map_or(0, char::len_utf8);
    }
    regions
}

fn decode(run: &str, start: usize) -> Decoded {
    let mut decoded = Decoded::from(start);
    let mut rest = run;
    while let Some(char) = rest.chars().next() {
        let (char, length) = match char {
            '+' => (' ', 1),
            '%' => escape_at(rest).unwrap_or(('%', 1)),
            char => (char, char.len_utf8()),
        };
        decoded.push(char, length);
        rest = &rest[length..];
    }
    decoded
}

/// The character whose UTF-8 bytes stand as `%XX%XX…` at the text's beginning, and their length there.
fn escape_at(text: &str) -> Option<(char, usize)> {
    let byte = |at: usize| match text.get(at..at + 3)?.strip_prefix('%')? {
        hex if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => u8::from_str_radix(hex, 16).ok(),
        _ => None,
    };
    let mut bytes = Vec::new();
    for at in (0..12).step_by(3) {
        bytes.push(byte(at)?);
        if let Ok(text) = std::str::from_utf8(&bytes) {
            return text.chars().next().map(|char| (char, at + 3));
        }
    }
    None
}

/// `bytes` with every byte escaped that an address reserves.
pub(super) fn encode(bytes: &[u8]) -> Option<String> {
    Some(percent::encode(bytes).to_string())
}
