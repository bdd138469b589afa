//! Secret stores: their trait and their table. Knows no manifest and no placeholder.

mod cloud;
mod docs;
pub(crate) mod examiner;
mod file;
mod identity;
mod immediate;
mod inspection;
mod keeper;
mod least_used;
pub(crate) mod shared;
mod vault;

pub(crate) use docs::docs;
use examiner::Examiner;
pub(crate) use identity::identity;
use inspection::Inspector;
pub(crate) use inspection::{Inspection, inspect, risks};
pub(crate) use keeper::{Choice as EntryChoice, Fate, Tended};
pub(crate) use least_used::LeastUsed;
pub use shared::Freshness;
use shared::SharedReadings;
pub(crate) use vault::{Engine, Keeper, capability};

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

use crate::audit;
use crate::config::format::{Choice, Format};
use crate::config::table::{StoreSettings, Table};
use crate::config::{self, Config, Key, Role, SettingSources, View, general};
use crate::error::{Error, Kind};
use crate::journal::Journal;
use crate::keep;
use crate::policy::{self, Grant, Policy};
use crate::secret::Outcome;

/// A store that secrets are read from. It outlives a run: it keeps its connections, its token and the mounts that it knows.
pub trait Store: Send + Sync {
    /// Begins one run's use of the store. `policy` has made the run's grants, and judges paths that the store rewrites.
    fn begin(self: Arc<Self>, policy: Arc<Policy>, freshness: Freshness) -> Box<dyn Round>;

    /// Renews what would end soon, such as a token. Whoever keeps the store open for long calls it every few seconds.
    fn tend(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    /// How long the token lives that ends first; `None` if none ends.
    fn token_left(&self) -> Option<Duration> {
        None
    }
}

/// One run's use of a store. Its failures and its time end with it.
pub trait Round: Send + Sync {
    /// Reads all granted secrets, in any order. The caller passes each secret once a run.
    fn read(&self, grants: Vec<Grant>, intent: Intent) -> Readings<'_>;

    /// The name of the credential that a granted secret was read with, such as the accessor of a token; `None` if it is unknown. It proves nothing.
    fn accessor(&self, _grant: &Grant) -> Option<String> {
        None
    }
}

/// What the secrets are read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Manifests to apply.
    Render,
    /// A view of them, for which nothing is created: no login to a database, no token, no lease.
    Preview,
}

/// Readings under way. None fails as a future: an [`Outcome`] holds its error.
pub(crate) type Readings<'r> = BoxStream<'r, (Grant, Outcome)>;

/// A kind of store: a row of [`BACKENDS`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backend {
    /// Its name, and the settings that it reads.
    pub settings: &'static StoreSettings,
    /// Its description, in one line.
    pub doc: &'static str,
    /// The rest of its section of docs/backends.md.
    pub page: fn() -> String,
    /// The facts about the store before it is opened.
    pub facts: fn(&View) -> Result<StoreFacts, Error>,
    /// Inspects the settings before anything is sent.
    pub inspector: Inspector,
    /// Examines a set-up for `doctor`.
    pub examiner: Examiner,
    /// Checks the settings and makes the store; opens no connection.
    pub open: OpenStore,
    /// Makes the keeper of what the store has made; `None` for a store that makes nothing.
    pub keeper: Option<OpenKeeper>,
}

/// What a store is opened with beside its settings.
#[derive(Debug, Default)]
pub(crate) struct Opening {
    /// Where the store tells what it does.
    pub journal: Journal,
    /// What its readings share with those of other stores of the process, if they do.
    pub shared: Option<Arc<SharedReadings>>,
}

/// Makes a store of its settings.
type OpenStore = fn(&View, Opening) -> Result<Arc<dyn Store>, Error>;

/// Makes a keeper of a store's settings.
type OpenKeeper = fn(&View, Journal) -> Result<Keeper, Error>;

/// Facts about a store and its readings that hold before it is opened or asked.
#[derive(Clone, Debug)]
pub(crate) struct StoreFacts {
    /// The store's name.
    pub name: &'static str,
    /// Whether each reading is a request to a server.
    pub is_remote: bool,
    /// Whether Vault's policies say who may read.
    pub has_policies: bool,
    /// The scope of the login, and of readings that name none, such as a Vault namespace.
    pub scope: Option<String>,
    /// The KV engine of readings that name none, if the settings say it.
    pub engine: Option<Engine>,
}

/// Every kind of store; the first is the default.
pub(crate) static BACKENDS: &[Backend] = &[vault::BACKEND, file::BACKEND];

/// Which store the secrets are in.
pub(crate) const TYPE: Key<&'static Backend> = Key::new(
    "AVP_TYPE",
    "which store the secrets are in",
    Format::choice(|| BACKENDS.iter().map(|store| Choice { names: store.settings.names, value: store }).collect()),
    "vault",
    &[Role::Login],
)
.default("vault")
.not_yet(&[
    "1passwordconnect",
    "awssecretsmanager",
    "azurekeyvault",
    "delineasecretserver",
    "gcpsecretmanager",
    "ibmsecretsmanager",
    "keepersecretsmanager",
    "kubernetessecret",
    "onepasswordconnect",
    "sops",
    "yandexcloudlockbox",
]);

/// The table of all settings, made of the rows of the stores and their logins, and of those that every run reads.
pub fn settings() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        let general = policy::settings::SETTINGS.iter().chain(general::SETTINGS).chain(keep::settings::SETTINGS);
        let general = general.chain(audit::settings::SETTINGS).chain(config::server::SETTINGS);
        let stores = BACKENDS.iter().map(|store| store.settings).collect();
        Table::new(&TYPE, stores, general.copied())
    });
    &TABLE
}

/// The store that `AVP_TYPE` names. Wrong or missing settings are errors here, before anything is asked. The store tells `journal` what
/// it does.
pub fn open(config: &Config, journal: Journal) -> Result<Arc<dyn Store>, Error> {
    open_with(config, Opening { journal, shared: None })
}

/// The store that `AVP_TYPE` names, whose readings may be shared.
pub(crate) fn open_with(config: &Config, opening: Opening) -> Result<Arc<dyn Store>, Error> {
    let store = config.required(&TYPE)?;
    (store.open)(&config.view(store.settings.settings), opening)
}

/// The keeper of what the store that `AVP_TYPE` names has made.
pub(crate) fn keeper(config: &Config, journal: Journal) -> Result<Keeper, Error> {
    let store = config.required(&TYPE)?;
    let Some(open) = store.keeper else {
        return Err(Error::new(
            Kind::Setting,
            format!("the store `{}` makes nothing that could be kept", store.name()),
        ));
    };
    open(&config.view(store.settings.settings), journal)
}

/// The facts about the store that `AVP_TYPE` names.
pub(crate) fn facts(config: &Config) -> Result<StoreFacts, Error> {
    let store = config.required(&TYPE)?;
    (store.facts)(&config.view(store.settings.settings))
}

/// Settings that an operator's environment gives, for tests.
pub fn config_for_test(pairs: &[(&str, &str)]) -> Config {
    let environment = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    Config::read(SettingSources { environment, ..SettingSources::default() }, settings()).0
}

impl Backend {
    /// The name, as `AVP_TYPE` gives it.
    pub(crate) fn name(&self) -> &'static str {
        self.settings.names[0]
    }
}

#[cfg(test)]
mod tests;
