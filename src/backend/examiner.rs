//! How a store is examined for `doctor`: the questions of its table, and their answers in their order. No secret is read.

use futures_util::future::BoxFuture;

use crate::config::View;
use crate::journal::Journal;
use crate::policy::{Grant, Policy};
use crate::probe::{Examination, Question};

/// How a store is examined.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Examiner {
    /// The questions, for help and documentation.
    pub questions: fn() -> Vec<Question>,
    /// Asks them. What depends on a wrong answer is not asked.
    pub examine: Examine,
}

/// Examines a store with these settings.
pub(crate) type Examine = for<'e> fn(View, Subject, &'e mut Examination) -> BoxFuture<'e, ()>;

/// What is examined beside the settings.
#[derive(Debug)]
pub(crate) struct Subject {
    /// The secrets that a run would read; `None` if nobody names manifests.
    pub grants: Option<Vec<Grant>>,
    /// The policy that has made the grants.
    pub policy: Policy,
    /// Where requests are told.
    pub journal: Journal,
    /// Why nothing is asked, if that is so.
    pub obstacle: Option<String>,
}
