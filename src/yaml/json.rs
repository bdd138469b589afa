//! JSON as a tree, read by JSON's own rules: `\/`, surrogate pairs, tabs, keys of any length. `None` if a text is not JSON.

use std::borrow::Cow;

use super::builder::Builder;
use super::tree::{Content, Node, ReadBy, Style, Tree};
use crate::budget::DEPTH;
use crate::source::Span;

/// Reads `body`, one document of `text`; `None` if it is not exactly one JSON value.
pub(super) fn read<'s>(text: &'s str, body: Span) -> Option<Tree<'s>> {
    let builder = Builder::new(text, body.end - body.start, ReadBy::Json);
    let mut reader = Reader { text: &text[..body.end], at: body.start, builder };
    reader.value()?;
    reader.space();
    (reader.at == body.end).then(|| reader.builder.finish())
}

/// The end of the JSON object at `start`, by its brackets and strings; `None` if it does not end or is not JSON.
pub(super) fn object_end(bytes: &[u8], start: usize) -> Option<usize> {
    if bytes.get(start) != Some(&b'{') {
        return None;
    }
    let (mut at, mut depth) = (start, 0usize);
    loop {
        match bytes.get(at)? {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b'"' => at = string_end(bytes, at + 1)?,
            b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' | b'a'..=b'z' | b'E' => {}
            _ => return None,
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Whether a text is exactly one JSON value.
pub(super) fn is_valid(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

/// The closing quote of the string whose first character is at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr3(b'"', b'\\', b'\n', bytes.get(at..)?)?;
        match bytes[at] {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => return None,
        }
    }
}

struct Reader<'s> {
    text: &'s str,
    at: usize,
    builder: Builder<'s>,
}

impl<'s> Reader<'s> {
    fn value(&mut self) -> Option<()> {
        self.space();
        match self.peek()? {
            b'{' => self.collection(Content::Map, b'}'),
            b'[' => self.collection(Content::List, b']'),
            b'"' => self.string(),
            _ => self.word(),
        }
    }

    fn collection(&mut self, content: Content<'s>, close: u8) -> Option<()> {
        if self.builder.depth() >= DEPTH || self.builder.is_full() {
            return None;
        }
        let is_map = content == Content::Map;
        let mut node = Node::new(content, Span::new(self.at, self.at + 1));
        node.flow = true;
        self.builder.open(node);
        self.at += 1;
        self.space();
        if self.peek()? != close {
            loop {
                if is_map {
                    self.space();
                    (self.peek()? == b'"').then(|| self.string())??;
                    self.space();
                    self.eat(b':')?;
                }
                self.value()?;
                self.space();
                if self.eat(b',').is_none() {
                    break;
                }
            }
        }
        self.eat(close)?;
        self.builder.close(Some(self.at));
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        let start = self.at;
        let end = string_end(self.text.as_bytes(), start + 1)?;
        let inner = &self.text[start + 1..end];
        if inner.bytes().any(|byte| byte < b' ') {
            return None;
        }
        let text = match memchr::memchr(b'\\', inner.as_bytes()) {
            None => Cow::Borrowed(inner),
            Some(_) => Cow::Owned(unescape(inner)?),
        };
        self.at = end + 1;
        self.leaf(Style::Double, text, start)
    }

    fn word(&mut self) -> Option<()> {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        self.at += rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
        let word = &self.text[start..self.at];
        if !matches!(word, "true" | "false" | "null") && !is_number(word) {
            return None;
        }
        self.leaf(Style::Plain, Cow::Borrowed(word), start)
    }

    fn leaf(&mut self, style: Style, text: Cow<'s, str>, start: usize) -> Option<()> {
        if self.builder.is_full() {
            return None;
        }
        let mut node = Node::new(Content::Scalar(style, text), Span::new(start, self.at));
        node.flow = true;
        self.builder.leaf(node);
        Some(())
    }

    fn space(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }
}

/// Whether a word is a number by JSON's grammar.
pub(super) fn is_number(word: &str) -> bool {
    let (mantissa, exponent) = match word.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (word, None),
    };
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    is_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(is_digits)
        && exponent.is_none_or(|digits| is_digits(digits.strip_prefix(['+', '-']).unwrap_or(digits)))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The text of a string; `None` if an escape is unknown to JSON or is half a surrogate pair.
fn unescape(inner: &str) -> Option<String> {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let (char, length) = escape(&rest.as_bytes()[at + 1..])?;
        out.push(char);
        rest = &rest[at + 1 + length..];
    }
    out.push_str(rest);
    Some(out)
}

/// The character that the escape after a backslash stands for, and the escape's length.
fn escape(rest: &[u8]) -> Option<(char, usize)> {
    let char = match rest.first()? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        byte @ (b'"' | b'\\' | b'/') => char::from(*byte),
        b'u' => return unicode(rest),
        _ => return None,
    };
    Some((char, 1))
}

fn unicode(rest: &[u8]) -> Option<(char, usize)> {
    let first = hex(rest.get(1..5)?)?;
    if !(0xd800..0xdc00).contains(&first) {
        return Some((char::from_u32(first)?, 5));
    }
    let second = hex(rest.get(5..11)?.strip_prefix(b"\\u")?)?;
    let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    Some((char::from_u32(0x10000 + ((first - 0xd800) << 10) + low)?, 11))
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| Some(sum * 16 + char::from(*digit).to_digit(16)?))
}
