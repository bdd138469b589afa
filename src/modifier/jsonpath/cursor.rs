//! Reads a template from left to right: characters, literals, quoted text. Knows no grammar.

use crate::error::Error;
use crate::modifier::error;
use crate::value::Value;

use super::compare::Decimal;

/// The deepest nesting of brackets. Nobody writes a template that needs more.
const DEEPEST: usize = 64;

/// A position in a template.
pub(super) struct Cursor<'t> {
    template: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Cursor<'t> {
    /// A cursor at the start of `template`.
    pub(super) fn new(template: &'t str) -> Self {
        Self { template, at: 0, depth: 0 }
    }

    /// The unread rest of the template.
    pub(super) fn rest(&self) -> &'t str {
        &self.template[self.at..]
    }

    /// The next character.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Reads one character.
    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += next.map_or(0, char::len_utf8);
        next
    }

    /// Reads `text` if it is next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }

    /// Reads characters while `wished` accepts them.
    pub(super) fn take_while(&mut self, wished: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|char| !wished(char)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    /// Reads blanks.
    pub(super) fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Goes one bracket deeper while `read` reads.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth == DEEPEST {
            return Err(self.wrong(format!("brackets nest more than {DEEPEST} levels deep")));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Reads text in quotes, the next character being the quote.
    pub(super) fn quoted(&mut self) -> Result<String, Error> {
        let quote = self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                None => return Err(self.wrong("a quote is never closed")),
                Some('\\') => text.push(self.escaped()?),
                end if end == quote => return Ok(text),
                Some(char) => text.push(char),
            }
        }
    }

    /// Reads the escape after a `\` in quotes, by Go's rules.
    fn escaped(&mut self) -> Result<char, Error> {
        match self.next() {
            Some(same @ ('\\' | '"' | '\'')) => Ok(same),
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some('a') => Ok('\u{7}'),
            Some('b') => Ok('\u{8}'),
            Some('f') => Ok('\u{c}'),
            Some('v') => Ok('\u{b}'),
            Some('x') => self.code_point(2),
            Some('u') => self.code_point(4),
            Some('U') => self.code_point(8),
            _ => Err(self.wrong("a `\\` in quotes begins an unknown escape").hint("write `\\\\` for a backslash")),
        }
    }

    fn code_point(&mut self, digits: usize) -> Result<char, Error> {
        let hex = self.rest().get(..digits).filter(|hex| hex.chars().all(|char| char.is_ascii_hexdigit()));
        let char = hex.and_then(|hex| char::from_u32(u32::from_str_radix(hex, 16).ok()?));
        self.at += hex.map_or(0, str::len);
        char.ok_or_else(|| self.wrong("an escape in quotes is not a character"))
    }

    /// Reads a number, its digits as written.
    pub(super) fn number(&mut self) -> Result<Value, Error> {
        let start = self.at;
        self.take_while(|char| matches!(char, '+' | '-'));
        self.take_while(|char| char.is_ascii_digit() || char == '.');
        if matches!(self.peek(), Some('e' | 'E')) {
            self.next();
            self.take_while(|char| matches!(char, '+' | '-'));
            self.take_while(|char| char.is_ascii_digit());
        }
        let digits = &self.template[start..self.at];
        match Decimal::read(digits) {
            Some(_) => Ok(Value::number(digits.strip_prefix('+').unwrap_or(digits))),
            None => Err(self.wrong(format!("`{digits}` is not a number"))),
        }
    }

    /// An error about the template.
    pub(super) fn wrong(&self, what: impl std::fmt::Display) -> Error {
        error(format!("`jsonPath {}`: {what}", self.template))
    }
}
