//! A call as it is seen from outside, from its start to its end: what is known of it is gathered, then logged and counted. Knows no protocol.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tonic::Code;

use super::call_record::{CallRecord, Step};
use super::log::Log;
use super::metrics::Metrics;
use super::trace::{TraceParent, Tracer};
use crate::error::Error;
use crate::policy::Requester;

/// The method whose calls are counted as renderings.
const RENDERS: &str = "GenerateManifest";

/// Where what is seen goes.
pub(super) struct Observers {
    pub(super) log: Log,
    pub(super) metrics: Metrics,
    /// `None` if nobody wants traces.
    pub(super) tracer: Option<Tracer>,
}

/// A call that has not ended yet. If it is dropped before, its client has gone.
pub(super) struct ObservedCall {
    observers: Arc<Observers>,
    parent: Option<TraceParent>,
    started: Instant,
    state: Mutex<State>,
}

struct State {
    record: CallRecord,
    findings: Vec<Error>,
    has_ended: bool,
}

impl ObservedCall {
    /// A call that begins now.
    pub(super) fn new(
        observers: Arc<Observers>,
        method: &'static str,
        timeout: Option<Duration>,
        parent: Option<TraceParent>,
    ) -> Self {
        let record = CallRecord::new(method, SystemTime::now(), timeout);
        let state = State { record, findings: Vec::new(), has_ended: false };
        Self { observers, parent, started: Instant::now(), state: Mutex::new(state) }
    }

    /// Takes down for whom it is.
    pub(super) fn is_for(&self, requester: &Requester) {
        let record = &mut self.state().record;
        (record.application, record.project) = (requester.application.clone(), requester.project.clone());
    }

    /// Takes down how long it waited for its turn, and all that it has waited for.
    pub(super) fn has_taken(&self, queued: Duration, steps: Vec<Step>) {
        let record = &mut self.state().record;
        (record.queued, record.steps) = (queued, steps);
    }

    /// Takes down how many secrets it wanted, and how much came from a cache.
    pub(super) fn has_read(&self, reads: u64, cache_hits: u64) {
        let record = &mut self.state().record;
        (record.reads, record.cache_hits) = (reads, cache_hits);
    }

    /// Takes down what was found and did not make it fail.
    pub(super) fn has_found(&self, findings: impl IntoIterator<Item = Error>) {
        self.state().findings.extend(findings);
    }

    /// Ends it.
    pub(super) fn end(&self, code: Code, error: Option<&str>) {
        let mut state = self.state();
        if std::mem::replace(&mut state.has_ended, true) {
            return;
        }
        state.record.took = self.started.elapsed();
        (state.record.code, state.record.error) = (code, error.map(str::to_owned));
        self.observers.log.findings(&state.record, &state.findings);
        self.observers.log.finished(&state.record);
        if state.record.method == RENDERS {
            self.observers.metrics.count(&state.record);
        }
        if let Some(tracer) = &self.observers.tracer {
            tracer.record(&state.record, self.parent);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ObservedCall {
    fn drop(&mut self) {
        self.end(Code::Cancelled, Some("its client is gone"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::server::log::{LogFormat, LogLevel};

    /// The lines of a call that `events` happen to, and its metrics.
    fn seen(events: impl FnOnce(ObservedCall)) -> (Vec<serde_json::Value>, String) {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let taken = lines.clone();
        let write = move |line: &str| taken.lock().unwrap().push(serde_json::from_str(line).unwrap());
        let log = Log::new(LogLevel::Info, LogFormat::Json, Arc::new(write));
        let observers = Arc::new(Observers { log, metrics: Metrics::default(), tracer: None });
        events(ObservedCall::new(observers.clone(), RENDERS, None, None));
        let text = observers.metrics.text((0, 0), &Default::default());
        (std::mem::take(&mut lines.lock().unwrap()), text)
    }

    #[test]
    fn a_call_is_told_once_with_all_that_is_known_of_it() {
        let (lines, metrics) = seen(|call| {
            let [application, project] = ["shop", "web"].map(|name| Some(name.to_owned()));
            call.is_for(&Requester { application, project, ..Requester::default() });
            call.has_read(3, 1);
            call.has_found([Error::warning(Kind::Setting, "both are set")]);
            call.end(Code::Ok, None);
        });
        let messages: Vec<_> = lines.iter().map(|line| line["msg"].as_str().unwrap()).collect();
        assert_eq!(messages, ["both are set", "finished call"]);
        assert_eq!((&lines[1]["application"], &lines[1]["reads"]), (&"shop".into(), &3.into()));
        assert!(metrics.contains("vault_render_renders_total{result=\"success\",project=\"web\"} 1\n"));
    }

    #[test]
    fn who_goes_before_the_end_is_counted_too() {
        let (lines, metrics) = seen(drop);
        assert_eq!(lines[0]["grpc.code"], "Canceled");
        assert!(metrics.contains("vault_render_renders_total{result=\"canceled\",project=\"\"} 1\n"));
    }
}
