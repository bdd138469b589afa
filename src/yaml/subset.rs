//! The YAML that most manifests are written in, at several times the parser's speed: block maps and lists, scalars of one
//! line, literal blocks, flow collections of one line. `None` if a text holds anything else: a slower reader then reads it.
//! In debug builds both readers read every document, and their trees must be equal.

use std::borrow::Cow;

use super::builder::Builder;
use super::tree::{Content, Node, ReadBy, Style, Tree};
use super::writer::scalar::is_printable;
use crate::source::Span;

/// The deepest nesting of maps and lists, and the longest key, in this subset.
const DEPTH: usize = 64;
const KEY: usize = 128;

/// Reads `body`, one document of `text`.
pub(super) fn read<'s>(text: &'s str, body: Span) -> Option<Tree<'s>> {
    let builder = Builder::new(text, body.end - body.start, ReadBy::Subset);
    let mut reader = Reader { text: &text[..body.end], at: body.start, column: 0, builder };
    is_in_subset(&text[body.range()]).then_some(())?;
    reader.document(body.start)?;
    Some(reader.builder.finish())
}

/// Whether `\n` is a text's only line break, and it has neither tabs nor characters that some reader would refuse.
fn is_in_subset(text: &str) -> bool {
    text.bytes().all(|byte| byte >= b' ' && byte != 0x7f || byte == b'\n')
        && (text.is_ascii() || text.chars().all(|char| char == '\n' || is_printable(char)))
}

/// A position in the document: a line, from its first byte that is not a blank.
struct Reader<'s> {
    /// The source up to the document's end.
    text: &'s str,
    at: usize,
    /// The number of blanks before `at` on its line.
    column: usize,
    builder: Builder<'s>,
}

impl<'s> Reader<'s> {
    fn document(&mut self, start: usize) -> Option<()> {
        self.line(start);
        if self.column == 0 && self.text[self.at..].starts_with("---") {
            let end = self.rest_of_line(self.at + 3)?;
            self.next_line(end);
        }
        (self.has_line() && self.column == 0).then(|| self.block())??;
        (!self.has_line()).then_some(())
    }

    /// Reads the map or list that starts on this line.
    fn block(&mut self) -> Option<()> {
        if self.builder.depth() >= DEPTH {
            return None;
        }
        if self.is_item() { self.list() } else { self.map() }
    }

    fn map(&mut self) -> Option<()> {
        let column = self.column;
        self.builder.open(Node::new(Content::Map, Span::new(self.at, self.at)));
        while self.has_line() && self.column == column && !self.is_item() {
            let end = key_end(self.text.as_bytes(), self.at)?;
            self.leaf(Style::Plain, Cow::Borrowed(&self.text[self.at..end]), Span::new(self.at, end));
            self.value(end + 1, column, true)?;
        }
        self.builder.close(None);
        Some(())
    }

    fn list(&mut self) -> Option<()> {
        let column = self.column;
        self.builder.open(Node::new(Content::List, Span::new(self.at, self.at)));
        while self.has_line() && self.column == column && self.is_item() {
            let at = self.skip_blanks(self.at + 1);
            if key_end(self.text.as_bytes(), at).is_some() {
                self.column += at - self.at;
                self.at = at;
                self.block()?;
            } else {
                self.value(self.at + 1, column, false)?;
            }
        }
        self.builder.close(None);
        Some(())
    }

    /// Reads the value after the colon or dash before `from`, in a map or list at `column`.
    fn value(&mut self, from: usize, column: usize, in_map: bool) -> Option<()> {
        (!self.builder.is_full()).then_some(())?;
        let at = self.skip_blanks(from);
        let end = match self.byte(at) {
            None | Some(b'\n' | b'#') => {
                self.next_line(self.rest_of_line(from)?);
                return self.below(from, column, in_map);
            }
            Some(b'|') => self.literal(at, column)?,
            Some(b'{' | b'[' | b'\'' | b'"') => {
                let end = self.flow(at)?;
                self.rest_of_line(end)?
            }
            Some(_) => self.plain(at)?,
        };
        self.next_line(end);
        // A deeper line would continue the scalar or be a mistake.
        (!self.has_line() || self.column <= column).then_some(())
    }

    /// Reads the value on the lines below a colon or dash: a map, a list, or nothing.
    fn below(&mut self, from: usize, column: usize, in_map: bool) -> Option<()> {
        let is_list_of_key = in_map && self.column == column && self.is_item();
        if self.has_line() && (self.column > column || is_list_of_key) {
            return self.block();
        }
        self.leaf(Style::Plain, Cow::Borrowed(""), Span::new(from, from));
        Some(())
    }

    /// Reads a plain scalar, which ends with its line or before a comment. Returns the line's end.
    fn plain(&mut self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let line_end = self.line_end(at);
        if b"?:,]}#&*!|>%@`".contains(&bytes[at]) || self.is_dash(at) {
            return None;
        }
        let mut end = line_end;
        for at in memchr::memchr2_iter(b':', b'#', &bytes[at..line_end]).map(|found| at + found) {
            match bytes[at] {
                b':' if matches!(self.byte(at + 1), None | Some(b' ' | b'\n')) => return None,
                b'#' if bytes[at - 1] == b' ' => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        let text = self.text[at..end].trim_end_matches(' ');
        self.leaf(Style::Plain, Cow::Borrowed(text), Span::new(at, at + text.len()));
        Some(line_end)
    }

    /// Reads a literal block that clips or strips. Returns the end of its last line.
    fn literal(&mut self, at: usize, column: usize) -> Option<usize> {
        let strips = self.byte(at + 1) == Some(b'-');
        let header_end = at + 1 + usize::from(strips);
        (self.byte(header_end)? == b'\n').then_some(())?;
        let indent = self.skip_blanks(header_end + 1) - (header_end + 1);
        let mut text = String::new();
        let (mut start, mut end, mut blank_lines) = (header_end + 1, header_end, 0);
        while start < self.text.len() {
            let line_end = start + memchr::memchr(b'\n', &self.text.as_bytes()[start..])?;
            let blanks = self.skip_blanks(start) - start;
            if start + blanks == line_end {
                (blanks <= indent && !text.is_empty()).then_some(())?;
                blank_lines += 1;
            } else if blanks >= indent {
                text.extend(std::iter::repeat_n('\n', blank_lines));
                text.push_str(&self.text[start + indent..=line_end]);
                (end, blank_lines) = (line_end, 0);
            } else {
                (blanks <= column).then_some(())?;
                break;
            }
            start = line_end + 1;
        }
        (indent > column && !text.is_empty()).then_some(())?;
        if strips {
            text.pop();
        }
        self.leaf(Style::Literal, Cow::Owned(text), Span::new(at, end + 1));
        Some(end)
    }

    /// Reads a quoted scalar or a flow collection that stands on one line. Returns the position after it.
    fn flow(&mut self, at: usize) -> Option<usize> {
        match self.byte(at)? {
            b'\'' => self.single(at),
            b'"' => self.double(at),
            b'{' => self.collection(Content::Map, at, b'}'),
            b'[' => self.collection(Content::List, at, b']'),
            _ => self.word(at),
        }
    }

    fn collection(&mut self, content: Content<'s>, start: usize, close: u8) -> Option<usize> {
        if self.builder.depth() >= DEPTH {
            return None;
        }
        let is_map = content == Content::Map;
        let mut node = Node::new(content, Span::new(start, start + 1));
        node.flow = true;
        self.builder.open(node);
        let mut at = self.skip_blanks(start + 1);
        while self.byte(at)? != close {
            (!self.builder.is_full()).then_some(())?;
            if is_map {
                at = self.word(at)?;
                self.text[at..].starts_with(": ").then_some(())?;
                at = self.skip_blanks(at + 2);
            }
            at = self.flow(at)?;
            at = self.skip_blanks(at);
            if self.byte(at)? == b',' {
                at = self.skip_blanks(at + 1);
                (self.byte(at)? != close).then_some(())?;
            } else if self.byte(at)? != close {
                return None;
            }
        }
        self.builder.close(Some(at + 1));
        Some(at + 1)
    }

    /// Reads a plain scalar in a flow collection: a word of letters, digits and signs without a meaning in YAML.
    fn word(&mut self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let goes_on = |byte: u8| byte.is_ascii_alphanumeric() || b"_./-+~".contains(&byte);
        bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_./".contains(byte)).then_some(())?;
        let length = bytes[at..].iter().take_while(|byte| goes_on(**byte)).count();
        let end = at + length;
        matches!(self.byte(end)?, b',' | b':' | b']' | b'}').then_some(())?;
        (length <= KEY).then_some(())?;
        self.leaf(Style::Plain, Cow::Borrowed(&self.text[at..end]), Span::new(at, end));
        Some(end)
    }

    fn single(&mut self, start: usize) -> Option<usize> {
        let mut at = start + 1;
        let mut text = Cow::Borrowed("");
        loop {
            let quote = at + memchr::memchr2(b'\'', b'\n', &self.text.as_bytes()[at..])?;
            text += &self.text[at..quote];
            match (self.byte(quote)?, self.byte(quote + 1)) {
                (b'\n', _) => return None,
                (_, Some(b'\'')) => text += "'",
                _ => {
                    self.leaf(Style::Single, text, Span::new(start, quote + 1));
                    return Some(quote + 1);
                }
            }
            at = quote + 2;
        }
    }

    fn double(&mut self, start: usize) -> Option<usize> {
        let end = start + 1 + memchr::memchr3(b'"', b'\\', b'\n', &self.text.as_bytes()[start + 1..])?;
        (self.byte(end)? == b'"').then_some(())?;
        self.leaf(Style::Double, Cow::Borrowed(&self.text[start + 1..end]), Span::new(start, end + 1));
        Some(end + 1)
    }

    fn leaf(&mut self, style: Style, text: Cow<'s, str>, span: Span) {
        self.builder.leaf(Node::new(Content::Scalar(style, text), span));
    }

    /// Goes to the first line after the line break at `end` that holds more than a comment.
    fn next_line(&mut self, end: usize) {
        self.line((end + 1).min(self.text.len()));
    }

    /// Goes to the first line from `start` on that holds more than a comment.
    fn line(&mut self, mut start: usize) {
        loop {
            self.at = self.skip_blanks(start);
            self.column = self.at - start;
            match self.byte(self.at) {
                Some(b'\n') => start = self.at + 1,
                Some(b'#') => start = (self.line_end(self.at) + 1).min(self.text.len()),
                _ => return,
            }
        }
    }

    /// Whether a line is left to read.
    fn has_line(&self) -> bool {
        self.at < self.text.len()
    }

    /// The end of the line if at most a comment follows from `at` on.
    fn rest_of_line(&self, at: usize) -> Option<usize> {
        let next = self.skip_blanks(at);
        match self.byte(next) {
            None | Some(b'\n') => Some(next),
            Some(b'#') if next > at => Some(self.line_end(next)),
            _ => None,
        }
    }

    fn is_item(&self) -> bool {
        self.is_dash(self.at)
    }

    fn is_dash(&self, at: usize) -> bool {
        self.byte(at) == Some(b'-') && matches!(self.byte(at + 1), None | Some(b' ' | b'\n'))
    }

    fn line_end(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.text.as_bytes()[at..]).map_or(self.text.len(), |found| at + found)
    }

    fn skip_blanks(&self, at: usize) -> usize {
        at + self.text.as_bytes()[at..].iter().take_while(|byte| **byte == b' ').count()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }
}

/// The colon after the plain key at `at`.
fn key_end(bytes: &[u8], at: usize) -> Option<usize> {
    let is_inner = |byte: &u8| byte.is_ascii_alphanumeric() || b"_./-".contains(byte);
    bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').then_some(())?;
    let end = at + bytes[at..].iter().take_while(|byte| is_inner(byte)).count();
    let is_key = bytes.get(end) == Some(&b':') && matches!(bytes.get(end + 1), None | Some(b' ' | b'\n'));
    (is_key && end - at <= KEY).then_some(end)
}
