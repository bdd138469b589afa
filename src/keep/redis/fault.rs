//! Why Redis did not do what it was asked to, in a user's words. Pure: an error in, its meaning out.

use std::time::Duration;

use ::redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::error::Error;
use crate::keep::settings::{KEEP, PASSWORD_FILE, USERNAME};

/// Why Redis did not do what it was asked to.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) cause: String,
    pub(super) hint: String,
    /// Whether the next operation would fail the same way, and takes its time for that.
    pub(super) is_of_connection: bool,
}

/// The codes of Redis' errors, what they mean, and what helps.
const FAULTS: &[(&[&str], &str, &str)] = &[
    (
        &["NOAUTH"],
        "Redis wants a password",
        "name its file with `AVP_KEEP_PASSWORD_FILE`; Argo CD's is in the Secret `argocd-redis`, key `auth`",
    ),
    (
        &["NOPERM"],
        "Redis' access list does not allow a command that the keep needs",
        "docs/keep.md has the commands and keys to allow the user of `AVP_KEEP_USERNAME`",
    ),
    (
        &["READONLY"],
        "Redis is a replica, which takes no writes",
        "let `AVP_KEEP` name the master, or the sentinels that know it: `redis+sentinel://`",
    ),
    (
        &["MASTERDOWN"],
        "Redis is a replica that has lost its master",
        "let `AVP_KEEP` name the master, or the sentinels that know it: `redis+sentinel://`",
    ),
    (&["LOADING"], "Redis is still loading its data", "it is ready soon"),
    (&["BUSY"], "Redis is busy with a script of somebody else's", "`SCRIPT KILL` ends it"),
    (
        &["OOM"],
        "Redis' memory is full (`maxmemory`)",
        "give Redis more memory, or let it evict: `maxmemory-policy volatile-ttl`",
    ),
    (&["MISCONF", "NOREPLICAS"], "Redis takes no writes at the moment", "Redis' log says why"),
    (
        &["MOVED", "ASK", "CROSSSLOT", "CLUSTERDOWN", "TRYAGAIN"],
        "it is a Redis cluster, which is not supported",
        "let `AVP_KEEP` name a single Redis, or one with sentinels",
    ),
];

impl Fault {
    /// The meaning of an error of Redis or of the way to it. Redis' own text is left out: it may repeat what it was sent.
    pub(super) fn of_redis(error: &RedisError) -> Self {
        let code = error.code().unwrap_or_default();
        if let Some((_, cause, hint)) = FAULTS.iter().find(|(codes, _, _)| codes.contains(&code)) {
            return Self { cause: (*cause).to_owned(), hint: (*hint).to_owned(), is_of_connection: false };
        }
        let (cause, hint) = match error.kind() {
            ErrorKind::AuthenticationFailed => (
                "Redis refuses the user or the password".to_owned(),
                format!("are `{}` and the file of `{}` right?", USERNAME.name(), PASSWORD_FILE.name()),
            ),
            ErrorKind::Io => (
                format!("the connection broke: {error}"),
                format!("is `{}` the address of a Redis? one with TLS begins with `rediss://`", KEEP.name()),
            ),
            ErrorKind::Server(_) | ErrorKind::Extension => {
                (format!("Redis answered with the error `{code}`"), "Redis' log may say more".to_owned())
            }
            _ => (
                "the server does not answer as Redis does".to_owned(),
                format!("is `{}` the address of a Redis?", KEEP.name()),
            ),
        };
        let is_of_connection = !matches!(error.kind(), ErrorKind::Server(_) | ErrorKind::Extension);
        Self { cause, hint, is_of_connection }
    }

    /// There was no connection.
    pub(super) fn unreachable(error: Error) -> Self {
        let cause = error.cause.map_or(error.detail.clone(), |cause| format!("{}: {cause}", error.detail));
        let hint = error.hint.unwrap_or_else(|| "is the file mounted where this program runs?".to_owned());
        Self { cause, hint, is_of_connection: true }
    }

    /// There was no answer for so long.
    pub(super) fn silent(waited: Duration) -> Self {
        let hint = format!("is `{}` right, with `rediss://` where Redis wants TLS, and is Redis well?", KEEP.name());
        Self { cause: format!("no answer within {} ms", waited.as_millis()), hint, is_of_connection: true }
    }

    /// No sentinel knows the master.
    pub(super) fn without_master(master: &str) -> Self {
        let cause = format!("the sentinels know no master `{master}`");
        Self { cause, hint: format!("`{}` ends in the master's name", KEEP.name()), is_of_connection: true }
    }
}

/// Whether another connection may do better: this one is broken, or its server has become a replica.
pub(super) fn is_stale(error: &RedisError) -> bool {
    let demoted = [ServerErrorKind::ReadOnly, ServerErrorKind::MasterDown].map(ErrorKind::Server);
    error.is_io_error() || demoted.contains(&error.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_twice_and_every_fault_has_a_hint() {
        let codes: Vec<&str> = FAULTS.iter().flat_map(|(codes, _, _)| *codes).copied().collect();
        for (index, code) in codes.iter().enumerate() {
            assert!(!codes[..index].contains(code), "{code}");
        }
        assert!(FAULTS.iter().all(|(_, cause, hint)| !cause.is_empty() && !hint.is_empty()));
    }

    #[test]
    fn what_a_server_says_in_its_own_words_is_left_out() {
        let error = RedisError::from((ErrorKind::Parse, "unexpected", "hunter2".to_owned()));
        let fault = Fault::of_redis(&error);
        assert!(fault.is_of_connection && !fault.cause.contains("hunter2"), "{fault:?}");
    }
}
