//! `base64encode` and `base64decode`.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::{error, text};
use crate::error::Error;
use crate::value::Value;

/// Standard base64, padded.
pub(super) fn encode(value: &Value) -> Result<Value, Error> {
    Ok(Value::text(STANDARD.encode(text::bytes_of(value)?)))
}

/// What base64 stands for; never a part of it.
pub(super) fn decode(value: &Value) -> Result<Value, Error> {
    let text = text::text_of(value)?;
    let line: Zeroizing<String> = Zeroizing::new(text.chars().filter(|char| !matches!(char, '\r' | '\n')).collect());
    let engine = if line.contains(['-', '_']) { URL_SAFE_NO_PAD } else { STANDARD_NO_PAD };
    let decoded = engine.decode(without_padding(&line));
    decoded.map(Value::bytes).map_err(|reason| error("`base64decode` got text that is not base64").cause(why(&reason)))
}

/// Cuts off the padding where it is right, so that what is left is refused where it is wrong.
fn without_padding(line: &str) -> &str {
    if line.len() % 4 != 0 {
        return line;
    }
    line.strip_suffix("==").or_else(|| line.strip_suffix('=')).unwrap_or(line)
}

/// The reason without the content.
fn why(reason: &base64::DecodeError) -> String {
    match reason {
        base64::DecodeError::InvalidByte(offset, _) => {
            format!("character {} belongs to no base64 alphabet, or not there", offset + 1)
        }
        base64::DecodeError::InvalidLength(_) => "its length is not one that base64 has".to_owned(),
        base64::DecodeError::InvalidLastSymbol { .. } => {
            "its last character holds bits that belong to no byte".to_owned()
        }
        base64::DecodeError::InvalidPadding => "its padding is wrong".to_owned(),
    }
}
