//! A text with its name, and places in it: spans, lines, columns, and which resource and field they belong to.
//! Knows no YAML: a source is bytes.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A named text: a file, stdin, or a window of one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file's path as the user would type it, or `stdin`.
    pub name: String,
    /// The bytes, as they came; UTF-8 is not promised.
    pub bytes: Vec<u8>,
    /// The number of the first line, 1 unless this is a later window of a stream.
    pub first_line: usize,
    /// The bytes as text, where they are not valid UTF-8; computed once.
    masked: OnceLock<String>,
    /// The index of its lines and columns, built when a place is first asked for.
    index: OnceLock<Index>,
}

/// Finds a line and a column without reading the whole text again.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Index {
    /// Where each line begins, except the first.
    lines: Vec<usize>,
    /// The number of characters that begin before each block of [`BLOCK`] bytes.
    characters: Vec<usize>,
}

/// The size of a block: at most so many bytes are counted again for a column.
const BLOCK: usize = 1 << 8;

/// The numbers of lines, asked for in the order of a text: once through it, and nothing is kept. For places anywhere there is
/// [`Source::line_column`].
#[derive(Clone, Debug)]
pub struct LineCounter<'s> {
    bytes: &'s [u8],
    at: usize,
    line: usize,
}

/// Bytes `start..end` of a [`Source`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A resource's identity in a cluster, whatever version of its API it is written for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResourceId {
    /// The kind, e.g. `Deployment`.
    pub kind: String,
    /// The group of its API: `apps` for `apps/v1`, empty for `v1`.
    pub group: String,
    /// The namespace, if the manifest names one.
    pub namespace: Option<String>,
    /// The name, if the manifest has one.
    pub name: Option<String>,
}

/// Where something is: bytes of a source, and what they are in Kubernetes' terms.
#[derive(Clone, Debug)]
pub struct Place {
    /// The text that the place is in.
    pub source: Arc<Source>,
    /// The bytes of the text that are meant.
    pub span: Span,
    /// The resource around it.
    pub resource: Option<Arc<ResourceId>>,
    /// The field path in it, e.g. `spec.template.spec.containers[0].image`.
    pub field: Option<String>,
    /// The template the resource came from, e.g. `chart/templates/x.yaml`.
    pub origin: Option<Arc<str>>,
}

impl Source {
    /// A whole text.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self::window(name, bytes, 1)
    }

    /// A part of a text, which begins with the line `first_line`.
    pub fn window(name: impl Into<String>, bytes: impl Into<Vec<u8>>, first_line: usize) -> Self {
        let (masked, index) = (OnceLock::new(), OnceLock::new());
        Self { name: name.into(), bytes: bytes.into(), first_line, masked, index }
    }

    /// The same text under another name.
    pub fn renamed(&self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self.clone() }
    }

    /// The bytes as text of the same length: a byte that is not valid UTF-8 becomes `?`.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_else(|_| self.masked.get_or_init(|| masked(&self.bytes)))
    }

    /// The text of a UTF-16 source, known by its byte-order mark or by a NUL beside the first character; `None` of any other source.
    pub fn utf16(&self) -> Option<String> {
        let (is_little, bytes) = match self.bytes.as_slice() {
            [0xff, 0xfe, rest @ ..] => (true, rest),
            [0xfe, 0xff, rest @ ..] => (false, rest),
            bytes @ [1..=255, 0, 1..=255, 0, ..] => (true, bytes),
            bytes @ [0, 1..=255, 0, 1..=255, ..] => (false, bytes),
            _ => return None,
        };
        let unit = |bytes| if is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) };
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        Some(char::decode_utf16(units).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }

    /// Counts its lines, for who goes through it from the beginning to the end.
    pub fn lines(&self) -> LineCounter<'_> {
        LineCounter::new(&self.bytes, self.first_line)
    }

    /// The line and column (characters, from 1) of the byte at `offset`. A byte-order mark has no column.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.bytes.len());
        let (line, start) = self.line(offset);
        (self.first_line + line, self.characters(offset) - self.characters(start) + 1)
    }

    /// The bytes of the line (without its line break) that holds `offset`, as a span.
    pub fn line_span(&self, offset: usize) -> Span {
        let offset = offset.min(self.bytes.len());
        let (line, start) = self.line(offset);
        let end = self.index().lines.get(line).map_or(self.bytes.len(), |next| next - 1);
        let end = if end > start && self.bytes[end - 1] == b'\r' { end - 1 } else { end };
        Span { start, end }
    }
}

impl Source {
    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let lines = memchr::memchr_iter(b'\n', &self.bytes).map(|at| at + 1).collect();
            let mut characters = vec![0];
            for block in (0..self.text().len()).step_by(BLOCK) {
                characters.push(characters[block / BLOCK] + self.begun(block, block + BLOCK));
            }
            Index { lines, characters }
        })
    }

    /// How many lines end before the byte at `offset`, and where its own begins.
    fn line(&self, offset: usize) -> (usize, usize) {
        let starts = &self.index().lines;
        let lines = starts.partition_point(|start| *start <= offset);
        (lines, lines.checked_sub(1).map_or(0, |line| starts[line]))
    }

    /// How many characters begin before the byte at `offset`.
    fn characters(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        self.index().characters[block] + self.begun(block * BLOCK, offset)
    }

    /// How many characters begin between two offsets. Byte-order marks do not count.
    fn begun(&self, start: usize, end: usize) -> usize {
        // `text` replaces what is not UTF-8, so every byte belongs to a character.
        let text = self.masked.get().map_or(self.bytes.as_slice(), String::as_bytes);
        let bytes = &text[start..end.min(text.len())];
        let is_counted = |(at, byte): (usize, &u8)| {
            byte & 0xc0 != 0x80 && !(*byte == 0xef && text[start + at..].starts_with("\u{feff}".as_bytes()))
        };
        bytes.iter().enumerate().filter(|found| is_counted(*found)).count()
    }
}

fn masked(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text += chunk.valid();
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

impl<'s> LineCounter<'s> {
    /// Of `bytes`, which begin with the line `first`.
    pub fn new(bytes: &'s [u8], first: usize) -> Self {
        Self { bytes, at: 0, line: first }
    }

    /// The line that holds the byte at `offset`, which is not before the last one asked for.
    pub fn number(&mut self, offset: usize) -> usize {
        let passed = self.bytes.get(self.at..offset).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count();
        self.at = self.at.max(offset);
        self.line
    }
}

impl Span {
    /// From `start` to `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// This span moved by `by` bytes to the right.
    pub fn shifted(self, by: usize) -> Self {
        Self { start: self.start + by, end: self.end + by }
    }

    /// The span as a range, to slice with.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

impl fmt::Display for ResourceId {
    /// `Secret default/db`, `Secret db`, `Secret`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        match (&self.namespace, &self.name) {
            (Some(namespace), Some(name)) => write!(f, " {namespace}/{name}"),
            (None, Some(name)) => write!(f, " {name}"),
            _ => Ok(()),
        }
    }
}

impl Place {
    /// A place of which only the bytes are known.
    pub fn new(source: Arc<Source>, span: Span) -> Self {
        Self { source, span, resource: None, field: None, origin: None }
    }

    /// The line and column of its first byte.
    pub fn line_column(&self) -> (usize, usize) {
        self.source.line_column(self.span.start)
    }
}

impl fmt::Display for Place {
    /// `file:line:column`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.line_column();
        write!(f, "{}:{line}:{column}", self.source.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_the_offsets_of_its_bytes() {
        assert_eq!(Source::new("x", b"a\xff\xfe\xc3b".to_vec()).text(), "a???b");
        assert_eq!(Source::new("x", "é").text(), "é");
    }

    #[test]
    fn utf16_is_known_with_and_without_its_mark() {
        let units: Vec<u16> = "a: é𝄞\n".encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for bytes in [[&b"\xff\xfe"[..], &little].concat(), [&b"\xfe\xff"[..], &big].concat(), little, big] {
            assert_eq!(Source::new("x", bytes).utf16().as_deref(), Some("a: é𝄞\n"));
        }
        for bytes in [&b"a: b"[..], b"", b"\xef\xbb\xbfa: b", b"\0\0\0\0", b"a\0", b"\xff"] {
            assert_eq!(Source::new("x", bytes).utf16(), None, "{bytes:?}");
        }
    }

    #[test]
    fn columns_count_characters_and_no_byte_order_mark() {
        let source = Source::new("x", "\u{feff}é: <a>\r\nb: <c>\n");
        assert_eq!(source.line_column("\u{feff}é: ".len()), (1, 4));
        let second = "\u{feff}é: <a>\r\n".len();
        assert_eq!(source.line_column(second + 3), (2, 4));
        assert_eq!(source.line_span(5), Span::new(0, "\u{feff}é: <a>".len()));
    }
}
