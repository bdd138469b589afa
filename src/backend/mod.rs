//! Secret stores: what a store does, and the table of those there are. Knows no manifest and no placeholder.

mod docs;
mod file;
mod vault;

pub use docs::docs;

use std::future::Future;
use std::pin::Pin;

use crate::config::Config;
use crate::error::{Error, Kind};
use crate::secret::{Engine, Outcome, SecretId};
use crate::words::list;

/// One reading under way. It never fails as a future: what went wrong is in its [`Outcome`].
pub type Reading<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// The answer to whether a reading would create something.
pub type Foreseeing<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

/// A store that secrets are read from.
pub trait Store: Send + Sync {
    /// Reads `id`. Whoever calls asks for each id once a run.
    fn read<'a>(&'a self, id: &'a SecretId) -> Reading<'a>;

    /// Whether reading `id` would create something: a login to a database, a token, a lease.
    fn creates<'a>(&'a self, _id: &'a SecretId) -> Foreseeing<'a> {
        Box::pin(std::future::ready(false))
    }

    /// How many readings may run at once.
    fn concurrency(&self) -> usize;
}

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
    /// What is known of its readings before it is opened.
    pub outlook: fn(&Config) -> Result<Outlook, Error>,
    /// Checks the settings and makes the store; opens no connection.
    pub open: fn(&Config) -> Result<Box<dyn Store>, Error>,
}

/// What is known of a store's readings before it is opened, and before anybody is asked.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The store's name.
    pub name: &'static str,
    /// Whether each reading is a request to a server.
    pub asks: bool,
    /// Whether Vault's policies say who may read.
    pub policies: bool,
    /// The namespace of the login, and of readings that name none.
    pub namespace: Option<String>,
    /// The KV engine of readings that name none, if it was said.
    pub engine: Option<Engine>,
}

/// Every kind of store; the first is the default.
pub const BACKENDS: &[Backend] = &[vault::BACKEND, file::BACKEND];

/// The store that `AVP_TYPE` names. Wrong or missing settings are errors here, before anything is asked.
pub fn open(config: &Config) -> Result<Box<dyn Store>, Error> {
    (named(config)?.open)(config)
}

/// What is known of the readings of the store that `AVP_TYPE` names.
pub fn outlook(config: &Config) -> Result<Outlook, Error> {
    (named(config)?.outlook)(config)
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
