//! HashiCorp Vault, and OpenBao, as a store. Knows no manifest and no placeholder.

mod absence;
mod auth;
mod cached_token;
mod cloud_proof;
mod configured_login;
mod connection;
mod docs;
mod endpoint;
mod engine;
mod examination;
mod failure;
mod guard;
mod identity;
mod inspection;
mod keeper;
mod kept;
mod lists;
mod login_response;
mod logins;
mod member;
mod missing;
mod mount;
mod mounts;
mod outcome;
mod query;
mod reader;
mod reading;
mod request;
mod response;
mod round;
mod round_client;
mod round_state;
mod session;
mod settings;
mod token;
mod token_cache;
mod wrapping;

use std::sync::Arc;
use std::time::Duration;

use super::inspection::Inspector;
use super::{Backend, Opening, Store, StoreFacts};
use crate::config::View;
use crate::config::general::TIMEOUT;
use crate::error::{Error, Kind};
use crate::keep::Keep;
use crate::keep::settings::LAST_GOOD;
use crate::policy::Login;
use crate::policy::settings::{NAMESPACE, POLICY};
pub(crate) use endpoint::capability;
pub(crate) use engine::Engine;
pub(crate) use keeper::Keeper;
use kept::LastGood;
use logins::Logins;
use mounts::Mounts;
use settings::KV_VERSION;

/// This store's row.
pub(super) const BACKEND: Backend = Backend {
    settings: &settings::SETTINGS,
    doc: "HashiCorp Vault or OpenBao: KV version 1 and 2, and every other path that can be read",
    page: docs::page,
    facts,
    inspector: Inspector { inspect: inspection::inspect, risks: inspection::risks },
    examiner: examination::EXAMINER,
    open,
    keeper: Some(keeper::open),
};

/// Vault as a store.
struct Vault {
    logins: Logins,
    mounts: Mounts,
    /// Where secrets that Vault makes outlive a run; `None` nowhere.
    keep: Option<Keep>,
    /// Where values are kept that stand in while it is unavailable; `None` nowhere.
    last_good: Option<LastGood>,
    /// The operator's namespace.
    namespace: Option<String>,
    engine: Option<Engine>,
    /// How long all readings of a round may take together.
    round_time: Duration,
    /// Names that the settings give and messages repeat.
    own_words: Vec<String>,
}

fn facts(settings: &View) -> Result<StoreFacts, Error> {
    let (scope, engine) = (settings.get(&NAMESPACE).cloned(), settings.get(&KV_VERSION).copied());
    Ok(StoreFacts { name: "vault", is_remote: true, has_policies: true, scope, engine })
}

fn open(settings: &View, Opening { journal, shared }: Opening) -> Result<Arc<dyn Store>, Error> {
    let keep = Keep::open(settings, journal.clone())?;
    let client = Arc::new(connection::client(settings, journal)?);
    let namespace = settings.get(&NAMESPACE).cloned();
    let own_words = auth::own_words(settings).into_iter().chain(namespace.clone()).chain([client.address()]);
    let logins = Logins::new(settings, client, keep.clone(), shared)?;
    if settings.get(&POLICY).is_none() {
        logins.session(&Login::Primary)?;
    }
    Ok(Arc::new(Vault {
        own_words: own_words.collect(),
        logins,
        mounts: Mounts::default(),
        last_good: last_good(settings, keep.as_ref())?,
        keep,
        namespace,
        engine: settings.get(&KV_VERSION).copied(),
        // What is left of the run's time is for reporting what was not read.
        round_time: settings.required(&TIMEOUT)?.mul_f64(0.95),
    }))
}

/// The keep of last good values, if the settings ask for it.
fn last_good(settings: &View, keep: Option<&Keep>) -> Result<Option<LastGood>, Error> {
    let Some(life) = settings.get(&LAST_GOOD).copied().filter(|life| !life.is_zero()) else { return Ok(None) };
    match keep.cloned() {
        Some(keep) => Ok(Some(LastGood { keep, life })),
        None => Err(Error::new(Kind::Setting, "`AVP_LAST_GOOD` is set and `AVP_KEEP` is not")
            .hint("last good values are kept in the folder or the Redis that `AVP_KEEP` names")),
    }
}
