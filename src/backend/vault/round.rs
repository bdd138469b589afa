//! One run's use of Vault: reads all granted secrets, many at once, each with its login.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use futures_util::{FutureExt, StreamExt, stream};

use super::Vault;
use super::kept::Batch;
use super::outcome::failed;
use super::reading::Reading;
use super::round_state::RoundState;
use super::session::Session;
use crate::backend::{Freshness, Intent, Readings, Round, Store};
use crate::client::Allowance;
use crate::error::Error;
use crate::policy::{Grant, Login, Policy};

/// How many readings of a login are under way at once. The client lets no more requests of a process pass.
const CONCURRENCY: usize = 64;

/// A round, with the store that it uses and the policy that judges paths.
struct VaultRound {
    vault: Arc<Vault>,
    policy: Arc<Policy>,
    allowance: Arc<Allowance>,
    freshness: Freshness,
    logins: Mutex<HashMap<String, Arc<LoginRound>>>,
}

/// One login's part of a round: what one login has failed at, or learnt, is not another's.
struct LoginRound {
    session: Arc<Session>,
    state: RoundState,
}

impl Store for Vault {
    fn begin(self: Arc<Self>, policy: Arc<Policy>, freshness: Freshness) -> Box<dyn Round> {
        let allowance = Arc::new(Allowance::new(self.round_time));
        Box::new(VaultRound { vault: self, policy, allowance, freshness, logins: Mutex::default() })
    }

    fn tend(&self) -> BoxFuture<'_, ()> {
        let tend = |session: Arc<Session>| async move { session.tend().await };
        join_all(self.logins.sessions().into_iter().map(tend)).map(drop).boxed()
    }

    fn token_left(&self) -> Option<Duration> {
        self.logins.sessions().iter().filter_map(|session| session.token_left()).min()
    }
}

impl Round for VaultRound {
    fn read(&self, grants: Vec<Grant>, intent: Intent) -> Readings<'_> {
        let mut by_login: HashMap<String, (Login, Vec<Grant>)> = HashMap::new();
        for grant in grants {
            let (name, login) = (grant.login().to_string(), grant.login().clone());
            by_login.entry(name).or_insert((login, Vec::new())).1.push(grant);
        }
        let readings = by_login.into_values().map(|(login, grants)| match self.of(&login) {
            Ok(part) => self.read_as(part, grants, intent),
            Err(error) => stream::iter(grants).map(move |grant| (grant, failed(error.clone()))).boxed(),
        });
        stream::select_all(readings).boxed()
    }

    fn accessor(&self, grant: &Grant) -> Option<String> {
        self.of(grant.login()).ok()?.session.accessor()
    }
}

impl VaultRound {
    /// Reads secrets with one login.
    fn read_as(&self, part: Arc<LoginRound>, grants: Vec<Grant>, intent: Intent) -> Readings<'_> {
        let batch = Arc::new(Batch::new(grants.iter().map(Grant::id)));
        let read = move |grant: Grant| {
            let (part, batch) = (part.clone(), batch.clone());
            async move {
                let LoginRound { session, state } = &*part;
                let reading = Reading::new(&self.vault, &self.policy, state, session, &batch, &grant);
                let outcome = reading.with(self.freshness).outcome(intent).await;
                (grant, outcome)
            }
        };
        stream::iter(grants).map(read).buffer_unordered(CONCURRENCY).boxed()
    }

    /// A login's part of the round; an error if its settings are wrong.
    fn of(&self, login: &Login) -> Result<Arc<LoginRound>, Error> {
        let mut logins = self.logins.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let name = login.to_string();
        if let Some(part) = logins.get(&name) {
            return Ok(part.clone());
        }
        let session = self.vault.logins.session(login)?;
        let part =
            Arc::new(LoginRound { session, state: RoundState::new(self.allowance.clone(), self.policy.requester()) });
        Ok(logins.entry(name).or_insert(part).clone())
    }
}
