//! Where the values of placeholders come from, and how much of them is shown.

use super::mask::{self, Mask};
use super::plan::Gap;
use crate::manifest::Takes;
use crate::placeholder::Placeholder;
use crate::secret::Secrets;
use crate::value::Value;

/// What fills the gaps.
#[derive(Clone, Copy, Debug)]
pub enum Values<'v> {
    /// The secrets as they are.
    Clear(&'v Secrets),
    /// The secrets, each value masked.
    Masked(&'v Secrets, &'v Mask),
}

impl<'v> Values<'v> {
    pub(super) fn secrets(self) -> &'v Secrets {
        match self {
            Self::Clear(secrets) | Self::Masked(secrets, _) => secrets,
        }
    }

    /// What is shown of the result of a placeholder; `bare` is one that stands in no encoding.
    pub(super) fn shown(self, result: Value, placeholder: &Placeholder, gap: &Gap, bare: bool) -> Value {
        let Self::Masked(_, mask) = self else { return result };
        if gap.field.is_identity() {
            return result;
        }
        let masked =
            if placeholder.chain.ends_with("base64encode") { mask.encoded(&result) } else { mask.value(&result) };
        if bare && gap.takes == Takes::Base64 { mask::in_data(masked) } else { masked }
    }
}
