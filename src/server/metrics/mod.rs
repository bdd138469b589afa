//! The server in numbers, for Prometheus. No label ever holds a path, a key or a value of a secret.

mod docs;
mod renders;
mod table;
#[cfg(test)]
mod tests;
mod text;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::call_record::CallRecord;
pub(crate) use docs::docs;
use renders::Renders;
pub(super) use text::CONTENT_TYPE;

/// The numbers that this process counts itself.
#[derive(Debug, Default)]
pub(super) struct Metrics(Mutex<Renders>);

/// The numbers of what the calls share, at one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedFigures {
    /// Readings by store and result.
    pub(super) reads: Vec<(String, &'static str, u64)>,
    pub(super) cache_hits: Vec<(&'static str, u64)>,
    pub(super) logins: Vec<(&'static str, u64)>,
    pub(super) token_remaining: Option<Duration>,
    pub(super) last_good: u64,
    pub(super) kept_leases: u64,
    pub(super) cache_bytes: Vec<(&'static str, u64)>,
    pub(super) failed_reloads: u64,
}

/// All numbers at one moment.
struct Figures<'f> {
    renders: &'f Renders,
    in_flight: usize,
    queued: usize,
    shared: &'f SharedFigures,
}

impl Metrics {
    /// Counts a call for manifests that has ended.
    pub(super) fn count(&self, call: &CallRecord) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).count(call);
    }

    /// The text for Prometheus. `calls` are those that render and those that wait.
    pub(super) fn text(&self, calls: (usize, usize), shared: &SharedFigures) -> String {
        let renders = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let figures = Figures { renders: &renders, in_flight: calls.0, queued: calls.1, shared };
        text::text(table::METRICS, &figures)
    }
}
