//! Values as the type that a field takes. Knows no field.

use std::borrow::Cow;

use base64::engine::general_purpose::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};

use crate::manifest::{Bits, FieldType};
use crate::value::{NotText, Value};

/// A value as a type without members takes it; an error says what the value is instead.
pub(super) fn scalar(value: Value, takes: FieldType) -> Result<Value, &'static str> {
    match takes {
        FieldType::Integer(bits) => integer(value, bits),
        FieldType::Number => number(value),
        FieldType::Boolean => boolean(value),
        FieldType::IntOrString => int_or_string(value),
        _ => Err(value.kind()),
    }
}

/// Base64 of a value's text or bytes.
pub(super) fn encoded(value: &Value) -> Result<Value, NotText> {
    match value {
        Value::Bytes(bytes) => Ok(Value::text(STANDARD.encode(&**bytes))),
        other => other.to_text().map(|text| Value::text(STANDARD.encode(text.as_bytes()))),
    }
}

/// Base64 as Go decodes it.
const KUBERNETES: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// Whether a text is base64 as Kubernetes decodes it: the standard alphabet, padded, line breaks ignored.
pub(crate) fn is_base64(text: &str) -> bool {
    let has_breaks = text.contains(['\r', '\n']);
    let dense = if has_breaks { Cow::Owned(text.replace(['\r', '\n'], "")) } else { Cow::Borrowed(text) };
    KUBERNETES.decode(dense.as_bytes()).is_ok()
}

fn integer(value: Value, bits: Bits) -> Result<Value, &'static str> {
    match value {
        Value::Number(digits) => match whole(&digits) {
            Whole::Fits(number) if fits(number, bits) => Ok(Value::Number(digits)),
            Whole::Fraction => Err("a number with a fraction"),
            _ => Err("a number that is too large"),
        },
        Value::Text(text) if !is_integer(&text) => Err("text that is not an integer"),
        Value::Text(text) if text.parse().is_ok_and(|number| fits(number, bits)) => Ok(Value::Number(text)),
        Value::Text(_) => Err("a number that is too large"),
        other => Err(other.kind()),
    }
}

fn number(value: Value) -> Result<Value, &'static str> {
    match value {
        Value::Number(digits) => Ok(Value::Number(digits)),
        Value::Text(text) if is_number(&text) => Ok(Value::Number(text)),
        Value::Text(_) => Err("text that is not a number"),
        other => Err(other.kind()),
    }
}

fn boolean(value: Value) -> Result<Value, &'static str> {
    match value {
        Value::Bool(value) => Ok(Value::Bool(value)),
        Value::Text(text) => match text.as_str() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err("text that is neither"),
        },
        other => Err(other.kind()),
    }
}

fn int_or_string(value: Value) -> Result<Value, &'static str> {
    match value {
        // Text that is no integer of 32 bits stays: the field may take it as a name.
        Value::Text(text) => match is_integer(&text) && text.parse::<i32>().is_ok() {
            true => Ok(Value::Number(text)),
            false => Ok(Value::Text(text)),
        },
        Value::Number(digits) => match whole(&digits) {
            Whole::Fraction => Err("a number with a fraction"),
            _ => Ok(Value::Number(digits)),
        },
        other => Err(other.kind()),
    }
}

/// A number's digits, as far as they are a whole number.
enum Whole {
    Fits(i64),
    TooLarge,
    Fraction,
}

/// The whole number that digits in any of JSON's spellings are: `3`, `3.0`, `1e3`.
fn whole(digits: &str) -> Whole {
    if let Ok(number) = digits.parse() {
        return Whole::Fits(number);
    }
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (units, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (fraction, zeros) = (fraction.trim_end_matches('0'), units.len() - units.trim_end_matches('0').len());
    let is_zero = units.trim_matches(['-', '0']).is_empty() && fraction.is_empty();
    let Ok(exponent) = exponent.parse::<i64>() else {
        return if is_zero { Whole::Fits(0) } else { Whole::TooLarge };
    };
    let shift = exponent - fraction.len() as i64;
    match shift {
        _ if is_zero => Whole::Fits(0),
        shift if shift > 20 => Whole::TooLarge,
        shift if shift >= 0 => {
            let spelt = format!("{units}{fraction}{}", "0".repeat(shift as usize));
            spelt.parse().map_or(Whole::TooLarge, Whole::Fits)
        }
        shift if fraction.is_empty() && zeros as i64 >= -shift => {
            let kept = &units[..units.len() - shift.unsigned_abs() as usize];
            kept.parse().map_or(Whole::TooLarge, Whole::Fits)
        }
        _ => Whole::Fraction,
    }
}

fn fits(number: i64, bits: Bits) -> bool {
    bits == Bits::Of64 || i32::try_from(number).is_ok()
}

/// Whether a text is `-?(0|[1-9][0-9]*)`.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = digits == "0" || !digits.starts_with('0');
    !digits.is_empty() && is_plain && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is a number as JSON writes it.
fn is_number(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(left, right)| (left, Some(right)));
    let (units, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(left, right)| (left, Some(right)));
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = |exponent: &str| is_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    is_integer(units) && fraction.is_none_or(is_digits) && exponent.is_none_or(unsigned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: Result<Value, &'static str>) -> String {
        value.map_or_else(
            |is| format!("error: {is}"),
            |value| format!("{} {}", value.kind(), value.to_text().unwrap().as_str()),
        )
    }

    #[test]
    fn an_integer_takes_digits_and_whole_numbers_in_any_spelling() {
        for (text, expected) in [
            ("3", "a number 3"),
            ("-7", "a number -7"),
            ("0", "a number 0"),
            ("2147483648", "error: a number that is too large"),
            ("99999999999999999999", "error: a number that is too large"),
            ("007", "error: text that is not an integer"),
            ("3.0", "error: text that is not an integer"),
            (" 3", "error: text that is not an integer"),
            ("0x1f", "error: text that is not an integer"),
            ("", "error: text that is not an integer"),
            ("-", "error: text that is not an integer"),
        ] {
            assert_eq!(shown(scalar(Value::text(text), FieldType::Integer(Bits::Of32))), expected, "{text}");
        }
        for (digits, expected) in [
            ("3.0", "a number 3.0"),
            ("1e3", "a number 1e3"),
            ("1000e-3", "a number 1000e-3"),
            ("1.5e1", "a number 1.5e1"),
            ("0.0e-9", "a number 0.0e-9"),
            ("1.5", "error: a number with a fraction"),
            ("1e-1", "error: a number with a fraction"),
            ("1e400", "error: a number that is too large"),
            ("-9223372036854775809", "error: a number that is too large"),
        ] {
            assert_eq!(shown(scalar(Value::number(digits), FieldType::Integer(Bits::Of64))), expected, "{digits}");
        }
        assert_eq!(shown(scalar(Value::Bool(true), FieldType::Integer(Bits::Of64))), "error: a bool");
    }

    #[test]
    fn other_types_take_their_own_spellings_alone() {
        for (value, takes, expected) in [
            (Value::text("1.50"), FieldType::Number, "a number 1.50"),
            (Value::text("-1e+9"), FieldType::Number, "a number -1e+9"),
            (Value::text(".5"), FieldType::Number, "error: text that is not a number"),
            (Value::text("true"), FieldType::Boolean, "a bool true"),
            (Value::text("yes"), FieldType::Boolean, "error: text that is neither"),
            (Value::number("1"), FieldType::Boolean, "error: a number"),
            (Value::text("80"), FieldType::IntOrString, "a number 80"),
            (Value::text("080"), FieldType::IntOrString, "text 080"),
            (Value::text("25%"), FieldType::IntOrString, "text 25%"),
            (Value::text("99999999999"), FieldType::IntOrString, "text 99999999999"),
            (Value::number("0.5"), FieldType::IntOrString, "error: a number with a fraction"),
        ] {
            assert_eq!(shown(scalar(value.clone(), takes)), expected, "{value:?} {takes:?}");
        }
    }
}
