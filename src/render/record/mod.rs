//! Records: the shape of each placeholder's result, by secret, key and modifiers, without values. Rendering from one needs no
//! store and runs no modifier.

mod file;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::filling::Filling;
use super::gap::PlaceholderUse;
use super::mask::{Extent, Mask, MaskForm, Shape, Site};
use super::plan::Plan;
use super::result::{result, shape};
use crate::error::{Error, Kind};
use crate::placeholder::{Key, Placeholder};
use crate::secret::{Outcome, SecretId, Secrets, Version};

/// The results of a run.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The file that it was read from.
    name: String,
    secrets: BTreeMap<SecretId, BTreeMap<String, Recorded>>,
    /// How its masks look.
    form: MaskForm,
}

/// The recorded result of a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Recorded {
    Result(Shape),
    Missing(Missing),
}

/// The part of a reference that the store did not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    Key,
    Path,
    Version,
}

impl Record {
    /// Records the result of each placeholder of `plan`, with fingerprints if there is a `mask`. Failures are left out.
    pub fn of(plan: &Plan<'_>, secrets: &Secrets, mask: Option<&Mask>, filling: Filling<'_>) -> Self {
        let mut record = Self::default();
        for usage in plan.placeholders() {
            let read =
                usage.gap.resource.secret(usage.placeholder).and_then(|id| secrets.get(&id).map(|found| (id, found)));
            let Some((id, outcome)) = read else { continue };
            if let Some(recorded) = recorded(&usage, &id, outcome, mask, filling) {
                record.secrets.entry(id).or_default().insert(name(usage.placeholder), recorded);
            }
        }
        record
    }

    /// This record with the marks that `mask` shows to people. Under a blank mask, its own fingerprints are blank too: two renderings then
    /// do not differ in the values of secrets.
    pub fn shown(&self, mask: &Mask) -> Self {
        let shown = Self { form: MaskForm::Marked, ..self.clone() };
        if mask.is_blank() { shown.blank() } else { shown }
    }

    fn blank(mut self) -> Self {
        for recorded in self.secrets.values_mut().flat_map(BTreeMap::values_mut) {
            if let Recorded::Result(shape) = recorded {
                *shape = shape.blank();
            }
        }
        self
    }

    /// How its masks look.
    pub(super) fn form(&self) -> MaskForm {
        self.form
    }

    /// The result of a placeholder that reads `id`, and the name for masks without a fingerprint.
    pub(super) fn get(&self, id: &SecretId, placeholder: &Placeholder) -> Option<(&Recorded, String)> {
        let recorded = self.secrets.get(id)?.get(&name(placeholder))?;
        Some((recorded, identity(id, placeholder)))
    }

    /// The error about a placeholder that is not in the record.
    pub(super) fn lacks(&self) -> Error {
        Error::new(Kind::Missing, format!("not in the record `{}`", self.name))
            .hint(format!("record again, where the store can be asked: `vault-render record PATH… -o {}`", self.name))
    }
}

impl Missing {
    /// The error about a placeholder whose key, path or version was missing.
    pub(super) fn error(self, placeholder: &Placeholder, id: &SecretId) -> Error {
        let detail = match (self, &placeholder.key) {
            (Self::Key, Key::Named(key)) => format!("missing key `{key}` in the secret at `{}`", id.path),
            (Self::Version, _) => format!("missing version of the secret at `{}`", id.path),
            (Self::Key | Self::Path, _) => format!("missing secret at `{}`", id.path),
        };
        let bar = placeholder.forgotten_bar().filter(|_| matches!(self, Self::Key));
        Error::new(Kind::Missing, detail + " when it was recorded")
            .hint(bar.unwrap_or_else(|| "if it is there by now, record again".to_owned()))
    }
}

fn recorded(
    usage: &PlaceholderUse<'_>,
    id: &SecretId,
    outcome: &Outcome,
    mask: Option<&Mask>,
    filling: Filling<'_>,
) -> Option<Recorded> {
    let site = Site::of(usage.gap, Extent::Whole, None);
    let missing = match outcome {
        Outcome::NoPath(_) => Missing::Path,
        Outcome::NoVersion(_) => Missing::Version,
        Outcome::Found(_) | Outcome::Denied(_) | Outcome::Refused(_) | Outcome::Failed(_) => Missing::Key,
        Outcome::Planned => return Some(Recorded::Result(Shape::planned())),
    };
    match result(usage.placeholder, id, outcome, filling) {
        Ok(Some(value)) => Some(Recorded::Result(shape(&value, usage.placeholder, mask, Some(&site)))),
        Ok(None) => Some(Recorded::Missing(missing)),
        Err(_) => None,
    }
}

/// The name for the mask of a placeholder's result that has no fingerprint.
pub(super) fn identity(id: &SecretId, placeholder: &Placeholder) -> String {
    let (scope, version) = (id.scope.as_deref().unwrap_or(""), id.version.as_ref().map_or("0", Version::text));
    format!("{scope}\0{}\0{version}\0{}", id.written_path(), name(placeholder))
}

/// Key and modifiers as a placeholder writes them after its `#`: `password | base64encode`.
fn name(placeholder: &Placeholder) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let key = match &placeholder.key {
        Key::Whole => "*".to_owned(),
        Key::Named(name) if name.bytes().all(plain) => name.clone(),
        Key::Named(name) => format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")),
    };
    if placeholder.chain.is_empty() { key } else { format!("{key} | {}", placeholder.chain) }
}
