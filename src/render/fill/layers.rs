//! Values inside encoded text: the decoded text is filled and encoded again in the same way.

use zeroize::Zeroizing;

use super::composition::Composition;
use super::wording::{no_text, value_name};
use crate::error::Error;
use crate::placeholder::{Encoding, Match, MatchKind};
use crate::value::{NotText, Value};

/// The encoded form of `text` with the values in place.
pub(super) fn compose(
    composition: &mut Composition<'_>,
    encoding: &Encoding,
    text: &str,
    found: &[Match],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (gap, budget) = (composition.gap, composition.filling.budget);
    // A text of several lines in a Secret's `data` is what a block is elsewhere.
    let is_block = encoding.name == "base64" && text.contains('\n');
    let filled = composition.replace(text, is_block, found, |composition, _, one| match &one.kind {
        MatchKind::Placeholder(placeholder) => match composition.values.next().flatten() {
            None => Ok(None),
            Some(value) => {
                value.count_text(budget)?;
                bytes(&value).map(Some).map_err(|reason| no_text(gap, reason, &value_name(placeholder, gap)))
            }
        },
        MatchKind::Raw(text) => Ok(Some(Zeroizing::new(text.clone().into_bytes()))),
        MatchKind::Encoded { encoding, text, matches } if one.is_filled() => {
            compose(composition, encoding, text, matches).map(Some)
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
