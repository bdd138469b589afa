//! Who watches a run: they are told what it waits for, and may stop it. Whoever owns the run brings their own watch.

use std::fmt;
use std::io;
use std::time::Instant;

use futures_util::future::BoxFuture;

use crate::error::Error;
use crate::journal::Journal;

/// How the owner of a run sees its progress, and how they stop it.
pub trait Watch: Send + Sync {
    /// Says that the run waits for something, such as `reading 3 secrets`, until the returned guard is dropped.
    fn waiting(&self, what: String) -> Box<dyn Send>;

    /// Passes on a note that cannot wait for the end of the run.
    fn tell(&self, note: Error);

    /// Where the steps of the run are told. Nobody follows them, unless the owner says otherwise.
    fn journal(&self) -> Journal {
        Journal::default()
    }

    /// Writes a line of the audit to stderr by one call, where the settings want it there. Returns how many bytes were written.
    fn audit(&self, _line: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("stderr is not at hand"))
    }

    /// Returns when the run is to stop, with the name of what stops it: at once, if it is to stop already. A run asks while it waits, and
    /// between two parts of its work.
    fn stopped(&self) -> BoxFuture<'_, String>;
}

/// That a run was stopped, by whom or by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stopped(pub String);

/// Waits for `work`, which is dropped if the watch stops the run.
pub(crate) async fn watched<T>(watch: &dyn Watch, what: String, work: impl Future<Output = T>) -> Result<T, Stopped> {
    let start = Instant::now();
    let ended = waiting_for(watch, what.clone(), work).await;
    watch.journal().tell_timed(start.elapsed(), || what);
    ended
}

/// Waits as [`watched`] does, and tells the journal nothing: somebody else does.
pub(crate) async fn waiting_for<T>(
    watch: &dyn Watch,
    what: String,
    work: impl Future<Output = T>,
) -> Result<T, Stopped> {
    let _waiting = watch.waiting(what);
    tokio::select! {
        done = work => Ok(done),
        by = watch.stopped() => Err(Stopped(by)),
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stopped by {}", self.0)
    }
}
