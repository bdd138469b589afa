//! The server in numbers, for Prometheus. No label ever holds a path, a key or a value of a secret.

mod docs;
mod renders;
mod table;
#[cfg(test)]
mod tests;
mod text;

use std::sync::{Mutex, PoisonError};

use super::call_record::CallRecord;
use crate::pass::SharedFigures;
pub(crate) use docs::docs;
use renders::Renders;
pub(super) use text::CONTENT_TYPE;

/// The numbers that this process counts itself.
#[derive(Debug, Default)]
pub(super) struct Metrics(Mutex<Renders>);

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
