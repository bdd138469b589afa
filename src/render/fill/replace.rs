//! A text with other bytes in the place of what it holds.

use zeroize::Zeroizing;

use crate::budget::Budget;
use crate::error::Error;
use crate::placeholder::Match;

/// `text` with what `put` gives for each of `found` in its place; none leaves it. What is put in counts, the text itself does not.
pub(super) fn replace(
    text: &str,
    found: &[Match],
    budget: &Budget,
    mut put: impl FnMut(usize, &Match) -> Result<Option<Zeroizing<Vec<u8>>>, Error>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut out = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut at = 0;
    let mut making = budget.making();
    for (index, one) in found.iter().enumerate() {
        if let Some(bytes) = put(index, one)? {
            making.add(bytes.len())?;
            out.extend_from_slice(&text.as_bytes()[at..one.span.start]);
            out.extend_from_slice(&bytes);
            at = one.span.end;
        }
    }
    out.extend_from_slice(&text.as_bytes()[at..]);
    Ok(out)
}
