//! Plan and grants → secrets: each once, all together. The only `await` of a pass.

use std::collections::BTreeSet;

use futures_util::{StreamExt, stream};

use crate::backend::Store;
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
