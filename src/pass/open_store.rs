//! A store that a session has opened, or shares with others of the process. Reads nothing from it.

use std::sync::Arc;

use super::shared::Shared;
use crate::audit::{AuditLog, StoreName};
use crate::backend::{self, Store, StoreFacts};
use crate::config::Config;
use crate::error::Error;
use crate::journal::Journal;
use crate::policy::Policy;

/// A store, who may read what from it, and where that is audited.
pub(super) struct OpenStore {
    /// The settings that it was opened with.
    pub(super) config: Config,
    pub(super) store: Arc<dyn Store>,
    /// The name of the store.
    pub(super) name: &'static str,
    pub(super) policy: Arc<Policy>,
    pub(super) audit: Option<Arc<AuditLog>>,
}

impl OpenStore {
    /// The store of these settings: one of those that are shared, if any are, else a new one, which tells `journal` what it does.
    pub(super) fn open(
        config: &Config,
        policy: Policy,
        shared: Option<&Shared>,
        journal: Journal,
    ) -> Result<Self, Error> {
        let StoreFacts { name, scope, .. } = backend::facts(config)?;
        let audit = AuditLog::of(config, policy.requester().clone(), StoreName { name, scope })?.map(Arc::new);
        let store = match shared {
            Some(shared) => shared.store(config)?,
            None => backend::open(config, journal)?,
        };
        Ok(Self { config: config.clone(), store, name, policy: Arc::new(policy), audit })
    }
}
