//! Finds what a text holds: bare placeholders, and placeholders inside of encodings.

use super::encoding::{ENCODINGS, Region};
use super::{Base64, Context, Found, What, parse};
use crate::source::Span;

/// How many encodings may stand around one placeholder.
const LAYERS: usize = 4;

/// Everything that `text` holds, in order, nothing overlapping.
pub fn find(text: &str, context: Context) -> Vec<Found> {
    find_within(text, context, LAYERS)
}

/// Whether an inline placeholder may stand in `text` in any form: a quick look, for text that does not parse.
pub fn looks_filled_with(text: &str) -> bool {
    const BEGINNINGS: [&str; 4] = ["<", "%3c", "&lt;", "\\u003c"];
    const BASE64: [&str; 3] = ["PHBhdGg6", "xwYXRoO", "8cGF0aD"];
    let lower = text.to_ascii_lowercase();
    BEGINNINGS.iter().any(|begin| {
        lower.match_indices(begin).any(|(at, _)| lower[at + begin.len()..].trim_start().starts_with("path"))
    }) || BASE64.iter().any(|begin| text.contains(begin))
}

fn find_within(text: &str, context: Context, layers: usize) -> Vec<Found> {
    let mut found = bare(text, context.generic);
    if layers > 0 && may_be_encoded(text, context.base64) {
        for encoding in ENCODINGS {
            for region in (encoding.find)(text, context.base64) {
                let inner = Context { base64: (encoding.inside)(context.base64), ..context };
                encoded(region, encoding, inner, layers - 1, &mut found);
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

fn bare(text: &str, generic: bool) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = memchr::memchr(b'<', &text.as_bytes()[at..]).map(|next| at + next) {
        let here = parse::inline(text, start).or_else(|| generic.then(|| parse::generic(text, start)).flatten());
        at = start + 1;
        if let Some(parse::At { end, what }) = here {
            if !matches!(what, What::Malformed(_)) {
                at = end;
            }
            found.push(Found { span: Span::new(start, end), what });
        }
    }
    found
}

/// What an encoded region holds, as seen from the text around it.
fn encoded(region: Region, encoding: &'static super::Encoding, context: Context, layers: usize, out: &mut Vec<Found>) {
    match region {
        Region::Whole { span, text } => {
            let found = find_within(&text, context, layers);
            if !found.is_empty() {
                out.push(Found { span, what: What::Encoded { encoding, text, found } });
            }
        }
        Region::Mapped(decoded) => {
            let generic = false;
            for inner in find_within(&decoded.text, Context { generic, ..context }, layers) {
                let Span { start, end } = inner.span;
                if decoded.is_escaped(start) {
                    let span = Span::new(decoded.origin(start), decoded.origin(end));
                    let text = decoded.text[start..end].to_owned();
                    let found = vec![Found { span: Span::new(0, end - start), what: inner.what }];
                    out.push(Found { span, what: What::Encoded { encoding, text, found } });
                }
            }
        }
    }
}
