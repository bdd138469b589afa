//! How many sessions render at once on a machine: a slot is a locked file in a folder of the user's own. The kernel unlocks what a killed
//! process held.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::oneshot::{self, Sender};

use super::{Watch, watched};
use crate::config::general::PARALLEL_RENDERS;
use crate::error::{Error, Kind};
use crate::workspace::Workspace;

/// The right to render, until it is dropped.
#[derive(Debug)]
pub(crate) struct RenderSlot {
    _lock: File,
}

/// How many sessions may render at once, and which of them count.
#[derive(Clone, Debug)]
pub(crate) struct RenderLimit {
    slots: u64,
    /// The project whose sessions count; all of the user's, if there is none.
    project: Option<String>,
    /// The name of the limit, for people.
    setting: &'static str,
}

/// How often whoever is first in the queue looks for a free slot.
const INTERVAL: Duration = Duration::from_millis(5);

/// How long a session waits in silence. Argo CD shows its note, should Argo CD's time run out meanwhile.
const PATIENCE: Duration = Duration::from_secs(10);

impl RenderLimit {
    /// A limit of all sessions of this user.
    pub(super) fn of_user(slots: u64) -> Self {
        Self { slots, project: None, setting: PARALLEL_RENDERS.name() }
    }

    /// A limit of the sessions of a project; those without one count together.
    pub(super) fn of_project(project: Option<&str>, slots: u64) -> Self {
        Self { slots, project: Some(project.unwrap_or_default().to_owned()), setting: "limits.renders" }
    }

    /// What the names of its files begin with. A project's name is a part of no path.
    fn prefix(&self) -> String {
        let hex = |project: &String| project.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        self.project.as_ref().map(|project| format!("project-{}-", hex(project))).unwrap_or_default()
    }
}

impl RenderSlot {
    /// Waits until one of the slots of `limit` is free.
    pub(crate) async fn wait(limit: &RenderLimit, workspace: &Workspace, watch: &dyn Watch) -> Result<Self, Error> {
        let folder = folder(workspace);
        let waiting = async {
            let locked = lock_in_background(folder.clone(), limit.clone());
            tokio::pin!(locked);
            match tokio::time::timeout(PATIENCE, &mut locked).await {
                Ok(locked) => locked,
                Err(_) => {
                    watch.tell(note(limit));
                    locked.await
                }
            }
        };
        let what = "waiting for a render slot".to_owned();
        let locked = watched(watch, what.clone(), waiting).await;
        let locked = locked.map_err(|stopped| Error::new(Kind::Store, format!("{stopped} while {what}")))?;
        locked.map(|lock| Self { _lock: lock }).map_err(|error| failed(&folder, &error))
    }
}

/// The user's own folder in a folder that all users share.
fn folder(workspace: &Workspace) -> PathBuf {
    workspace.runtime_folder().join(format!("vault-render-{}", rustix::process::geteuid().as_raw()))
}

/// Locks a slot on a thread of its own, as waiting for a lock blocks.
async fn lock_in_background(folder: PathBuf, limit: RenderLimit) -> io::Result<File> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        let locked = make(&folder).and_then(|()| lock(&folder, &limit, &sender));
        // If nobody waits any more, the lock is released with the channel.
        let _ = sender.send(locked);
    });
    receiver.await.unwrap_or_else(|_| Err(io::Error::other("the thread that waits has ended")))
}

/// Makes the folder, and refuses one that somebody else made or may write to.
fn make(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = fs::symlink_metadata(folder)?;
    if found.is_dir() && found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(io::Error::other("the folder is not this user's alone"))
}

/// Waits for a free slot while `listener` is open. The first in the queue looks for one, the others sleep.
fn lock<T>(folder: &Path, limit: &RenderLimit, listener: &Sender<T>) -> io::Result<File> {
    let open =
        |name: &str| OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(folder.join(name));
    let prefix = limit.prefix();
    let queue = open(&format!("{prefix}queue"))?;
    queue.lock()?;
    while !listener.is_closed() {
        for number in 0..limit.slots {
            let slot = open(&format!("{prefix}slot-{number}"))?;
            match slot.try_lock() {
                Ok(()) => return Ok(slot),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        std::thread::sleep(INTERVAL);
    }
    Err(io::Error::other("nobody waits for it any more"))
}

fn note(limit: &RenderLimit) -> Error {
    let RenderLimit { slots, project, setting } = limit;
    let of = project.as_ref().map(|project| format!(" of project `{project}`")).unwrap_or_default();
    let detail = format!("waiting for a render slot: no more than {slots} runs{of} may render at once (`{setting}`)");
    Error::note(Kind::Setting, detail)
}

fn failed(folder: &Path, error: &io::Error) -> Error {
    Error::new(
        Kind::Setting,
        format!("cannot keep to `{}` without a folder to count the runs in", PARALLEL_RENDERS.name()),
    )
    .hint("let `XDG_RUNTIME_DIR` or `TMPDIR` name a folder that can be written to")
    .cause(format!("{}: {error}", folder.display()))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    fn locked(folder: &Path) -> File {
        let (listener, _receiver) = oneshot::channel::<()>();
        lock(folder, &RenderLimit::of_user(2), &listener).unwrap()
    }

    #[test]
    fn no_more_than_the_slots_are_given_and_one_given_back_is_given_again() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("turns");
        make(&folder).unwrap();
        let first = locked(&folder);
        let _second = locked(&folder);
        let (context, third) = channel();
        let waiting = folder.clone();
        std::thread::spawn(move || context.send(locked(&waiting)));
        assert!(third.recv_timeout(10 * INTERVAL).is_err());
        drop(first);
        assert!(third.recv_timeout(Duration::from_secs(30)).is_ok());
    }

    #[test]
    fn who_waits_no_more_leaves_the_queue() {
        let home = tempfile::tempdir().unwrap();
        let (listener, receiver) = oneshot::channel::<()>();
        drop(receiver);
        assert!(lock(home.path(), &RenderLimit::of_user(1), &listener).is_err());
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
