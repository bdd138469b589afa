//! The type of a plain scalar, as Kubernetes' YAML reader (go-yaml v2 behind sigs.k8s.io/yaml) sees it.

/// The type of a plain scalar, with its value where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Plain {
    /// An empty scalar, `~` or `null`.
    Null,
    /// `true`, `yes`, `off`, `n`…
    Bool(bool),
    /// A number as JSON writes it: decimal digits as they stand, others converted exactly.
    Number(String),
    /// `.inf` or `.nan`, which JSON cannot express.
    Infinite,
    /// Any other scalar.
    Text,
}

/// The type of an untagged plain scalar.
pub(crate) fn resolve(plain: &str) -> Plain {
    match plain {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Plain::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Plain::Bool(false);
        }
        _ => {}
    }
    let is_infinite = match plain.as_bytes()[0] {
        b'+' | b'-' => matches!(&plain[1..], ".inf" | ".Inf" | ".INF"),
        _ => matches!(plain, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN"),
    };
    if is_infinite {
        return Plain::Infinite;
    }
    let number = match plain.as_bytes()[0] {
        b'.' if separates_digits(plain) => decimal(&plain.replace('_', "")),
        b'0'..=b'9' | b'+' | b'-' => number(&plain.replace('_', "")),
        _ => None,
    };
    number.map_or(Plain::Text, Plain::Number)
}

/// An integer in any of Go's notations, else a decimal fraction.
fn number(digits: &str) -> Option<String> {
    integer(digits).or_else(|| decimal(digits))
}

/// Go's `ParseInt(…, 0, 64)` and `ParseUint`: `0x`, `0o`, `0b` and a leading zero choose the base.
fn integer(digits: &str) -> Option<String> {
    let (minus, unsigned) = sign(digits);
    let (radix, unsigned) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &unsigned[2..]),
        [b'0', b'o' | b'O', ..] => (8, &unsigned[2..]),
        [b'0', b'b' | b'B', ..] => (2, &unsigned[2..]),
        [b'0', _, ..] => (8, &unsigned[1..]),
        _ => return None,
    };
    if unsigned.starts_with('+') {
        return None;
    }
    let value = u64::from_str_radix(unsigned, radix).ok()?;
    let limit = match digits.as_bytes()[0] {
        b'-' => i64::MIN.unsigned_abs(),
        b'+' => i64::MAX.unsigned_abs(),
        _ => u64::MAX,
    };
    (value <= limit).then(|| format!("{}{value}", if value == 0 { "" } else { minus }))
}

/// A decimal number, its digits as they stand: `+5.` is `5`, `.5` is `0.5`.
fn decimal(digits: &str) -> Option<String> {
    let (minus, unsigned) = sign(digits);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => unsigned.split_at(at),
        None => (unsigned, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_mantissa = (!whole.is_empty() || !fraction.is_empty()) && all_digits(whole) && all_digits(fraction);
    if !is_mantissa || !is_exponent(exponent) || !is_finite(unsigned) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{minus}{whole}{point}{fraction}{exponent}"))
}

/// Whether a double can hold the number: Go reads a larger one as text.
fn is_finite(digits: &str) -> bool {
    digits.parse().is_ok_and(f64::is_finite)
}

/// Whether each underscore stands between two digits.
fn separates_digits(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    (0..bytes.len()).filter(|at| bytes[*at] == b'_').all(|at| is_digit(at - 1) && is_digit(at + 1))
}

fn sign(digits: &str) -> (&'static str, &str) {
    match digits.as_bytes().first() {
        Some(b'-') => ("-", &digits[1..]),
        Some(b'+') => ("", &digits[1..]),
        _ => ("", digits),
    }
}

fn is_exponent(exponent: &str) -> bool {
    let Some(digits) = exponent.strip_prefix(['e', 'E']) else { return exponent.is_empty() };
    let digits = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    !digits.is_empty() && all_digits(digits)
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_have_the_types_that_kubernetes_reads() {
        for (plain, kind) in [
            ("", "null"),
            ("~", "null"),
            ("null", "null"),
            ("Null", "null"),
            ("NULL", "null"),
            ("nULL", "text"),
            ("yes", "true"),
            ("no", "false"),
            ("on", "true"),
            ("off", "false"),
            ("y", "true"),
            ("n", "false"),
            ("Y", "true"),
            ("N", "false"),
            ("Yes", "true"),
            ("YES", "true"),
            ("yEs", "text"),
            ("true", "true"),
            ("True", "true"),
            ("TRUE", "true"),
            ("tRue", "text"),
            ("false", "false"),
            ("1", "1"),
            ("0", "0"),
            ("-1", "-1"),
            ("+1", "1"),
            ("0777", "511"),
            ("0o17", "15"),
            ("0O17", "15"),
            ("017", "15"),
            ("08", "8"),
            ("0b11", "3"),
            ("0B11", "3"),
            ("0x1F", "31"),
            ("0X1f", "31"),
            ("-0o17", "-15"),
            ("-0x1F", "-31"),
            ("+0x1F", "31"),
            ("0o8", "text"),
            ("0b", "text"),
            ("0x", "text"),
            ("0x+1", "text"),
            ("1_000", "1000"),
            ("1_0.5", "10.5"),
            ("0_1", "1"),
            ("0_8", "8"),
            ("1__0", "10"),
            ("0x_1", "1"),
            ("1_", "1"),
            ("_1", "text"),
            ("1e3", "1e3"),
            ("1E3", "1E3"),
            ("1e+3", "1e+3"),
            ("1.5e3", "1.5e3"),
            ("+12e03", "12e03"),
            ("-2E+05", "-2E+05"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1.e5", "1e5"),
            ("+.5", "0.5"),
            ("-.5", "-0.5"),
            (".5e3", "0.5e3"),
            (".5_0", "0.50"),
            ("._5", "text"),
            (".5_", "text"),
            (".5__0", "text"),
            ("1._5", "1.5"),
            ("08.5", "8.5"),
            ("1.50", "1.50"),
            ("0.0", "0.0"),
            ("-0", "-0"),
            ("+0", "0"),
            ("00", "0"),
            ("685_230.15", "685230.15"),
            (".inf", "infinite"),
            ("-.inf", "infinite"),
            ("+.Inf", "infinite"),
            (".INF", "infinite"),
            (".nan", "infinite"),
            (".NaN", "infinite"),
            ("-.nan", "text"),
            (".iNf", "text"),
            ("1:30", "text"),
            ("190:20:30.15", "text"),
            ("2001-01-01", "text"),
            ("2001-01-01T00:00:00Z", "text"),
            ("=", "text"),
            ("<<", "text"),
            ("-", "text"),
            ("+", "text"),
            (".", "text"),
            ("e3", "text"),
            (".e3", "text"),
            ("1e", "text"),
            ("1.2.3", "text"),
            ("0x1p4", "text"),
            (".5p3", "text"),
            ("12e400", "text"),
            ("9007199254740993", "9007199254740993"),
            ("18446744073709551615", "18446744073709551615"),
            ("0xFFFFFFFFFFFFFFFF", "18446744073709551615"),
            ("-0x8000000000000000", "-9223372036854775808"),
            ("-0x8000000000000001", "text"),
            ("0x10000000000000000", "text"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("07777777777777777777777777", "7777777777777777777777777"),
        ] {
            let found = match resolve(plain) {
                Plain::Null => "null".to_owned(),
                Plain::Bool(value) => value.to_string(),
                Plain::Number(digits) => digits,
                Plain::Infinite => "infinite".to_owned(),
                Plain::Text => "text".to_owned(),
            };
            assert_eq!(found, kind, "{plain:?}");
        }
    }
}
