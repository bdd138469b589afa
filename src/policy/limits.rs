//! The limits of a rule, and the count of what a run has read by it. Pure.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use super::rule_id::RuleId;
use crate::error::{Error, Kind};
use crate::secret::SecretId;

/// The limits of a rule; `None` leaves it to the limits that every run has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// How many secrets a run may read by the rule.
    pub secrets: Option<u64>,
    /// How many bytes a value may have.
    pub value_bytes: Option<u64>,
    /// How long a run may take.
    pub seconds: Option<Duration>,
    /// How many runs of one project may work at once.
    pub renders: Option<u64>,
}

/// The secrets that a run has read by each rule.
#[derive(Debug, Default)]
pub struct Tally {
    read: HashMap<RuleId, BTreeSet<SecretId>>,
}

impl Limits {
    /// The tighter limit of each kind.
    pub(super) fn tightest(self, other: Self) -> Self {
        Self {
            secrets: least(self.secrets, other.secrets),
            value_bytes: least(self.value_bytes, other.value_bytes),
            seconds: least(self.seconds, other.seconds),
            renders: least(self.renders, other.renders),
        }
    }
}

impl Tally {
    /// Counts a secret that `rule` allows; an error if it is one too many.
    pub(super) fn count(&mut self, rule: &RuleId, id: &SecretId, limits: &Limits) -> Result<(), Error> {
        let read = self.read.entry(rule.clone()).or_default();
        let Some(most) = limits.secrets.filter(|most| !read.contains(id) && read.len() as u64 >= *most) else {
            read.insert(id.clone());
            return Ok(());
        };
        let detail =
            format!("the policy allows a run no more than {most} of these secrets, and `{}` is one more", id.path);
        Err(Error::new(Kind::Limit, detail)
            .hint("render fewer secrets at once, or let the operator raise `limits.secrets`"))
    }
}

fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.into_iter().chain(other).min()
}
