//! `base64encode` and `base64decode`.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::{error, text};
use crate::budget::Budget;
use crate::error::Error;
use crate::value::Value;

/// Encodes a value in standard base64 with padding.
pub(super) fn encode(value: &Value, budget: &Budget) -> Result<Value, Error> {
    let bytes = text::bytes_of(value)?;
    budget.make(bytes.len().div_ceil(3) * 4)?;
    Ok(Value::text(STANDARD.encode(bytes)))
}

/// Decodes base64 as a whole: an error anywhere in the text leaves no result.
pub(super) fn decode(value: &Value, budget: &Budget) -> Result<Value, Error> {
    let text = text::text_of(value)?;
    budget.make(text.len())?;
    let line: Zeroizing<String> = Zeroizing::new(text.chars().filter(|char| !matches!(char, '\r' | '\n')).collect());
    let engine = if line.contains(['-', '_']) { URL_SAFE_NO_PAD } else { STANDARD_NO_PAD };
    let decoded = engine.decode(without_padding(&line));
    decoded.map(Value::bytes).map_err(|failure| {
        let error = error("`base64decode` got text that is not base64").cause(reason(&failure));
        error.hint("remove `base64decode` if the store holds the value as it is")
    })
}

/// The text without its padding if the padding is right. Wrong padding stays, so that the decoder refuses it.
fn without_padding(line: &str) -> &str {
    if !line.len().is_multiple_of(4) {
        return line;
    }
    line.strip_suffix("==").or_else(|| line.strip_suffix('=')).unwrap_or(line)
}

/// The reason for a decoding error, without any of the content.
fn reason(failure: &base64::DecodeError) -> String {
    match failure {
        base64::DecodeError::InvalidByte(offset, _) => {
            format!("character {} is not valid base64 at this position", offset + 1)
        }
        base64::DecodeError::InvalidLength(_) => "base64 text cannot have this length".to_owned(),
        base64::DecodeError::InvalidLastSymbol { .. } => "its last character has bits beyond the last byte".to_owned(),
        base64::DecodeError::InvalidPadding => "its padding is wrong".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn base64_is_decoded_whole_or_not_at_all() {
        for (text, decoded) in [
            ("aGVsbG8=", Some("hello")),
            ("aGVsbG8", Some("hello")),
            ("aGVs\r\nbG8=\n", Some("hello")),
            ("", Some("")),
            ("Pz8/Pw==", Some("????")),
            ("Pz8_Pw==", Some("????")),
            ("Pz8_Pw", Some("????")),
            ("aGVsbG8=!!zz", None),
            ("aGVs bG8=", None),
            ("aGVsbG8 ", None),
            ("aGVsbG8=\t", None),
            ("aGVsbG9", None),
            ("aGVsbG8==", None),
            ("aGVsbA=", None),
            ("aGVs=bG8", None),
            ("aGVsb", None),
            ("====", None),
            ("=", None),
            ("+_+_", None),
            ("aGVsbG8=aGVsbG8=", None),
        ] {
            let found = decode(&Value::text(text), &Budget::default()).ok();
            assert!(found == decoded.map(Value::text), "{text}");
        }
        assert!(decode(&Value::text("-_-_"), &Budget::default()).unwrap() == Value::bytes(vec![0xfb, 0xff, 0xbf]));
    }

    #[test]
    fn an_error_holds_nothing_of_the_text() {
        let error = decode(&Value::text("canary!"), &Budget::default()).unwrap_err();
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        assert_eq!(error.cause.as_deref(), Some("character 7 is not valid base64 at this position"));
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(bytes: Vec<u8>, breaks in 1usize..80) {
            let value = Value::bytes(bytes);
            let budget = Budget::default();
            let encoded = encode(&value, &budget).unwrap();
            prop_assert!(decode(&encoded, &budget).unwrap() == value);
            let text = encoded.to_text().unwrap();
            let folded: Vec<&str> = text.as_bytes().chunks(breaks).filter_map(|line| std::str::from_utf8(line).ok()).collect();
            prop_assert!(decode(&Value::text(folded.join("\r\n")), &budget).unwrap() == value);
            let url_safe = text.replace('+', "-").replace('/', "_");
            prop_assert!(decode(&Value::text(url_safe.trim_end_matches('=')), &budget).unwrap() == value);
        }
    }
}
