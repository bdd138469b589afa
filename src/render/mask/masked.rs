//! Masked values, which anyone may see: a mark from its fingerprint replaces each scalar. Structure stays. Knows no placeholder.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fingerprint::Mask;
use super::shape::Shape;
use crate::manifest::FieldType;
use crate::value::Value;

impl Mask {
    /// `value` with text, bytes, bools and numbers masked; null, lists, maps and their keys stay.
    pub fn value(&self, value: &Value) -> Value {
        Shape::of(value, Some(self), None).marked("")
    }

    /// A whole field masked for display, even if only a part came from a secret. In a Secret's `data`, the fingerprint is that of
    /// the decoded value.
    pub fn field(&self, value: &Value, field_type: FieldType) -> Value {
        match field_type {
            FieldType::Data | FieldType::Base64 => Shape::of_encoded(value, Some(self), None).marked(""),
            _ => self.value(value),
        }
    }
}

/// A masked value for a Secret's `data`: base64 of its text. A value without text stays, and filling reports it.
pub(in crate::render) fn in_data(masked: Value) -> Value {
    match masked.to_text() {
        Ok(text) => Value::text(STANDARD.encode(text.as_bytes())),
        Err(_) => masked,
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
    fn structure_stays_and_a_masked_number_is_no_number() {
        let [text, number, bool] = [r#""5""#, "5", "true"].map(masked);
        assert_eq!(
            masked(r#"{"a":["5",5],"b":{"c":true},"d":null}"#),
            format!(r#"{{"a":[{text},{number}],"b":{{"c":{bool}}},"d":null}}"#)
        );
        assert_eq!(number, text.replace(">", ":number>"));
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
        assert!(mask.field(&Value::text("eA=="), FieldType::Data) == mark(b"x"));
        assert!(mask.field(&Value::text("no base64"), FieldType::Data) == mark(b"no base64"));
        assert!(mask.field(&Value::text("x"), FieldType::Text) == mark(b"x"));
    }
}
