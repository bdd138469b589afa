//! The type of a plain scalar, as Kubernetes' YAML reader (go-yaml v2 behind sigs.k8s.io/yaml) sees it.

/// What a plain scalar is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plain {
    /// Nothing, `~`, `null`.
    Null,
    /// `true`, `yes`, `off`, `n`…
    Bool(bool),
    /// A number as JSON writes it: decimal digits as they stand, others converted exactly.
    Number(String),
    /// `.inf` or `.nan`: a number that JSON does not have.
    Infinite,
    /// Everything else.
    Text,
}

/// The type of an untagged plain scalar.
pub fn resolve(plain: &str) -> Plain {
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
        b'.' => decimal(plain),
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

/// Numbers beyond a double's range are text to Go.
fn is_finite(digits: &str) -> bool {
    digits.parse().is_ok_and(f64::is_finite)
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
