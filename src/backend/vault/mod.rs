//! HashiCorp Vault, and OpenBao, as a store. Knows no manifest and no placeholder.

mod absence;
mod auth;
mod docs;
mod guard;
mod reading;
mod request;
mod response;
mod session;
mod token_cache;

use super::{Backend, Foreseeing, Outlook, Reading, Store};
use crate::client::Client;
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::secret::{Engine, SecretId};
use reading::Vault;
use session::Session;

/// How many requests are under way at once: 50 secrets take two of Vault's answering times, and a busy repo-server's renders
/// stay far below the connections that Vault takes.
const CONCURRENCY: usize = 32;

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
    outlook,
    open,
};

fn outlook(config: &Config) -> Result<Outlook, Error> {
    let namespace = config.get("VAULT_NAMESPACE").map(str::to_owned);
    Ok(Outlook { name: "vault", asks: true, policies: true, namespace, engine: engine(config)? })
}

fn open(config: &Config) -> Result<Box<dyn Store>, Error> {
    let Some(address) = config.get("VAULT_ADDR") else {
        return Err(Error::new(Kind::Setting, "`VAULT_ADDR` is not set: where is Vault?")
            .hint("e.g. `VAULT_ADDR=https://vault.example.com:8200`, or a file instead of Vault: `--secrets FILE`"));
    };
    let client = Client::new(config, address)?;
    Ok(Box::new(Vault::new(config, client, Session::new(config)?, engine(config)?)))
}

fn engine(config: &Config) -> Result<Option<Engine>, Error> {
    match config.get("AVP_KV_VERSION") {
        None => Ok(None),
        Some("1") => Ok(Some(Engine::V1)),
        Some("2") => Ok(Some(Engine::V2)),
        Some(other) => Err(Error::new(Kind::Setting, format!("`AVP_KV_VERSION` is neither `1` nor `2`: `{other}`"))),
    }
}

impl Store for Vault {
    fn read<'a>(&'a self, id: &'a SecretId) -> Reading<'a> {
        Box::pin(self.find(id))
    }

    fn creates<'a>(&'a self, id: &'a SecretId) -> Foreseeing<'a> {
        Box::pin(self.foresee(id))
    }

    fn concurrency(&self) -> usize {
        CONCURRENCY
    }
}
