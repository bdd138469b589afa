//! The sessions of a store, one for each login that a policy chooses. All send through one client, which knows the credentials of all.

use std::sync::{Arc, Mutex, MutexGuard};

use super::connection;
use super::session::Session;
use crate::backend::shared::SharedReadings;
use crate::backend::{LeastUsed, identity};
use crate::client::Client;
use crate::config::View;
use crate::digest::{Digest, DigestKey};
use crate::error::Error;
use crate::keep::Keep;
use crate::policy::Login;

/// How many logins have a session at once. The least used one goes.
const MOST: usize = 256;

/// The name of a login, and what a named one depends on: requesters may have logins of one name.
type LoginKey = (String, Option<Digest>);

/// The sessions of a store.
pub(super) struct Logins {
    settings: View,
    client: Arc<Client>,
    keep: Option<Keep>,
    shared: Option<Arc<SharedReadings>>,
    key: DigestKey,
    sessions: Mutex<LeastUsed<LoginKey, Arc<Session>>>,
}

impl Logins {
    /// Opens no session.
    pub(super) fn new(
        settings: &View,
        client: Arc<Client>,
        keep: Option<Keep>,
        shared: Option<Arc<SharedReadings>>,
    ) -> Result<Self, Error> {
        let (key, sessions) = (DigestKey::random()?, Mutex::new(LeastUsed::new(MOST)));
        Ok(Self { settings: settings.clone(), client, keep, shared, key, sessions })
    }

    /// The session of a login; an error if its settings are wrong. It logs in at its first reading.
    pub(super) fn session(&self, login: &Login) -> Result<Arc<Session>, Error> {
        let (settings, identity) = match login {
            Login::Primary => (self.settings.clone(), None),
            Login::Named(named) => {
                let config = named.config.as_ref().map_err(Clone::clone)?;
                (self.settings.with(config), Some(identity(config, &self.key)))
            }
        };
        let mut sessions = self.lock();
        let key = (login.to_string(), identity);
        if let Some(session) = sessions.get(&key) {
            return Ok(session.clone());
        }
        connection::conceal(&settings, self.client.credentials());
        let session = Session::new(&settings, self.client.clone(), self.keep.clone())?;
        let session = Arc::new(session.sharing(self.shared.clone()));
        sessions.insert(key, session.clone());
        Ok(session)
    }

    /// The sessions that are there.
    pub(super) fn sessions(&self) -> Vec<Arc<Session>> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, LeastUsed<LoginKey, Arc<Session>>> {
        self.sessions.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
