//! Secrets that Vault makes for who asks, kept from run to run so that a rendering does not churn. Pure; the readings do the asking.

mod batch;
pub(super) mod last_good;
mod responses;
mod rights;
mod secret;
mod upkeep;

use std::collections::HashMap;
use std::time::Duration;

use super::endpoint::{Effect, effect};
use super::identity::TokenIdentity;
use crate::keep::{Entry, EntryLabel, EntryName, Keep};
use crate::secret::SecretId;

pub(super) use batch::Batch;
pub(super) use responses::{Life, life, revocation};
pub(super) use rights::Rights;
pub(super) use secret::{Bond, KeptSecret};
pub(super) use upkeep::{LeaseState, Upkeep};

/// The kind of their entries.
pub(super) const KIND: &str = "dynamic";

/// The keep of values that stand in while Vault is unavailable.
pub(super) struct LastGood {
    pub(super) keep: Keep,
    /// How old they may be.
    pub(super) life: Duration,
}

/// What a round has found in the keep.
#[derive(Debug, Default)]
pub(super) struct FoundSecrets {
    entries: HashMap<SecretId, (EntryName, Option<KeptSecret>)>,
    /// What the policies allow by now at the paths of what was found.
    pub(super) rights: Rights,
}

/// Whether the secret of `id` may be one that is kept: all but those of KV version 2, as far as the path tells.
pub(super) fn may_be_kept(id: &SecretId) -> bool {
    !id.parameters.is_empty() || !id.path.contains("/data/") || effect(None, &id.path) == Effect::Creates
}

/// The name of the entry of `id`, which is read in `namespace` of the Vault at `address` by `identity`.
pub(super) fn name(address: &str, namespace: Option<&str>, identity: &TokenIdentity, id: &SecretId) -> EntryName {
    let path = id.written_path();
    let place = [address, namespace.unwrap_or_default(), &path];
    EntryName::new(KIND, place.into_iter().chain(identity.parts()))
}

/// The entry of the secret at `path` in `namespace`.
pub(super) fn entry(secret: &KeptSecret, path: &str, namespace: Option<&str>) -> Option<Entry> {
    let accessor = secret.token.as_ref().filter(|token| token.text.is_some()).and_then(|token| token.accessor.as_ref());
    let label = EntryLabel {
        path: path.to_owned(),
        namespace: namespace.map(str::to_owned),
        accessor: accessor.map(|accessor| accessor.reveal().to_owned()),
    };
    Some(Entry { made: secret.made, ends: secret.end(), label, body: secret.encode()? })
}

impl FoundSecrets {
    /// What was found under the names of the ids.
    pub(super) fn new(names: Vec<(SecretId, EntryName)>, entries: Vec<Option<Entry>>) -> Self {
        let secret = |entry: Option<Entry>| KeptSecret::decode(&entry?.body);
        let found = names.into_iter().zip(entries).map(|((id, name), entry)| (id, (name, secret(entry))));
        Self { entries: found.collect(), rights: Rights::default() }
    }

    /// The name of the entry of `id`, and the secret if it is there.
    pub(super) fn get(&self, id: &SecretId) -> Option<(&EntryName, Option<&KeptSecret>)> {
        self.entries.get(id).map(|(name, secret)| (name, secret.as_ref()))
    }

    /// The ids of what is there.
    pub(super) fn ids(&self) -> impl Iterator<Item = &SecretId> {
        self.entries.iter().filter(|(_, (_, secret))| secret.is_some()).map(|(id, _)| id)
    }
}
