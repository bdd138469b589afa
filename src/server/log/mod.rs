//! The log of the server: a line for each event, to whoever takes lines. Prints nothing itself, and no line ever holds the value of a secret.

mod level;
mod line;

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use serde_json::json;

use super::call_record::{CallRecord, SERVICE};
use crate::error::{Error, Level};
use crate::journal::Journal;
use crate::moment;
pub(crate) use level::{LogFormat, LogLevel};
use line::Fields;

/// Writes a line, whose line break is there, by one call.
pub(crate) type WriteLine = dyn Fn(&str) + Send + Sync;

/// Where the server says what it does.
#[derive(Clone)]
pub(crate) struct Log {
    level: LogLevel,
    format: LogFormat,
    write: Arc<WriteLine>,
}

impl Log {
    /// A log of this level and what is worse.
    pub(crate) fn new(level: LogLevel, format: LogFormat, write: Arc<WriteLine>) -> Self {
        Self { level, format, write }
    }

    /// Says something about the server as a whole.
    pub(super) fn say(&self, level: LogLevel, message: &str) {
        self.event(level, message, Fields::new);
    }

    /// Says what is wrong with the server as a whole.
    pub(super) fn report(&self, finding: &Error) {
        self.event(level(finding), &message(finding), || about(finding));
    }

    /// Says how a call has ended.
    pub(super) fn finished(&self, call: &CallRecord) {
        self.event(LogLevel::of(call.code), "finished call", || finished(call));
    }

    /// Says what a call found that did not make it fail: Argo CD shows nothing of a rendering that is right.
    pub(super) fn findings(&self, call: &CallRecord, findings: &[Error]) {
        for finding in findings {
            self.event(level(finding), &message(finding), || {
                let mut fields = about(finding);
                fields.extend([("application", json!(call.application)), ("project", json!(call.project))]);
                fields
            });
        }
    }

    /// Where the steps of a call of an application are told; nobody follows them, unless the level says so.
    pub(super) fn journal(&self, application: Option<&str>) -> Journal {
        if self.level < LogLevel::Debug {
            return Journal::default();
        }
        let (log, application) = (self.clone(), json!(application));
        Journal::new(move |step| {
            log.event(LogLevel::Debug, step, || Fields::from([("application", application.clone())]));
        })
    }

    fn event(&self, level: LogLevel, message: &str, fields: impl FnOnce() -> Fields) {
        if level <= self.level {
            let time = moment::precise(SystemTime::now());
            (self.write)(&line::line(self.format, level, &time, message, fields()));
        }
    }
}

/// The names of Argo CD's own server, then ours.
fn finished(call: &CallRecord) -> Fields {
    let deadline = call.timeout.and_then(|timeout| call.start.checked_add(timeout));
    Fields::from([
        ("grpc.code", json!(call.code_name())),
        ("grpc.component", json!("server")),
        ("grpc.error", json!(call.error)),
        ("grpc.method", json!(call.method)),
        ("grpc.method_type", json!("client_stream")),
        ("grpc.request.deadline", json!(deadline.map(moment::precise))),
        ("grpc.service", json!(SERVICE)),
        ("grpc.start_time", json!(moment::precise(call.start))),
        ("grpc.time_ms", json!(format!("{:.3}", call.took.as_secs_f64() * 1000.0))),
        ("protocol", json!("grpc")),
        ("application", json!(call.application)),
        ("cache_hits", json!(call.cache_hits)),
        ("project", json!(call.project)),
        ("reads", json!(call.reads)),
        ("seconds", json!(seconds(call.took.as_secs_f64()))),
        ("seconds_queued", json!(seconds(call.queued.as_secs_f64()))),
    ])
}

/// To the millisecond.
fn seconds(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// Where a finding is, and what helps.
fn about(finding: &Error) -> Fields {
    let place = finding.place.as_ref();
    let at = place.map(crate::source::Place::line_column);
    Fields::from([
        ("rule", json!(finding.rule)),
        ("file", json!(place.map(|place| &place.source.name))),
        ("line", json!(at.map(|(line, _)| line))),
        ("column", json!(at.map(|(_, column)| column))),
        ("hint", json!(finding.hint)),
    ])
}

fn message(finding: &Error) -> String {
    finding.cause.as_ref().map_or_else(|| finding.to_string(), |cause| format!("{finding}: {cause}"))
}

fn level(finding: &Error) -> LogLevel {
    match finding.level {
        Level::Error => LogLevel::Error,
        Level::Warning => LogLevel::Warning,
        Level::Note => LogLevel::Info,
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Log({:?}, {:?})", self.level, self.format)
    }
}

#[cfg(test)]
mod tests;
