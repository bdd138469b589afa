//! How many runs render at once on a machine: a turn is a locked file in a folder of our own. The kernel unlocks what a killed run held.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, BufRead};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use super::environment::Environment;
use super::given::Flags;
use super::output;
use crate::config::general::PARALLEL_RENDERS;
use crate::error::{Error, Kind};

/// The right to render, until it is dropped.
pub(super) struct Turn {
    _slot: Option<File>,
}

/// How often whoever is first in the queue looks for a free slot.
const LOOK: Duration = Duration::from_millis(5);

/// How long a run waits in silence. What it says is what Argo CD shows, should its time run out here.
const PATIENCE: Duration = Duration::from_secs(10);

impl Turn {
    /// Waits while as many runs render as the operator allows. None: that cannot be kept to, which is reported.
    pub(super) fn take(flags: &Flags, reads_stdin: bool, environment: &Environment) -> Option<Self> {
        // What is wrong with the settings is told later, once they are all there.
        let (config, _) = flags.config(environment);
        let Some(slots) = config.get(&PARALLEL_RENDERS).copied().filter(|slots| *slots > 0) else {
            return Some(Self { _slot: None });
        };
        if reads_stdin && !environment.stdin_is_terminal {
            await_input();
        }
        let folder = folder(environment);
        let slot = make(&folder).and_then(|()| {
            let _said = say_later(slots, environment);
            wait(&folder, slots)
        });
        slot.map(|slot| Self { _slot: Some(slot) })
            .map_err(|error| output::report(&[failed(&folder, &error)], environment))
            .ok()
    }
}

/// Waits for the first byte of stdin, which stays there: while the command before the pipe runs, or hangs, nobody needs a turn.
fn await_input() {
    let _ = std::io::stdin().lock().fill_buf();
}

/// The user's own below what all users share.
fn folder(environment: &Environment) -> PathBuf {
    environment.workspace.runtime_folder().join(format!("vault-render-{}", rustix::process::geteuid().as_raw()))
}

/// Makes it, and refuses one that somebody else made or may write to.
fn make(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = fs::symlink_metadata(folder)?;
    if found.is_dir() && found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(io::Error::other("it is not a folder of this user's alone"))
}

/// Waits for one of the slots. Who is first in the queue looks for it, the others sleep.
fn wait(folder: &Path, slots: u64) -> io::Result<File> {
    let open =
        |name: &str| OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(folder.join(name));
    let queue = open("queue")?;
    queue.lock()?;
    loop {
        for number in 0..slots {
            let slot = open(&format!("slot-{number}"))?;
            match slot.try_lock() {
                Ok(()) => return Ok(slot),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        std::thread::sleep(LOOK);
    }
}

/// Says on stderr what is waited for, unless what is returned is dropped in time.
fn say_later(slots: u64, environment: &Environment) -> Sender<()> {
    let (done, wait) = channel();
    let environment = environment.clone();
    std::thread::spawn(move || {
        if wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            output::report(&[note(slots)], &environment);
        }
    });
    done
}

fn note(slots: u64) -> Error {
    let detail = format!("waiting for a turn: no more than {slots} render at once (`{}`)", PARALLEL_RENDERS.name());
    Error::note(Kind::Setting, detail)
}

fn failed(folder: &Path, error: &io::Error) -> Error {
    Error::new(Kind::Setting, format!("cannot keep to `{}`, for lack of a folder to count in", PARALLEL_RENDERS.name()))
        .hint("let `XDG_RUNTIME_DIR` or `TMPDIR` name a folder that can be written to")
        .cause(format!("{}: {error}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_slots_are_given_and_one_given_back_is_given_again() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("turns");
        make(&folder).unwrap();
        let first = wait(&folder, 2).unwrap();
        let _second = wait(&folder, 2).unwrap();
        let (given, third) = channel();
        let waiting = folder.clone();
        std::thread::spawn(move || given.send(wait(&waiting, 2).unwrap()));
        assert!(third.recv_timeout(10 * LOOK).is_err());
        drop(first);
        assert!(third.recv_timeout(Duration::from_secs(30)).is_ok());
    }

    #[test]
    fn a_folder_that_others_may_write_to_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let (open, link) = (home.path().join("open"), home.path().join("link"));
        DirBuilder::new().mode(0o755).create(&open).unwrap();
        std::os::unix::fs::symlink(&open, &link).unwrap();
        assert!(make(&open).is_err() && make(&link).is_err() && make(&home.path().join("not/there")).is_err());
        let own = home.path().join("own");
        assert!(make(&own).is_ok() && make(&own).is_ok());
    }
}
