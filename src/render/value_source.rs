//! Where the values of placeholders come from, and how much of them is shown.

use super::gap::Gap;
use super::mask::{Mask, MaskForm, in_data};
use super::record::Record;
use super::result::shape;
use crate::manifest::FieldType;
use crate::placeholder::Placeholder;
use crate::secret::{Outcome, SecretId, Secrets};
use crate::value::Value;

/// The source of the values that fill the gaps.
#[derive(Clone, Copy, Debug)]
pub enum ValueSource<'v> {
    /// The secrets as they are.
    Clear(&'v Secrets),
    /// The secrets with every value masked, in resource names too.
    Masked(&'v Secrets, &'v Mask, MaskForm),
    /// The masked results of an earlier run, without secrets.
    Recorded(&'v Record),
}

impl<'v> ValueSource<'v> {
    /// The outcome of reading a secret; `None` if it was not read.
    pub(super) fn outcome(self, id: &SecretId) -> Option<&'v Outcome> {
        match self {
            Self::Clear(secrets) | Self::Masked(secrets, ..) => secrets.get(id),
            Self::Recorded(_) => None,
        }
    }

    /// A placeholder's result as its field shows it; `bare` says that the placeholder is not encoded.
    pub(super) fn shown(self, result: Value, placeholder: &Placeholder, gap: &Gap, bare: bool) -> Value {
        let masked = match self {
            Self::Clear(_) => return result,
            Self::Masked(_, mask, form) => shape(&result, placeholder, Some(mask)).masked("", form),
            Self::Recorded(_) => result,
        };
        if bare && gap.field_type == FieldType::Data { in_data(masked) } else { masked }
    }
}
