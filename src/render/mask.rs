//! Values as anybody may see them: a mark instead of each, made from its fingerprint under a key. Structure stays.
//! Knows no placeholder; the key is handed in.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::ZeroizeOnDrop;

use super::shape::Shape;
use crate::manifest::FieldType;
use crate::value::Value;

/// How many hex digits a fingerprint has.
const DIGITS: usize = 10;

/// The largest number that a mask makes: the largest that fits Kubernetes' 32-bit fields.
const LARGEST: u64 = i32::MAX as u64;

/// Makes masks under one key: equal values have equal masks.
#[derive(Clone)]
pub struct Mask {
    /// None makes every fingerprint the same.
    hmac: Option<Hmac<Sha256>>,
}

/// Of the key an HMAC keeps two states of SHA-256, which sha2's feature `zeroize` wipes from memory.
const _: () = is_wiped::<Sha256>();

const fn is_wiped<T: ZeroizeOnDrop>() {}

/// What a value is known by: the first ten hex digits of its HMAC-SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Mask {
    /// Masks under `key`. Whoever knows it can try out which value a fingerprint belongs to.
    pub fn new(key: &[u8]) -> Self {
        Self { hmac: Some(Hmac::new_from_slice(key).expect("HMAC field_type keys of any length")) }
    }

    /// Masks of which all are the same: what two renderings differ in then is no secret's value.
    pub fn blank() -> Self {
        Self { hmac: None }
    }

    /// Whether all its masks are the same.
    pub fn is_blank(&self) -> bool {
        self.hmac.is_none()
    }

    /// `value` masked: text, bytes, bools and numbers are; null, lists, maps and their keys stay.
    pub fn value(&self, value: &Value) -> Value {
        Shape::of(value, Some(self)).masked("")
    }

    /// All of a field masked, for looking at, whatever of it came from a secret. A Secret's `data` has the fingerprint of
    /// what its base64 stands for.
    pub fn field(&self, value: &Value, field_type: FieldType) -> Value {
        match field_type {
            FieldType::Base64 => Shape::of_encoded(value, Some(self)).masked(""),
            FieldType::Anything | FieldType::Text => self.value(value),
        }
    }

    /// The fingerprint of `bytes`.
    pub fn fingerprint(&self, bytes: &[u8]) -> Fingerprint {
        let Some(mut hmac) = self.hmac.clone() else { return Fingerprint("0".repeat(DIGITS)) };
        hmac.update(bytes);
        Fingerprint::of(&hmac.finalize().into_bytes())
    }
}

impl Fingerprint {
    /// What stands for a value whose fingerprint nobody knows: `name` says which value it is.
    pub(super) fn stand_in(name: &Sha256) -> Self {
        Self::of(&name.clone().finalize())
    }

    /// Reads it; none if it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == DIGITS && text.bytes().all(digit)).then(|| Self(text.to_owned()))
    }

    /// What stands for a text.
    pub fn mark(&self) -> String {
        format!("<redacted:{}>", self.0)
    }

    /// What stands for a number: a whole one, above zero, that fits 32 bits, so that the manifest stays valid.
    pub fn number(&self) -> String {
        (u64::from_str_radix(&self.0, 16).unwrap_or_default() % LARGEST + 1).to_string()
    }

    fn of(digest: &[u8]) -> Self {
        let mut hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        hex.truncate(DIGITS);
        Self(hex)
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

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(value: &str) -> String {
        let value = Mask::new(b"key").value(&Value::from_json(value.as_bytes()).unwrap());
        value.to_json().unwrap().to_string()
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
        assert_eq!(mask.fingerprint(b"x"), Mask::new(b"key").fingerprint(b"x"));
        assert_ne!(mask.fingerprint(b"x"), Mask::new(b"yek").fingerprint(b"x"));
        assert_ne!(mask.fingerprint(b"x"), mask.fingerprint(b"y"));
    }

    #[test]
    fn a_secret_s_data_has_the_fingerprint_of_what_it_stands_for() {
        let mask = Mask::new(b"key");
        let mark = |bytes: &[u8]| Value::text(mask.fingerprint(bytes).mark());
        assert!(mask.field(&Value::text("eA=="), FieldType::Base64) == mark(b"x"));
        assert!(mask.field(&Value::text("no base64"), FieldType::Base64) == mark(b"no base64"));
        assert!(mask.field(&Value::text("x"), FieldType::Text) == mark(b"x"));
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", Mask::new(b"canary")), "[redacted]");
    }
}
