//! Values inside encoded text: the decoded text is filled and encoded again in the same way.

use zeroize::Zeroizing;

use super::super::gap::Gap;
use super::replace::replace;
use super::wording::{no_text, value_name};
use crate::budget::Budget;
use crate::error::Error;
use crate::placeholder::{Encoding, Match, MatchKind};
use crate::value::{NotText, Value};

/// The encoded form of `text` with the values in place.
pub(super) fn compose(
    gap: &Gap,
    encoding: &Encoding,
    text: &str,
    found: &[Match],
    values: &mut dyn Iterator<Item = Option<Value>>,
    budget: &Budget,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let filled = replace(text, found, budget, |_, one| match &one.kind {
        MatchKind::Placeholder(placeholder) => match values.next().flatten() {
            None => Ok(None),
            Some(value) => {
                value.count_text(budget)?;
                bytes(&value).map(Some).map_err(|reason| no_text(gap, reason, &value_name(placeholder, gap)))
            }
        },
        MatchKind::Raw(text) => Ok(Some(Zeroizing::new(text.clone().into_bytes()))),
        MatchKind::Encoded { encoding, text, matches } if one.is_filled() => {
            compose(gap, encoding, text, matches, values, budget).map(Some)
        }
        MatchKind::Encoded { .. } | MatchKind::Wrong(_) | MatchKind::Malformed(_) => Ok(None),
    })?;
    match encoding.encode(&filled) {
        Some(encoded) => {
            budget.make(encoded.len().saturating_sub(text.len()))?;
            Ok(Zeroizing::new(encoded.into_bytes()))
        }
        None => Err(no_text(gap, NotText::Bytes, &format!("what goes into {} here", encoding.name))),
    }
}

/// The bytes of a value inside an encoding. They need not be text, as base64 takes any.
fn bytes(value: &Value) -> Result<Zeroizing<Vec<u8>>, NotText> {
    match value {
        Value::Bytes(bytes) => Ok(bytes.clone()),
        value => value.to_text().map(|text| Zeroizing::new(text.as_bytes().to_vec())),
    }
}
