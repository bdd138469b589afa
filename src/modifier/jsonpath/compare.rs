//! Compares values. Numbers compare by their exact value, not by their spelling. Values of different types are unequal, and none
//! is less.

use std::cmp::Ordering;

use super::template::Operator;
use crate::budget::{Budget, Limit};
use crate::value::Value;

/// How many bytes of a text are compared in a step.
const BYTES_A_STEP: usize = 64;

/// Whether `left operator right` holds.
pub(super) fn holds(left: &Value, operator: Operator, right: &Value, budget: &Budget) -> Result<bool, Limit> {
    budget.step(scalar_steps(left).max(scalar_steps(right)))?;
    Ok(match operator {
        Operator::Equal => equal(left, right, budget)?,
        Operator::NotEqual => !equal(left, right, budget)?,
        Operator::Less => less(left, right),
        Operator::LessOrEqual => less(left, right) || equal(left, right, budget)?,
        Operator::Greater => less(right, left),
        Operator::GreaterOrEqual => less(right, left) || equal(left, right, budget)?,
    })
}

/// How many steps a comparison of a whole scalar costs.
fn scalar_steps(value: &Value) -> usize {
    match value {
        Value::Text(text) | Value::Number(text) => text.len() / BYTES_A_STEP + 1,
        _ => 1,
    }
}

fn equal(left: &Value, right: &Value, budget: &Budget) -> Result<bool, Limit> {
    budget.step(scalar_steps(left))?;
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => Ok(compare_digits(a, b) == Ordering::Equal),
        (Value::List(a), Value::List(b)) => {
            let pairs = a.iter().zip(b).map(|(a, b)| equal(a, b, budget));
            Ok(a.len() == b.len() && all(pairs)?)
        }
        (Value::Map(a), Value::Map(b)) => {
            let pairs = a.iter().map(|(key, a)| {
                budget.step(b.len())?;
                right.get(key).map_or(Ok(false), |b| equal(a, b, budget))
            });
            Ok(a.len() == b.len() && all(pairs)?)
        }
        (left, right) => Ok(left == right),
    }
}

/// Whether all pairs are equal. Stops at the first that is not.
fn all(mut pairs: impl Iterator<Item = Result<bool, Limit>>) -> Result<bool, Limit> {
    pairs.find(|pair| *pair != Ok(true)).unwrap_or(Ok(true))
}

fn less(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => compare_digits(a, b) == Ordering::Less,
        (Value::Text(a), Value::Text(b)) => a.as_str() < b.as_str(),
        _ => false,
    }
}

fn compare_digits(left: &str, right: &str) -> Ordering {
    match (Decimal::read(left), Decimal::read(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => left.cmp(right),
    }
}

/// An exact decimal number, `0.DIGITS × 10^exponent`. The digits have no zeros at either end; zero has no digits.
#[derive(PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    exponent: i128,
    digits: Vec<u8>,
}

impl Decimal {
    /// Parses a number such as `-12.50e3`; `None` if the text is not one.
    pub(super) fn read(written: &str) -> Option<Self> {
        let unsigned = written.strip_prefix(['+', '-']).unwrap_or(written);
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
        let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !fraction.is_none_or(all_digits) {
            return None;
        }
        let digits: Vec<u8> = whole.bytes().chain(fraction.unwrap_or_default().bytes()).collect();
        let exponent = exponent.map_or(Some(0), read_exponent)?;
        Some(Self::normal(written.starts_with('-'), digits, exponent.saturating_add(whole.len() as i128)))
    }

    fn normal(negative: bool, digits: Vec<u8>, exponent: i128) -> Self {
        let Some(first) = digits.iter().position(|digit| *digit != b'0') else {
            return Self { negative: false, exponent: 0, digits: Vec::new() };
        };
        let end = digits.iter().rposition(|digit| *digit != b'0').map_or(digits.len(), |last| last + 1);
        Self { negative, exponent: exponent.saturating_sub(first as i128), digits: digits[first..end].to_vec() }
    }

    /// Compares the numbers without their signs.
    fn size(&self, other: &Self) -> Ordering {
        let zero_first = self.digits.is_empty().cmp(&other.digits.is_empty()).reverse();
        zero_first.then(self.exponent.cmp(&other.exponent)).then_with(|| self.digits.cmp(&other.digits))
    }
}

/// Parses an exponent. One that is too large for an `i128` becomes the largest `i128`.
fn read_exponent(written: &str) -> Option<i128> {
    let unsigned = written.strip_prefix(['+', '-']).unwrap_or(written);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = unsigned.parse().unwrap_or(i128::MAX);
    Some(if written.starts_with('-') { -size } else { size })
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.size(other),
            (true, true) => other.size(self),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_worth() {
        for (left, right, order) in [
            ("1", "1.0", Ordering::Equal),
            ("1e3", "1000", Ordering::Equal),
            ("0.1e1", "1", Ordering::Equal),
            ("-0", "0e9", Ordering::Equal),
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            ("0.1", "0.10000000000000000001", Ordering::Less),
            ("-2", "-10", Ordering::Greater),
            ("-1", "1", Ordering::Less),
            ("0", "0.001", Ordering::Less),
            ("0", "-0.001", Ordering::Greater),
            ("2", "10", Ordering::Less),
            ("1e400", "1e-400", Ordering::Greater),
            ("1e99999999999999999999999999999999999999999", "1", Ordering::Greater),
        ] {
            assert_eq!(compare_digits(left, right), order, "{left} {right}");
            assert_eq!(compare_digits(right, left), order.reverse(), "{right} {left}");
        }
    }
}
