//! Plan and grants → secrets: each once, all together. The only `await` of a pass.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};

use crate::backend::Store;
use crate::budget::Budget;
use crate::error::{Error, Kind};
use crate::policy::Grants;
use crate::secret::{Access, Outcome, SecretId, Secrets};

/// Asks `store` for every granted secret of `accesses` that `secrets` does not hold yet, within the budget of the run. Never fails as
/// a whole.
pub async fn fetch(accesses: &[Access], grants: &Grants, store: &dyn Store, budget: &Budget, secrets: &mut Secrets) {
    let wanted: BTreeSet<&SecretId> =
        accesses.iter().map(|access| &access.id).filter(|id| grants.allows(id) && !secrets.contains(id)).collect();
    let readings = stream::iter(wanted).map(|id| async move { (id.clone(), store.read(id).await) });
    let readings = readings.buffer_unordered(store.concurrency().max(1));
    let readings = readings.map(|(id, outcome)| (id, within(outcome, budget)));
    let outcomes: Vec<_> = readings.collect().await;
    for (id, outcome) in outcomes {
        secrets.insert(id, outcome);
    }
}

/// What a reading came to, if the run may keep as much.
fn within(outcome: Outcome, budget: &Budget) -> Outcome {
    let Outcome::Found(secret) = &outcome else { return outcome };
    match budget.make(secret.data.size()) {
        Ok(()) => outcome,
        Err(limit) => Outcome::Failed(limit.into()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{Secret, Withheld};
    use crate::value::Value;

    #[test]
    fn a_secret_counts_for_the_budget_of_the_run() {
        let budget = Budget::default();
        let found = |size| {
            Outcome::Found(Secret {
                data: Value::text("x".repeat(size)),
                warnings: Vec::new(),
                withheld: Withheld::default(),
            })
        };
        assert!(matches!(within(found(65 << 20), &budget), Outcome::Failed(error) if error.kind == Kind::Limit));
        (0..8).for_each(|_| budget.make((64 << 20) - 16).unwrap());
        assert!(matches!(within(found(1), &budget), Outcome::Found(_)));
        assert!(matches!(within(found(64), &budget), Outcome::Failed(error) if error.kind == Kind::Limit));
    }
}
