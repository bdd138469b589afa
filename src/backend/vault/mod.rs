//! HashiCorp Vault, and OpenBao, as a store. Knows no manifest and no placeholder.

mod absence;
mod auth;
mod docs;
mod guard;
mod mounts;
mod outcome;
mod reading;
mod request;
mod response;
mod round;
mod session;
mod token_cache;

use std::sync::Arc;
use std::time::Duration;

use super::{Backend, Store, StoreFacts};
use crate::client::Client;
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::secret::Engine;
use mounts::Mounts;
use session::Session;

/// This store's row.
pub(super) const BACKEND: Backend = Backend {
    name: "vault",
    doc: "HashiCorp Vault or OpenBao: KV version 1 and 2, and every other path that can be read",
    settings: &[
        "VAULT_ADDR",
        "VAULT_NAMESPACE",
        "AVP_AUTH_TYPE",
        "AVP_KV_VERSION",
        "AVP_PATH_VALIDATION",
        "AVP_SYSTEM_PATHS",
        "AVP_DISABLE_TOKEN_CACHE",
        "VAULT_CACERT",
        "VAULT_CACERT_BYTES",
        "VAULT_CAPATH",
        "VAULT_CLIENT_CERT",
        "VAULT_CLIENT_KEY",
        "VAULT_TLS_SERVER_NAME",
        "VAULT_SKIP_VERIFY",
        "VAULT_CLIENT_TIMEOUT",
        "AVP_TIMEOUT",
        "VAULT_MAX_RETRIES",
        "VAULT_RATE_LIMIT",
    ],
    page: docs::page,
    facts,
    open,
};

/// Vault as a store.
struct Vault {
    session: Session,
    mounts: Mounts,
    /// The operator's namespace.
    namespace: Option<String>,
    engine: Option<Engine>,
    /// How long all readings of a round may take together.
    round_time: Duration,
    /// Names that the settings give and messages repeat.
    own_words: Vec<String>,
}

fn facts(config: &Config) -> Result<StoreFacts, Error> {
    let namespace = config.get("VAULT_NAMESPACE").map(str::to_owned);
    Ok(StoreFacts { name: "vault", is_remote: true, has_policies: true, namespace, engine: engine(config)? })
}

fn open(config: &Config) -> Result<Arc<dyn Store>, Error> {
    let Some(address) = config.get("VAULT_ADDR") else {
        return Err(Error::new(Kind::Setting, "`VAULT_ADDR` is not set: where is Vault?")
            .hint("e.g. `VAULT_ADDR=https://vault.example.com:8200`, or a file instead of Vault: `--secrets FILE`"));
    };
    let client = Client::new(config, address)?;
    let names = ["VAULT_NAMESPACE", "AVP_MOUNT_PATH", "AVP_K8S_MOUNT_PATH", "AVP_K8S_ROLE"];
    let own_words = names.iter().filter_map(|name| config.get(name)).map(str::to_owned).chain([client.address()]);
    Ok(Arc::new(Vault {
        own_words: own_words.collect(),
        session: Session::new(config, client)?,
        mounts: Mounts::default(),
        namespace: config.get("VAULT_NAMESPACE").map(str::to_owned),
        engine: engine(config)?,
        round_time: config.duration("AVP_TIMEOUT").unwrap_or(Duration::from_secs(50)),
    }))
}

fn engine(config: &Config) -> Result<Option<Engine>, Error> {
    match config.get("AVP_KV_VERSION") {
        None => Ok(None),
        Some("1") => Ok(Some(Engine::V1)),
        Some("2") => Ok(Some(Engine::V2)),
        Some(other) => Err(Error::new(Kind::Setting, format!("`AVP_KV_VERSION` is neither `1` nor `2`: `{other}`"))),
    }
}
