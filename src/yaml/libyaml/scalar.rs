//! Scalars: plain, quoted, and blocks. Their line breaks are folded as libyaml folds them.

use std::borrow::Cow;

use super::scanner::{Scanner, TokenKind};
use crate::source::Span;
use crate::yaml::token::Chomp;
use crate::yaml::tree::Style;

/// The white space between two words.
struct Space<'s> {
    /// What stands for it in the decoded text.
    text: Cow<'s, str>,
    has_break: bool,
}

impl<'s> Scanner<'s> {
    /// A plain scalar's text, and where its last word ends.
    pub(super) fn plain(&mut self) -> Option<(Cow<'s, str>, usize)> {
        let indent = self.inner_indent();
        let start = self.cursor.at;
        let mut end = start;
        // The decoded text so far; while nothing is folded, it is the source's.
        let mut folded: Option<String> = None;
        let mut space = Space { text: Cow::Borrowed(""), has_break: false };
        while !self.cursor.is_at_marker() && self.cursor.byte(0) != b'#' {
            let word = self.plain_word();
            if !word.is_empty() {
                if space.has_break {
                    folded.get_or_insert_with(|| self.cursor.text[start..end].to_owned());
                }
                if let Some(text) = &mut folded {
                    text.push_str(&space.text);
                    text.push_str(word);
                }
                space.has_break = false;
                end = self.cursor.at;
            }
            if !self.cursor.is_at_blank() && self.cursor.break_length(0) == 0 {
                break;
            }
            space = self.space(false, indent)?;
            if !self.is_in_flow() && self.cursor.column() < indent {
                break;
            }
        }
        self.allows_key |= space.has_break;
        Some((folded.map_or_else(|| Cow::Borrowed(&self.cursor.text[start..end]), Cow::Owned), end))
    }

    /// Goes to the end of a plain scalar's word, which a blank or one of YAML's signs ends.
    fn plain_word(&mut self) -> &'s str {
        let in_flow = self.is_in_flow();
        let start = self.cursor.at;
        while !self.cursor.ends_word(0) {
            match self.cursor.byte(0) {
                b':' if self.cursor.ends_word(1) => break,
                b',' | b'?' | b'[' | b']' | b'{' | b'}' if in_flow => break,
                _ => self.cursor.take_char(),
            };
        }
        &self.cursor.text[start..self.cursor.at]
    }

    /// The column from which on a scalar's further lines belong to it.
    fn inner_indent(&self) -> usize {
        self.indents.last().map_or(0, |indent| indent + 1)
    }

    /// Goes past blanks and line breaks; `is_broken` if an escaped line break came before them. `None` if a tab stands left of
    /// the column `indent`.
    fn space(&mut self, is_broken: bool, indent: usize) -> Option<Space<'s>> {
        let start = self.cursor.at;
        let (mut first, mut more) = (is_broken.then_some(""), String::new());
        loop {
            if self.cursor.is_at_blank() {
                let is_tab = self.cursor.byte(0) == b'\t';
                (first.is_none() || !is_tab || self.cursor.column() >= indent).then_some(())?;
                self.cursor.at += 1;
            } else if let Some(line_break) = self.cursor.take_break() {
                match first {
                    None => first = Some(line_break),
                    Some(_) => more.push_str(line_break),
                }
            } else {
                break;
            }
        }
        let text = match first {
            None => Cow::Borrowed(&self.cursor.text[start..self.cursor.at]),
            Some("\n") if more.is_empty() => Cow::Borrowed(" "),
            Some("\n") => Cow::Owned(more),
            Some(first) => Cow::Owned(first.to_owned() + &more),
        };
        Some(Space { text, has_break: first.is_some() })
    }

    /// A scalar in quotes.
    pub(super) fn quoted(&mut self, quote: u8) -> Option<TokenKind<'s>> {
        self.cursor.at += 1;
        let mut text = String::new();
        loop {
            if self.cursor.is_at_marker() || self.cursor.is_at_end() {
                return None;
            }
            let is_broken = self.quoted_word(quote, &mut text)?;
            if self.cursor.byte(0) == quote {
                break;
            }
            text.push_str(&self.space(is_broken, 0)?.text);
        }
        self.cursor.at += 1;
        let style = if quote == b'"' { Style::Double } else { Style::Single };
        Some(TokenKind::Scalar(style, Cow::Owned(text)))
    }

    /// Appends a word up to a blank or the closing quote; true if an escaped line break ends it.
    fn quoted_word(&mut self, quote: u8, text: &mut String) -> Option<bool> {
        while !self.cursor.ends_word(0) {
            match (self.cursor.byte(0), self.cursor.byte(1)) {
                (b'\'', b'\'') if quote == b'\'' => {
                    text.push('\'');
                    self.cursor.at += 2;
                }
                (byte, _) if byte == quote => break,
                (b'\\', _) if quote == b'"' && self.cursor.break_length(1) > 0 => {
                    self.cursor.at += 1;
                    self.cursor.take_break();
                    return Some(true);
                }
                (b'\\', _) if quote == b'"' => text.push(self.escape()?),
                _ => text.extend(self.cursor.take_char()),
            }
        }
        Some(false)
    }

    /// The character of the escape at the position.
    fn escape(&mut self) -> Option<char> {
        let (char, digits) = match self.cursor.byte(1) {
            b'0' => ('\0', 0),
            b'a' => ('\x07', 0),
            b'b' => ('\x08', 0),
            b't' | b'\t' => ('\t', 0),
            b'n' => ('\n', 0),
            b'v' => ('\x0b', 0),
            b'f' => ('\x0c', 0),
            b'r' => ('\r', 0),
            b'e' => ('\x1b', 0),
            byte @ (b' ' | b'"' | b'\'' | b'\\') => (char::from(byte), 0),
            b'N' => ('\u{85}', 0),
            b'_' => ('\u{a0}', 0),
            b'L' => ('\u{2028}', 0),
            b'P' => ('\u{2029}', 0),
            b'x' => ('\0', 2),
            b'u' => ('\0', 4),
            b'U' => ('\0', 8),
            _ => return None,
        };
        let start = self.cursor.at + 2;
        self.cursor.at = start + digits;
        if digits == 0 {
            return Some(char);
        }
        let code = self.cursor.text.get(start..start + digits)?;
        code.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
        char::from_u32(u32::from_str_radix(code, 16).ok()?)
    }

    /// A literal or folded block, from its header to the last line that is part of it.
    pub(super) fn block(&mut self) -> Option<(TokenKind<'s>, Span)> {
        let start = self.cursor.at;
        let (chomp, increment) = self.block_header()?;
        let is_literal = self.cursor.text.as_bytes()[start] == b'|';
        let mut lines = BlockLines { indent: increment.map(|more| self.block_indent() + more), breaks: String::new() };
        let mut end = self.cursor.at;
        let mut kept_end = lines.skip_breaks(self)?;
        let (mut text, mut line_break, mut was_blank) = (String::new(), "", false);
        while Some(self.cursor.column()) == lines.indent && !self.cursor.is_at_end() {
            let is_blank = self.cursor.is_at_blank();
            if is_literal || was_blank || is_blank || line_break != "\n" {
                text.push_str(line_break);
            } else if lines.breaks.is_empty() {
                text.push(' ');
            }
            text.push_str(&std::mem::take(&mut lines.breaks));
            was_blank = is_blank;
            text.push_str(self.cursor.take_line());
            // Kubernetes' decoder ends the last line with a line break.
            line_break = self.cursor.take_break().unwrap_or("\n");
            end = self.cursor.at;
            kept_end = lines.skip_breaks(self)?;
        }
        if chomp != Chomp::Strip {
            text.push_str(line_break);
        }
        if chomp == Chomp::Keep {
            text.push_str(&lines.breaks);
            end = kept_end;
        }
        let style = if is_literal { Style::Literal } else { Style::Folded };
        Some((TokenKind::Scalar(style, Cow::Owned(text)), Span::new(start, end)))
    }

    /// The column to which a block's own indentation is added.
    fn block_indent(&self) -> usize {
        self.indents.last().copied().unwrap_or_default()
    }

    /// Goes past a block's header and its line break.
    fn block_header(&mut self) -> Option<(Chomp, Option<usize>)> {
        self.cursor.at += 1;
        let (mut chomp, mut increment) = (None, None);
        loop {
            match self.cursor.byte(0) {
                b'+' if chomp.is_none() => chomp = Some(Chomp::Keep),
                b'-' if chomp.is_none() => chomp = Some(Chomp::Strip),
                digit @ b'1'..=b'9' if increment.is_none() => increment = Some(usize::from(digit - b'0')),
                _ => break,
            }
            self.cursor.at += 1;
        }
        self.cursor.take_while(|byte| matches!(byte, b' ' | b'\t'));
        if self.cursor.byte(0) == b'#' {
            self.cursor.take_line();
        }
        (self.cursor.take_break().is_some() || self.cursor.is_at_end())
            .then(|| (chomp.unwrap_or(Chomp::Clip), increment))
    }
}

/// The lines of a block while it is read.
struct BlockLines {
    /// The column of its text, once it is known.
    indent: Option<usize>,
    /// The line breaks since the last line with text.
    breaks: String,
}

impl BlockLines {
    /// Goes past indentation and line breaks to the next line with text, and returns where the last line break ends. `None` if
    /// a tab stands in the indentation.
    fn skip_breaks(&mut self, scanner: &mut Scanner<'_>) -> Option<usize> {
        let cursor = &mut scanner.cursor;
        let mut end = cursor.at;
        let mut widest = 0;
        let is_left = |column: usize| self.indent.is_none_or(|indent| column < indent);
        loop {
            let start = cursor.at;
            while is_left(cursor.column()) && cursor.byte(0) == b' ' {
                cursor.at += 1;
            }
            widest = widest.max(cursor.column());
            if is_left(cursor.column()) && cursor.byte(0) == b'\t' {
                return None;
            }
            match cursor.take_break() {
                Some(line_break) => self.breaks.push_str(line_break),
                None if cursor.is_at_end() && cursor.at > start => self.breaks.push('\n'),
                None => break,
            }
            end = cursor.at;
        }
        self.indent.get_or_insert_with(|| widest.max(scanner.inner_indent()).max(1));
        Some(end)
    }
}
