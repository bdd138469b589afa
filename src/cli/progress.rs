//! A line on the terminal that findings go to: it says what takes so long, once it takes longer than a second.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::environment::Environment;
use super::stderr::Stderr;

/// How long the program may be silent.
const PATIENCE: Duration = Duration::from_secs(1);

/// The line: there until this is dropped.
pub(super) struct Progress {
    watch: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts the clock. Nothing is ever written where stderr is no terminal.
    pub(super) fn start(what: String, environment: &Environment) -> Self {
        let watch = environment.stderr_is_terminal.then(|| {
            let (done, wait) = channel();
            let stderr = environment.stderr.clone();
            (done, std::thread::spawn(move || watch(&what, &wait, &stderr)))
        });
        Self { watch }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.watch.take() {
            drop(done);
            let _ = thread.join();
        }
    }
}

fn watch(what: &str, wait: &Receiver<()>, stderr: &Stderr) {
    let mut seconds = 0;
    while wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
        seconds += 1;
        stderr.write(&format!("\r\u{1b}[K{what}… {seconds} s"));
    }
    if seconds > 0 {
        stderr.write("\r\u{1b}[K");
    }
}
