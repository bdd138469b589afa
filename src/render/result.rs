//! The result of a placeholder, for filling, recording, rules and the comparison with a cluster.

use super::gap::PlaceholderUse;
use super::mask::{Mask, Shape};
use crate::budget::Budget;
use crate::error::Error;
use crate::placeholder::{Key, Placeholder};
use crate::secret::{Outcome, Secret, Secrets};
use crate::value::Value;

impl PlaceholderUse<'_> {
    /// The outcome of reading its secret; `None` if it was not read.
    pub fn outcome<'s>(&self, secrets: &'s Secrets) -> Option<&'s Outcome> {
        secrets.get(&self.gap.resource.secret(self.placeholder)?)
    }
}

/// The result of a placeholder; `None` if its key, path or version is missing.
pub(crate) fn result(placeholder: &Placeholder, outcome: &Outcome, budget: &Budget) -> Result<Option<Value>, Error> {
    let value = match outcome {
        Outcome::Found(secret) => named_value(placeholder, secret)?,
        Outcome::NoPath(_) | Outcome::NoVersion(_) => None,
        Outcome::Denied(error) | Outcome::Failed(error) => return Err(error.clone()),
    };
    placeholder.chain.apply(value, budget)
}

/// The value that a placeholder names, before its modifiers; `None` if the secret has no such key.
pub(crate) fn named_value<'s>(placeholder: &Placeholder, secret: &'s Secret) -> Result<Option<&'s Value>, Error> {
    match &placeholder.key {
        Key::Whole => secret.whole().map(Some),
        Key::Named(name) => secret.value(name),
    }
}

/// The shape of a placeholder's result. A result of `base64encode` has the fingerprint of the text before encoding, so that a value
/// has the same one in a Secret's `data` and `stringData`. Keys that may be values are left out.
pub(super) fn shape(result: &Value, placeholder: &Placeholder, mask: Option<&Mask>) -> Shape {
    let shape = match placeholder.chain.ends_with("base64encode") {
        true => Shape::of_encoded(result, mask),
        false => Shape::of(result, mask),
    };
    if placeholder.chain.makes_keys() { shape.without_keys() } else { shape }
}
