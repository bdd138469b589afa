//! A secret's value, exactly as the store sent it: text, bytes, number, bool, null, list, map.
//! Knows no YAML, no placeholder and no store. Debug never shows the content; memory is zeroed on drop.

mod json;

use std::fmt;

use zeroize::Zeroizing;

use crate::budget::{Budget, Limit};

/// A value as a store gave it or a modifier made it.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// UTF-8 text.
    Text(Zeroizing<String>),
    /// Bytes that are not (or need not be) UTF-8.
    Bytes(Zeroizing<Vec<u8>>),
    /// A number by its digits, as they were written: `1.50` stays `1.50`.
    Number(Zeroizing<String>),
    /// `true` or `false`.
    Bool(bool),
    /// JSON's `null`: a value, not an absence.
    Null,
    /// A list of values, in order.
    List(Vec<Value>),
    /// A map: keys with their values in the order received, each key once.
    Map(Vec<(Zeroizing<String>, Value)>),
}

/// The reason why a value cannot become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotText {
    /// It is null.
    Null,
    /// It is, or holds, bytes that are not UTF-8.
    Bytes,
}

impl Value {
    /// A text value.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Zeroizing::new(text.into()))
    }

    /// Bytes as a value: text if they are UTF-8.
    pub fn bytes(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::text(text),
            Err(error) => Self::Bytes(Zeroizing::new(error.into_bytes())),
        }
    }

    /// A number that keeps its digits as they are written.
    pub fn number(digits: impl Into<String>) -> Self {
        Self::Number(Zeroizing::new(digits.into()))
    }

    /// Reads JSON within a budget of its own; numbers keep their digits. The error names line and column, never content.
    pub fn from_json(json: &[u8]) -> Result<Self, String> {
        Self::from_json_within(json, &Budget::default())
    }

    /// Reads JSON as [`Value::from_json`] does, within the budget of a run.
    pub fn from_json_within(json: &[u8], budget: &Budget) -> Result<Self, String> {
        json::read(json, budget).map_err(|refusal| {
            let before = &json[..refusal.at.min(json.len())];
            let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
            let line = memchr::memchr_iter(b'\n', before).count() + 1;
            format!("{} (line {line}, column {})", refusal.reason, before.len() - line_start + 1)
        })
    }

    /// The bytes that the value takes in memory.
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) | Self::Number(text) => bytes_of_node(text.len()),
            Self::Bytes(bytes) => bytes_of_node(bytes.len()),
            Self::Bool(_) | Self::Null => bytes_of_node(0),
            Self::List(items) => items.iter().map(Self::size).fold(bytes_of_node(0), usize::saturating_add),
            Self::Map(entries) => {
                let entry = |(key, value): &(Zeroizing<String>, Self)| bytes_of_entry(key.len()) + value.size();
                entries.iter().map(entry).fold(bytes_of_node(0), usize::saturating_add)
            }
        }
    }

    /// A copy within the budget of a run.
    pub fn copy(&self, budget: &Budget) -> Result<Self, Limit> {
        budget.make(self.size())?;
        Ok(self.clone())
    }

    /// A map's value under `key`; `None` for other values.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(name, _)| name.as_str() == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The value's type in a user's words: `text`, `a number`, `a map`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Number(_) => "a number",
            Self::Bool(_) => "a bool",
            Self::Null => "null",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }

    /// The value as text: numbers and booleans as written, lists and maps as compact JSON.
    pub fn to_text(&self) -> Result<Zeroizing<String>, NotText> {
        match self {
            Self::Text(text) | Self::Number(text) => Ok(text.clone()),
            Self::Bool(value) => Ok(Zeroizing::new(value.to_string())),
            Self::Bytes(_) => Err(NotText::Bytes),
            Self::Null => Err(NotText::Null),
            Self::List(_) | Self::Map(_) => self.to_json(),
        }
    }

    /// The length of [`Value::to_text`].
    pub fn text_len(&self) -> usize {
        match self {
            Self::Text(text) | Self::Number(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Bool(_) | Self::Null | Self::List(_) | Self::Map(_) => self.json_len(),
        }
    }

    /// Counts the text of a list or a map. The text of other values was counted when they were made.
    pub fn count_text(&self, budget: &Budget) -> Result<(), Limit> {
        match self {
            Self::List(_) | Self::Map(_) => budget.make(self.text_len()),
            _ => Ok(()),
        }
    }

    /// The length of [`Value::to_json`].
    pub fn json_len(&self) -> usize {
        let joined = |sum: usize, length: usize| sum.saturating_add(length).saturating_add(",".len());
        match self {
            Self::Text(text) => json_escaped_len(text) + "\"\"".len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Number(digits) => digits.len(),
            Self::Bool(value) => if *value { "true" } else { "false" }.len(),
            Self::Null => "null".len(),
            Self::List(items) => items.iter().map(Self::json_len).fold(1, joined).max("[]".len()),
            Self::Map(entries) => {
                let entry = |(key, value): &(Zeroizing<String>, Self)| {
                    json_escaped_len(key).saturating_add(value.json_len()).saturating_add("\"\":".len())
                };
                entries.iter().map(entry).fold(1, joined).max("{}".len())
            }
        }
    }

    /// Compact JSON, keys in the order received, nothing escaped that JSON does not require.
    pub fn to_json(&self) -> Result<Zeroizing<String>, NotText> {
        // A text that grows would leave copies behind.
        let mut out = Zeroizing::new(String::with_capacity(self.json_len()));
        self.write_json(&mut out)?;
        Ok(out)
    }

    fn write_json(&self, out: &mut String) -> Result<(), NotText> {
        match self {
            Self::Text(text) => json_string(text, out),
            Self::Bytes(_) => return Err(NotText::Bytes),
            Self::Number(digits) => out.push_str(digits),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Null => out.push_str("null"),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write_json(out)?;
                }
                out.push(']');
            }
            Self::Map(entries) => {
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    json_string(key, out);
                    out.push(':');
                    value.write_json(out)?;
                }
                out.push('}');
            }
        }
        Ok(())
    }
}

/// Appends `text` as a JSON string with its quotes.
pub(crate) fn json_string(text: &str, out: &mut String) {
    out.push('"');
    json_escape(text, out);
    out.push('"');
}

/// Appends `text` as it stands inside a JSON string: only what JSON requires is escaped.
pub(crate) fn json_escape(text: &str, out: &mut String) {
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char if char < ' ' => out.push_str(&format!("\\u{:04x}", char as u32)),
            char => out.push(char),
        }
    }
}

/// The length of a text after [`json_escape`].
pub(crate) fn json_escaped_len(text: &str) -> usize {
    let length = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
        0..b' ' => 6,
        _ => 1,
    };
    text.bytes().map(length).sum()
}

/// The bytes that a scalar, a list or a map takes in memory without its members.
pub(crate) fn bytes_of_node(text: usize) -> usize {
    const NODE: usize = 64;
    NODE + text
}

/// The bytes that an entry of a map takes in memory without its value.
pub(crate) fn bytes_of_entry(key: usize) -> usize {
    const ENTRY: usize = 64;
    ENTRY + key
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_comes_out_as_it_went_in() {
        let json =
            r#"{"b":9007199254740993,"a":[1.50,18446744073709551615,1E400,-0],"t":"<\u0001\"é/","n":null,"x":true}"#;
        let value = Value::from_json(json.as_bytes()).unwrap();
        assert_eq!(value.to_json().unwrap().as_str(), json);
        for json in [json, "[]", "{}", "[[],{}]", r#"{"\"\u0001":[true,null,"\\"]}"#] {
            let value = Value::from_json(json.as_bytes()).unwrap();
            assert_eq!(value.json_len(), value.to_json().unwrap().len(), "{json}");
        }
    }

    #[test]
    fn deep_json_is_refused_and_not_a_stack_overflow() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Value::from_json(nested(255).as_bytes()).is_ok());
        let error = Value::from_json(nested(256).as_bytes()).unwrap_err();
        assert_eq!(error, "maps and lists nest more than 255 levels deep (line 1, column 256)");
        assert!(Value::from_json(nested(1 << 20).as_bytes()).is_err());
    }

    #[test]
    fn json_is_read_as_serde_json_reads_it() {
        for json in [
            "",
            " ",
            "{",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,}",
            "{a:1}",
            "{\"a\" 1}",
            "01",
            "-",
            "-0",
            "1.",
            ".5",
            "1e",
            "1e+",
            "1E-5",
            "+1",
            "nul",
            "null",
            "nulls",
            "true false",
            "tru",
            "\"",
            "\"a",
            "\"\\",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u12g4\"",
            "\"\\ud83d\"",
            "\"\\ud83d\\u0020\"",
            "\"\\ude00\"",
            "\"\\ud83d\\ude00\"",
            "\"\t\"",
            "\"é\\/\\n\\r\\t\"",
            "[1]]",
            "{\"a\":1,\"a\":2,\"b\":[{}, []]}",
            "\u{feff}1",
        ] {
            let read = Value::from_json(json.as_bytes());
            match serde_json::from_str::<serde_json::Value>(json) {
                Ok(value) => assert_eq!(read.unwrap().to_json().unwrap().to_lowercase(), value.to_string(), "{json}"),
                Err(_) => assert!(read.is_err(), "{json}"),
            }
        }
        assert!(Value::from_json(b"\"\xff\"").is_err());
    }

    #[test]
    fn a_value_of_more_than_64_mib_is_refused_while_it_is_read() {
        let many = format!("[{}1]", "1,".repeat(1 << 20));
        assert!(Value::from_json(many.as_bytes()).unwrap_err().starts_with("one value takes more than 64 MiB"));
        let budget = Budget::default();
        assert!((0..8).all(|_| budget.make((64 << 20) - 8).is_ok()));
        let read = || Value::from_json_within(b"[1]", &budget);
        assert!(read().unwrap_err().starts_with("the run makes more than 512 MiB"));
    }

    #[test]
    fn debug_is_redacted() {
        assert_eq!(
            format!("{:?}", Value::Map(vec![(Zeroizing::new("k".into()), Value::text("canary"))])),
            "[redacted]"
        );
    }

    #[test]
    fn a_json_error_quotes_nothing() {
        let error = Value::from_json(b"{\"k\": canary}").unwrap_err();
        assert!(!error.contains("canary"), "{error}");
    }
}
