//! Draws a line of YAML in colours: its key, its comment, masks, and the parts that differ from the other side. Nothing is parsed:
//! a line of a text block that looks like YAML is drawn like YAML.

use std::ops::Range;

use super::super::legend::MASKS;
use super::escape;

/// A part of a line with a style of its own.
struct Part {
    range: Range<usize>,
    open: &'static str,
    close: &'static str,
}

/// Appends a line. `emphasis` holds the bytes that differ.
pub(super) fn write(out: &mut String, text: &str, emphasis: &[Range<usize>]) {
    let mut at = 0;
    for part in parts(text) {
        marked(out, text, at..part.range.start, emphasis);
        out.push_str(part.open);
        marked(out, text, part.range.clone(), emphasis);
        out.push_str(part.close);
        at = part.range.end;
    }
    marked(out, text, at..text.len(), emphasis);
}

/// Appends a part of a line, with its differing bytes marked.
fn marked(out: &mut String, text: &str, part: Range<usize>, emphasis: &[Range<usize>]) {
    let mut at = part.start;
    for range in emphasis {
        let (start, end) = (range.start.max(part.start), range.end.min(part.end));
        if start >= end {
            continue;
        }
        escape::push(out, &text[at..start]);
        out.push_str("<u>");
        escape::push(out, &text[start..end]);
        out.push_str("</u>");
        at = end;
    }
    escape::push(out, &text[at..part.end]);
}

/// The parts of a line, in order.
fn parts(text: &str) -> Vec<Part> {
    let comment = comment(text);
    let content = &text[..comment.start];
    let key = key(content);
    let mut parts = Vec::new();
    if !key.is_empty() {
        parts.push(Part { range: key.clone(), open: "<i>", close: "</i>" });
    }
    let masks = masks(content, key.end);
    parts.extend(masks.into_iter().map(|range| Part { range, open: "<mark class=m>", close: "</mark>" }));
    if !comment.is_empty() {
        parts.push(Part { range: comment, open: "<small>", close: "</small>" });
    }
    parts
}

/// The bytes of a comment: from a `#` outside of quotes, at the start or after a blank.
fn comment(text: &str) -> Range<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (at, char) in text.char_indices() {
        match (quote, char) {
            (None, '#') if before.is_whitespace() => return at..text.len(),
            (None, '"' | '\'') if !before.is_alphanumeric() => quote = Some(char),
            (Some(open), _) if open == char && before != '\\' => quote = None,
            _ => {}
        }
        before = char;
    }
    text.len()..text.len()
}

/// The bytes of a key, without its colon.
fn key(text: &str) -> Range<usize> {
    let mut start = text.len() - text.trim_start().len();
    while text[start..].starts_with("- ") {
        start += 2;
        start += text[start..].len() - text[start..].trim_start().len();
    }
    let rest = &text[start..];
    let end = rest.find(": ").or_else(|| rest.ends_with(':').then(|| rest.len() - 1));
    match end {
        Some(end) if !rest.starts_with(['{', '[', '|', '>', '<', '#']) => start..start + end,
        _ => start..start,
    }
}

/// The bytes of masks that begin at `start` or later.
fn masks(text: &str, start: usize) -> Vec<Range<usize>> {
    let mut masks = Vec::new();
    let mut at = start;
    let next = |at: usize| MASKS.iter().filter_map(|mask| Some(at + text[at..].find(mask)?)).min();
    while let Some(begin) = next(at) {
        let rest = &text[begin..];
        let length = match rest.starts_with('<') {
            true => rest.find('>').map_or(rest.len(), |end| end + 1),
            false => {
                rest.find(|char: char| !char.is_ascii_alphanumeric() && !"+/=".contains(char)).unwrap_or(rest.len())
            }
        };
        at = begin + length;
        masks.push(begin..at);
    }
    masks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str, emphasis: &[Range<usize>]) -> String {
        let mut out = String::new();
        write(&mut out, text, emphasis);
        out
    }

    #[test]
    fn a_line_has_a_key_a_comment_and_masks() {
        for (line, expected) in [
            ("  - name: web", "  - <i>name</i>: web"),
            ("data:", "<i>data</i>:"),
            ("\"a b\": c # d", "<i>&quot;a b&quot;</i>: c <small># d</small>"),
            ("# a: b", "<small># a: b</small>"),
            ("a: '#b' # it's", "<i>a</i>: &#39;#b&#39; <small># it&#39;s</small>"),
            ("url: http://x#y", "<i>url</i>: http://x#y"),
            ("{a: b}", "{a: b}"),
            ("p: x<redacted:0a>y", "<i>p</i>: x<mark class=m>&lt;redacted:0a&gt;</mark>y"),
            ("p: PHJlZGFjdGVkOjBh=", "<i>p</i>: <mark class=m>PHJlZGFjdGVkOjBh=</mark>"),
            ("p: <redacted:0a", "<i>p</i>: <mark class=m>&lt;redacted:0a</mark>"),
            ("größe: ü", "<i>größe</i>: ü"),
            ("a\u{202e}b\0", "a<span class=odd>U+202E</span>b<span class=odd>U+0000</span>"),
            ("", ""),
        ] {
            assert_eq!(drawn(line, &[]), expected);
        }
    }

    #[test]
    fn what_differs_is_marked_within_the_parts() {
        let line = "p: <redacted:0a> x";
        let expected = "<i>p</i>: <mark class=m>&lt;redacted:<u>0a</u>&gt;</mark> <u>x</u>";
        assert_eq!(drawn(line, &[13..15, 17..18]), expected);
        let expected = "<i><u>p</u></i><u>: </u><mark class=m><u>&lt;redacted:0a&gt;</u></mark> <u>x</u>";
        assert_eq!(drawn(line, &[0..16, 17..18]), expected);
    }
}
