//! Finds what a text holds: bare placeholders, and placeholders inside of encodings.

use std::cell::Cell;
use std::collections::HashMap;

use super::encoding::{Decoded, ENCODINGS, Region};
use super::{Base64, Context, Key, Match, MatchKind, Reference, parse};
use crate::error::{Error, Kind};
use crate::source::Span;

/// How many encodings may stand around one placeholder.
const LAYERS: usize = 4;

/// How many are seen through where everything counts that would stay in the output.
const SEEN: usize = 8;

/// How many times a text may be looked through, decoded in one way after the other.
const LOOKS: usize = 64;

/// Everything that `text` holds, in order, nothing overlapping. What has too many encodings in one another cannot be filled.
pub fn find(text: &str, context: Context) -> Vec<Match> {
    let left = Cell::new((text.len() + LOOKS) * LOOKS);
    let found = find_within(text, context, if context.base64 == Base64::Anywhere { SEEN } else { LAYERS }, &left);
    if left.get() > 0 {
        return found;
    }
    let error = Error::new(Kind::Limit, "too many encodings stand around one another to look for placeholders in them");
    let kind = MatchKind::Wrong(Box::new(error.hint("write the text with fewer escapes")));
    vec![Match { span: Span::new(0, text.len()), kind }]
}

/// Whether an inline placeholder may stand in `text` in any form: a quick look, for text that does not parse.
pub fn looks_filled_with(text: &str) -> bool {
    const ESCAPES: [&str; 3] = ["\\x3c", "\\u003c", "\\u0000003c"];
    const BASE64: [&str; 3] = ["PHBhdGg6", "xwYXRoO", "8cGF0aD"];
    let lower = text.to_ascii_lowercase();
    let escaped = |begin: &&str| lower.match_indices(*begin).any(|(at, _)| begins(&lower[at + begin.len()..]));
    let letters = |char: char| !char.is_ascii_alphanumeric() && !matches!(char, '+' | '/' | '=');
    ESCAPES.iter().any(escaped)
        || BASE64.iter().any(|begin| text.contains(begin))
        || holds_inline(text, Base64::No, LAYERS)
        || text.split(letters).any(|word| holds_inline(word, Base64::Whole, LAYERS))
}

/// Whether the text after a `<` begins as an inline placeholder's.
fn begins(rest: &str) -> bool {
    rest.trim_start().starts_with("path:")
}

/// Whether an inline placeholder, well-formed or not, stands in `text`, bare or encoded.
fn holds_inline(text: &str, base64: Base64, layers: usize) -> bool {
    text.match_indices('<').any(|(at, _)| begins(&text[at + 1..]))
        || layers > 0
            && may_be_encoded(text, base64)
            && ENCODINGS.iter().any(|encoding| {
                let inside = (encoding.inside)(base64);
                (encoding.find)(text, base64).into_iter().any(|region| match region {
                    Region::Mapped(decoded) if !decoded.has_escapes() => false,
                    Region::Whole { text, .. } | Region::Mapped(Decoded { text, .. }) => {
                        holds_inline(&text, inside, layers - 1)
                    }
                })
            })
}

fn find_within(text: &str, context: Context, layers: usize, left: &Cell<usize>) -> Vec<Match> {
    left.set(left.get().saturating_sub(text.len()));
    if left.get() == 0 {
        return Vec::new();
    }
    let mut found = bare(text, context.generic);
    if layers > 0 && may_be_encoded(text, context.base64) {
        for encoding in ENCODINGS {
            for region in (encoding.find)(text, context.base64) {
                let inner = Context { base64: (encoding.inside)(context.base64), ..context };
                encoded(region, encoding, inner, layers - 1, left, &mut found);
            }
        }
        found.sort_by_key(|found| found.span);
        let mut end = 0;
        found.retain(|found| {
            let apart = found.span.start >= end;
            end = end.max(if apart { found.span.end } else { end });
            apart
        });
    }
    found
}

/// Letters are in no encoding's reach but base64's, so a text without these words holds no encoded placeholder.
fn may_be_encoded(text: &str, base64: Base64) -> bool {
    base64 != Base64::No || (text.contains(['%', '&', '\\']) && (text.contains("path") || text.contains("raw")))
}

fn bare(text: &str, generic: bool) -> Vec<Match> {
    let mut found = Vec::new();
    let mut at = 0;
    let last_close = memchr::memrchr(b'>', text.as_bytes()).unwrap_or(0);
    while let Some(start) = memchr::memchr(b'<', &text.as_bytes()[at..]).map(|next| at + next) {
        let here =
            parse::inline(text, start, last_close).or_else(|| generic.then(|| parse::generic(text, start)).flatten());
        at = start + 1;
        if let Some(parse::At { end, kind }) = here {
            if !matches!(kind, MatchKind::Malformed(_)) {
                at = end;
            }
            found.push(Match { span: Span::new(start, end), kind });
        }
    }
    if generic {
        close(text, &mut found);
    }
    found
}

/// Marks the keys whose closing tag stands later in the text.
fn close(text: &str, found: &mut [Match]) {
    let mut tags = HashMap::new();
    for (at, _) in text.match_indices("</") {
        let rest = &text[at + 2..];
        let end = rest.find(['>', '<']).filter(|end| rest[*end..].starts_with('>'));
        tags.extend(end.map(|end| (&rest[..end], at)));
    }
    for Match { span, kind } in found {
        if let MatchKind::Placeholder(placeholder) = kind
            && placeholder.secret == Reference::Annotated
            && placeholder.chain.is_empty()
            && let Key::Named(key) = &placeholder.key
        {
            placeholder.closed = tags.get(key.as_str()).is_some_and(|at| *at >= span.end);
        }
    }
}

/// What an encoded region holds, as seen from the text around it.
fn encoded(
    region: Region,
    encoding: &'static super::Encoding,
    context: Context,
    layers: usize,
    left: &Cell<usize>,
    out: &mut Vec<Match>,
) {
    match region {
        Region::Whole { span, text } => {
            let found = find_within(&text, context, layers, left);
            if !found.is_empty() {
                out.push(Match { span, kind: MatchKind::Encoded { encoding, text, matches: found } });
            }
        }
        Region::Mapped(decoded) if !decoded.has_escapes() => {}
        Region::Mapped(decoded) => {
            let generic = false;
            for inner in find_within(&decoded.text, Context { generic, ..context }, layers, left) {
                let Span { start, end } = inner.span;
                if decoded.is_escaped(start) {
                    let span = Span::new(decoded.origin(start), decoded.origin(end));
                    let text = decoded.text[start..end].to_owned();
                    let found = vec![Match { span: Span::new(0, end - start), kind: inner.kind }];
                    out.push(Match { span, kind: MatchKind::Encoded { encoding, text, matches: found } });
                }
            }
        }
    }
}
