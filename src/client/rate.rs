//! A limit of requests per second with a burst. Knows no request.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How many requests a server may get.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rate {
    /// How many a second.
    pub per_second: f64,
    /// How many at once.
    pub burst: u64,
}

/// Lets requests pass at a rate.
pub(super) struct RateLimit {
    interval: Duration,
    /// How far `next` may lie behind the clock, so that a burst may go at once.
    credit: Duration,
    next: Mutex<Option<Instant>>,
}

impl RateLimit {
    pub(super) fn new(rate: Rate) -> Self {
        let interval = Duration::from_secs_f64((1.0 / rate.per_second).min(86_400.0));
        let burst = u32::try_from(rate.burst.saturating_sub(1)).unwrap_or(u32::MAX);
        Self { interval, credit: interval.saturating_mul(burst), next: Mutex::new(None) }
    }

    /// Waits for this request's turn.
    pub(super) async fn turn(&self) {
        sleep_until(self.book(Instant::now())).await;
    }

    /// When the request that comes at `now` may go.
    fn book(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let earliest = now.checked_sub(self.credit).unwrap_or(now);
        let slot = next.map_or(earliest, |slot| slot.max(earliest));
        *next = Some(slot.checked_add(self.interval).unwrap_or(slot));
        slot.max(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_goes_at_once_and_the_rest_in_turn() {
        let limit = RateLimit::new(Rate { per_second: 10.0, burst: 3 });
        let now = Instant::now();
        let waits: Vec<u128> = (0..5).map(|_| (limit.book(now) - now).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 100, 200]);
        let later = now + Duration::from_secs(60);
        assert_eq!(limit.book(later), later);
    }

    #[test]
    fn no_rate_is_too_high_or_too_low() {
        for per_second in [f64::MAX, f64::MIN_POSITIVE, 5e-324, 1.0] {
            for burst in [0, 1, u64::MAX] {
                let limit = RateLimit::new(Rate { per_second, burst });
                assert!(limit.book(Instant::now()) >= Instant::now() - Duration::from_secs(1));
            }
        }
    }
}
