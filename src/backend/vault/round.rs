//! One run's use of Vault: its grants, its time, and what failed in it. The next run begins anew.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};

use super::Vault;
use super::reading::Reading;
use crate::backend::{Readings, Round, Store};
use crate::client::Allowance;
use crate::error::Error;
use crate::policy::{Grant, Policy};

/// How many requests are under way at once: 50 secrets take two of Vault's answering times, and a busy repo-server's renders
/// stay far below the connections that Vault takes.
const CONCURRENCY: usize = 32;

/// A round, with the store that it uses and the policy that judges paths.
struct VaultRound {
    vault: Arc<Vault>,
    policy: Arc<Policy>,
    state: RoundState,
}

/// What a round has learned. The next round begins without it.
pub(super) struct RoundState {
    allowance: Allowance,
    /// Why no further reading is tried.
    failure: OnceLock<Error>,
    /// Whether the round has replaced its token.
    has_renewed: AtomicBool,
    /// Whether Vault has given a token to this round, or has accepted the one that it uses.
    has_good_token: AtomicBool,
}

impl Store for Vault {
    fn begin(self: Arc<Self>, policy: Arc<Policy>) -> Box<dyn Round> {
        let state = RoundState::new(Allowance::new(self.round_time));
        Box::new(VaultRound { vault: self, policy, state })
    }
}

impl Round for VaultRound {
    fn read(&self, grants: Vec<Grant>) -> Readings<'_> {
        let read = |grant: Grant| async {
            let outcome = self.reading(&grant).outcome().await;
            (grant, outcome)
        };
        stream::iter(grants).map(read).buffer_unordered(CONCURRENCY).boxed()
    }

    fn would_create<'r>(&'r self, grant: &'r Grant) -> BoxFuture<'r, bool> {
        Box::pin(async { self.reading(grant).would_create().await })
    }
}

impl VaultRound {
    fn reading<'r>(&'r self, grant: &'r Grant) -> Reading<'r> {
        Reading::new(&self.vault, &self.policy, &self.state, grant)
    }
}

impl RoundState {
    pub(super) fn new(allowance: Allowance) -> Self {
        let has_renewed = AtomicBool::new(false);
        Self { allowance, failure: OnceLock::new(), has_renewed, has_good_token: AtomicBool::new(false) }
    }

    /// The time that the round has.
    pub(super) fn allowance(&self) -> &Allowance {
        &self.allowance
    }

    /// Stops the readings that wait, which would fail too.
    pub(super) fn fail(&self, error: &Error) {
        let _ = self.failure.set(error.clone());
    }

    /// The error that stops the round, if there is one.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.failure.get().map_or(Ok(()), |error| Err(error.clone()))
    }

    /// Whether the token may be replaced, which a round does once.
    pub(super) fn may_renew(&self) -> bool {
        !self.has_renewed.swap(true, Ordering::Relaxed)
    }

    /// Notes that Vault has given a token to this round, or has accepted the one that it uses.
    pub(super) fn trust_token(&self) {
        self.has_good_token.store(true, Ordering::Relaxed);
    }

    /// Whether Vault has given the token to this round, or has accepted it. If not, it may have ended since an earlier round got it.
    pub(super) fn has_good_token(&self) -> bool {
        self.has_good_token.load(Ordering::Relaxed)
    }
}
