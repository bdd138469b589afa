//! One run's use of Vault: reads all granted secrets, many at once.

use std::sync::Arc;

use futures_util::{StreamExt, stream};

use super::Vault;
use super::kept::Batch;
use super::reading::Reading;
use super::round_state::RoundState;
use crate::backend::{Intent, Readings, Round, Store};
use crate::client::Allowance;
use crate::policy::{Grant, Policy};

/// How many readings of a run are under way at once. The client lets no more requests of a process pass.
const CONCURRENCY: usize = 64;

/// A round, with the store that it uses and the policy that judges paths.
struct VaultRound {
    vault: Arc<Vault>,
    policy: Arc<Policy>,
    state: RoundState,
}

impl Store for Vault {
    fn begin(self: Arc<Self>, policy: Arc<Policy>) -> Box<dyn Round> {
        let state = RoundState::new(Allowance::new(self.round_time), policy.requester());
        Box::new(VaultRound { vault: self, policy, state })
    }
}

impl Round for VaultRound {
    fn read(&self, grants: Vec<Grant>, intent: Intent) -> Readings<'_> {
        let batch = Arc::new(Batch::new(grants.iter().map(Grant::id)));
        let read = move |grant: Grant| {
            let batch = batch.clone();
            async move {
                let outcome =
                    Reading::new(&self.vault, &self.policy, &self.state, &batch, &grant).outcome(intent).await;
                (grant, outcome)
            }
        };
        stream::iter(grants).map(read).buffer_unordered(CONCURRENCY).boxed()
    }

    fn accessor(&self, grant: &Grant) -> Option<String> {
        self.vault.session(grant.login()).accessor()
    }
}
