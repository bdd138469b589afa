//! Values as anybody may see them: a mark instead of each, made from its fingerprint under a key. Structure stays.
//! Knows no placeholder and no place; the key is handed in.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::value::Value;

/// How many hex digits a fingerprint has.
const DIGITS: usize = 10;

/// The largest number that a mask makes: the largest that fits Kubernetes' 32-bit fields.
const LARGEST: u64 = i32::MAX as u64;

/// Makes masks under one key: equal values have equal masks.
#[derive(Clone)]
pub struct Mask {
    hmac: Hmac<Sha256>,
}

/// What a value is known by: the first ten hex digits of its HMAC-SHA-256.
#[derive(Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Mask {
    /// Masks under `key`. Whoever knows it can try out which value a fingerprint belongs to.
    pub fn new(key: &[u8]) -> Self {
        Self { hmac: Hmac::new_from_slice(key).expect("HMAC takes keys of any length") }
    }

    /// `value` masked: text, bytes, bools and numbers are; null, lists, maps and their keys stay.
    pub fn value(&self, value: &Value) -> Value {
        match value {
            Value::Text(text) => Value::text(self.of(text.as_bytes()).mark()),
            Value::Bytes(bytes) => Value::Bytes(self.of(bytes).mark().into_bytes().into()),
            Value::Number(digits) => Value::number(self.of(digits.as_bytes()).number()),
            Value::Bool(value) => Value::text(self.of(value.to_string().as_bytes()).mark()),
            Value::Null => Value::Null,
            Value::List(items) => Value::List(items.iter().map(|item| self.value(item)).collect()),
            Value::Map(entries) => {
                Value::Map(entries.iter().map(|(key, value)| (key.clone(), self.value(value))).collect())
            }
        }
    }

    /// Base64 masked, in clear: its fingerprint is that of what it stands for. Text that is no base64 is masked as it is.
    pub fn encoded(&self, value: &Value) -> Value {
        match value {
            Value::Text(text) => match STANDARD.decode(text.as_bytes()) {
                Ok(bytes) => Value::text(self.of(&bytes).mark()),
                Err(_) => self.value(value),
            },
            value => self.value(value),
        }
    }

    /// The fingerprint of `bytes`.
    pub fn of(&self, bytes: &[u8]) -> Fingerprint {
        let mut hmac = self.hmac.clone();
        hmac.update(bytes);
        let mut hex: String = hmac.finalize().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        hex.truncate(DIGITS);
        Fingerprint(hex)
    }
}

impl Fingerprint {
    /// What stands for a text.
    pub fn mark(&self) -> String {
        format!("<redacted:{}>", self.0)
    }

    /// What stands for a number: a whole one, above zero, that fits 32 bits, so that the manifest stays valid.
    pub fn number(&self) -> String {
        (u64::from_str_radix(&self.0, 16).unwrap_or_default() % LARGEST + 1).to_string()
    }
}

/// A masked value as a Secret's `data` takes it: base64 of its text. What has no text stays, for the error that it is.
pub(super) fn in_data(masked: Value) -> Value {
    match masked.to_text() {
        Ok(text) => Value::text(STANDARD.encode(text.as_bytes())),
        Err(_) => masked,
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: &Value) -> String {
        value.to_json().unwrap().to_string()
    }

    fn masked(value: &str) -> String {
        json(&Mask::new(b"key").value(&Value::from_json(value.as_bytes()).unwrap()))
    }

    #[test]
    fn a_fingerprint_is_what_openssl_prints() {
        // printf canary | openssl dgst -sha256 -hmac key
        assert_eq!(masked(r#""canary""#), r#""<redacted:f36c6ccd9e>""#);
    }

    #[test]
    fn structure_stays_and_numbers_stay_numbers() {
        let [text, number, bool] = [r#""5""#, "5", "true"].map(masked);
        assert_eq!(
            masked(r#"{"a":["5",5],"b":{"c":true},"d":null}"#),
            format!(r#"{{"a":[{text},{number}],"b":{{"c":{bool}}},"d":null}}"#)
        );
        assert!(number.parse::<i32>().is_ok_and(|number| number > 0), "{number}");
        assert!(bool.starts_with("\"<redacted:"));
    }

    #[test]
    fn equal_values_have_equal_fingerprints_under_one_key_only() {
        let mask = Mask::new(b"key");
        assert_eq!(mask.of(b"x"), Mask::new(b"key").of(b"x"));
        assert_ne!(mask.of(b"x"), Mask::new(b"yek").of(b"x"));
        assert_ne!(mask.of(b"x"), mask.of(b"y"));
        assert!(mask.encoded(&Value::text("eA==")) == mask.value(&Value::text("x")));
        assert!(mask.encoded(&Value::text("no base64")) == mask.value(&Value::text("no base64")));
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", Mask::new(b"canary")), "[redacted]");
    }
}
