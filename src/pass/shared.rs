//! What the sessions of one process share: open stores, each with its connections, its token and the mounts that it knows, and what their
//! readings find. Knows no call.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::operator_files::OperatorFiles;
use super::settings::{SettingFlags, Settings};
use crate::backend::shared::SharedReadings;
use crate::backend::{self, Freshness, LeastUsed, Opening, Store};
use crate::config::server::{SERVER_CACHE, SERVER_CACHE_BYTES};
use crate::config::{ClusterSecret, Config};
use crate::digest::{Digest, DigestKey};
use crate::error::Error;
use crate::journal::Journal;
use crate::secret::{Outcome, Provenance};
use crate::workspace::Workspace;

/// How many stores are open at once. The least used one goes.
const MOST_STORES: usize = 256;

/// The word for a reading for which a value of an earlier run stood in.
const LAST_GOOD: &str = "last_good";

/// How often tokens are looked after.
const INTERVAL: Duration = Duration::from_secs(1);

/// What the sessions of one process share.
pub struct Shared {
    key: DigestKey,
    /// Follows what the stores do, whoever they do it for.
    journal: Journal,
    /// By all that they depend on.
    stores: Mutex<LeastUsed<Digest, Arc<dyn Store>>>,
    readings: Arc<SharedReadings>,
    files: OperatorFiles,
    /// How long what was read counts for other calls.
    life: Duration,
    /// When each call was made last, for as long as that.
    calls: Mutex<HashMap<Digest, Instant>>,
}

/// Counts the readings of one store.
pub(super) struct ReadingCounter {
    pub(super) shared: Arc<Shared>,
    pub(super) store: &'static str,
}

/// What has happened in the process so far, and what it holds, in numbers.
#[derive(Clone, Debug, Default)]
pub struct SharedFigures {
    /// Readings by store and result.
    pub reads: Vec<(&'static str, &'static str, u64)>,
    /// Readings that another one has made, and renderings that were kept, by where they come from.
    pub cache_hits: Vec<(&'static str, u64)>,
    /// Logins by result.
    pub logins: Vec<(&'static str, u64)>,
    /// How long the token lives that ends first.
    pub token_remaining: Option<Duration>,
    /// How often a value of an earlier run stood in.
    pub last_good: u64,
    /// The leases that are kept for later runs.
    pub kept_leases: u64,
    /// The memory that the caches take.
    pub cache_bytes: Vec<(&'static str, u64)>,
    /// How many files of the operator's could not be read again.
    pub failed_reloads: u64,
}

impl Shared {
    /// Nothing is open yet. `operator` has the settings of the caches. The stores tell `journal` what they do: it outlives each session's own.
    pub fn new(operator: &Workspace, flags: &SettingFlags, journal: Journal) -> Result<Arc<Self>, Error> {
        // Errors of the settings are reported where the server starts.
        let (config, _) = Settings::new(operator.clone(), flags.clone()).local();
        let life = config.get(&SERVER_CACHE).copied().unwrap_or_default();
        let bytes = config.get(&SERVER_CACHE_BYTES).copied().unwrap_or_default();
        Ok(Arc::new(Self {
            key: DigestKey::random()?,
            journal,
            stores: Mutex::new(LeastUsed::new(MOST_STORES)),
            readings: SharedReadings::new(life, bytes)?,
            files: OperatorFiles::new(operator, flags),
            life,
            calls: Mutex::default(),
        }))
    }

    /// Looks after the tokens of the open stores, for ever: each is renewed or replaced before it ends. The operator's files are read again after
    /// a change: calls that come then open anew, and those at work finish with what they have.
    pub async fn tend(self: Arc<Self>) {
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.reload();
            let stores: Vec<Arc<dyn Store>> = self.stores().values().cloned().collect();
            join_all(stores.iter().map(|store| store.tend())).await;
        }
    }

    fn reload(&self) {
        match self.files.reload() {
            Ok(false) => {}
            Ok(true) => {
                self.journal.tell(|| "the operator's files have changed, and are read again".to_owned());
                *self.stores() = LeastUsed::new(MOST_STORES);
                self.readings.forget_all();
            }
            Err(errors) => errors.iter().for_each(|error| self.note_failed_reload(error)),
        }
    }

    fn note_failed_reload(&self, error: &Error) {
        self.readings.counts().count_failed_reload();
        self.journal.tell(|| format!("a change of the operator's does not count, as it is wrong: {error}"));
    }

    /// The operator's files.
    pub(super) fn files(&self) -> &OperatorFiles {
        &self.files
    }

    /// The Secret that `-s` names, as it was within a minute, or before where it cannot be read.
    pub(super) async fn cluster_secret(&self, name: &str) -> Result<ClusterSecret, Error> {
        let (secret, trouble) = self.files.cluster_secret(name).await?;
        trouble.iter().for_each(|error| self.note_failed_reload(error));
        Ok(secret)
    }

    /// What has happened so far.
    pub fn figures(&self) -> SharedFigures {
        let counts = self.readings.counts();
        let reads = counts.reads();
        SharedFigures {
            last_good: reads.iter().filter(|(_, result, _)| *result == LAST_GOOD).map(|(_, _, count)| count).sum(),
            kept_leases: 0,
            reads,
            cache_hits: counts.hits(),
            logins: counts.logins(),
            token_remaining: self.stores().values().filter_map(|store| store.token_left()).min(),
            cache_bytes: self.readings.cache().bytes(),
            failed_reloads: counts.failed_reloads(),
        }
    }

    /// The store that these settings choose: an open one, if it was opened with the same settings for the same role.
    pub(super) fn store(&self, config: &Config) -> Result<Arc<dyn Store>, Error> {
        let identity = backend::identity(config, &self.key);
        if let Some(store) = self.stores().get(&identity) {
            return Ok(store.clone());
        }
        // Opening sends nothing. Of two that open one at once, the second finds the first one's.
        let opening = Opening { journal: self.journal.clone(), shared: Some(self.readings.clone()) };
        let opened = backend::open_with(config, opening)?;
        let mut stores = self.stores();
        if let Some(store) = stores.get(&identity) {
            return Ok(store.clone());
        }
        stores.insert(identity, opened.clone());
        Ok(opened)
    }

    /// Notes a call, and says how new its secrets must be. Argo CD answers the same call itself, from its cache, unless somebody wants a hard
    /// refresh, of which it does not tell: so the same call again reads everything anew.
    pub(super) fn freshness(&self, call: &Workspace) -> Freshness {
        if self.life.is_zero() {
            return Freshness::Recent;
        }
        let variables = call.variables.iter().flat_map(|(name, value)| [name, value]);
        let name = self.key.digest(|add| variables.for_each(|text| add(text.as_bytes())));
        let (mut calls, now) = (self.calls.lock().unwrap_or_else(PoisonError::into_inner), Instant::now());
        calls.retain(|_, made| now.saturating_duration_since(*made) < self.life);
        if calls.insert(name, now).is_some() { Freshness::New } else { Freshness::Recent }
    }

    fn stores(&self) -> MutexGuard<'_, LeastUsed<Digest, Arc<dyn Store>>> {
        self.stores.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReadingCounter {
    /// Counts a reading.
    pub(super) fn count(&self, outcome: &Outcome) {
        let counts = self.shared.readings.counts();
        result(outcome).into_iter().for_each(|result| counts.count_read(self.store, result));
    }
}

/// The word for how a reading ended; `None` if it was another one's, which counts already.
fn result(outcome: &Outcome) -> Option<&'static str> {
    Some(match outcome {
        Outcome::Found(secret) => match secret.provenance {
            Provenance::Store => "found",
            Provenance::Kept => "kept",
            Provenance::LastGood => LAST_GOOD,
            Provenance::Shared => return None,
        },
        Outcome::NoPath(_) | Outcome::NoVersion(_) => "missing",
        Outcome::Denied(_) | Outcome::Refused(_) => "denied",
        Outcome::Failed(_) => "failed",
        Outcome::Planned => "planned",
    })
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SettingSources;

    /// The settings of a call that works in `folder`.
    fn config(folder: &str, variables: &[(&str, &str)]) -> Config {
        let operators = [("VAULT_ADDR", "https://vault.test"), ("AVP_AUTH_TYPE", "k8s"), ("AVP_K8S_ROLE", "argocd")];
        let all = operators.iter().chain(variables);
        let sources = SettingSources {
            environment: all.map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            working_folder: folder.into(),
            repository: folder.into(),
            ..SettingSources::default()
        };
        Config::read(sources, backend::settings()).0
    }

    fn shared() -> Arc<Shared> {
        Shared::new(&Workspace::bare("/"), &SettingFlags::default(), Journal::default()).unwrap()
    }

    fn is_shared(one: (&str, &[(&str, &str)]), other: (&str, &[(&str, &str)])) -> bool {
        let shared = shared();
        let store = |(folder, variables)| shared.store(&config(folder, variables)).unwrap();
        Arc::ptr_eq(&store(one), &store(other))
    }

    #[test]
    fn calls_of_the_same_login_share_a_store_whatever_they_render() {
        let web = [("ARGOCD_APP_NAME", "web"), ("ARGOCD_ENV_REPLICAS", "3"), ("PARAM_A", "1")];
        let shop = [("ARGOCD_APP_NAME", "shop"), ("KUBE_VERSION", "1.31")];
        assert!(is_shared(("/a", &web), ("/b", &shop)));
    }

    #[test]
    fn who_differs_in_login_role_or_a_file_shares_no_store() {
        let own = [("ARGOCD_APP_PROJECT_NAME", "web")];
        for differs in [
            ("ARGOCD_ENV_AVP_K8S_ROLE", "other"),
            ("VAULT_NAMESPACE", "team"),
            ("AVP_K8S_MOUNT_PATH", "auth/other"),
            ("VAULT_CLIENT_TIMEOUT", "5s"),
            ("HTTPS_PROXY", "http://proxy:3128"),
            ("HOME", "/home/ann"),
        ] {
            assert!(!is_shared(("/a", &own), ("/a", &[own[0], differs])), "{differs:?}");
        }
        let relative = [own[0], ("VAULT_CACERT", "ca.pem")];
        assert!(!is_shared(("/a", &relative), ("/b", &relative)), "each has a file of its own");
        let absolute = [own[0], ("VAULT_CACERT", "/etc/ca.pem")];
        assert!(is_shared(("/a", &absolute), ("/b", &absolute)));
    }

    #[test]
    fn a_role_that_follows_the_project_is_another_one_for_each() {
        let of = |project| [("AVP_K8S_ROLE", "argocd-{project}"), ("ARGOCD_APP_PROJECT_NAME", project)];
        assert!(!is_shared(("/a", &of("web")), ("/a", &of("shop"))));
        assert!(is_shared(("/a", &of("web")), ("/a", &of("web"))));
    }

    #[test]
    fn the_least_used_store_goes() {
        let shared = shared();
        let store = |role: usize| shared.store(&config("/a", &[("AVP_K8S_ROLE", &format!("r{role}"))])).unwrap();
        let first = store(0);
        let all: Vec<_> = (1..=MOST_STORES).map(store).collect();
        assert!(!Arc::ptr_eq(&first, &store(0)), "it is opened anew");
        assert!(Arc::ptr_eq(&all[MOST_STORES - 1], &store(MOST_STORES)));
    }
}
