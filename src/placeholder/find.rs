//! Finds the placeholders of a text, bare and inside encodings.

use std::cell::Cell;
use std::collections::HashMap;

use super::dialect::DIALECTS;
use super::encoding::{ENCODINGS, Encoding, Region};
use super::parse::At;
use super::{Base64, Context, Key, LAYERS, Match, MatchKind, Reference, quick};
use crate::error::{Error, Kind};
use crate::source::Span;

/// How many encodings around a placeholder are decoded for `--strict`, which refuses more than filling decodes.
const SEEN: usize = 8;

/// How many times a text may be searched, decoded in one way after the other.
const LOOKS: usize = 64;

/// The matches in `text`, in order, without overlaps. A text with too many nested encodings gives one match that cannot be filled.
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

fn find_within(text: &str, context: Context, layers: usize, left: &Cell<usize>) -> Vec<Match> {
    left.set(left.get().saturating_sub(text.len()));
    if left.get() == 0 {
        return Vec::new();
    }
    let mut found = bare(text, context.generic);
    if layers > 0 && quick::may_be_encoded(text, context.base64) {
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

/// The matches in `text` that are not encoded.
fn bare(text: &str, generic: bool) -> Vec<Match> {
    let mut matches = Vec::new();
    let mut at = 0;
    let last_close = memchr::memrchr(b'>', text.as_bytes()).unwrap_or(0);
    while let Some(start) = quick::next_opening(text, at) {
        at = start + 1;
        if let Some(At { end, kind }) =
            DIALECTS.iter().find_map(|dialect| dialect.parse_at(text, start, last_close, generic))
        {
            if !matches!(kind, MatchKind::Malformed(_)) {
                at = end;
            }
            matches.push(Match { span: Span::new(start, end), kind });
        }
    }
    if generic {
        close(text, &mut matches);
    }
    matches
}

/// Marks the keys that have a closing tag later in the text.
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

/// Adds the matches of an encoded region, with spans in the text around it.
fn encoded(
    region: Region,
    encoding: &'static Encoding,
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
                // JSON in JSON stands in quotes: elsewhere `\\u` is an escaped backslash and a letter.
                let is_escape =
                    !encoding.nests_in_quotes || !is_in(&inner, encoding) || in_quotes(&decoded.text, start);
                if decoded.is_escaped(start) && is_escape {
                    let span = Span::new(decoded.origin(start), decoded.origin(end));
                    let text = decoded.text[start..end].to_owned();
                    let found = vec![Match { span: Span::new(0, end - start), kind: inner.kind }];
                    out.push(Match { span, kind: MatchKind::Encoded { encoding, text, matches: found } });
                }
            }
        }
    }
}

/// Whether a match is in `encoding`.
fn is_in(found: &Match, encoding: &'static Encoding) -> bool {
    matches!(&found.kind, MatchKind::Encoded { encoding: own, .. } if std::ptr::eq(*own, encoding))
}

/// Whether an odd number of double quotes stands before `at`, not counting those after a backslash.
fn in_quotes(text: &str, at: usize) -> bool {
    let quotes = memchr::memchr_iter(b'"', &text.as_bytes()[..at]);
    quotes.filter(|at| !text[..*at].ends_with('\\')).count() % 2 == 1
}
