//! Secret stores through their trait: which requests reach Vault, how often, and the outcomes of its responses.

mod faults;
mod rounds;
mod vault;

use std::sync::Arc;

use futures_util::StreamExt;
use tokio::runtime::Runtime;
use vault_render::Journal;
use vault_render::internals::backend::{self, Freshness, Intent, Round, Store};
use vault_render::internals::error::Error;
use vault_render::internals::policy::{Policy, Requester};
use vault_render::internals::secret::{Access, Outcome, SecretId, Usage, Version};
use vault_render::internals::source::{Place, Source, Span};

/// A store, the policy of its settings, and one runtime: connections live as long as it does.
struct TestStore {
    store: Arc<dyn Store>,
    policy: Arc<Policy>,
    runtime: Runtime,
}

/// The store that these settings open.
fn open(settings: &[(&str, &str)]) -> TestStore {
    try_open(settings).unwrap_or_else(|error| panic!("{error:?}"))
}

/// The store that these settings open, or why they open none.
fn try_open(settings: &[(&str, &str)]) -> Result<TestStore, Error> {
    let config = backend::config_for_test(settings);
    Ok(TestStore {
        store: backend::open(&config, Journal::default())?,
        policy: Arc::new(Policy::of(&config, Requester::default(), None)),
        runtime: tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap(),
    })
}

impl TestStore {
    /// A run's use of the store.
    fn begin(&self) -> Box<dyn Round> {
        self.store.clone().begin(self.policy.clone(), Freshness::Recent)
    }

    /// The outcomes of `ids` in one round, in the order of `ids`.
    fn outcomes(&self, round: &dyn Round, ids: &[SecretId]) -> Vec<Outcome> {
        let place = Place::new(Arc::new(Source::new("", "")), Span::new(0, 0));
        let access = |id: &SecretId| Access { id: id.clone(), usage: Usage::default(), place: place.clone() };
        let accesses: Vec<Access> = ids.iter().map(access).collect();
        let judgement = self.policy.judge(&accesses);
        assert!(judgement.refusals.is_empty(), "{:?}", judgement.refusals);
        let readings = round.read(judgement.grants.into_iter().collect(), Intent::Render);
        let mut outcomes: Vec<_> = self.runtime.block_on(readings.collect());
        let mut outcome = |id: &SecretId| {
            outcomes.swap_remove(outcomes.iter().position(|(grant, _)| grant.id() == id).expect("it is read")).1
        };
        ids.iter().map(&mut outcome).collect()
    }
}

/// Reads all paths together, in a round of their own. `PATH@VERSION` is a version.
fn read_all(store: &TestStore, paths: &[&str]) -> Vec<String> {
    read_in(store, &*store.begin(), paths)
}

/// Reads all paths together, in `round`.
fn read_in(store: &TestStore, round: &dyn Round, paths: &[&str]) -> Vec<String> {
    let ids: Vec<SecretId> = paths.iter().map(|path| id(path)).collect();
    store.outcomes(round, &ids).into_iter().map(told).collect()
}

fn read(settings: &[(&str, &str)], path: &str) -> String {
    read_all(&open(settings), &[path]).remove(0)
}

fn id(path: &str) -> SecretId {
    let (path, version) = path.split_once('@').map_or((path, None), |(path, version)| (path, Some(version)));
    SecretId { path: path.to_owned(), version: version.map(Version::new), ..SecretId::default() }
}

/// An outcome in words: its name, then the secret as JSON, or detail, cause and hint.
fn told(outcome: Outcome) -> String {
    let (name, error) = match outcome {
        Outcome::Found(secret) => {
            let warnings: String = secret.warnings.iter().map(|warning| format!(" ({warning})")).collect();
            return format!("{}{warnings}", secret.data.to_json().unwrap().as_str());
        }
        Outcome::NoPath(error) => ("no path", error),
        Outcome::NoVersion(error) => ("no version", error),
        Outcome::Denied(error) => ("denied", error),
        Outcome::Refused(error) => ("refused", error),
        Outcome::Failed(error) => ("failed", error),
        Outcome::Planned => return "planned".to_owned(),
    };
    format!("{name}: {} | {} | {}", error.detail, error.cause.unwrap_or_default(), error.hint.unwrap_or_default())
}

#[track_caller]
fn assert_holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}
