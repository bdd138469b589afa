//! The permission to read a secret. Only this folder can make one, and stores read nothing without it.

use std::collections::BTreeMap;

use crate::secret::SecretId;

/// The permission to read one secret, with one login.
#[derive(Debug)]
pub struct Grant {
    id: SecretId,
    identity: Identity,
}

/// The login that a secret is read with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The login that the settings choose.
    Primary,
}

/// The grants of a run, one for each secret.
#[derive(Debug, Default)]
pub struct Grants {
    identities: BTreeMap<SecretId, Identity>,
}

impl Grant {
    /// Only a policy grants.
    pub(super) fn new(id: SecretId, identity: Identity) -> Self {
        Self { id, identity }
    }

    /// The secret that may be read.
    pub fn id(&self) -> &SecretId {
        &self.id
    }

    /// The login to read it with.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// The secret's name, once it is read.
    pub fn into_id(self) -> SecretId {
        self.id
    }
}

impl Grants {
    /// How many secrets may be read.
    pub fn count(&self) -> usize {
        self.identities.len()
    }

    /// Whether `id` may be read.
    pub fn allows(&self, id: &SecretId) -> bool {
        self.identities.contains_key(id)
    }
}

impl FromIterator<Grant> for Grants {
    fn from_iter<I: IntoIterator<Item = Grant>>(grants: I) -> Self {
        Self { identities: grants.into_iter().map(|grant| (grant.id, grant.identity)).collect() }
    }
}

impl IntoIterator for Grants {
    type Item = Grant;
    type IntoIter =
        std::iter::Map<std::collections::btree_map::IntoIter<SecretId, Identity>, fn((SecretId, Identity)) -> Grant>;

    /// The grants, sorted by the secrets' names.
    fn into_iter(self) -> Self::IntoIter {
        self.identities.into_iter().map(|(id, identity)| Grant::new(id, identity))
    }
}
