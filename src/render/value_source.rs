//! Where the values of placeholders come from, and how much of them is shown.

use super::mask::{self, Mask};
use super::plan::Gap;
use super::record::Record;
use super::shape::Shape;
use crate::manifest::FieldType;
use crate::placeholder::Placeholder;
use crate::secret::{Outcome, SecretId, Secrets};
use crate::value::Value;

/// What fills the gaps.
#[derive(Clone, Copy, Debug)]
pub enum ValueSource<'v> {
    /// The secrets as they are.
    Clear(&'v Secrets),
    /// The secrets, each value masked, in names too.
    Masked(&'v Secrets, &'v Mask),
    /// What an earlier run came to, masked; there are no secrets.
    Recorded(&'v Record),
}

impl<'v> ValueSource<'v> {
    /// What became of a reading; none if it was not done.
    pub(super) fn outcome(self, id: &SecretId) -> Option<&'v Outcome> {
        match self {
            Self::Clear(secrets) | Self::Masked(secrets, _) => secrets.get(id),
            Self::Recorded(_) => None,
        }
    }

    /// What is shown of a placeholder's result in its field; `bare` is one that stands in no encoding.
    pub(super) fn shown(self, result: Value, placeholder: &Placeholder, gap: &Gap, bare: bool) -> Value {
        let masked = match self {
            Self::Clear(_) => return result,
            Self::Masked(_, mask) => shape(&result, placeholder, Some(mask)).masked(""),
            Self::Recorded(_) => result,
        };
        if bare && gap.field_type == FieldType::Base64 { mask::in_data(masked) } else { masked }
    }
}

/// The shape of a placeholder's result. What ends in `base64encode` has the fingerprint of what was encoded, so that a value has the
/// same in a Secret's `data` and its `stringData`. Keys that may be values are none of it.
pub(super) fn shape(result: &Value, placeholder: &Placeholder, mask: Option<&Mask>) -> Shape {
    let shape = match placeholder.chain.ends_with("base64encode") {
        true => Shape::of_encoded(result, mask),
        false => Shape::of(result, mask),
    };
    if placeholder.chain.makes_keys() { shape.without_keys() } else { shape }
}
