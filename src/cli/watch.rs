//! The terminal as the watch of a run: a line says what takes so long, and the signals that ask the program to end stop the run.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::environment::Environment;
use super::output;
use super::stderr::Stderr;
use crate::error::Error;
use crate::journal::Journal;
use crate::pass::Watch;
use crate::visible;

/// How long the program may be silent.
const PATIENCE: Duration = Duration::from_secs(1);

impl Watch for Environment {
    /// A line on the terminal that findings go to, once it takes longer than a second.
    fn waiting(&self, what: String) -> Box<dyn Send> {
        let is_shown = self.stderr_is_terminal && !(self.output.quiet || self.output.verbose);
        Box::new(is_shown.then(|| Progress::start(what, self.stderr.clone())))
    }

    fn tell(&self, note: Error) {
        output::report(&[note], self);
    }

    fn journal(&self) -> Journal {
        if !self.output.verbose {
            return Journal::default();
        }
        let stderr = self.stderr.clone();
        Journal::new(move |step| stderr.write(&format!("info: {}\n", visible::escaped(step))))
    }

    fn audit(&self, line: &[u8]) -> io::Result<usize> {
        self.stderr.write_at_once(line)
    }

    fn stopped(&self) -> BoxFuture<'_, String> {
        let signal = self.signals.stopped();
        Box::pin(async {
            tokio::select! {
                signal = signal => signal.to_owned(),
                end = self.out_of_time() => end,
            }
        })
    }
}

/// The line: there until this is dropped.
struct Progress {
    clock: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    fn start(what: String, stderr: Stderr) -> Self {
        let (done, wait) = channel();
        Self { clock: Some((done, std::thread::spawn(move || show(&what, &wait, &stderr)))) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.clock.take() {
            drop(done);
            let _ = thread.join();
        }
    }
}

fn show(what: &str, wait: &Receiver<()>, stderr: &Stderr) {
    let mut seconds = 0;
    while wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
        seconds += 1;
        stderr.write(&format!("\r\u{1b}[K{what}… {seconds} s"));
    }
    if seconds > 0 {
        stderr.write("\r\u{1b}[K");
    }
}
