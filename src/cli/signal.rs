//! The signals that ask the program to end, in a way that its children and its private folders end with it.

use std::future::poll_fn;
use std::task::Poll;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals, with their names.
const SIGNALS: [(libc::c_int, &str); 3] =
    [(libc::SIGTERM, "SIGTERM"), (libc::SIGINT, "SIGINT"), (libc::SIGHUP, "SIGHUP")];

/// The signals, heard from now on.
pub(super) struct Signals {
    heard: Vec<(Signal, &'static str)>,
}

impl Signals {
    /// Hears the signals in the current runtime. Call it before starting a child: until then a signal ends the program at once.
    pub(super) fn hear() -> Self {
        let wanted = SIGNALS.into_iter().filter(|(number, _)| !is_ignored(*number));
        let heard = wanted.filter_map(|(number, name)| Some((signal(SignalKind::from_raw(number)).ok()?, name)));
        Self { heard: heard.collect() }
    }

    /// Returns when the program is asked to end, with the signal's name.
    pub(super) async fn stopped(mut self) -> &'static str {
        poll_fn(|context| {
            let mut heard = self.heard.iter_mut();
            let came = heard.find_map(|(signal, name)| signal.poll_recv(context).is_ready().then_some(*name));
            came.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}

/// Whether the caller had us ignore a signal, as `nohup` does.
fn is_ignored(number: libc::c_int) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignored(&status) & (1 << (number - 1)) != 0
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
