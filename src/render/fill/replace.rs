//! A text with its matches replaced.

use zeroize::Zeroizing;

use crate::budget::Budget;
use crate::error::Error;
use crate::placeholder::Match;
use crate::source::Span;
use crate::yaml::splice;

/// `text` with each of `found` replaced by the bytes that `put` returns; `None` leaves it. Only those bytes count for the budget.
pub(super) fn replace(
    text: &str,
    found: &[Match],
    budget: &Budget,
    mut put: impl FnMut(usize, &Match) -> Result<Option<Zeroizing<Vec<u8>>>, Error>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut replacements = Vec::new();
    let mut making = budget.making();
    for (index, one) in found.iter().enumerate() {
        if let Some(bytes) = put(index, one)? {
            making.add(bytes.len())?;
            replacements.push((one.span, bytes));
        }
    }
    let replacements = replacements.iter().map(|(span, bytes)| (*span, bytes.as_slice()));
    Ok(splice::joined(splice::slices(text.as_bytes(), Span::new(0, text.len()), replacements)))
}
