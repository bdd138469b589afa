//! The bytes of a block scalar, which the parser reports without its header, and other tokens between nodes.

use crate::source::Span;

/// A block scalar's parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// From the header's `|` or `>` to the end of the last line; blank lines after it only where they are kept (`+`).
    pub(super) span: Span,
    /// Where the header's line ends, before its line break.
    pub(super) header_end: usize,
    /// The chomping indicator.
    pub(super) chomp: Chomp,
    /// The indentation indicator.
    pub(super) indent: Option<u8>,
    /// One past the header's indicators: blanks and a comment may follow.
    pub(super) indicators_end: usize,
}

/// How many of the line breaks at a block scalar's end stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chomp {
    /// One stays.
    Clip,
    /// None stays: `-`.
    Strip,
    /// All stay: `+`.
    Keep,
}

/// The bytes of the block scalar whose header is the first token after `from` and whose text is `decoded`. The parser reports
/// its end as `end`, which may include blank lines and the next line's indentation.
pub(super) fn block_span(text: &str, from: usize, end: usize, decoded: &str) -> Option<Span> {
    let start = header(text, from, end.saturating_add(1).min(text.len()))?;
    let bytes = text.as_bytes();
    let header_end = line_end(bytes, start);
    let end = without_next_indentation(bytes, header_end, end.max(header_end));
    let keeps = block(text, Span::new(start, end)).chomp == Chomp::Keep;
    let end = if keeps { end } else { without_blank_lines(text, start, end, decoded) };
    Some(Span::new(start, end))
}

/// The parts of the block scalar at `span`.
pub(super) fn block(text: &str, span: Span) -> Block {
    let header_end = line_end(text.as_bytes(), span.start);
    let indicators = text.as_bytes()[span.start + 1..header_end].iter();
    let (mut chomp, mut indent, mut indicators_end) = (Chomp::Clip, None, span.start + 1);
    for byte in indicators.take_while(|byte| b"+-123456789".contains(byte)) {
        match byte {
            b'+' => chomp = Chomp::Keep,
            b'-' => chomp = Chomp::Strip,
            digit => indent = Some(digit - b'0'),
        }
        indicators_end += 1;
    }
    Block { span, header_end, chomp, indent, indicators_end }
}

impl Block {
    /// The column of the scalar's text: how much deeper its first line is in the source than in the decoded text.
    pub(super) fn text_indent(&self, source: &str, decoded: &str) -> Option<usize> {
        let is_blank = |line: &&str| line.trim_matches([' ', '\t']).is_empty();
        let leading = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let written = source[self.header_end..self.span.end].split(BREAKS).find(|line| !is_blank(line))?;
        let decoded = decoded.split(BREAKS).find(|line| !is_blank(line))?;
        leading(written).checked_sub(leading(decoded))
    }
}

/// U+FEFF, which may stand before a document.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The characters that break lines: YAML's own, and the three that only Kubernetes takes for line breaks.
pub(super) const BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// The end of the line that holds `at`, before its line break.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    let end = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |found| at + found);
    match bytes[at..end].is_ascii() {
        true => end,
        false => (at..end).find(|at| break_length(&bytes[*at..end]) > 0).unwrap_or(end),
    }
}

/// A text without the line break at its end.
pub(super) fn without_break(text: &str) -> &str {
    text.strip_suffix("\r\n").or_else(|| text.strip_suffix(BREAKS)).unwrap_or(text)
}

/// Whether nothing but a comment follows on the line of `at`, which is not a blank.
pub(super) fn is_line_done(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_none_or(|byte| *byte == b'#') || break_length(&bytes[at..]) > 0
}

/// The line break at `at`; empty without one.
pub(super) fn line_break(text: &str, at: usize) -> &str {
    &text[at..at + break_length(&text.as_bytes()[at..])]
}

/// The bytes of the line break that a text begins with; zero without one.
pub(super) fn break_length(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] | [0xc2, 0x85, ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
        _ => 0,
    }
}

/// The start of the line that holds `at`, after a byte-order mark.
pub(super) fn line_start(bytes: &[u8], at: usize) -> usize {
    let start = memchr::memrchr2(b'\n', b'\r', &bytes[..at]).map_or(0, |found| found + 1);
    if bytes[start..at].is_ascii() {
        return start;
    }
    let after_break = |from: usize| Some(from + break_length(&bytes[from..at])).filter(|end| *end > from);
    let start = (start..at).rev().find_map(after_break).unwrap_or(start);
    if bytes[start..at].starts_with(BYTE_ORDER_MARK) { start + BYTE_ORDER_MARK.len() } else { start }
}

/// The position of the next byte outside blanks, line breaks and comments.
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' => at += 1,
            b'#' => at = line_end(bytes, at),
            _ => match break_length(&bytes[at..]) {
                0 => break,
                length => at += length,
            },
        }
    }
    at
}

/// The position of the next byte that is not a blank.
pub(super) fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// The position of the next white space.
pub(super) fn word_end(bytes: &[u8], at: usize) -> usize {
    let ends = |at: &usize| matches!(bytes[*at], b' ' | b'\t') || break_length(&bytes[*at..]) > 0;
    (at..bytes.len()).find(ends).unwrap_or(bytes.len())
}

/// The position after the last byte before `at` that is not a blank.
pub(super) fn trim_blanks(bytes: &[u8], at: usize) -> usize {
    at - bytes[..at].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Where a block scalar's header starts: after indicators, comments, directives, tag and anchor.
fn header(text: &str, mut at: usize, limit: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    while at < limit {
        match bytes[at] {
            b'|' | b'>' => return Some(at),
            b' ' | b'\t' | b'\n' | b'\r' | b':' | b'-' | b'?' | b'.' => at += 1,
            b'#' | b'%' => at = line_end(bytes, at),
            b'!' | b'&' => at = word_end(bytes, at),
            _ => return None,
        }
    }
    None
}

/// `end` without the indentation of the next line, which the parser counts among the scalar's bytes.
fn without_next_indentation(bytes: &[u8], header_end: usize, end: usize) -> usize {
    let trimmed = trim_blanks(bytes, end);
    let at_line_start = trimmed > header_end && matches!(bytes[trimmed - 1], b'\n' | b'\r');
    if at_line_start && trimmed < end && end < bytes.len() { trimmed } else { end }
}

/// `end` without the blank lines that the scalar does not keep. Lines of blanks that are part of its text stay.
fn without_blank_lines(text: &str, start: usize, end: usize, decoded: &str) -> usize {
    let decoded = decoded.trim_end_matches('\n');
    let blank = &decoded[decoded.trim_end_matches([' ', '\t', '\n']).len()..];
    let content = start + text[start..end].trim_end_matches([' ', '\t', '\n', '\r']).len();
    let mut at = content;
    for _ in 0..=blank.matches('\n').count() {
        at = line_end(&text.as_bytes()[..end], at);
        at += line_break(&text[..end], at).len();
    }
    at
}
