//! The encodings that a chart may have put around a placeholder: one table serves filling and `--strict`.
//! A further encoding is a row of [`ENCODINGS`] and its two functions.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Base64;
use crate::source::Span;
use crate::value::json_escape;

/// One way to encode text.
pub struct Encoding {
    /// Its name, e.g. `json`.
    pub name: &'static str,
    /// What it looks like, in one line.
    pub doc: &'static str,
    /// The parts of a text that are encoded so, decoded.
    pub(super) find: fn(&str, Base64) -> Vec<Region>,
    /// Where base64 is looked into inside of it.
    pub(super) inside: fn(Base64) -> Base64,
    encode: fn(&[u8]) -> Option<String>,
}

/// Every encoding that is understood.
pub static ENCODINGS: &[Encoding] = &[
    Encoding {
        name: "base64",
        doc: "a Secret's `data`, and strings in JSON in it",
        find: find_base64,
        inside: in_base64,
        encode: encode_base64,
    },
    Encoding { name: "json", doc: "`\\u003cpath:…\\u003e`", find: find_json, inside: same, encode: encode_json },
    Encoding { name: "url", doc: "`%3Cpath%3A…%3E`", find: find_url, inside: same, encode: encode_url },
    Encoding { name: "html", doc: "`&lt;path:…&gt;`", find: find_html, inside: same, encode: encode_html },
];

/// An encoded part of a text.
pub(super) enum Region {
    /// It is one unit: whatever is filled in, all of it is encoded anew.
    Whole { span: Span, text: String },
    /// It is encoded character by character: only what is filled in is encoded anew.
    Mapped(Decoded),
}

/// A decoded text that knows where each of its bytes came from.
#[derive(Default)]
pub(super) struct Decoded {
    pub(super) text: String,
    origins: Vec<usize>,
    end: usize,
}

impl Encoding {
    /// `bytes` in this encoding; none where it takes only text and they are not UTF-8.
    pub fn encode(&self, bytes: &[u8]) -> Option<String> {
        (self.encode)(bytes)
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Decoded {
    fn from(start: usize) -> Self {
        Self { end: start, ..Self::default() }
    }

    /// Where the decoded byte at `at` came from.
    pub(super) fn origin(&self, at: usize) -> usize {
        self.origins.get(at).copied().unwrap_or(self.end)
    }

    /// Whether the character at `at` was written as an escape.
    pub(super) fn is_escaped(&self, at: usize) -> bool {
        self.text[at..]
            .chars()
            .next()
            .is_some_and(|char| self.origin(at + char.len_utf8()) - self.origin(at) > char.len_utf8())
    }

    /// Whether anything in it was written as an escape: escapes are longer than what they stand for.
    pub(super) fn has_escapes(&self) -> bool {
        self.end - self.origin(0) > self.text.len()
    }

    /// Appends `char`, which took `length` bytes of the encoded text.
    fn push(&mut self, char: char, length: usize) {
        self.text.push(char);
        self.origins.resize(self.text.len(), self.end);
        self.end += length;
    }
}

fn same(base64: Base64) -> Base64 {
    base64
}

fn in_base64(base64: Base64) -> Base64 {
    if base64 == Base64::Anywhere { base64 } else { Base64::InJson }
}

fn find_base64(text: &str, base64: Base64) -> Vec<Region> {
    let trimmed = text.trim();
    let start = text.len() - text.trim_start().len();
    let whole = || {
        decode_base64(trimmed)
            .map(|decoded| Region::Whole { span: Span::new(start, start + trimmed.len()), text: decoded })
    };
    match base64 {
        Base64::No => Vec::new(),
        Base64::Whole => whole().into_iter().collect(),
        Base64::InJson => base64_in_json(text),
        Base64::Anywhere => whole().map_or_else(|| base64_in_json(text), |region| vec![region]),
    }
}

/// The strings of a JSON text that are base64 of text; a `/` or a line break in it may be escaped.
fn base64_in_json(text: &str) -> Vec<Region> {
    if !text.trim_start().starts_with(['{', '[']) {
        return Vec::new();
    }
    let quotes: Vec<usize> = memchr::memchr_iter(b'"', text.as_bytes()).collect();
    let between = quotes.windows(2).map(|pair| Span::new(pair[0] + 1, pair[1]));
    let decoded = |span: Span| {
        let string = &text[span.range()];
        match string.contains('\\') {
            true => decode_base64(&string.replace("\\/", "/").replace("\\n", "\n").replace("\\r", "\r")),
            false => decode_base64(string),
        }
    };
    between.filter_map(|span| decoded(span).map(|text| Region::Whole { span, text })).collect()
}

/// Base64 of text that could hold a placeholder; white space in it is ignored.
fn decode_base64(text: &str) -> Option<String> {
    const SHORTEST: usize = "PGI+".len();
    let alphabet =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=') || byte.is_ascii_whitespace();
    if text.len() < SHORTEST || !text.bytes().all(alphabet) {
        return None;
    }
    let dense: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    String::from_utf8(STANDARD.decode(dense).ok()?).ok()
}

fn encode_base64(bytes: &[u8]) -> Option<String> {
    Some(STANDARD.encode(bytes))
}

/// Text between unescaped quotes, its JSON escapes resolved.
fn find_json(text: &str, _: Base64) -> Vec<Region> {
    if !text.contains('\\') {
        return Vec::new();
    }
    let mut regions = Vec::new();
    let mut decoded = Decoded::from(0);
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let (char, length) = json_escape_at(rest).unwrap_or((char, char.len_utf8()));
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
fn json_escape_at(text: &str) -> Option<(char, usize)> {
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

fn encode_json(bytes: &[u8]) -> Option<String> {
    let mut out = String::new();
    json_escape(std::str::from_utf8(bytes).ok()?, &mut out);
    Some(out)
}

/// Runs without blanks and quotes, their `%XX` and `+` resolved.
fn find_url(text: &str, _: Base64) -> Vec<Region> {
    if !text.contains('%') {
        return Vec::new();
    }
    let ends = |char: char| char.is_whitespace() || matches!(char, '"' | '\'' | '<' | '>');
    let mut regions = Vec::new();
    let mut start = 0;
    for run in text.split(ends) {
        if run.contains('%') {
            regions.push(Region::Mapped(decode_url(run, start)));
        }
        start += run.len();
        start += text[start..].chars().next().map_or(0, char::len_utf8);
    }
    regions
}

fn decode_url(run: &str, start: usize) -> Decoded {
    let mut decoded = Decoded::from(start);
    let mut rest = run;
    while let Some(char) = rest.chars().next() {
        let (char, length) = match char {
            '+' => (' ', 1),
            '%' => percent_escape_at(rest).unwrap_or(('%', 1)),
            char => (char, char.len_utf8()),
        };
        decoded.push(char, length);
        rest = &rest[length..];
    }
    decoded
}

/// The character whose UTF-8 bytes stand as `%XX%XX…` at the text's beginning, and their length there.
fn percent_escape_at(text: &str) -> Option<(char, usize)> {
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

fn encode_url(bytes: &[u8]) -> Option<String> {
    let unreserved = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    Some(
        bytes
            .iter()
            .map(|byte| if unreserved(byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") })
            .collect(),
    )
}

/// The whole text, its HTML entities resolved.
fn find_html(text: &str, _: Base64) -> Vec<Region> {
    if !text.contains('&') {
        return Vec::new();
    }
    let mut decoded = Decoded::from(0);
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let (char, length) = html_entity_at(rest).unwrap_or((char, char.len_utf8()));
        decoded.push(char, length);
        rest = &rest[length..];
    }
    vec![Region::Mapped(decoded)]
}

/// The character of the HTML entity at the text's beginning, and the entity's length.
fn html_entity_at(text: &str) -> Option<(char, usize)> {
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

fn encode_html(bytes: &[u8]) -> Option<String> {
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
