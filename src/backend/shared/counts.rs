//! What has happened in a process so far, in numbers. Knows nobody who reads them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::CacheKind;

/// How a login ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginResult {
    /// The store gave a token.
    Success,
    /// A token was renewed.
    Renewed,
    /// The store refused, or did not answer.
    Failure,
}

/// How many readings of a store ended so.
pub(crate) type ReadCount = (&'static str, &'static str, u64);

/// The numbers.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// By store and result.
    reads: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
    hits: [AtomicU64; 3],
    logins: [AtomicU64; 3],
    failed_reloads: AtomicU64,
}

const KINDS: [CacheKind; 3] = [CacheKind::UnderWay, CacheKind::Secrets, CacheKind::Renderings];
const LOGINS: [(LoginResult, &str); 3] =
    [(LoginResult::Success, "success"), (LoginResult::Renewed, "renewed"), (LoginResult::Failure, "failure")];

impl Counts {
    /// Counts a reading.
    pub(crate) fn count_read(&self, store: &'static str, result: &'static str) {
        *self.reads.lock().unwrap_or_else(PoisonError::into_inner).entry((store, result)).or_default() += 1;
    }

    /// Counts what a cache had.
    pub(crate) fn count_hit(&self, kind: CacheKind) {
        self.hits[kind as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a login.
    pub(crate) fn count_login(&self, result: LoginResult) {
        self.logins[result as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a file of the operator's that could not be read again.
    pub(crate) fn count_failed_reload(&self) {
        self.failed_reloads.fetch_add(1, Ordering::Relaxed);
    }

    /// The readings, by store and result.
    pub(crate) fn reads(&self) -> Vec<ReadCount> {
        let reads = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        reads.iter().map(|((store, result), count)| (*store, *result, *count)).collect()
    }

    /// What the caches had, by cache.
    pub(crate) fn hits(&self) -> Vec<(&'static str, u64)> {
        KINDS.iter().map(|kind| (kind.name(), self.hits[*kind as usize].load(Ordering::Relaxed))).collect()
    }

    /// The logins, by result.
    pub(crate) fn logins(&self) -> Vec<(&'static str, u64)> {
        LOGINS.iter().map(|(result, name)| (*name, self.logins[*result as usize].load(Ordering::Relaxed))).collect()
    }

    /// How many files of the operator's could not be read again.
    pub(crate) fn failed_reloads(&self) -> u64 {
        self.failed_reloads.load(Ordering::Relaxed)
    }
}
