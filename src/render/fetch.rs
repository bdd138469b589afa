//! Plan and grants → secrets: each once, all together. The only `await` of a pass.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};

use crate::backend::Store;
use crate::error::{Error, Kind};
use crate::policy::Grants;
use crate::secret::{Access, SecretId, Secrets};

/// Asks `store` for every granted secret of `accesses` that `secrets` does not hold yet. Never fails as a whole.
pub async fn fetch(accesses: &[Access], grants: &Grants, store: &dyn Store, secrets: &mut Secrets) {
    let wanted: BTreeSet<&SecretId> =
        accesses.iter().map(|access| &access.id).filter(|id| grants.allows(id) && !secrets.contains(id)).collect();
    let readings = stream::iter(wanted).map(|id| async move { (id.clone(), store.read(id).await) });
    let outcomes: Vec<_> = readings.buffer_unordered(store.concurrency().max(1)).collect().await;
    for (id, outcome) in outcomes {
        secrets.insert(id, outcome);
    }
}

/// The accesses whose reading creates nothing, and a note for each of the others.
pub async fn harmless(accesses: &[Access], store: &dyn Store) -> (Vec<Access>, Vec<Error>) {
    let mut creates = BTreeMap::new();
    for access in accesses {
        if !creates.contains_key(&access.id) {
            creates.insert(&access.id, store.creates(&access.id).await);
        }
    }
    let (creating, harmless) = accesses.iter().cloned().partition::<Vec<_>, _>(|access| creates[&access.id]);
    (harmless, creating.into_iter().map(not_read).collect())
}

fn not_read(access: Access) -> Error {
    Error::note(Kind::Store, format!("`{}` is not read: that would create something, such as a lease", access.id.path))
        .rule("not-read")
        .at(access.place)
}
