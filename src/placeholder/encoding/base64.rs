//! Base64: a Secret's `data`, and strings in JSON in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::Base64;
use super::region::Region;
use crate::source::Span;
use crate::yaml::notation;

/// Whether the word `Secret` or `SecretList` at `at` is a whole scalar, as a kind is.
pub(super) fn is_trace(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at..];
    let length = if rest.starts_with(b"SecretList") { "SecretList".len() } else { "Secret".len() };
    notation::is_scalar(bytes, Span::new(at, at + length))
}

/// The base64 forms of `beginning` inside a longer text, one for each alignment to groups of three bytes.
pub(in crate::placeholder) fn disguises(beginning: &str) -> [String; 3] {
    [0, 1, 2].map(|shift| {
        let shifted = STANDARD.encode([&[0; 2][..shift], beginning.as_bytes()].concat());
        let (start, end) = ((shift * 8).div_ceil(6), (shift + beginning.len()) * 8 / 6);
        shifted[start..end].to_owned()
    })
}

/// Where base64 is decoded inside base64.
pub(super) fn inside(base64: Base64) -> Base64 {
    if base64 == Base64::Anywhere { base64 } else { Base64::InJson }
}

/// The base64 in `text`: the whole text, or strings in it if it is JSON.
pub(super) fn find(text: &str, base64: Base64) -> Vec<Region> {
    let trimmed = text.trim();
    let start = text.len() - text.trim_start().len();
    let whole = || {
        decode(trimmed).map(|decoded| Region::Whole { span: Span::new(start, start + trimmed.len()), text: decoded })
    };
    match base64 {
        Base64::No => Vec::new(),
        Base64::Whole => whole().into_iter().collect(),
        Base64::InJson => in_json(text),
        Base64::Anywhere => whole().map_or_else(|| in_json(text), |region| vec![region]),
    }
}

/// The strings of a JSON text that are base64 of text; a `/` or a line break in it may be escaped.
fn in_json(text: &str) -> Vec<Region> {
    if !text.trim_start().starts_with(['{', '[']) {
        return Vec::new();
    }
    let quotes: Vec<usize> = memchr::memchr_iter(b'"', text.as_bytes()).collect();
    let between = quotes.windows(2).map(|pair| Span::new(pair[0] + 1, pair[1]));
    let decoded = |span: Span| {
        let string = &text[span.range()];
        match string.contains('\\') {
            true => decode(&string.replace("\\/", "/").replace("\\n", "\n").replace("\\r", "\r")),
            false => decode(string),
        }
    };
    between.filter_map(|span| decoded(span).map(|text| Region::Whole { span, text })).collect()
}

/// Base64 of text that could hold a placeholder; white space in it is ignored.
fn decode(text: &str) -> Option<String> {
    const SHORTEST: usize = "PGI+".len();
    let alphabet =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=') || byte.is_ascii_whitespace();
    if text.len() < SHORTEST || !text.bytes().all(alphabet) {
        return None;
    }
    let dense: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    String::from_utf8(STANDARD.decode(dense).ok()?).ok()
}

/// `bytes` in base64.
pub(super) fn encode(bytes: &[u8]) -> Option<String> {
    Some(STANDARD.encode(bytes))
}
