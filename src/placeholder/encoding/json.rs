//! JSON's escapes: `\u003cpath:…\u003e`, as Go's `json.Marshal` writes them.

use super::super::Base64;
use super::region::{Decoded, Region};
use crate::value::json_escape;

/// Whether a `\u` begins at `at`.
pub(super) fn is_trace(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1) == Some(&b'u')
}

/// The texts between unescaped quotes, their JSON escapes decoded.
pub(super) fn find(text: &str, _: Base64) -> Vec<Region> {
    if !text.contains('\\') {
        return Vec::new();
    }
    let mut regions = Vec::new();
    let mut decoded = Decoded::from(0);
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let (char, length) = escape_at(rest).unwrap_or((char, char.len_utf8()));
        if char == '"' && length == 1 {
            let next = decoded.end + 1;
            regions.push(Region::Mapped(std::mem::replace(&mut decoded, Decoded::from(next))));
        } else {
            decoded.push(char, length);
        }
        rest = &rest[length..];
    }
    regions.push(Region::Mapped(decoded));
    regions
}

/// The character of the JSON escape at the text's beginning, and the escape's length.
fn escape_at(text: &str) -> Option<(char, usize)> {
    let mut chars = text.strip_prefix('\\')?.chars();
    let plain = |char| Some((char, 2));
    match chars.next()? {
        'n' => plain('\n'),
        'r' => plain('\r'),
        't' => plain('\t'),
        'b' => plain('\u{8}'),
        'f' => plain('\u{c}'),
        char @ ('"' | '\\' | '/') => plain(char),
        'u' => {
            let unit = |from: usize| u32::from_str_radix(text.get(from..from + 4)?, 16).ok();
            let high = unit(2)?;
            if let (0xd800..0xdc00, Some("\\u")) = (high, text.get(6..8)) {
                let low = unit(8).filter(|low| (0xdc00..0xe000).contains(low))?;
                return Some((char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))?, 12));
            }
            Some((char::from_u32(high)?, 6))
        }
        _ => None,
    }
}

/// `bytes` as JSON writes them between quotes.
pub(super) fn encode(bytes: &[u8]) -> Option<String> {
    let mut out = String::new();
    json_escape(std::str::from_utf8(bytes).ok()?, &mut out);
    Some(out)
}
