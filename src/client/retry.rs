//! Whether a request is sent again, and after how long. Pure: the result of an attempt in, a wait out.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// When a request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    /// After any failure that passes: a reading may happen twice.
    Idempotent,
    /// Only if it cannot have run: a login, for one, must not happen twice.
    OnlyIfUnsent,
    /// Never: the state of the server is what is asked for.
    Never,
}

/// What a response says of its server's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerState {
    /// It serves: the status tells the rest.
    Serving,
    /// It serves nobody now, and the request did not run: sealed, starting, without an active node.
    Away,
    /// It is not ready for this request yet, and soon will be.
    Behind,
    /// A proxy has waited for it in vain. Such a request is not sent again.
    WaitedFor,
}

/// The result of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// The connection was never made.
    Unsent,
    /// The connection broke, before or during the response.
    Broken,
    /// No request to this server can succeed: its certificate is wrong, or the time is up.
    Refused,
    /// This request cannot succeed: the body of its response is too large.
    Hopeless,
    /// A response.
    Answered { status: u16, retry_after: Option<Duration>, state: ServerState },
}

/// How often a request may be sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// How often after a failure.
    pub(super) retries: u32,
    /// How long to wait for a server that is away.
    pub(super) wait: Duration,
    /// How many nodes can be asked.
    pub(super) nodes: usize,
}

/// The attempts of one request so far.
pub(super) struct Attempts {
    retry: Retry,
    patience: Patience,
    failed: u32,
    limited: u32,
    /// How many nodes were away since the last wait.
    away: usize,
    /// How often a server was waited for that was away.
    waits: u32,
    has_failed_inside: bool,
}

/// A busy server recovers: after 429 a request is sent again this many times as often as after a failure.
const LIMITED: u32 = 4;

impl Attempt {
    /// Whether another node may do better.
    pub(super) fn is_of_node(self) -> bool {
        self.is_away() || self == Self::Broken
    }

    /// Whether the server is away, so that the request did not run.
    fn is_away(self) -> bool {
        matches!(self, Self::Unsent | Self::Answered { state: ServerState::Away, .. })
    }
}

impl Attempts {
    pub(super) fn new(retry: Retry, patience: Patience) -> Self {
        Self { retry, patience, failed: 0, limited: 0, away: 0, waits: 0, has_failed_inside: false }
    }

    /// How long to wait before the next attempt, `elapsed` after the first; `None` if this one is the last.
    pub(super) fn wait(&mut self, attempt: Attempt, elapsed: Duration) -> Option<Duration> {
        use ServerState::{Behind, Serving};
        match attempt {
            _ if self.retry == Retry::Never => None,
            _ if attempt.is_away() => self.after_absence(attempt, elapsed),
            Attempt::Answered { status: 429, retry_after, state: Serving } => self.after_limit(retry_after),
            Attempt::Answered { status: 412, retry_after, state: Behind } => self.after_failure(retry_after),
            _ if self.retry == Retry::OnlyIfUnsent => None,
            Attempt::Broken => self.after_failure(None),
            Attempt::Answered { retry_after, state: Behind, .. } => self.after_failure(retry_after),
            Attempt::Answered { status: 502..=504, retry_after, .. } => self.after_failure(retry_after),
            Attempt::Answered { status: 500, state: Serving, .. } if !self.has_failed_inside => {
                self.has_failed_inside = true;
                self.after_failure(None)
            }
            _ => None,
        }
    }

    /// Each node is asked before any is waited for.
    fn after_absence(&mut self, attempt: Attempt, elapsed: Duration) -> Option<Duration> {
        self.away += 1;
        if self.away < self.patience.nodes {
            return Some(Duration::ZERO);
        }
        self.away = 0;
        if elapsed < self.patience.wait {
            self.waits = self.waits.saturating_add(1);
            return Some(backoff(self.waits, None).min(self.patience.wait - elapsed));
        }
        let may_fail = self.retry == Retry::Idempotent || attempt == Attempt::Unsent;
        if may_fail && self.patience.wait.is_zero() { self.after_failure(None) } else { None }
    }

    fn after_failure(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.failed = self.failed.saturating_add(1);
        (self.failed <= self.patience.retries).then(|| backoff(self.failed, asked))
    }

    fn after_limit(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.limited = self.limited.saturating_add(1);
        (self.limited <= self.patience.retries.saturating_mul(LIMITED)).then(|| backoff(self.limited, asked))
    }
}

/// A quarter of a second, doubled each time up to two seconds. Of that a random part is waited, at least half, and what the server
/// asks for in addition.
fn backoff(times: u32, asked: Option<Duration>) -> Duration {
    let full = Duration::from_millis(250 << times.saturating_sub(1).min(3));
    asked.unwrap_or_default().saturating_add(full / 2).saturating_add(full.mul_f64(chance() / 2.0))
}

/// From 0 to 1, from the seed of a hash map: good enough to spread attempts.
fn chance() -> f64 {
    RandomState::new().build_hasher().finish() as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience { retries: 2, wait: Duration::ZERO, nodes: 1 };

    fn answer(status: u16) -> Attempt {
        in_state(status, ServerState::Serving)
    }

    fn in_state(status: u16, state: ServerState) -> Attempt {
        Attempt::Answered { status, retry_after: None, state }
    }

    /// How many times the same attempt is repeated.
    fn repeats(retry: Retry, attempt: Attempt) -> usize {
        let mut attempts = Attempts::new(retry, PATIENCE);
        (0..100).take_while(|_| attempts.wait(attempt, Duration::ZERO).is_some()).count()
    }

    #[test]
    fn what_passes_is_tried_again_and_a_login_is_not() {
        for (attempt, reading, login) in [
            (Attempt::Unsent, 2, 2),
            (Attempt::Broken, 2, 0),
            (Attempt::Refused, 0, 0),
            (Attempt::Hopeless, 0, 0),
            (answer(200), 0, 0),
            (answer(403), 0, 0),
            (answer(404), 0, 0),
            (answer(429), 8, 8),
            (in_state(412, ServerState::Behind), 2, 2),
            (in_state(400, ServerState::Behind), 2, 0),
            (in_state(503, ServerState::Away), 2, 0),
            (in_state(500, ServerState::Away), 2, 0),
            (answer(412), 0, 0),
            (answer(500), 1, 0),
            (in_state(500, ServerState::WaitedFor), 0, 0),
            (answer(501), 0, 0),
            (answer(502), 2, 0),
            (answer(503), 2, 0),
            (answer(504), 2, 0),
        ] {
            assert_eq!(repeats(Retry::Idempotent, attempt), reading, "{attempt:?}");
            assert_eq!(repeats(Retry::OnlyIfUnsent, attempt), login, "{attempt:?}");
            assert_eq!(repeats(Retry::Never, attempt), 0, "{attempt:?}");
        }
    }

    #[test]
    fn each_node_is_asked_before_any_is_waited_for() {
        let mut attempts = Attempts::new(Retry::OnlyIfUnsent, Patience { nodes: 3, ..PATIENCE });
        let away = in_state(503, ServerState::Away);
        let waits: Vec<_> = [Attempt::Unsent, away, away].map(|attempt| attempts.wait(attempt, Duration::ZERO)).into();
        assert_eq!(waits, [Some(Duration::ZERO), Some(Duration::ZERO), None]);
    }

    #[test]
    fn a_server_that_is_away_is_waited_for_as_long_as_that_is_allowed() {
        let wait = Duration::from_secs(10);
        for retry in [Retry::Idempotent, Retry::OnlyIfUnsent] {
            let mut attempts = Attempts::new(retry, Patience { wait, ..PATIENCE });
            for second in 0..10 {
                let next = attempts.wait(in_state(503, ServerState::Away), Duration::from_secs(second));
                assert!(
                    next.is_some_and(|next| !next.is_zero() && next <= Duration::from_secs(10 - second)),
                    "{second}"
                );
            }
            assert_eq!(attempts.wait(in_state(503, ServerState::Away), wait), None);
        }
    }

    #[test]
    fn waits_grow_and_respect_what_the_server_asks() {
        for (times, least, most) in [(1, 125, 250), (2, 250, 500), (4, 1000, 2000), (40, 1000, 2000)] {
            let wait = backoff(times, None).as_millis();
            assert!((least..=most).contains(&wait), "{times}: {wait}");
        }
        assert!(backoff(1, Some(Duration::from_secs(3))) > Duration::from_secs(3));
        assert_eq!(backoff(u32::MAX, Some(Duration::MAX)), Duration::MAX);
    }

    proptest::proptest! {
        #[test]
        fn no_wait_overflows(seconds in proptest::num::u64::ANY, times in 0u32..100, allowed in proptest::num::u32::ANY) {
            let retry_after = Some(Duration::from_secs(seconds));
            let mut attempts = Attempts::new(Retry::Idempotent, Patience { retries: allowed, ..PATIENCE });
            for status in [429, 503].repeat(times as usize) {
                let wait = attempts.wait(Attempt::Answered { status, retry_after, state: ServerState::Serving }, Duration::ZERO);
                assert!(wait.is_none_or(|wait| wait >= Duration::from_secs(seconds)));
            }
        }
    }
}
