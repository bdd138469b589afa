//! A secret's value, exact from the store's answer on: text, bytes, number, bool, null, list, map.
//! Knows no YAML, no placeholder and no store. Debug never shows what is inside; memory is zeroed on drop.

use std::fmt;

use indexmap::IndexMap;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

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
    /// Values in order.
    List(Vec<Value>),
    /// Keys with their values, in the order received; no key twice.
    Map(Vec<(Zeroizing<String>, Value)>),
}

/// Why a value is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotText {
    /// It is null.
    Null,
    /// It is, or holds, bytes that are not UTF-8.
    Bytes,
}

impl Value {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Zeroizing::new(text.into()))
    }

    /// Bytes: text where they are UTF-8.
    pub fn bytes(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::text(text),
            Err(error) => Self::Bytes(Zeroizing::new(error.into_bytes())),
        }
    }

    /// A number by its digits.
    pub fn number(digits: impl Into<String>) -> Self {
        Self::Number(Zeroizing::new(digits.into()))
    }

    /// Reads JSON; numbers keep their digits. The error names line and column, never content.
    pub fn from_json(json: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(json).map_err(|error| {
            let what = match error.classify() {
                serde_json::error::Category::Eof => "the JSON ends too early",
                _ => "not valid JSON",
            };
            format!("{what} (line {}, column {})", error.line(), error.column())
        })
    }

    /// The member of a map.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(name, _)| name.as_str() == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// What it is, in a user's words: `text`, `a number`, `a map`.
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

    /// Compact JSON, keys in the order received, nothing escaped that JSON does not require.
    pub fn to_json(&self) -> Result<Zeroizing<String>, NotText> {
        let mut out = Zeroizing::new(String::new());
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
pub fn json_string(text: &str, out: &mut String) {
    out.push('"');
    json_escape(text, out);
    out.push('"');
}

/// Appends `text` as it stands inside a JSON string: only what JSON requires is escaped.
pub fn json_escape(text: &str, out: &mut String) {
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

/// Lists and maps in one another deeper than this are refused, as serde_json does: the stack is finite.
const DEPTH: usize = 128;

/// Reads numbers as raw text: serde_json itself would respell `1E400`.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        read(raw.get(), DEPTH).map_err(serde::de::Error::custom)
    }
}

/// Reads one value that may hold `depth` levels more.
fn read(raw: &str, depth: usize) -> Result<Value, serde_json::Error> {
    let inner = |raw: &RawValue| match depth.checked_sub(1) {
        Some(depth) => read(raw.get(), depth),
        None => Err(serde::de::Error::custom("too many lists and maps in one another")),
    };
    match raw.as_bytes().first() {
        Some(b'{') => {
            let Entries(entries) = serde_json::from_str(raw)?;
            let read = entries.into_iter().map(|(key, raw)| Ok((Zeroizing::new(key), inner(raw)?)));
            read.collect::<Result<_, _>>().map(Value::Map)
        }
        Some(b'[') => serde_json::from_str::<Vec<&RawValue>>(raw)?
            .into_iter()
            .map(inner)
            .collect::<Result<_, _>>()
            .map(Value::List),
        Some(b'"') => serde_json::from_str(raw).map(|text: String| Value::text(text)),
        Some(b't') => Ok(Value::Bool(true)),
        Some(b'f') => Ok(Value::Bool(false)),
        Some(b'n') => Ok(Value::Null),
        _ => Ok(Value::number(raw)),
    }
}

/// A JSON object's entries in order, unread; of equal keys the last counts.
struct Entries<'j>(IndexMap<String, &'j RawValue>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = IndexMap::new();
                while let Some((key, value)) = map.next_entry()? {
                    entries.insert(key, value);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
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
    }

    #[test]
    fn deep_json_is_refused_and_not_a_stack_overflow() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Value::from_json(nested(DEPTH).as_bytes()).is_ok());
        assert!(Value::from_json(nested(10_000).as_bytes()).is_err());
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
