//! The settings of the keep. They are the operator's: what is kept is shared by all tenants.

use std::path::PathBuf;
use std::time::Duration;

use super::place::Place;
use crate::config::format::{DURATION, Format, PATH, TEXT};
use crate::config::{AnyKey, Key, Role};

/// Where things are kept.
pub(crate) const KEEP: Key<Place> = Key::new(
    "AVP_KEEP",
    "where leases, certificates and last good values outlive a run: a folder of this machine, or a Redis that replicas share; \
     unset, nowhere",
    Format::text("an absolute path, or a `redis://`, `rediss://` or `redis+sentinel://` address", |text| {
        let place = Place::parse(text.trim())?;
        Ok((place.to_string(), place))
    }),
    "redis://argocd-redis:6379",
    &[Role::Narrowing],
);

/// The user to Redis.
pub(crate) const USERNAME: Key<String> = Key::new(
    "AVP_KEEP_USERNAME",
    "the user of Redis' access list to log in as; unset, its default user",
    TEXT,
    "vault-render",
    &[Role::Narrowing],
);

/// The password for Redis.
pub(crate) const PASSWORD_FILE: Key<PathBuf> = Key::new(
    "AVP_KEEP_PASSWORD_FILE",
    "the file with Redis' password, read for each connection",
    PATH,
    "/etc/vault-render/redis/auth",
    &[Role::Narrowing],
);

/// Who may vouch for Redis.
pub(crate) const CACERT: Key<PathBuf> = Key::new(
    "AVP_KEEP_CACERT",
    "the file with the authorities that may vouch for Redis, as PEM; unset, the system's",
    PATH,
    "/etc/vault-render/redis/ca.crt",
    &[Role::Narrowing],
);

/// What seals the entries.
pub(crate) const KEY_FILE: Key<PathBuf> = Key::new(
    "AVP_KEEP_KEY_FILE",
    "the file with the keys that seal what is kept: lines of base64, 32 bytes each; the first seals, all open",
    PATH,
    "/etc/vault-render/keep/key",
    &[Role::Narrowing],
);

/// How long a value stands in for the store.
pub(crate) const LAST_GOOD: Key<Duration> = Key::new(
    "AVP_LAST_GOOD",
    "how old a value may be that stands in while the store is unavailable: each value that is read is kept this long; unset, none is",
    DURATION,
    "24h",
    &[Role::Narrowing],
);

/// All of them, in the order in which help and docs show them.
pub(crate) const SETTINGS: &[&dyn AnyKey] = &[&KEEP, &USERNAME, &PASSWORD_FILE, &CACERT, &KEY_FILE, &LAST_GOOD];
