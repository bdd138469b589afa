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
    /// Whether the client sends a repository with it.
    pub(super) is_streamed: bool,
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
}

impl CallRecord {
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
            _ => "error",
        }
    }
}

#[cfg(test)]
pub(super) mod fixture {
    use super::*;

    /// A call that rendered an application.
    pub(in crate::server) fn rendering() -> CallRecord {
        CallRecord {
            method: "GenerateManifest",
            is_streamed: true,
            application: Some("shop".to_owned()),
            project: Some("web".to_owned()),
            start: SystemTime::UNIX_EPOCH + Duration::from_millis(1_796_040_000_250),
            timeout: Some(Duration::from_secs(60)),
            took: Duration::from_micros(12_345),
            queued: Duration::from_millis(2),
            reads: 3,
            cache_hits: 1,
            code: Code::Ok,
            error: None,
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
    }
}
