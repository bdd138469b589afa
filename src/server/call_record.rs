//! What is known of a call at its end, for those who watch the server from outside. Never holds the value of a secret.

use std::time::{Duration, SystemTime};

use tonic::Code;

/// The service that Argo CD calls.
pub(super) const SERVICE: &str = "plugin.ConfigManagementPluginService";

/// A call that has ended.
#[derive(Clone, Debug)]
pub(super) struct CallRecord {
    /// `GenerateManifest`
    pub(super) method: &'static str,
    /// For which application; `None` if the client did not say.
    pub(super) application: Option<String>,
    /// The application's project; `None` if the client did not say.
    pub(super) project: Option<String>,
    /// When it came.
    pub(super) start: SystemTime,
    /// How long its client was going to wait for the answer.
    pub(super) timeout: Option<Duration>,
    /// How long it took in all.
    pub(super) took: Duration,
    /// How long it waited for its turn.
    pub(super) queued: Duration,
    /// How many secrets it wanted.
    pub(super) reads: u64,
    /// How many of them, and of the rendering, came from a cache.
    pub(super) cache_hits: u64,
    /// How it ended.
    pub(super) code: Code,
    /// The message for its client, if it failed.
    pub(super) error: Option<String>,
    /// What it has waited for, in its order.
    pub(super) steps: Vec<Step>,
}

/// A part of a call that took a while.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// `reading 3 secrets`
    pub(super) what: String,
    /// When it began.
    pub(super) start: SystemTime,
    /// How long it took.
    pub(super) took: Duration,
}

/// How much earlier than its client's time is over a call that ran out of it ends.
const AHEAD: Duration = Duration::from_millis(100);

impl CallRecord {
    /// A call that has just come.
    pub(super) fn new(method: &'static str, start: SystemTime, timeout: Option<Duration>) -> Self {
        Self {
            method,
            application: None,
            project: None,
            start,
            timeout,
            took: Duration::ZERO,
            queued: Duration::ZERO,
            reads: 0,
            cache_hits: 0,
            code: Code::Ok,
            error: None,
            steps: Vec::new(),
        }
    }

    /// The name of the code as programs in Go write it.
    pub(super) fn code_name(&self) -> String {
        match self.code {
            Code::Ok => "OK".to_owned(),
            Code::Cancelled => "Canceled".to_owned(),
            other => format!("{other:?}"),
        }
    }

    /// How it ended, in a word of few.
    pub(super) fn result(&self) -> &'static str {
        match self.code {
            Code::Ok => "success",
            Code::Cancelled => "canceled",
            Code::DeadlineExceeded => "timeout",
            _ if self.is_out_of_time() => "timeout",
            _ => "error",
        }
    }

    /// Whether its client's time was over.
    fn is_out_of_time(&self) -> bool {
        self.timeout.is_some_and(|timeout| self.took >= timeout.saturating_sub(AHEAD))
    }
}

#[cfg(test)]
pub(super) mod fixture {
    use super::*;

    /// A call that rendered an application.
    pub(in crate::server) fn rendering() -> CallRecord {
        let start = SystemTime::UNIX_EPOCH + Duration::from_millis(1_796_040_000_250);
        CallRecord {
            application: Some("shop".to_owned()),
            project: Some("web".to_owned()),
            took: Duration::from_micros(12_345),
            queued: Duration::from_millis(2),
            reads: 3,
            cache_hits: 1,
            ..CallRecord::new("GenerateManifest", start, Some(Duration::from_secs(60)))
        }
    }

    #[test]
    fn codes_are_named_as_in_go() {
        for (code, name, result) in [
            (Code::Ok, "OK", "success"),
            (Code::Cancelled, "Canceled", "canceled"),
            (Code::DeadlineExceeded, "DeadlineExceeded", "timeout"),
            (Code::Unknown, "Unknown", "error"),
        ] {
            let call = CallRecord { code, ..rendering() };
            assert_eq!((call.code_name().as_str(), call.result()), (name, result));
        }
        let late = CallRecord { code: Code::Unknown, took: Duration::from_millis(59_950), ..rendering() };
        assert_eq!(late.result(), "timeout");
    }
}
