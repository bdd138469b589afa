//! The line of a [`Source`] that a [`Span`] begins in, with carets under the span, as a terminal shows it.
//! Knows no error and no colour. Callers pass what the user wrote, never spliced output.

use std::fmt;

use unicode_width::UnicodeWidthChar;

use crate::source::{Source, Span};
use crate::visible::is_invisible;

/// The most columns of a line that are shown.
const WIDTH: usize = 120;

/// The columns before the span when the start of the line is cut off.
const BEFORE: usize = 40;

/// The most bytes before a span, in it and after it that are read.
const NEAR: usize = 4 * WIDTH;

/// A tab, as it is shown.
const TAB: &str = "    ";

/// A line of a source, and the part of it that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The number of the line in its source.
    pub line: usize,
    /// The line as it is shown: tabs become blanks, invisible characters `�`, and a long line is cut.
    pub text: String,
    /// The number of columns before the carets.
    pub indent: usize,
    /// The number of carets, at least one. A span over several lines is marked to the end of its first line.
    pub carets: usize,
}

impl Excerpt {
    /// The excerpt of the line in which `span` begins.
    pub(crate) fn new(source: &Source, span: Span) -> Self {
        let (line, _) = source.line_column(span.start);
        let whole = source.line_span(span.start);
        let (start, end) = (span.start.clamp(whole.start, whole.end), span.end.clamp(whole.start, whole.end));
        let (end, bytes) = (end.max(start), &source.bytes);
        let from = (whole.start.max(start.saturating_sub(NEAR))..start).find(|at| is_boundary(bytes, *at));
        let from = from.unwrap_or(start);
        let until = |from: usize, end: usize| {
            let near = (from + NEAR).min(end);
            (near..end).find(|at| is_boundary(bytes, *at)).unwrap_or(end)
        };
        let [before, meant, after] = [from..start, start..until(start, end), end..until(end, whole.end)]
            .map(|range| String::from_utf8_lossy(&bytes[range]));
        let mut text = String::new();
        let indent = last(&cells(&before).collect::<Vec<_>>(), from > whole.start, &mut text);
        let carets = first(cells(&meant), WIDTH - indent, &mut text);
        first(cells(&after), WIDTH.saturating_sub(indent + carets), &mut text);
        Self { line, text, indent, carets: carets.max(1) }
    }
}

impl fmt::Display for Excerpt {
    /// Three lines: an empty gutter, the number with the line, and the carets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gutter = " ".repeat(self.line.to_string().len());
        writeln!(f, "{gutter} |")?;
        writeln!(f, "{} | {}", self.line, self.text.trim_end())?;
        writeln!(f, "{gutter} | {}{}", " ".repeat(self.indent), "^".repeat(self.carets))
    }
}

/// A character as it is shown, and its width in columns. A tab is replaced only when it is written.
type Cell = (char, usize);

fn cells(text: &str) -> impl Iterator<Item = Cell> + '_ {
    text.chars().filter(|char| *char != '\u{feff}').map(cell)
}

fn cell(char: char) -> Cell {
    match char {
        '\t' => (char, TAB.len()),
        char => match char.width() {
            Some(width) if !is_invisible(char) => (char, width),
            _ => ('\u{fffd}', 1),
        },
    }
}

fn push(char: char, text: &mut String) {
    match char {
        '\t' => text.push_str(TAB),
        char => text.push(char),
    }
}

/// Whether a character ends before the offset `at`.
fn is_boundary(bytes: &[u8], at: usize) -> bool {
    bytes[at] & 0xc0 != 0x80
}

/// Writes the end of `cells`: all of them, or the last [`BEFORE`] columns where the marked part would be too far to the right.
/// `is_cut` says that the line goes on to their left.
fn last(cells: &[Cell], is_cut: bool, text: &mut String) -> usize {
    let total: usize = cells.iter().map(|(_, width)| width).sum();
    let mut shown = if is_cut || total > WIDTH / 2 { BEFORE } else { total };
    let mut from = cells.len();
    while from > 0 && cells[from - 1].1 <= shown {
        from -= 1;
        shown -= cells[from].1;
    }
    let mut indent = 0;
    if is_cut || from > 0 {
        text.push('…');
        indent = 1;
    }
    for (cell, width) in &cells[from..] {
        push(*cell, text);
        indent += width;
    }
    indent
}

/// Writes as many of the first `cells` as fit into `room` columns, and returns the columns used.
fn first(cells: impl Iterator<Item = Cell>, room: usize, text: &mut String) -> usize {
    let mut columns = 0;
    for (cell, width) in cells {
        if columns + width >= room {
            if room > columns {
                text.push('…');
                columns += 1;
            }
            break;
        }
        push(cell, text);
        columns += width;
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line and the carets that are drawn under `part` of `text`.
    fn drawn(text: &str, part: &str) -> (String, String) {
        let start = text.find(part).unwrap();
        let excerpt = Excerpt::new(&Source::new("x", text), Span::new(start, start + part.len()));
        (excerpt.text.clone(), format!("{}{}", " ".repeat(excerpt.indent), "^".repeat(excerpt.carets)))
    }

    #[test]
    fn carets_stand_under_the_span() {
        for (text, part, line, carets) in [
            ("a: 1\nkey: <x>\nb: 2\n", "<x>", "key: <x>", "     ^^^"),
            ("a: <x>\r\n", "<x>", "a: <x>", "   ^^^"),
            ("\u{feff}a: <x>", "<x>", "a: <x>", "   ^^^"),
            ("\tä: <x>", "<x>", "    ä: <x>", "       ^^^"),
            ("鍵: <x>", "<x>", "鍵: <x>", "    ^^^"),
            ("a: <x\n  y>\n", "<x\n  y>", "a: <x", "   ^^"),
            ("a: \u{1b}[31m<x>", "<x>", "a: \u{fffd}[31m<x>", "        ^^^"),
            ("a: \u{200b}\u{202e}<x>", "<x>", "a: \u{fffd}\u{fffd}<x>", "     ^^^"),
            ("a: ", "", "a: ", "^"),
        ] {
            assert_eq!(drawn(text, part), (line.to_owned(), carets.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn a_long_line_is_cut_around_the_span() {
        let text = format!("{}<x>{}", "a".repeat(500), "b".repeat(500));
        let (line, carets) = drawn(&text, "<x>");
        assert_eq!(line.chars().count(), WIDTH);
        assert!(line.starts_with("…a") && line.ends_with("b…"), "{line}");
        assert_eq!(carets.trim_start(), "^^^");
        assert_eq!(carets.find('^'), Some(BEFORE + 1));
    }

    #[test]
    fn a_span_longer_than_the_line_s_room_ends_with_it() {
        let text = format!("a: <{}>", "x".repeat(500));
        let (line, carets) = drawn(&text, &text[3..]);
        assert_eq!(line.chars().count(), WIDTH);
        assert_eq!(carets.len(), WIDTH);
    }

    #[test]
    fn a_span_beyond_the_end_is_drawn_at_the_end() {
        let excerpt = Excerpt::new(&Source::new("x", "a: 1"), Span::new(90, 99));
        assert_eq!(excerpt.to_string(), "  |\n1 | a: 1\n  |     ^\n");
    }
}
