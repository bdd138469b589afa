//! The sessions of a store, one for each login that a policy chooses. All send through one client, which knows the credentials of all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::connection;
use super::session::Session;
use crate::client::Client;
use crate::config::View;
use crate::error::Error;
use crate::keep::Keep;
use crate::policy::Login;

/// The sessions of a store.
pub(super) struct Logins {
    settings: View,
    client: Arc<Client>,
    keep: Option<Keep>,
    /// By the name of the login.
    sessions: Mutex<HashMap<String, Arc<Session>>>,
}

impl Logins {
    /// Opens no session.
    pub(super) fn new(settings: &View, client: Arc<Client>, keep: Option<Keep>) -> Self {
        Self { settings: settings.clone(), client, keep, sessions: Mutex::default() }
    }

    /// The session of a login; an error if its settings are wrong. It logs in at its first reading.
    pub(super) fn session(&self, login: &Login) -> Result<Arc<Session>, Error> {
        let mut sessions = self.sessions.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let name = login.to_string();
        if let Some(session) = sessions.get(&name) {
            return Ok(session.clone());
        }
        let settings = match login {
            Login::Primary => self.settings.clone(),
            Login::Named(named) => self.settings.with(named.config.as_ref().map_err(Clone::clone)?),
        };
        connection::conceal(&settings, self.client.credentials());
        let session = Arc::new(Session::new(&settings, self.client.clone(), self.keep.clone())?);
        Ok(sessions.entry(name).or_insert(session).clone())
    }
}
