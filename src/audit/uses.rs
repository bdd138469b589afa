//! Which manifests and resources use a secret. Pure.

use std::collections::BTreeMap;

use crate::secret::{Access, SecretId};

/// The uses of each secret, in the order of the input.
#[derive(Debug, Default)]
pub(super) struct Uses {
    by_secret: BTreeMap<SecretId, Users>,
}

/// Who uses a secret, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Users {
    pub(super) manifests: Vec<String>,
    pub(super) resources: Vec<String>,
}

/// How many names of manifests and resources a line has at most.
const MOST_NAMES: usize = 100;

impl Uses {
    pub(super) fn of(accesses: &[Access]) -> Self {
        let mut uses = Self::default();
        for Access { id, place, .. } in accesses {
            let users = match uses.by_secret.get_mut(id) {
                Some(users) => users,
                None => uses.by_secret.entry(id.clone()).or_default(),
            };
            add(&mut users.manifests, &place.source.name);
            if let Some(resource) = &place.resource {
                add(&mut users.resources, &resource.to_string());
            }
        }
        uses
    }

    /// Who uses a secret.
    pub(super) fn users(&self, id: &SecretId) -> Users {
        self.by_secret.get(id).cloned().unwrap_or_default()
    }
}

fn add(names: &mut Vec<String>, name: &str) {
    if names.len() < MOST_NAMES && !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}
