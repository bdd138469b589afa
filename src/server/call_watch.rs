//! The watch of one call: it ends with its time, with its client and with the server, and knows what took how long.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use super::call_record::Step;
use crate::error::Error;
use crate::pass::Watch;

/// Ends a call when it is dropped: whoever holds it waits for the call's answer.
#[derive(Debug)]
pub(super) struct Client(watch::Sender<Option<&'static str>>);

/// The end of a call's time.
#[derive(Clone, Debug)]
pub(super) struct TimeLimit {
    /// When it comes.
    pub(super) end: Instant,
    /// Who has set it, for people.
    pub(super) origin: String,
}

/// Writes a line of the audit to stderr by one call.
pub(crate) type AuditLine = dyn Fn(&[u8]) -> io::Result<usize> + Send + Sync;

/// The watch of one call.
pub(super) struct CallWatch {
    limit: Option<TimeLimit>,
    client: watch::Receiver<Option<&'static str>>,
    steps: Steps,
    notes: Mutex<Vec<Error>>,
    audit: Arc<AuditLine>,
}

/// What a call has waited for, and how long.
type Steps = Arc<Mutex<Vec<Step>>>;

/// What a call waits for just now.
struct OpenStep {
    what: String,
    start: (SystemTime, Instant),
    steps: Steps,
}

impl Client {
    /// A client, and what its call hears of it.
    pub(super) fn new() -> (Self, watch::Receiver<Option<&'static str>>) {
        let (sender, receiver) = watch::channel(None);
        (Self(sender), receiver)
    }

    /// Ends the call for a reason.
    pub(super) fn end(&self, reason: &'static str) {
        self.0.send_replace(Some(reason));
    }
}

impl CallWatch {
    /// A watch until the client is gone, or a limit is reached if there is one.
    pub(super) fn new(
        client: watch::Receiver<Option<&'static str>>,
        limit: Option<TimeLimit>,
        audit: Arc<AuditLine>,
    ) -> Self {
        Self { limit, client, steps: Steps::default(), notes: Mutex::default(), audit }
    }

    /// What the call has waited for, in words; `None` if for nothing. The longest comes first.
    pub(super) fn waited(&self) -> Option<String> {
        let mut steps = self.steps();
        steps.sort_by_key(|step| std::cmp::Reverse(step.took));
        let shown = steps.iter().map(|step| format!("{} {:.1} s", step.what, step.took.as_secs_f64()));
        Some(shown.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
    }

    /// What the call has waited for, in its order.
    pub(super) fn steps(&self) -> Vec<Step> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the call's time is over.
    pub(super) fn is_out_of_time(&self) -> bool {
        self.limit.as_ref().is_some_and(|limit| limit.end <= Instant::now())
    }

    /// The notes that were told on the way.
    pub(super) fn take_notes(&self) -> Vec<Error> {
        std::mem::take(&mut *self.notes())
    }

    fn notes(&self) -> MutexGuard<'_, Vec<Error>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for CallWatch {
    fn waiting(&self, what: String) -> Box<dyn Send> {
        Box::new(OpenStep { what, start: (SystemTime::now(), Instant::now()), steps: self.steps.clone() })
    }

    fn tell(&self, note: Error) {
        self.notes().push(note);
    }

    fn audit(&self, line: &[u8]) -> io::Result<usize> {
        (self.audit)(line)
    }

    fn stopped(&self) -> BoxFuture<'_, String> {
        let mut client = self.client.clone();
        Box::pin(async move {
            tokio::select! {
                gone = client.wait_for(Option::is_some) => gone.ok().and_then(|reason| *reason).unwrap_or("its client, which is gone").to_owned(),
                end = out_of_time(self.limit.clone()) => end,
            }
        })
    }
}

/// Returns at the end of the time, with the words for that.
async fn out_of_time(limit: Option<TimeLimit>) -> String {
    let Some(TimeLimit { end, origin }) = limit else { return std::future::pending().await };
    // A timer of the runtime ends only once the runtime has looked at its clock.
    if Instant::now() < end {
        tokio::time::sleep_until(end.into()).await;
    }
    format!("the end of its time ({origin})")
}

impl Drop for OpenStep {
    fn drop(&mut self) {
        let (start, instant) = self.start;
        let step = Step { what: std::mem::take(&mut self.what), start, took: instant.elapsed() };
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).push(step);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use futures_util::FutureExt;

    fn watch(limit: Option<Duration>) -> (Client, CallWatch) {
        let (client, heard) = Client::new();
        let limit = limit.map(|time| TimeLimit { end: Instant::now() + time, origin: "`AVP_TIMEOUT`: 1s".to_owned() });
        (client, CallWatch::new(heard, limit, Arc::new(|line| Ok(line.len()))))
    }

    #[tokio::test]
    async fn a_call_ends_with_its_client_with_the_server_and_with_its_time() {
        let (client, call) = watch(None);
        assert!(call.stopped().now_or_never().is_none());
        drop(client);
        assert_eq!(call.stopped().await, "its client, which is gone");
        let (client, call) = watch(None);
        client.end("the server's end");
        assert_eq!(call.stopped().await, "the server's end");
        let (_client, call) = watch(Some(Duration::ZERO));
        assert_eq!(call.stopped().now_or_never().as_deref(), Some("the end of its time (`AVP_TIMEOUT`: 1s)"));
    }

    #[tokio::test]
    async fn what_took_long_is_known_even_if_it_did_not_end() {
        let (_client, call) = watch(None);
        assert_eq!(call.waited(), None);
        drop(call.waiting("reading 3 secrets".to_owned()));
        assert_eq!(call.waited().as_deref(), Some("reading 3 secrets 0.0 s"));
    }
}
