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

/// What becomes of the line breaks at a block scalar's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chomp {
    /// One stays.
    Clip,
    /// None stays: `-`.
    Strip,
    /// All stay: `+`.
    Keep,
}

/// The block scalar whose header is the first token after `from`, and whose content ends about `end`.
pub(super) fn block(text: &str, from: usize, end: usize) -> Option<Block> {
    let start = header(text, from, end.saturating_add(1).min(text.len()))?;
    Some(block_at(text, start, end))
}

/// The block scalar whose header is at `start`; `end` may lie beyond trailing blank lines and the next line's indentation.
pub(super) fn block_at(text: &str, start: usize, end: usize) -> Block {
    let bytes = text.as_bytes();
    let header_end = line_end(bytes, start);
    let indicators = bytes[start + 1..header_end].iter().take_while(|byte| b"+-123456789".contains(byte));
    let (mut chomp, mut indent, mut indicators_end) = (Chomp::Clip, None, start + 1);
    for byte in indicators {
        match byte {
            b'+' => chomp = Chomp::Keep,
            b'-' => chomp = Chomp::Strip,
            digit => indent = Some(digit - b'0'),
        }
        indicators_end += 1;
    }
    let end = without_next_indentation(bytes, header_end, end.max(header_end));
    let end = if chomp == Chomp::Keep { end } else { without_blank_lines(text, start, end) };
    Block { span: Span::new(start, end), header_end, chomp, indent, indicators_end }
}

/// The end of the line that holds `at`, before its line break.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |found| at + found)
}

/// The line break at `at`: `\r\n`, `\n`, `\r`, or nothing at the end of the text.
pub(super) fn line_break(text: &str, at: usize) -> &str {
    match &text.as_bytes()[at..] {
        [b'\r', b'\n', ..] => &text[at..at + 2],
        [b'\r' | b'\n', ..] => &text[at..at + 1],
        _ => "",
    }
}

/// The start of the line that holds `at`.
pub(super) fn line_start(bytes: &[u8], at: usize) -> usize {
    memchr::memrchr2(b'\n', b'\r', &bytes[..at]).map_or(0, |found| found + 1)
}

/// The next byte that is no blank, line break or comment.
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            b'#' if at == 0 || bytes[at - 1].is_ascii_whitespace() => at = line_end(bytes, at),
            _ => break,
        }
    }
    at
}

/// The next byte that is no blank.
pub(super) fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// The next white space.
pub(super) fn word_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count()
}

/// The first byte after the last one that is no blank, before `at`.
pub(super) fn trim_blanks(bytes: &[u8], at: usize) -> usize {
    at - bytes[..at].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Where a block scalar's header is: past indicators, comments, directives, tag and anchor.
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

/// The parser's content ends after the indentation of the line that follows it.
fn without_next_indentation(bytes: &[u8], header_end: usize, end: usize) -> usize {
    let trimmed = trim_blanks(bytes, end);
    let at_line_start = trimmed > header_end && matches!(bytes[trimmed - 1], b'\n' | b'\r');
    if at_line_start && trimmed < end && end < bytes.len() { trimmed } else { end }
}

/// Blank lines that are not kept belong to what follows.
fn without_blank_lines(text: &str, start: usize, end: usize) -> usize {
    let content = start + text[start..end].trim_end_matches([' ', '\t', '\n', '\r']).len();
    let line = line_end(&text.as_bytes()[..end], content);
    line + line_break(&text[..end], line).len()
}
