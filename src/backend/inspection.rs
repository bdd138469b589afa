//! What the settings of a store say before anything is sent: what is missing, what is wrong, what is risky. Files that they name are read.

use super::TYPE;
use crate::config::{Config, View};
use crate::error::{Error, Errors};

/// The findings about a store's settings.
#[derive(Debug, Default)]
pub(crate) struct Inspection {
    /// What nobody has set, and a run needs: an address, a login and its settings. Somebody else may bring it.
    pub missing: Vec<Error>,
    /// Files that cannot be read, and values that cannot be used.
    pub wrong: Vec<Error>,
}

/// How a store inspects its settings. Nothing is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inspector {
    /// What is missing and what is wrong.
    pub inspect: fn(&View) -> Inspection,
    /// Warnings about settings that give secrets away.
    pub risks: fn(&View) -> Vec<Error>,
}

/// What is missing for a run with these settings, and what is wrong with the files and values that they name.
pub(crate) fn inspect(config: &Config) -> Inspection {
    match config.required(&TYPE) {
        Ok(store) => (store.inspector.inspect)(&config.view(store.settings.settings)),
        Err(missing) => Inspection { missing: vec![missing], ..Inspection::default() },
    }
}

/// Warnings about settings that give secrets away.
pub(crate) fn risks(config: &Config) -> Errors {
    let store = config.get(&TYPE);
    let mut errors = Errors::new();
    errors.extend(store.into_iter().flat_map(|store| (store.inspector.risks)(&config.view(store.settings.settings))));
    errors
}

impl Inspection {
    /// Adds the error of a result to what is wrong.
    pub(super) fn expect<T>(&mut self, result: Result<T, Error>) {
        self.wrong.extend(result.err());
    }
}
