//! The first request over TLS goes ahead of the others. Knows no request.

use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;

/// Lets one request go ahead. Where the server speaks HTTP/2, its connection carries all the others. Sent all at once, each request
/// would open its own connection, and thirty-two TLS handshakes cost the server more than the readings.
pub(super) struct FirstRequest {
    /// Whether the first request was sent. The lock is held until it is answered.
    gone: Mutex<bool>,
}

/// A request that waits longer for its response has its connection already.
const PATIENCE: Duration = Duration::from_millis(250);

impl FirstRequest {
    /// No request goes ahead unless that is `needed`.
    pub(super) fn new(needed: bool) -> Self {
        Self { gone: Mutex::new(!needed) }
    }

    /// Waits for the first request. Whoever gets a guard sends it; the others wait until the guard is dropped.
    pub(super) async fn turn(&self) -> Option<MutexGuard<'_, bool>> {
        let mut gone = timeout(PATIENCE, self.gone.lock()).await.ok()?;
        (!std::mem::replace(&mut *gone, true)).then_some(gone)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn the_others_wait_for_the_first_but_not_for_ever() {
        let first_request = FirstRequest::new(true);
        let first = first_request.turn().await;
        assert!(first.is_some());
        assert!(first_request.turn().now_or_never().is_none(), "the second waits");
        assert!(first_request.turn().await.is_none(), "until it has waited long enough");
        drop(first);
        assert!(first_request.turn().now_or_never().is_some_and(|turn| turn.is_none()), "or the first is answered");
    }

    #[tokio::test]
    async fn without_need_nobody_waits() {
        let first_request = FirstRequest::new(false);
        assert!(first_request.turn().await.is_none() && first_request.turn().await.is_none());
    }
}
