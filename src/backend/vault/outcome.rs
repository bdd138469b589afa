//! Vault's response to a reading → its outcome, with what helps the user. Pure.

use super::Engine;
use super::response::{Mount, ReadResult, StoredSecret};
use crate::error::{Error, Kind};
use crate::policy::Grant;
use crate::secret::{Outcome, Secret};

/// What Vault responded to one reading.
pub(super) struct ReadResponse {
    /// What the response means.
    pub(super) result: ReadResult,
    /// What helps where Vault refuses the token itself.
    pub(super) token_hint: Option<String>,
}

/// The outcome of reading `grant` in `namespace`.
pub(super) fn outcome(grant: &Grant, namespace: Option<&str>, response: ReadResponse) -> Outcome {
    let path = &grant.id().path;
    let named = match namespace {
        Some(namespace) => format!("`{path}` in namespace `{namespace}`"),
        None => format!("`{path}`"),
    };
    match (response.result, &grant.id().version) {
        (ReadResult::Secret(secret), _) => Outcome::Found(secret.into()),
        (ReadResult::Deleted(error), _) => Outcome::NoVersion(error),
        (ReadResult::Absent, None) => Outcome::NoPath(Error::new(Kind::Missing, format!("no secret at {named}"))),
        (ReadResult::Absent, Some(version)) => {
            let detail = format!("no version {version} of {named}, or no secret at all");
            Outcome::NoVersion(Error::new(Kind::Missing, detail))
        }
        (ReadResult::Refused(error), _) => Outcome::Denied(error),
        (ReadResult::Denied(causes), _) => Outcome::Denied(denied(&named, causes, response.token_hint)),
        (ReadResult::Failed(error), _) => {
            Outcome::Failed(Error { detail: format!("cannot read {named}: {}", error.detail), ..error })
        }
    }
}

/// The outcome of a reading that was not answered: a refused login is a denial.
pub(super) fn failed(error: Error) -> Outcome {
    if error.kind == Kind::Denied { Outcome::Denied(error) } else { Outcome::Failed(error) }
}

/// `outcome`, its error with `hint` in front of its own.
pub(super) fn with_hint(outcome: Outcome, hint: Option<String>) -> Outcome {
    let Some(hint) = hint else { return outcome };
    let add = |error: Error| {
        let own = error.hint.clone().map(|own| format!("; {own}")).unwrap_or_default();
        error.hint(format!("{hint}{own}"))
    };
    match outcome {
        Outcome::NoPath(error) => Outcome::NoPath(add(error)),
        Outcome::NoVersion(error) => Outcome::NoVersion(add(error)),
        Outcome::Denied(error) => Outcome::Denied(add(error)),
        Outcome::Failed(error) => Outcome::Failed(add(error)),
        found => found,
    }
}

/// The kind of a mount, where `data/` is not what is missing.
pub(super) fn describe(mount: &Mount) -> String {
    let kind = match mount.engine {
        Some(Engine::V1) => "KV version 1",
        Some(Engine::V2) => "KV version 2",
        None => &mount.kind,
    };
    format!("its mount `{}` is {kind}", mount.path)
}

impl From<StoredSecret> for Secret {
    fn from(StoredSecret { data, version, lease, .. }: StoredSecret) -> Self {
        Self { version, lease, ..Self::new(data) }
    }
}

fn denied(named: &str, causes: String, token_hint: Option<String>) -> Error {
    let hint = token_hint.unwrap_or_else(|| "the login's policies do not grant `read` there".to_owned());
    let error = Error::new(Kind::Denied, format!("Vault denies reading {named} (403)")).hint(hint);
    if causes.is_empty() { error } else { error.cause(causes) }
}
