//! The waits of many replicas, computed: each reads for so many calls at once, Vault lets so many requests of a second pass, and who is refused
//! waits as the program waits (`client/retry.rs`).

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// How often a refused reading is repeated with `VAULT_MAX_RETRIES=2`.
const REPEATS: u32 = 8;

/// Replicas that refresh all their Applications at once, one reading each.
pub(crate) struct Fleet {
    pub(crate) replicas: usize,
    pub(crate) applications: usize,
    pub(crate) slots: usize,
    pub(crate) quota: u32,
    /// How long an answered call takes.
    pub(crate) reading: Duration,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) seconds: f64,
    pub(crate) failed: usize,
    pub(crate) most_asked: u64,
    pub(crate) mean_asked: f64,
    pub(crate) most_answered: u64,
}

/// A reading, in microseconds from the start: when it asks, for which replica, and how often it was refused.
type Asking = Reverse<(u64, usize, u32)>;

impl Fleet {
    /// Goes through all of it.
    pub(crate) fn refreshed(&self) -> Outcome {
        let mut waiting = vec![self.applications / self.replicas; self.replicas];
        let mut asking: BinaryHeap<Asking> = BinaryHeap::new();
        for (replica, waiting) in waiting.iter_mut().enumerate() {
            let first = self.slots.min(*waiting);
            *waiting -= first;
            asking.extend((0..first).map(|_| Reverse((0, replica, 0))));
        }
        let (mut asked, mut answered) = (Vec::new(), Vec::new());
        let (mut outcome, mut last) = (Outcome::default(), 0);
        while let Some(Reverse((now, replica, refused))) = asking.pop() {
            let second = (now / 1_000_000) as usize;
            count(&mut asked, second);
            let mut ended = None;
            if answered.get(second).is_none_or(|passed| *passed < u64::from(self.quota)) {
                count(&mut answered, second);
                ended = Some(now + self.reading.as_micros() as u64);
            } else if refused < REPEATS {
                let until_next = 1_000_000 - now % 1_000_000;
                asking.push(Reverse((now + until_next + backoff(refused + 1), replica, refused + 1)));
            } else {
                outcome.failed += 1;
                ended = Some(now);
            }
            if let Some(end) = ended {
                last = last.max(end);
                if waiting[replica] > 0 {
                    waiting[replica] -= 1;
                    asking.push(Reverse((end, replica, 0)));
                }
            }
        }
        outcome.seconds = last as f64 / 1e6;
        outcome.most_asked = asked.iter().copied().max().unwrap_or_default();
        outcome.mean_asked = asked.iter().sum::<u64>() as f64 / outcome.seconds.max(1.0);
        outcome.most_answered = answered.iter().copied().max().unwrap_or_default();
        outcome
    }
}

fn count(seconds: &mut Vec<u64>, second: usize) {
    if seconds.len() <= second {
        seconds.resize(second + 1, 0);
    }
    seconds[second] += 1;
}

/// A quarter of a second, doubled each time up to two; at least half of it, and a random part of the rest. In microseconds.
fn backoff(times: u32) -> u64 {
    let full = 250_000_u64 << (times - 1).min(3);
    full / 2 + (chance() * full as f64 / 2.0) as u64
}

fn chance() -> f64 {
    RandomState::new().build_hasher().finish() as f64 / u64::MAX as f64
}
