//! The limits of a run in memory and steps, and the count for one run. Knows nothing of the things that it counts.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// A quantity that is limited for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of one value, in memory.
    Value,
    /// Bytes of everything that a run makes of its input, without the input itself.
    Made,
    /// Visits of a node by a JSONPath or a comparison.
    Steps,
    /// Levels of maps and lists inside each other.
    Depth,
    /// Bytes of a store's answers that are read at the same time.
    Answers,
}

/// Every limit, with the largest amount allowed and the error's text for more than that.
pub const LIMITS: [(Limit, u64, &str); 5] = [
    (Limit::Value, 64 << 20, "one value takes more than 64 MiB"),
    (Limit::Made, 512 << 20, "the run makes more than 512 MiB of its input"),
    (Limit::Steps, 10_000_000, "the run takes more than 10000000 steps"),
    (Limit::Depth, DEPTH as u64, "maps and lists nest more than 255 levels deep"),
    (Limit::Answers, 64 << 20, "the store's answers take more than 64 MiB at the same time"),
];

/// The deepest nesting of maps and lists that is allowed.
pub(crate) const DEPTH: usize = 255;

/// The bytes that a run has made and the steps that it has taken until now.
#[derive(Debug, Default)]
pub struct Budget {
    made: AtomicU64,
    steps: AtomicU64,
}

/// The count for a value that is still growing.
#[derive(Debug)]
pub struct Making<'b> {
    budget: &'b Budget,
    bytes: u64,
}

impl Limit {
    /// The largest amount allowed.
    pub const fn most(self) -> u64 {
        LIMITS[self as usize].1
    }
}

impl Budget {
    /// Counts a value of `bytes` that is about to be made.
    pub fn make(&self, bytes: usize) -> Result<(), Limit> {
        self.making().add(bytes)
    }

    /// Counts a value whose size is not known before it is made.
    pub fn making(&self) -> Making<'_> {
        Making { budget: self, bytes: 0 }
    }

    /// Counts `steps` that are about to be taken.
    pub fn step(&self, steps: usize) -> Result<(), Limit> {
        spend(&self.steps, steps, Limit::Steps)
    }
}

impl Making<'_> {
    /// Counts `bytes` that are about to be added.
    pub fn add(&mut self, bytes: usize) -> Result<(), Limit> {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        if self.bytes > Limit::Value.most() {
            return Err(Limit::Value);
        }
        spend(&self.budget.made, bytes, Limit::Made)
    }
}

fn spend(count: &AtomicU64, amount: usize, limit: Limit) -> Result<(), Limit> {
    let before = count.fetch_add(amount as u64, Ordering::Relaxed);
    if before.saturating_add(amount as u64) > limit.most() { Err(limit) } else { Ok(()) }
}

impl fmt::Display for Limit {
    /// Says that the limit is exceeded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(LIMITS[*self as usize].2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_has_its_row() {
        for (index, (limit, most, _)) in LIMITS.iter().enumerate() {
            assert_eq!((*limit as usize, limit.most()), (index, *most));
        }
    }

    #[test]
    fn a_budget_ends_at_its_limits_and_not_before() {
        let budget = Budget::default();
        let value = Limit::Value.most() as usize;
        assert_eq!(budget.make(value + 1), Err(Limit::Value));
        for _ in 0..8 {
            assert_eq!(budget.make(value), Ok(()));
        }
        assert_eq!(budget.make(1), Err(Limit::Made));
        assert_eq!(budget.step(10_000_000), Ok(()));
        assert_eq!(budget.step(1), Err(Limit::Steps));
    }
}
