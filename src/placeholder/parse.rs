//! The grammar of a placeholder, from its `<` on. Knows nothing of the text around the placeholder.

use super::{Key, MatchKind, Placeholder, Reference, on_one_line};
use crate::error::{Error, Kind, Subject};
use crate::modifier::{self, Chain};

/// How many bytes of modifiers a placeholder may hold, so that an unclosed one is not searched to the text's end.
const LONGEST: usize = 4096;

/// A match at a `<`, and where it ends.
pub(super) struct At {
    pub(super) end: usize,
    pub(super) kind: MatchKind,
}

/// The escape `<raw:x>` at the `<` at `start`; `last_close` is where the text has its last `>`.
pub(super) fn raw(text: &str, start: usize, last_close: usize) -> Option<At> {
    let inner = after_word(text, start, "raw:")?;
    let end = inner + text.get(inner..=last_close)?.find('>')?;
    Some(At { end: end + 1, kind: MatchKind::Raw(format!("<{}>", &text[inner..end])) })
}

/// An inline placeholder at the `<` at `start`.
pub(super) fn inline(text: &str, start: usize, _last_close: usize) -> Option<At> {
    after_word(text, start, "path:").map(|from| path(text, start, from))
}

/// Where `word` ends, if it comes after the `<` at `start`.
fn after_word(text: &str, start: usize, word: &str) -> Option<usize> {
    let after = skip_blanks(text, start + 1);
    text[after..].starts_with(word).then_some(after + word.len())
}

/// A generic placeholder at the `<` at `start`.
pub(super) fn generic(text: &str, start: usize, _last_close: usize) -> Option<At> {
    if text[..start].ends_with('<') {
        return None;
    }
    let key_start = skip_blanks(text, start + 1);
    let key_end = generic_key_end(text, key_start)?;
    let key = &text[key_start..key_end];
    let next = skip_space(text, key_end);
    let (segments, end) = match text.as_bytes().get(key_end) {
        Some(b'>') => (Vec::new(), key_end + 1),
        _ if text[next..].starts_with('|') => segments(text, next + 1).filter(|(parts, _)| innermost(parts))?,
        _ => return None,
    };
    // After a blank, `a < b` is as likely as a key: only a known modifier leaves no doubt.
    if key_start > start + 1 && !segments.first().is_some_and(|call| modifier::is_call(call)) {
        return None;
    }
    let key_named = if key == "*" { Key::Whole } else { Key::Named(key.to_owned()) };
    Some(At { end, kind: placeholder(&text[start..end], Reference::Annotated, key_named, &segments) })
}

/// Parses a version: digits, or `latest` or nothing for the newest.
pub(crate) fn version(text: &str) -> Result<Option<u64>, Error> {
    match text {
        "" | "latest" => Ok(None),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().map(Some).map_err(|_| invalid_version(text))
        }
        _ => Err(invalid_version(text)),
    }
}

fn invalid_version(text: &str) -> Error {
    let error = Error::new(Kind::Placeholder, format!("`{text}` is not a version"));
    match modifier::ending(text) {
        Some(call) => error.hint(format!("write `| {call}` if the modifier is meant")),
        None => error.hint("a version is a number such as `3`, or `latest`, or nothing at all for the newest"),
    }
}

/// `PATH#KEY#VERSION | …>` from `from` on.
fn path(text: &str, start: usize, from: usize) -> At {
    let malformed = |end: usize, reason: &str| At { end, kind: MatchKind::Malformed(reason.to_owned()) };
    let path_end = until(text, from, "#<>\n");
    match text.as_bytes().get(path_end) {
        Some(b'#') => {}
        Some(b'>') => return malformed(path_end + 1, "no `#KEY` after the path"),
        _ => return malformed(from, "no `#KEY` after the path, and no closing `>`"),
    }
    let path = blank_trimmed(&text[from..path_end]);
    let Some((key, after_key)) = key(text, path_end + 1) else {
        return malformed(from, "the key is not closed");
    };
    let (version_text, after_version) = match text.as_bytes().get(after_key) {
        Some(b'#') => {
            let end = until(text, after_key + 1, "#<>|\n");
            (blank_trimmed(&text[after_key + 1..end]), end)
        }
        _ => ("", after_key),
    };
    let (parts, end) = match text.as_bytes().get(after_version) {
        Some(b'>') => (Vec::new(), after_version + 1),
        _ => {
            let bar = skip_space(text, after_version);
            match text[bar..].starts_with('|').then(|| segments(text, bar + 1)).flatten() {
                Some(found) => found,
                None => return malformed(from, "no closing `>`"),
            }
        }
    };
    if path.is_empty() {
        return malformed(end, "no path before the `#`");
    }
    let Some(key) = key else {
        return malformed(end, "no key after the `#`");
    };
    if parts.last().is_some_and(|last| last.trim_end_matches([' ', '\t']).ends_with('\n')) {
        return malformed(end, "a line break before the closing `>`");
    }
    let kind = match version(version_text) {
        Ok(version) => {
            placeholder(&text[start..end], Reference::Inline { path: path.to_owned(), version }, key, &parts)
        }
        Err(error) => wrong(&text[start..end], error),
    };
    At { end, kind }
}

/// The key and where it ends: at `#`, `|`, `>` or a line break before `|`. The key is `None` if it is empty.
fn key(text: &str, from: usize) -> Option<(Option<Key>, usize)> {
    let from = skip_blanks(text, from);
    if text[from..].starts_with('"') {
        let (name, end) = quoted(text, from)?;
        return Some(((!name.is_empty()).then_some(Key::Named(name)), skip_blanks(text, end)));
    }
    let end = until(text, from, "#|><\n");
    let name = match blank_trimmed(&text[from..end]) {
        "" => None,
        "*" => Some(Key::Whole),
        name => Some(Key::Named(name.to_owned())),
    };
    text.as_bytes().get(end).is_some_and(|stop| *stop != b'<').then_some((name, end))
}

/// The text in double quotes at `from`, and where it ends; `\"` and `\\` stand for themselves.
fn quoted(text: &str, from: usize) -> Option<(String, usize)> {
    let mut name = String::new();
    let mut chars = text[from + 1..].char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((name, from + 1 + at + 1)),
            '\n' => return None,
            '\\' if text[from + 1 + at + 1..].starts_with(['"', '\\']) => {
                name.extend(chars.next().map(|(_, char)| char))
            }
            char => name.push(char),
        }
    }
    None
}

fn placeholder(written: &str, secret: Reference, key: Key, segments: &[&str]) -> MatchKind {
    match Chain::parse(segments) {
        Ok(chain) => MatchKind::Placeholder(Box::new(Placeholder {
            written: written.to_owned(),
            secret,
            key,
            chain,
            closed: false,
        })),
        Err(error) => wrong(written, error),
    }
}

/// A placeholder that cannot be filled, named in the error.
fn wrong(written: &str, error: Error) -> MatchKind {
    MatchKind::Wrong(Box::new(error.about(Subject::Placeholder { written: on_one_line(written), path: None })))
}

/// The modifiers from `from` (after the first `|`) on, and where the placeholder ends: past the `>` outside of brackets and
/// quotes. If those do not close, it ends past the first `>`, so that the error names the wrong modifier.
fn segments(text: &str, from: usize) -> Option<(Vec<&str>, usize)> {
    let text = &text[..text.floor_char_boundary(from + LONGEST)];
    let end = from + text[from..].find('>')?;
    careful_segments(text, from).or_else(|| Some((text[from..end].split('|').collect(), end + 1)))
}

fn careful_segments(text: &str, from: usize) -> Option<(Vec<&str>, usize)> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let (mut begin, mut at) = (from, from);
    let mut open: Vec<u8> = Vec::new();
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            b'}' | b']' if !open.is_empty() => open.pop().filter(|closing| *closing == byte).map(drop)?,
            b'"' | b'\'' if !open.is_empty() || opens_argument(bytes, at) => {
                at = quote_end(bytes, at, !open.is_empty())?
            }
            b'|' if open.is_empty() => {
                parts.push(&text[begin..at]);
                begin = at + 1;
            }
            b'>' if open.is_empty() => {
                parts.push(&text[begin..at]);
                return Some((parts, at + 1));
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where the quote at `at` closes. `\` escapes in double quotes, and in brackets (JSONPath) in single ones too.
fn quote_end(bytes: &[u8], at: usize, in_brackets: bool) -> Option<usize> {
    let quote = bytes[at];
    let escapes = quote == b'"' || in_brackets;
    let mut end = at + 1;
    while *bytes.get(end)? != quote {
        end += if escapes && bytes[end] == b'\\' { 2 } else { 1 };
    }
    Some(end)
}

/// Whether a quote at `at` begins an argument: the one in `it's` does not.
fn opens_argument(bytes: &[u8], at: usize) -> bool {
    matches!(bytes[at - 1], b' ' | b'\t' | b'\n' | b'|')
}

/// Whether no other `<` stands in the modifiers of a generic placeholder, outside of quotes and brackets.
fn innermost(parts: &[&str]) -> bool {
    parts.iter().all(|part| !part.split(['"', '\'', '{', '[']).next().unwrap_or_default().contains('<'))
}

fn generic_key_end(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if *bytes.get(from)? == b'*' {
        return Some(from + 1);
    }
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    bytes.get(from).filter(|byte| word(byte))?;
    let length = bytes[from..].iter().take_while(|byte| word(byte) || matches!(byte, b'.' | b'-')).count();
    Some(from + length)
}

/// The first of `stops` from `from` on, or the text's end.
fn until(text: &str, from: usize, stops: &str) -> usize {
    text[from..].find(|char| stops.contains(char)).map_or(text.len(), |at| from + at)
}

fn blank_trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

fn skip_blanks(text: &str, from: usize) -> usize {
    text.len() - text[from..].trim_start_matches([' ', '\t']).len()
}

fn skip_space(text: &str, from: usize) -> usize {
    text.len() - text[from..].trim_start_matches([' ', '\t', '\n']).len()
}
