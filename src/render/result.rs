//! The result of a placeholder, for filling, recording, rules and the comparison with a cluster.

use super::filling::Filling;
use super::gap::PlaceholderUse;
use super::mask::{Mask, Shape, Site};
use crate::error::Error;
use crate::modifier::ChainContext;
use crate::placeholder::{Key, Placeholder};
use crate::secret::{Outcome, Secret, SecretId, Secrets};
use crate::value::Value;

impl PlaceholderUse<'_> {
    /// Its result, if its secret was read; `None` if its key, path or version is missing.
    pub fn result(&self, secrets: &Secrets, filling: Filling<'_>) -> Result<Option<Value>, Error> {
        let Some(id) = self.gap.resource.secret(self.placeholder) else { return Ok(None) };
        secrets.get(&id).map_or(Ok(None), |outcome| result(self.placeholder, &id, outcome, filling))
    }

    /// The outcome of reading its secret; `None` if it was not read.
    pub fn outcome<'s>(&self, secrets: &'s Secrets) -> Option<&'s Outcome> {
        secrets.get(&self.gap.resource.secret(self.placeholder)?)
    }
}

/// The result of a placeholder that reads `id`; `None` if its key, path or version is missing.
pub(crate) fn result(
    placeholder: &Placeholder,
    id: &SecretId,
    outcome: &Outcome,
    filling: Filling<'_>,
) -> Result<Option<Value>, Error> {
    let value = match outcome {
        Outcome::Found(secret) => named_value(placeholder, secret)?,
        Outcome::NoPath(_) | Outcome::NoVersion(_) | Outcome::Planned => None,
        Outcome::Denied(error) | Outcome::Refused(error) | Outcome::Failed(error) => return Err(error.clone()),
    };
    let Filling { options, budget } = filling;
    placeholder.chain.apply(
        value,
        &ChainContext { budget, salts: options.salts.as_ref(), path: &id.path, key: placeholder.key.name() },
    )
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
pub(super) fn shape(result: &Value, placeholder: &Placeholder, mask: Option<&Mask>, site: Option<&Site<'_>>) -> Shape {
    let shape = match placeholder.chain.ends_with("base64encode") {
        true => Shape::of_encoded(result, mask, site),
        false => Shape::of(result, mask, site),
    };
    if placeholder.chain.makes_keys() { shape.without_keys() } else { shape }
}
