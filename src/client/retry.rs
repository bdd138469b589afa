//! Whether a request is sent again, and after how long. Pure: the result of an attempt in, a wait out.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// When a request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    /// After any failure that passes: a reading may happen twice.
    Idempotent,
    /// Only if nothing was sent: a login, for one, must not happen twice.
    OnlyIfUnsent,
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
    Answered {
        status: u16,
        retry_after: Option<Duration>,
        /// Whether a proxy has waited for the server already, in vain.
        has_waited: bool,
    },
}

/// The attempts of one request so far.
pub(super) struct Attempts {
    retry: Retry,
    allowed: u32,
    failed: u32,
    limited: u32,
    has_failed_inside: bool,
}

/// A busy server recovers: after 429 a request is sent again this many times as often as after a failure.
const PATIENCE: u32 = 4;

impl Attempts {
    pub(super) fn new(retry: Retry, allowed: u32) -> Self {
        Self { retry, allowed, failed: 0, limited: 0, has_failed_inside: false }
    }

    /// How long to wait before the next attempt; `None` if this one is the last.
    pub(super) fn wait(&mut self, attempt: Attempt) -> Option<Duration> {
        match attempt {
            Attempt::Unsent => self.after_failure(None),
            _ if self.retry == Retry::OnlyIfUnsent => None,
            Attempt::Broken => self.after_failure(None),
            Attempt::Answered { status: 502..=504, retry_after, .. } => self.after_failure(retry_after),
            Attempt::Answered { status: 429, retry_after, .. } => self.after_limit(retry_after),
            Attempt::Answered { status: 500, has_waited: false, .. } if !self.has_failed_inside => {
                self.has_failed_inside = true;
                self.after_failure(None)
            }
            Attempt::Answered { .. } | Attempt::Refused | Attempt::Hopeless => None,
        }
    }

    fn after_failure(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.failed = self.failed.saturating_add(1);
        (self.failed <= self.allowed).then(|| backoff(self.failed, asked))
    }

    fn after_limit(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.limited = self.limited.saturating_add(1);
        (self.limited <= self.allowed.saturating_mul(PATIENCE)).then(|| backoff(self.limited, asked))
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

    fn answer(status: u16) -> Attempt {
        Attempt::Answered { status, retry_after: None, has_waited: false }
    }

    /// How many times the same attempt is repeated.
    fn repeats(retry: Retry, attempt: Attempt) -> usize {
        let mut attempts = Attempts::new(retry, 2);
        (0..100).take_while(|_| attempts.wait(attempt).is_some()).count()
    }

    #[test]
    fn what_passes_is_tried_again_and_a_login_is_not() {
        let waited = Attempt::Answered { status: 500, retry_after: None, has_waited: true };
        for (attempt, reading, login) in [
            (Attempt::Unsent, 2, 2),
            (Attempt::Broken, 2, 0),
            (Attempt::Refused, 0, 0),
            (Attempt::Hopeless, 0, 0),
            (answer(200), 0, 0),
            (answer(403), 0, 0),
            (answer(404), 0, 0),
            (answer(429), 8, 0),
            (answer(500), 1, 0),
            (waited, 0, 0),
            (answer(501), 0, 0),
            (answer(502), 2, 0),
            (answer(503), 2, 0),
            (answer(504), 2, 0),
        ] {
            assert_eq!(repeats(Retry::Idempotent, attempt), reading, "{attempt:?}");
            assert_eq!(repeats(Retry::OnlyIfUnsent, attempt), login, "{attempt:?}");
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
            let mut attempts = Attempts::new(Retry::Idempotent, allowed);
            for status in [429, 503].repeat(times as usize) {
                let wait = attempts.wait(Attempt::Answered { status, retry_after, has_waited: false });
                assert!(wait.is_none_or(|wait| wait >= Duration::from_secs(seconds)));
            }
        }
    }
}
