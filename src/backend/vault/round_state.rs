//! The state of one run's use of Vault: for whom it reads, its time, its failure, and how far it trusts the token.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use super::lists::Lists;
use super::mount::Mount;
use super::round_client::{RequesterHeaders, RoundClient};
use crate::client::{Allowance, Client};
use crate::error::Error;
use crate::policy::Requester;

/// The state of a round. The next round begins with a new one.
pub(super) struct RoundState {
    allowance: Arc<Allowance>,
    /// For whom it reads.
    headers: RequesterHeaders,
    /// Why no further reading is tried.
    failure: OnceLock<Error>,
    /// Whether the round has replaced its token.
    has_renewed: AtomicBool,
    /// Whether Vault has given a token to this round, or has accepted the one that it uses.
    has_good_token: AtomicBool,
    /// The names in folders, by their namespace and path.
    lists: Lists<(Option<String>, String), String>,
    /// The mounts of namespaces.
    mounts: Lists<Option<String>, Mount>,
    /// What the round has to say that concerns no reading alone.
    warnings: Mutex<Vec<Error>>,
}

impl RoundState {
    /// The state of a round that begins now, for `requester`.
    pub(super) fn new(allowance: Arc<Allowance>, requester: &Requester) -> Self {
        let headers = RequesterHeaders::of(requester);
        let (has_renewed, has_good_token) = (AtomicBool::new(false), AtomicBool::new(false));
        let (lists, mounts, warnings) = (Lists::default(), Lists::default(), Mutex::default());
        Self { allowance, headers, failure: OnceLock::new(), has_renewed, has_good_token, lists, mounts, warnings }
    }

    /// The time that the round has.
    pub(super) fn allowance(&self) -> &Allowance {
        &self.allowance
    }

    /// What sends the round's requests through `client`.
    pub(super) fn client<'r>(&'r self, client: &'r Client) -> RoundClient<'r> {
        RoundClient::new(client, &self.headers)
    }

    /// The names in folders that Vault has listed.
    pub(super) fn lists(&self) -> &Lists<(Option<String>, String), String> {
        &self.lists
    }

    /// The mounts that Vault has listed.
    pub(super) fn mounts(&self) -> &Lists<Option<String>, Mount> {
        &self.mounts
    }

    /// Stops the readings that wait, which would fail too.
    pub(super) fn fail(&self, error: &Error) {
        let _ = self.failure.set(error.clone());
    }

    /// The error that stops the round, if there is one.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.failure.get().map_or(Ok(()), |error| Err(error.clone()))
    }

    /// Warns once, with the next secret that is found.
    pub(super) fn warn(&self, warning: Error) {
        let mut warnings = self.warnings.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if !warnings.iter().any(|known| known.detail == warning.detail) {
            warnings.push(warning);
        }
    }

    /// The warnings that were not told yet.
    pub(super) fn take_warnings(&self) -> Vec<Error> {
        std::mem::take(&mut *self.warnings.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// Whether the token may be replaced, which a round does once.
    pub(super) fn may_renew(&self) -> bool {
        !self.has_renewed.swap(true, Ordering::Relaxed)
    }

    /// Notes that Vault has given a token to this round, or has accepted the one that it uses.
    pub(super) fn trust_token(&self) {
        self.has_good_token.store(true, Ordering::Relaxed);
    }

    /// Whether Vault has given the token to this round, or has accepted it. If not, it may have ended since an earlier round got it.
    pub(super) fn has_good_token(&self) -> bool {
        self.has_good_token.load(Ordering::Relaxed)
    }
}
