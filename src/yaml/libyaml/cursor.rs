//! A position in a text, and what stands there.

use crate::source::Span;
use crate::yaml::token;

/// A position in a text.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'s> {
    /// The source up to the document's end.
    pub(super) text: &'s str,
    pub(super) at: usize,
    line_start: usize,
    /// How many line breaks stand before `at`.
    pub(super) line: usize,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(text: &'s str, body: Span) -> Self {
        Self { text: &text[..body.end], at: body.start, line_start: body.start, line: 0 }
    }

    /// The byte `offset` bytes further; zero after the end, as no text holds a zero.
    pub(super) fn byte(&self, offset: usize) -> u8 {
        self.text.as_bytes().get(self.at + offset).copied().unwrap_or_default()
    }

    /// How many bytes stand before the position on its line. Libyaml counts characters, but compares only columns after blanks.
    pub(super) fn column(&self) -> usize {
        self.at - self.line_start
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(super) fn is_at_blank(&self) -> bool {
        matches!(self.byte(0), b' ' | b'\t')
    }

    /// Whether a word ends before the byte at `offset`.
    pub(super) fn ends_word(&self, offset: usize) -> bool {
        matches!(self.byte(offset), 0 | b' ' | b'\t') || self.break_length(offset) > 0
    }

    /// Whether a line with `---` or `...` begins.
    pub(super) fn is_at_marker(&self) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        self.column() == 0 && (rest.starts_with(b"---") || rest.starts_with(b"...")) && self.ends_word(3)
    }

    /// The bytes of the line break at `offset`; zero without one.
    pub(super) fn break_length(&self, offset: usize) -> usize {
        token::break_length(self.text.as_bytes().get(self.at + offset..).unwrap_or_default())
    }

    /// Goes past the line break at the position, if there is one, and returns it as it is decoded.
    pub(super) fn take_break(&mut self) -> Option<&'s str> {
        let length = self.break_length(0);
        let written = &self.text[self.at..self.at + length];
        self.at += length;
        if length > 0 {
            (self.line_start, self.line) = (self.at, self.line + 1);
        }
        match length {
            0 => None,
            3 => Some(written),
            _ => Some("\n"),
        }
    }

    /// Goes past the character at the position and returns it.
    pub(super) fn take_char(&mut self) -> Option<char> {
        let char = self.text[self.at..].chars().next()?;
        self.at += char.len_utf8();
        Some(char)
    }

    /// Goes past the bytes that are `wanted`, and returns them.
    pub(super) fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'s str {
        let bytes = &self.text.as_bytes()[self.at..];
        let start = self.at;
        self.at += bytes.iter().take_while(|byte| byte.is_ascii() && wanted(**byte)).count();
        &self.text[start..self.at]
    }

    /// Goes to the end of the line, and returns its rest.
    pub(super) fn take_line(&mut self) -> &'s str {
        let start = self.at;
        while !self.is_at_end() && self.break_length(0) == 0 {
            self.take_char();
        }
        &self.text[start..self.at]
    }
}
