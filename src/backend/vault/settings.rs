//! The settings of Vault that every login shares: where it is, whom to trust, how long to wait. Knows no login.

use std::path::PathBuf;
use std::time::Duration;

use super::auth::{self, AUTH_TYPE};
use super::engine::Engine;
use crate::config::format::{Choice, DURATION, Format, NUMBER, PATH, RATE, SERVER, SWITCH, TEXT, URL};
use crate::config::table::{Logins, StandIn, StoreSettings, Unsupported};
use crate::config::{Key, Rate, Role, Tighter};
use crate::error::Level;
use crate::policy::settings::{NAMESPACE, SYSTEM_PATHS};

/// Where Vault is.
pub(super) const ADDRESS: Key<String> = Key::new(
    "VAULT_ADDR",
    "Vault's address, or those of all nodes of one cluster, separated by commas; `unix:///PATH` is an agent's socket",
    SERVER,
    "https://vault.example.com:8200",
    &[Role::Address],
);

/// Where an agent is that stands in for Vault.
pub(super) const AGENT_ADDRESS: Key<String> = Key::new(
    "VAULT_AGENT_ADDR",
    "the address of a Vault Agent or Proxy, which is asked in place of `VAULT_ADDR`",
    SERVER,
    "unix:///run/vault/agent.sock",
    &[Role::Narrowing],
);

/// The proxy in front of Vault.
pub(super) const PROXY_ADDRESS: Key<String> = Key::new(
    "VAULT_PROXY_ADDR",
    "an HTTP proxy for Vault alone, in place of those of `HTTP_PROXY` and `HTTPS_PROXY`; it counts for every address",
    URL,
    "http://proxy.example.com:3128",
    &[Role::Narrowing],
);

/// The KV engine of readings that name none.
pub(super) const KV_VERSION: Key<Engine> = Key::new(
    "AVP_KV_VERSION",
    "read every path as KV version 1 or 2; unset, the answer tells",
    Format::choice(|| vec![Choice { names: &["1"], value: Engine::V1 }, Choice { names: &["2"], value: Engine::V2 }]),
    "2",
    &[Role::Free],
);

pub(super) const CACERT: Key<PathBuf> = Key::new(
    "VAULT_CACERT",
    "a PEM file: the authorities that may vouch for Vault",
    PATH,
    "/etc/vault/ca.pem",
    &[Role::File, Role::Verification],
);

pub(super) const CACERT_BYTES: Key<String> = Key::new(
    "VAULT_CACERT_BYTES",
    "the PEM of such authorities itself",
    TEXT,
    "-----BEGIN CERTIFICATE-----…",
    &[Role::Verification],
);

pub(super) const CAPATH: Key<PathBuf> =
    Key::new("VAULT_CAPATH", "a folder of such PEM files", PATH, "/etc/vault/ca", &[Role::File, Role::Verification]);

pub(super) const CLIENT_CERT: Key<PathBuf> = Key::new(
    "VAULT_CLIENT_CERT",
    "a PEM file: the certificate shown to Vault",
    PATH,
    "/etc/vault/client.pem",
    &[Role::File, Role::Identity],
);

pub(super) const CLIENT_KEY: Key<PathBuf> = Key::new(
    "VAULT_CLIENT_KEY",
    "a PEM file: the key of that certificate",
    PATH,
    "/etc/vault/client-key.pem",
    &[Role::File, Role::Credential, Role::TlsKey],
);

pub(super) const TLS_SERVER_NAME: Key<String> = Key::new(
    "VAULT_TLS_SERVER_NAME",
    "the name that Vault's certificate must bear",
    TEXT,
    "vault.internal",
    &[Role::Verification],
);

pub(super) const SKIP_VERIFY: Key<bool> = Key::new(
    "VAULT_SKIP_VERIFY",
    "`true` accepts any certificate: for experiments only",
    SWITCH,
    "false",
    &[Role::Narrowing],
)
.default("false");

pub(super) const CLIENT_TIMEOUT: Key<Duration> = Key::new(
    "VAULT_CLIENT_TIMEOUT",
    "how long a request may take; `0` is for ever",
    DURATION,
    "30s",
    &[Role::Limit(Tighter::Shorter)],
)
.default("60s");

/// How long to wait for a Vault that is away.
pub(super) const WAIT: Key<Duration> = Key::new(
    "AVP_WAIT",
    "how long to wait for a Vault that is sealed, starting, without an active node or not reachable, beyond `VAULT_CLIENT_TIMEOUT` and \
     within `AVP_TIMEOUT`",
    DURATION,
    "30s",
    &[Role::Narrowing],
)
.default("0");

pub(super) const MAX_RETRIES: Key<u64> = Key::new(
    "VAULT_MAX_RETRIES",
    "how often a failed reading is tried again",
    NUMBER,
    "5",
    &[Role::Limit(Tighter::Fewer)],
)
.default("2");

pub(super) const RATE_LIMIT: Key<Rate> = Key::new(
    "VAULT_RATE_LIMIT",
    "requests per second, as `RATE` or `RATE:BURST`",
    RATE,
    "10:20",
    &[Role::Limit(Tighter::Slower)],
);

pub(super) const DISABLE_TOKEN_CACHE: Key<bool> = Key::new(
    "AVP_DISABLE_TOKEN_CACHE",
    "`true` keeps no token between runs",
    SWITCH,
    "true",
    &[Role::Limit(Tighter::On)],
)
.default("false")
.flag("--disable-token-cache");

/// The settings of the store.
pub(super) const SETTINGS: StoreSettings = StoreSettings {
    names: &["vault"],
    settings: &[
        &ADDRESS,
        &AGENT_ADDRESS,
        &PROXY_ADDRESS,
        &NAMESPACE,
        &AUTH_TYPE,
        &KV_VERSION,
        &SYSTEM_PATHS,
        &CACERT,
        &CACERT_BYTES,
        &CAPATH,
        &CLIENT_CERT,
        &CLIENT_KEY,
        &TLS_SERVER_NAME,
        &SKIP_VERIFY,
        &CLIENT_TIMEOUT,
        &WAIT,
        &MAX_RETRIES,
        &RATE_LIMIT,
        &DISABLE_TOKEN_CACHE,
    ],
    logins: Some(Logins {
        choice: &AUTH_TYPE,
        rows: auth::settings,
        stand_in: Some(StandIn { address: &AGENT_ADDRESS, store: &ADDRESS, login: "none" }),
    }),
    unsupported: &[Unsupported {
        name: "VAULT_SRV_LOOKUP",
        level: Level::Warning,
        hint: "name the nodes in `VAULT_ADDR`, separated by commas",
    }],
};
