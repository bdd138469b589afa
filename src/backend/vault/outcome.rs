//! Vault's response to a reading → its outcome, with hints for the user. Pure.

use std::sync::Arc;
use std::time::SystemTime;

use super::endpoint::capability;
use super::engine::Engine;
use super::kept::KeptSecret;
use super::missing;
use super::mount::Mount;
use super::reader::Reader;
use super::response::{ReadResult, StoredSecret};
use super::token::Token;
use crate::error::{Error, Kind};
use crate::policy::Grant;
use crate::secret::{Outcome, Provenance, Secret};

/// Vault's response to one reading.
pub(super) struct ReadResponse {
    /// The meaning of the response.
    pub(super) result: ReadResult,
    /// The token that it is a response to.
    pub(super) token: Arc<Token>,
    /// The hint for a user whose token itself is refused.
    pub(super) token_hint: Option<String>,
    /// Whether it is a response to another reading.
    pub(super) is_shared: bool,
}

impl ReadResponse {
    /// Whether it is a secret that was made for who asked.
    pub(super) fn is_made(&self) -> bool {
        matches!(&self.result, ReadResult::Secret(secret) if KeptSecret::new(secret, &self.token, SystemTime::now()).is_some())
    }
}

/// The outcome of reading `grant` in `namespace`.
pub(super) fn outcome(grant: &Grant, namespace: Option<&str>, response: ReadResponse) -> Outcome {
    let path = &grant.id().path;
    let named = match namespace {
        Some(namespace) => format!("`{path}` in namespace `{namespace}`"),
        None => format!("`{path}`"),
    };
    let reader = &response.token.reader;
    let missing = |detail| told_by(reader, Error::new(Kind::Missing, detail));
    match (response.result, &grant.id().version) {
        (ReadResult::Secret(secret), _) => {
            let provenance = if response.is_shared { Provenance::Shared } else { Provenance::Store };
            Outcome::Found(Secret { provenance, ..secret.into() })
        }
        (ReadResult::Deleted(error), _) => Outcome::NoVersion(told_by(reader, error)),
        (ReadResult::Absent | ReadResult::NoMount(_), None) => {
            Outcome::NoPath(missing(format!("no secret at {named}")))
        }
        (ReadResult::Absent | ReadResult::NoMount(_), Some(version)) => {
            Outcome::NoVersion(missing(format!("no version {version} of {named}, or no secret at all")))
        }
        (ReadResult::Refused(error), _) => Outcome::Refused(error),
        (ReadResult::Denied(causes), _) => {
            Outcome::Denied(told_by(reader, denied(grant, &named, causes, response.token_hint)))
        }
        (ReadResult::Failed(error), _) => {
            Outcome::Failed(Error { detail: format!("cannot read {named}: {}", error.detail), ..error })
        }
    }
}

/// `error` with a word on who asked Vault, behind Vault's own words.
fn told_by(reader: &Reader, error: Error) -> Error {
    let causes = error.cause.as_deref().map(|cause| format!("{cause}; ")).unwrap_or_default();
    error.cause(format!("{causes}{reader}"))
}

/// The outcome of a reading without a response. A refused login is a denial.
pub(super) fn failed(error: Error) -> Outcome {
    if error.kind == Kind::Denied { Outcome::Denied(error) } else { Outcome::Failed(error) }
}

/// `outcome` with `hint` in front of its error's own hint.
pub(super) fn with_hint(outcome: Outcome, hint: Option<String>) -> Outcome {
    let Some(hint) = hint else { return outcome };
    outcome.map_error(|error| {
        let own = error.hint.as_ref().map(|own| format!("; {own}")).unwrap_or_default();
        error.hint(format!("{hint}{own}"))
    })
}

/// The hint that names the kind of a mount, for a path that lacks something other than `data/`.
pub(super) fn describe(mount: &Mount) -> String {
    let kind = match mount.engine {
        Some(Engine::V1) => "KV version 1",
        Some(Engine::V2) => "KV version 2",
        None => &mount.mount_type,
    };
    format!("its mount `{}` is {kind}", mount.path)
}

impl From<StoredSecret> for Secret {
    fn from(StoredSecret { data, version, lease, .. }: StoredSecret) -> Self {
        Self { version, lease, ..Self::new(data) }
    }
}

/// The error of a denied reading. Of a token that is refused itself it names no path: it is the same for all of them.
fn denied(grant: &Grant, named: &str, causes: String, token_hint: Option<String>) -> Error {
    let error = match token_hint {
        Some(hint) => Error::new(Kind::Denied, "Vault refuses the token (403)").hint(hint),
        None => {
            let command = format!("vault token capabilities {}", missing::quoted(&grant.id().path));
            let right = capability(grant.id());
            Error::new(Kind::Denied, format!("Vault denies reading {named} (403)"))
                .hint(format!("the login's policies do not grant `{right}` there: `{command}` shows what they grant"))
        }
    };
    if causes.is_empty() { error } else { error.cause(causes) }
}
