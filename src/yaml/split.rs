//! Splits bytes into documents by a raw scan at memory speed. A line that starts with `---` or `...` is a marker, as YAML forbids
//! it inside any scalar. JSON values may follow each other without one.

use memchr::memmem;

use super::token::BYTE_ORDER_MARK;
use super::{json, token};
use crate::source::Span;

/// The documents of a text. A document includes its marker line and the lines before it. Every byte belongs to exactly one document.
pub fn split(bytes: &[u8]) -> impl Iterator<Item = Span> + '_ {
    Cuts::new(bytes, false).map(|cut| cut.span)
}

/// The end of the last complete document of a text of which more is to come.
pub(crate) fn boundary(bytes: &[u8]) -> Option<usize> {
    Cuts::new(bytes, true).take_while(|cut| cut.complete).last().map(|cut| cut.span.end)
}

/// Whether a document is JSON, or YAML that looks like it: its first byte is `{` or `[`.
pub(crate) fn is_json(document: &[u8]) -> bool {
    matches!(document.get(first_byte(document, 0)), Some(b'{' | b'['))
}

/// The first `---` at the start of a line with text directly behind it: part of a word for YAML, a broken separator for Kubernetes.
pub(crate) fn glued_separator(document: &[u8]) -> Option<usize> {
    let glued = |at: &usize| document.get(at + 3).is_some_and(|byte| !b" \t\r\n#".contains(byte));
    let starts_line = |at: &usize| *at == after_mark(document, 0) || *at > 0 && document[at - 1] == b'\n';
    memmem::find_iter(document, b"---").filter(starts_line).find(glued)
}

/// The part of a document for the YAML parser: without a byte-order mark and a `---#` line, which is a marker for Kubernetes alone.
pub(super) fn body(bytes: &[u8], document: Span) -> Span {
    let mut start = after_mark(bytes, document.start);
    let mut at = start;
    while at < document.end {
        let line = &bytes[at..token::line_end(&bytes[..document.end], at)];
        let next = next_line(&bytes[..document.end], at);
        if line.starts_with(b"---") {
            if line.get(3) == Some(&b'#') || bytes[next..].starts_with(BYTE_ORDER_MARK) {
                start = after_mark(bytes, next).min(document.end);
            }
            break;
        }
        if is_content(line) || line.starts_with(b"%") {
            break;
        }
        at = next;
    }
    Span::new(start, document.end)
}

/// One document, and whether its end is certain even if the text goes on.
struct Cut {
    span: Span,
    complete: bool,
}

/// The documents' ends, in order.
struct Cuts<'a> {
    bytes: &'a [u8],
    at: usize,
    markers: Markers<'a>,
    next: Option<Marker>,
}

impl<'a> Cuts<'a> {
    /// If more text is to come, a marker at the very end may be the start of a longer word.
    fn new(bytes: &'a [u8], goes_on: bool) -> Self {
        let mut markers = Markers::new(bytes, goes_on);
        let next = markers.next();
        Self { bytes, at: 0, markers, next }
    }

    /// The end of the document that starts at `start`; `None` if it ends with the text.
    fn end(&mut self, start: usize) -> Option<usize> {
        if let Some(end) = self.next_json(start) {
            return Some(end);
        }
        let mut has_body = false;
        while let Some(marker) = self.next.take() {
            has_body = has_body || has_content(&self.bytes[start..marker.start]);
            if !marker.ends_document && has_body {
                self.next = Some(marker);
                return Some(marker.start);
            }
            self.next = self.markers.next();
            if marker.ends_document && has_body {
                return Some(next_line(self.bytes, marker.start));
            }
            has_body |= !marker.ends_document;
        }
        None
    }

    /// The start of the JSON object that follows the one at `start` without a marker.
    fn next_json(&self, start: usize) -> Option<usize> {
        let first = first_byte(self.bytes, start);
        let end = json::object_end(self.bytes, first)?;
        let next = first_byte(self.bytes, end);
        (self.bytes.get(next) == Some(&b'{') && json::is_valid(&self.bytes[first..end])).then_some(next)
    }
}

impl Iterator for Cuts<'_> {
    type Item = Cut;

    fn next(&mut self) -> Option<Cut> {
        let start = self.at;
        if start >= self.bytes.len() {
            return None;
        }
        let end = self.end(start);
        self.at = end.unwrap_or(self.bytes.len());
        Some(Cut { span: Span::new(start, self.at), complete: end.is_some() })
    }
}

/// A `---` or `...` line.
#[derive(Clone, Copy)]
struct Marker {
    start: usize,
    ends_document: bool,
}

/// The marker lines of a text, in order.
struct Markers<'a> {
    bytes: &'a [u8],
    goes_on: bool,
    dashes: memmem::FindIter<'a, 'static>,
    dots: memmem::FindIter<'a, 'static>,
    next_dashes: Option<usize>,
    next_dots: Option<usize>,
}

impl<'a> Markers<'a> {
    fn new(bytes: &'a [u8], goes_on: bool) -> Self {
        let (dashes, dots) = (memmem::find_iter(bytes, b"---"), memmem::find_iter(bytes, b"..."));
        let mut markers = Self { bytes, goes_on, dashes, dots, next_dashes: None, next_dots: None };
        markers.next_dashes = markers.find_dashes();
        markers.next_dots = markers.find_dots();
        markers
    }

    fn find_dashes(&mut self) -> Option<usize> {
        let (bytes, goes_on) = (self.bytes, self.goes_on);
        self.dashes.find(|at| is_marker(bytes, *at, b" \t\r\n#", goes_on))
    }

    fn find_dots(&mut self) -> Option<usize> {
        let (bytes, goes_on) = (self.bytes, self.goes_on);
        self.dots.find(|at| is_marker(bytes, *at, b" \t\r\n", goes_on) && (!goes_on || ends_line(bytes, *at)))
    }
}

impl Iterator for Markers<'_> {
    type Item = Marker;

    fn next(&mut self) -> Option<Marker> {
        match (self.next_dashes, self.next_dots) {
            (Some(dashes), dots) if dots.is_none_or(|dots| dashes < dots) => {
                self.next_dashes = self.find_dashes();
                Some(Marker { start: dashes, ends_document: false })
            }
            (_, Some(dots)) => {
                self.next_dots = self.find_dots();
                Some(Marker { start: dots, ends_document: true })
            }
            _ => None,
        }
    }
}

/// Whether the three bytes at `at` start a line and one of `followers`, or the end of the text, comes after them.
fn is_marker(bytes: &[u8], at: usize, followers: &[u8], goes_on: bool) -> bool {
    let starts_line = match at {
        0 => true,
        3 => bytes.starts_with(BYTE_ORDER_MARK) || matches!(bytes[2], b'\n' | b'\r'),
        at => matches!(bytes[at - 1], b'\n' | b'\r'),
    };
    starts_line && bytes.get(at + 3).map_or(!goes_on, |byte| followers.contains(byte))
}

/// Whether the line at `at` certainly has its whole line break: after a final `\r`, a `\n` may still come.
fn ends_line(bytes: &[u8], at: usize) -> bool {
    let end = token::line_end(bytes, at);
    bytes.get(end) == Some(&b'\n') || end + 1 < bytes.len()
}

/// Whether a text has more than comments, directives and blank lines.
fn has_content(bytes: &[u8]) -> bool {
    let mut at = after_mark(bytes, 0);
    while at < bytes.len() {
        if is_content(&bytes[at..token::line_end(bytes, at)]) {
            return true;
        }
        at = next_line(bytes, at);
    }
    false
}

fn is_content(line: &[u8]) -> bool {
    let first = line.iter().find(|byte| !matches!(byte, b' ' | b'\t'));
    !line.starts_with(b"%") && first.is_some_and(|byte| *byte != b'#')
}

/// The start of the line after the one that holds `at`.
fn next_line(bytes: &[u8], at: usize) -> usize {
    let end = token::line_end(bytes, at);
    end + token::break_length(&bytes[end..])
}

fn after_mark(bytes: &[u8], at: usize) -> usize {
    if bytes[at..].starts_with(BYTE_ORDER_MARK) { at + BYTE_ORDER_MARK.len() } else { at }
}

/// The first byte from `at` on that is not white space.
fn first_byte(bytes: &[u8], at: usize) -> usize {
    let at = after_mark(bytes, at);
    at + bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

#[cfg(test)]
mod tests;
