//! The signals that ask the program to end, in a way that its children and its private folders end with it.

use std::future::poll_fn;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals, with their names.
static SIGNALS: [(libc::c_int, &str); 3] =
    [(libc::SIGTERM, "SIGTERM"), (libc::SIGINT, "SIGINT"), (libc::SIGHUP, "SIGHUP")];

/// A signal with its name.
type Named = &'static (libc::c_int, &'static str);

/// The signals that ask the program to end, and the one that came.
#[derive(Debug, Default)]
pub(super) struct Signals {
    /// Those that the caller had us ignore, as `nohup` does, one bit each; once somebody needs them.
    ignored: OnceLock<u64>,
    came: OnceLock<Named>,
    /// What came while nobody waited.
    late: Mutex<Option<Listener>>,
}

/// Hears the signals from its making on.
#[derive(Debug)]
struct Listener(Vec<(Signal, Named)>);

impl Signals {
    /// All signals but the ignored ones, one bit each. By default those are ignored that the caller had this process ignore.
    pub(super) fn without(ignored: u64) -> Self {
        Self { ignored: OnceLock::from(ignored), ..Self::default() }
    }

    /// The ignored signals, one bit each.
    pub(super) fn ignored(&self) -> u64 {
        let read = || ignored(&std::fs::read_to_string("/proc/self/status").unwrap_or_default());
        *self.ignored.get_or_init(read)
    }

    /// The number of the signal that has asked the program to end.
    pub(super) fn number(&self) -> Option<libc::c_int> {
        self.came.get().map(|(number, _)| *number)
    }

    /// Hears the signals in the current runtime. Call it before starting a child: until then a signal ends the program at once. The future
    /// returns when the program is asked to end, with the signal's name.
    pub(super) fn stopped(&self) -> impl Future<Output = &'static str> + Send {
        self.late().get_or_insert_with(|| Listener::new(self.ignored()));
        let mut heard = Listener::new(self.ignored());
        async move {
            let came = match self.came.get() {
                Some(came) => came,
                None => heard.next().await,
            };
            self.came.get_or_init(|| came).1
        }
    }

    /// The exit code of a program that a signal has asked to end, as shells have it: 130 after Ctrl-C.
    pub(super) async fn exit_code(&self) -> Option<ExitCode> {
        let late = self.late().take().filter(|_| self.came.get().is_none());
        if let Some(mut late) = late {
            // The runtime hears a signal when it has nothing else to do.
            tokio::task::yield_now().await;
            if let Poll::Ready(came) = poll_fn(|context| Poll::Ready(late.poll(context))).await {
                let _ = self.came.set(came);
            }
        }
        self.came.get().map(|(number, _)| ExitCode::from(128 + *number as u8))
    }

    fn late(&self) -> MutexGuard<'_, Option<Listener>> {
        self.late.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    fn new(ignored: u64) -> Self {
        let wanted = SIGNALS.iter().filter(|(number, _)| ignored & (1 << (number - 1)) == 0);
        let heard = wanted.filter_map(|named| Some((signal(SignalKind::from_raw(named.0)).ok()?, named)));
        Self(heard.collect())
    }

    /// The next signal.
    async fn next(&mut self) -> Named {
        poll_fn(|context| self.poll(context)).await
    }

    /// The next signal, if one has come.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Named> {
        let mut heard = self.0.iter_mut();
        let came = heard.find_map(|(signal, named)| signal.poll_recv(context).is_ready().then_some(*named));
        came.map_or(Poll::Pending, Poll::Ready)
    }
}

/// The ignored signals, one bit each.
fn ignored(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_bits() {
        assert_eq!(ignored("Name:\tx\nSigIgn:\t0000000000001001\n"), 0x1001);
        assert_eq!(ignored(""), 0);
    }
}
