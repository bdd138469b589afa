//! Sources and edits → the output: every document unchanged except for its edits, files joined by `---`. Pure.

use std::sync::Arc;

use super::Edits;
use crate::source::{Source, Span};
use crate::yaml::splice::{self, Edit};
use crate::yaml::split::{is_json, split};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The length of `---`.
const MARKER: usize = 3;

/// How YAML writes null.
const NULLS: [&[u8]; 4] = [b"null", b"Null", b"NULL", b"~"];

/// The bytes of the output, in order, as slices of sources, edits and separators. Nothing is copied.
pub(crate) type Slices<'o> = Vec<&'o [u8]>;

/// A span of a source, and its bytes in the output.
type Cut<'o> = (Span, &'o [u8]);

/// Joins the output source by source or chunk by chunk, and remembers how it ends so far.
#[derive(Debug, Default)]
pub struct Joiner {
    begun: bool,
    content: bool,
    crlf: bool,
    open_line: bool,
    marker: bool,
    json: bool,
}

impl Joiner {
    /// The bytes that `sources` add to the output.
    pub fn write_all<'o>(&mut self, sources: &'o [Arc<Source>], edits: &'o Edits) -> Slices<'o> {
        let mut slices = Slices::new();
        for source in sources {
            self.write(source, edits, &mut slices);
        }
        slices
    }

    /// Whether the output holds more than comments and nulls.
    pub fn has_content(&self) -> bool {
        self.content
    }

    /// Adds `source`, with a separator before it if neither side brings one.
    fn write<'o>(&mut self, source: &'o Arc<Source>, edits: &'o Edits, slices: &mut Slices<'o>) {
        if source.bytes.is_empty() {
            return;
        }
        let continues = source.first_line > 1 && !(self.json && is_json(&source.bytes));
        if self.begun && !continues {
            self.join(&source.bytes, slices);
        }
        let mut cuts: Vec<Cut<'o>> = edits.of(source).map(Edit::replacement).collect();
        cuts.extend(json_separators(&source.bytes));
        cuts.extend(byte_order_marks(&source.bytes, self.begun));
        cuts.sort_by_key(|(span, _)| span.start);
        slices.extend(splice::slices(&source.bytes, Span::new(0, source.bytes.len()), cuts));
        self.remember(&source.bytes, slices);
    }

    fn join(&self, text: &[u8], slices: &mut Slices<'_>) {
        let line_end: &[u8] = if self.crlf { b"\r\n" } else { b"\n" };
        if self.open_line {
            slices.push(line_end);
        }
        if !self.marker && !begins_with_marker(text) {
            slices.extend([b"---", line_end]);
        }
    }

    fn remember(&mut self, source: &[u8], slices: &Slices<'_>) {
        let trimmed = source.trim_ascii_end();
        let last_line = trimmed.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        self.begun = true;
        self.content |= has_content(source);
        self.crlf = memchr::memrchr(b'\n', source).is_some_and(|at| at > 0 && source[at - 1] == b'\r');
        self.open_line = slices.iter().rev().find_map(|piece| piece.last()).is_some_and(|last| *last != b'\n');
        self.marker = is_marker(last_line) && is_empty(&last_line[MARKER..]);
        self.json = trimmed.ends_with(b"}") && is_json(source);
    }
}

/// Whether the text holds more than blanks, comments, document markers and null documents.
pub(super) fn has_content(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    bytes.split(|byte| matches!(byte, b'\n' | b'\r')).map(<[u8]>::trim_ascii).any(|line| {
        let rest = [&b"---"[..], b"..."].iter().find_map(|marker| line.strip_prefix(*marker)).unwrap_or(line);
        let null = NULLS.iter().find_map(|null| rest.trim_ascii_start().strip_prefix(*null));
        !is_empty(rest) && !null.is_some_and(is_empty)
    })
}

/// Whether the rest of a line is blanks or a comment.
fn is_empty(rest: &[u8]) -> bool {
    let rest = rest.trim_ascii_start();
    rest.is_empty() || rest.starts_with(b"#")
}

/// The separators between JSON documents that follow each other without one.
fn json_separators(bytes: &[u8]) -> Vec<Cut<'static>> {
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Vec::new();
    }
    let documents: Vec<Span> = split(bytes).collect();
    let separator = |pair: &[Span]| {
        let [before, after] = [&bytes[pair[0].range()], &bytes[pair[1].range()]];
        let text: &[u8] = if before.ends_with(b"\n") { b"---\n" } else { b"\n---\n" };
        let needed = is_json(before) && is_json(after) && !begins_with_marker(after);
        needed.then_some((Span::new(pair[1].start, pair[1].start), text))
    };
    documents.windows(2).filter_map(separator).collect()
}

/// The byte-order marks at the beginning of documents, except at the start of the output.
fn byte_order_marks(bytes: &[u8], begun: bool) -> Vec<Cut<'static>> {
    let begins_document = |at: usize| {
        let before = bytes[..at].strip_suffix(b"\n").unwrap_or(&bytes[..at]);
        let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        if at == 0 { begun } else { bytes[at - 1] == b'\n' && is_marker(line) }
    };
    let marks = memchr::memmem::find_iter(bytes, BYTE_ORDER_MARK).filter(|at| begins_document(*at));
    marks.map(|at| (Span::new(at, at + BYTE_ORDER_MARK.len()), &[][..])).collect()
}

/// Whether the first line that is neither blank nor a comment is a marker.
fn begins_with_marker(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let mut lines = bytes.split(|byte| *byte == b'\n');
    lines.find(|line| !line.trim_ascii().is_empty() && !line.starts_with(b"#")).is_some_and(is_marker)
}

fn is_marker(line: &[u8]) -> bool {
    line.strip_prefix(b"---").is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
}
