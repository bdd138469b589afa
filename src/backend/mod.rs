//! Secret stores: what a store does, and the table of them. Knows no manifest and no placeholder.

mod docs;
mod file;
mod vault;

pub use docs::docs;

use std::sync::Arc;

use futures_util::future::{BoxFuture, ready};
use futures_util::stream::BoxStream;

use crate::config::Config;
use crate::error::{Error, Kind};
use crate::policy::{Grant, Policy};
use crate::secret::{Engine, Outcome};
use crate::words::list;

/// A store that secrets are read from. It outlives a run: connections, the token and what is known of mounts are its own.
pub trait Store: Send + Sync {
    /// Begins one run's use of the store. `policy` has made the run's grants, and judges paths that the store rewrites.
    fn begin(self: Arc<Self>, policy: Arc<Policy>) -> Box<dyn Round>;
}

/// One run's use of a store: what failed in it, and the time that it has, do not matter to the next one.
pub trait Round: Send + Sync {
    /// Reads everything that was granted, in whatever order it arrives. Whoever calls passes each secret once a run.
    fn read(&self, grants: Vec<Grant>) -> Readings<'_>;

    /// Whether reading would create something: a login to a database, a token, a lease.
    fn would_create<'r>(&'r self, _grant: &'r Grant) -> BoxFuture<'r, bool> {
        Box::pin(ready(false))
    }
}

/// Readings under way. None fails as a future: what went wrong is in its [`Outcome`].
pub type Readings<'r> = BoxStream<'r, (Grant, Outcome)>;

/// A kind of store: a row of [`BACKENDS`].
#[derive(Clone, Copy, Debug)]
pub struct Backend {
    /// Its name, as `AVP_TYPE` gives it.
    pub name: &'static str,
    /// What it is, in one line.
    pub doc: &'static str,
    /// The settings that it reads.
    pub settings: &'static [&'static str],
    /// The rest of its part of docs/backends.md.
    pub page: fn() -> String,
    /// What is known of the store before it is opened.
    pub facts: fn(&Config) -> Result<StoreFacts, Error>,
    /// Checks the settings and makes the store; opens no connection.
    pub open: fn(&Config) -> Result<Arc<dyn Store>, Error>,
}

/// What is known of a store and its readings before it is opened, and before anybody is asked.
#[derive(Clone, Debug)]
pub struct StoreFacts {
    /// The store's name.
    pub name: &'static str,
    /// Whether each reading is a request to a server.
    pub is_remote: bool,
    /// Whether Vault's policies say who may read.
    pub has_policies: bool,
    /// The namespace of the login, and of readings that name none.
    pub namespace: Option<String>,
    /// The KV engine of readings that name none, if the settings say it.
    pub engine: Option<Engine>,
}

/// Every kind of store; the first is the default.
pub const BACKENDS: &[Backend] = &[vault::BACKEND, file::BACKEND];

/// The store that `AVP_TYPE` names. Wrong or missing settings are errors here, before anything is asked.
pub fn open(config: &Config) -> Result<Arc<dyn Store>, Error> {
    (named(config)?.open)(config)
}

/// What is known of the store that `AVP_TYPE` names.
pub fn facts(config: &Config) -> Result<StoreFacts, Error> {
    (named(config)?.facts)(config)
}

fn named(config: &Config) -> Result<&'static Backend, Error> {
    find(config.get("AVP_TYPE").unwrap_or(BACKENDS[0].name))
}

fn find(name: &str) -> Result<&'static Backend, Error> {
    BACKENDS.iter().find(|backend| backend.name == name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Error {
    let names = list::quoted(BACKENDS.iter().map(|backend| backend.name));
    Error::new(Kind::Setting, format!("unknown store `{name}` in `AVP_TYPE`")).hint(format!("the stores are {names}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_documented_and_none_is_there_twice() {
        for (index, backend) in BACKENDS.iter().enumerate() {
            assert!(!backend.doc.is_empty() && !backend.settings.is_empty(), "{}", backend.name);
            assert!(BACKENDS[..index].iter().all(|other| other.name != backend.name), "{}", backend.name);
        }
    }

    #[test]
    fn an_unknown_store_lists_the_known_ones() {
        let error = find("valut").unwrap_err();
        assert_eq!(error.kind, Kind::Setting);
        assert_eq!(error.hint.as_deref(), Some("the stores are `vault`, `file`"));
    }
}
