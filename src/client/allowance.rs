//! The time that all readings of a run have together. It passes only while one is under way. Knows no request.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

/// The time that a run has for its readings.
pub(crate) struct Allowance {
    state: Mutex<State>,
}

/// The end of some work, its retries included.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    pub(super) at: Instant,
    /// Whether the run's time sets it, and not the work's own timeout.
    pub(super) is_of_run: bool,
}

struct State {
    /// The time that was left at `since`.
    left: Duration,
    running: usize,
    /// When the first of the running readings began.
    since: Instant,
}

/// A reading under way: until it is dropped, the run's time passes.
pub(crate) struct AllowanceGuard<'a> {
    allowance: &'a Allowance,
}

/// The longest time: clocks and timers refuse longer ones.
const FOR_EVER: Duration = Duration::from_secs(365 * 86_400);

/// The moment this long after `now`.
pub(super) fn after(now: Instant, time: Duration) -> Instant {
    now + time.min(FOR_EVER)
}

impl Deadline {
    /// The end of work that begins now and belongs to no run.
    pub fn after(timeout: Duration) -> Self {
        Self { at: after(Instant::now(), timeout), is_of_run: false }
    }

    /// The moment when the work ends at the latest.
    pub(crate) fn end(self) -> Instant {
        self.at
    }
}

impl Allowance {
    /// An allowance of `time`; zero is without end.
    pub(crate) fn new(time: Duration) -> Self {
        Self { state: Mutex::new(State::new(if time.is_zero() { FOR_EVER } else { time })) }
    }

    /// Begins a reading.
    pub(crate) fn start(&self) -> AllowanceGuard<'_> {
        self.state().start(Instant::now());
        AllowanceGuard { allowance: self }
    }

    /// The end of work that begins now: after `timeout`, or when the run's time is up.
    pub(crate) fn deadline(&self, timeout: Duration) -> Deadline {
        let now = Instant::now();
        let (own, of_run) = (after(now, timeout), self.state().end(now));
        Deadline { at: own.min(of_run), is_of_run: of_run <= own }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Drop for AllowanceGuard<'_> {
    fn drop(&mut self) {
        self.allowance.state().stop(Instant::now());
    }
}

impl State {
    fn new(time: Duration) -> Self {
        Self { left: time.min(FOR_EVER), running: 0, since: Instant::now() }
    }

    fn start(&mut self, now: Instant) {
        if self.running == 0 {
            self.since = now;
        }
        self.running += 1;
    }

    fn stop(&mut self, now: Instant) {
        self.running -= 1;
        if self.running == 0 {
            self.left = self.left.saturating_sub(now.saturating_duration_since(self.since));
        }
    }

    fn end(&self, now: Instant) -> Instant {
        after(if self.running == 0 { now } else { self.since }, self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_while_somebody_reads() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let mut state = State::new(Duration::from_secs(50));
        state.start(at(0));
        state.start(at(5));
        state.stop(at(20));
        assert_eq!(state.end(at(30)), at(50));
        state.stop(at(30));
        state.start(at(3600));
        assert_eq!(state.end(at(3610)), at(3620), "an hour without a reading does not count");
        state.stop(at(3640));
        assert_eq!(state.end(at(4000)), at(4000), "nothing is left");
    }

    #[test]
    fn no_time_is_too_long_for_the_clock() {
        let now = Instant::now();
        assert!(after(now, Duration::MAX) > now && Allowance::new(Duration::MAX).deadline(Duration::MAX).at > now);
    }
}
