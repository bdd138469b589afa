//! The settings of `serve`, which one process reads for all that it renders. Knows no server.

use std::time::Duration;

use super::format::{DURATION, SIZE};
use super::key::{AnyKey, Key};
use super::role::Role;

/// How much of a repository is unpacked for one call.
pub(crate) const SERVER_ARCHIVE_BYTES: Key<u64> = Key::new(
    "AVP_SERVER_ARCHIVE_BYTES",
    "how many bytes of a repository `serve` unpacks for one call",
    SIZE,
    "1Gi",
    &[Role::Narrowing],
)
.default("256Mi")
.early();

/// How long a secret that was read counts for other calls.
pub(crate) const SERVER_CACHE: Key<Duration> = Key::new(
    "AVP_SERVER_CACHE",
    "how long a secret that `serve` has read counts for other calls; the same call again reads anew; `0` is not at all",
    DURATION,
    "60s",
    &[Role::Narrowing],
)
.default("0")
.early();

/// How much memory the caches may take.
pub(crate) const SERVER_CACHE_BYTES: Key<u64> = Key::new(
    "AVP_SERVER_CACHE_BYTES",
    "how much memory the secrets take that `serve` keeps",
    SIZE,
    "64Mi",
    &[Role::Narrowing],
)
.default("16Mi")
.early();

/// All of them, in the order in which help and docs show them.
pub(crate) const SETTINGS: &[&dyn AnyKey] = &[&SERVER_ARCHIVE_BYTES, &SERVER_CACHE, &SERVER_CACHE_BYTES];
