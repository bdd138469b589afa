//! Reads JSON into a value in one pass. Numbers keep their digits; of equal keys the last counts. Bounded in bytes and depth.

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use zeroize::Zeroizing;

use super::{Value, bytes_of_entry, bytes_of_node};
use crate::budget::{Budget, DEPTH, Limit, Making};
use crate::wiped::append_text;

/// An error in a JSON text: the reason and the position.
pub(super) struct Refusal {
    pub(super) at: usize,
    pub(super) reason: Reason,
}

/// The reason why a text cannot be read.
#[derive(Clone, Copy)]
pub(super) enum Reason {
    /// It ends in the middle of a value.
    Ends,
    /// It is not JSON.
    Invalid,
    /// It exceeds a limit.
    Exceeds(Limit),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ends => f.write_str("the JSON ends too early"),
            Self::Invalid => f.write_str("not valid JSON"),
            Self::Exceeds(limit) => limit.fmt(f),
        }
    }
}

/// Reads a text that is exactly one value.
pub(super) fn read(json: &[u8], budget: &Budget) -> Result<Value, Refusal> {
    let text =
        std::str::from_utf8(json).map_err(|error| Refusal { at: error.valid_up_to(), reason: Reason::Invalid })?;
    let mut reader = Reader { text, at: 0, depth: 0, making: budget.making() };
    let read = reader.value().and_then(|value| {
        reader.space();
        if reader.at == text.len() { Ok(value) } else { Err(Reason::Invalid) }
    });
    read.map_err(|reason| Refusal { at: reader.at, reason })
}

struct Reader<'j, 'b> {
    text: &'j str,
    at: usize,
    /// The number of open lists and maps.
    depth: usize,
    making: Making<'b>,
}

impl<'j> Reader<'j, '_> {
    fn value(&mut self) -> Result<Value, Reason> {
        self.space();
        match self.peek()? {
            b'{' => self.nested(Self::map),
            b'[' => self.nested(Self::list),
            b'"' => self.string().and_then(|text| {
                self.count(bytes_of_node(text.len()))?;
                Ok(Value::text(text))
            }),
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.word(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Reason>) -> Result<Value, Reason> {
        if self.depth == DEPTH {
            return Err(Reason::Exceeds(Limit::Depth));
        }
        self.count(bytes_of_node(0))?;
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// Reads a map from after its `{` to its `}`.
    fn map(&mut self) -> Result<Value, Reason> {
        let mut entries: IndexMap<String, Value> = IndexMap::new();
        while self.goes_on(b'}', entries.is_empty())? {
            self.space();
            let key = if self.peek()? == b'"' { self.string()? } else { return Err(Reason::Invalid) };
            self.count(bytes_of_entry(key.len()))?;
            self.space();
            self.eat(b':')?;
            let value = self.value()?;
            entries.insert(key.into_owned(), value);
        }
        Ok(Value::Map(entries.into_iter().map(|(key, value)| (Zeroizing::new(key), value)).collect()))
    }

    /// Reads a list from after its `[` to its `]`.
    fn list(&mut self) -> Result<Value, Reason> {
        let mut items = Vec::new();
        while self.goes_on(b']', items.is_empty())? {
            items.push(self.value()?);
        }
        Ok(Value::List(items))
    }

    /// Reads the comma before a member or the closing bracket. Returns whether a member follows.
    fn goes_on(&mut self, close: u8, is_first: bool) -> Result<bool, Reason> {
        self.space();
        let next = self.peek()?;
        if next == close {
            self.at += 1;
            return Ok(false);
        }
        if !is_first {
            self.eat(b',')?;
        }
        Ok(true)
    }

    /// Reads the string at a quote.
    fn string(&mut self) -> Result<Cow<'j, str>, Reason> {
        self.at += 1;
        let mut decoded = None::<Zeroizing<String>>;
        loop {
            let rest = &self.text[self.at..];
            let length = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..b' '));
            let length = length.ok_or_else(|| self.end())?;
            self.at += length;
            if let Some(decoded) = &mut decoded {
                append_text(decoded, &rest[..length]);
            }
            match rest.as_bytes()[length] {
                b'"' => {
                    self.at += 1;
                    return Ok(decoded
                        .map_or(Cow::Borrowed(&rest[..length]), |mut text| Cow::Owned(std::mem::take(&mut *text))));
                }
                b'\\' => {
                    let char = self.escape()?;
                    let decoded = decoded.get_or_insert_with(|| Zeroizing::new(rest[..length].to_owned()));
                    append_text(decoded, char.encode_utf8(&mut [0; 4]));
                }
                _ => return Err(Reason::Invalid),
            }
        }
    }

    /// Reads the character of the escape at a backslash.
    fn escape(&mut self) -> Result<char, Reason> {
        self.at += 1;
        let char = match self.peek()? {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'u' => return self.unicode(),
            _ => return Err(Reason::Invalid),
        };
        self.at += 1;
        Ok(char)
    }

    /// Reads the character of `uXXXX` or of a surrogate pair.
    fn unicode(&mut self) -> Result<char, Reason> {
        let first = self.unit()?;
        let code = match first {
            0xd800..0xdc00 => {
                self.eat(b'\\')?;
                let low = self.unit()?.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or(Reason::Invalid)?;
                0x10000 + ((first - 0xd800) << 10) + low
            }
            code => code,
        };
        char::from_u32(code).ok_or(Reason::Invalid)
    }

    fn unit(&mut self) -> Result<u32, Reason> {
        self.eat(b'u')?;
        let digits = self.text.as_bytes().get(self.at..self.at + 4).ok_or_else(|| self.end())?;
        let digit = |sum: u32, digit: &u8| Some(sum * 16 + char::from(*digit).to_digit(16)?);
        let unit = digits.iter().try_fold(0, digit).ok_or(Reason::Invalid)?;
        self.at += 4;
        Ok(unit)
    }

    fn number(&mut self) -> Result<Value, Reason> {
        let start = self.at;
        let _ = self.eat(b'-');
        match self.peek()? {
            b'0' => self.at += 1,
            _ => self.digits()?,
        }
        if self.eat(b'.').is_ok() {
            self.digits()?;
        }
        if self.eat(b'e').or_else(|_| self.eat(b'E')).is_ok() {
            let _ = self.eat(b'+').or_else(|_| self.eat(b'-'));
            self.digits()?;
        }
        let digits = &self.text[start..self.at];
        self.count(bytes_of_node(digits.len()))?;
        Ok(Value::number(digits))
    }

    fn digits(&mut self) -> Result<(), Reason> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += length;
        if length > 0 { Ok(()) } else { self.peek().and(Err(Reason::Invalid)) }
    }

    fn word(&mut self) -> Result<Value, Reason> {
        let rest = &self.text[self.at..];
        let words = [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)];
        let Some((word, value)) = words.into_iter().find(|(word, _)| rest.starts_with(word)) else {
            return Err(Reason::Invalid);
        };
        self.count(bytes_of_node(0))?;
        self.at += word.len();
        Ok(value)
    }

    fn count(&mut self, bytes: usize) -> Result<(), Reason> {
        self.making.add(bytes).map_err(Reason::Exceeds)
    }

    fn space(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
    }

    fn peek(&mut self) -> Result<u8, Reason> {
        self.text.as_bytes().get(self.at).copied().ok_or(Reason::Ends)
    }

    fn eat(&mut self, byte: u8) -> Result<(), Reason> {
        if self.peek()? != byte {
            return Err(Reason::Invalid);
        }
        self.at += 1;
        Ok(())
    }

    /// Moves to the end of the text, for the reason that it ends too early.
    fn end(&mut self) -> Reason {
        self.at = self.text.len();
        Reason::Ends
    }
}
