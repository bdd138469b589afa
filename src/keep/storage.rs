//! Where sealed entries lie: a folder or a Redis, each operation within its deadline. Cannot open what it stores.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout_at};
use zeroize::Zeroizing;

use super::folder::Folder;
use super::lock::KeepLock;
use super::place::Place;
use super::redis::{Redis, RedisLock};
use super::seal::{SealedEntry, StoredName};
use super::settings::KEEP;
use super::trouble::Trouble;
use crate::client::Deadline;
use crate::config::View;
use crate::error::Error;
use crate::journal::Journal;

/// Where entries lie.
#[derive(Clone)]
pub(super) enum Storage {
    /// In a folder of this machine, which messages call by its path.
    Folder(Arc<Folder>, String),
    /// In a Redis that several machines may share.
    Redis(Arc<Redis>),
}

/// How long an operation may take before the run goes on without the keep.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often whoever waits for a lock in a folder tries to get it.
const INTERVAL: Duration = Duration::from_millis(10);

impl Storage {
    /// The storage at a place.
    pub(super) fn new(place: &Place, settings: &View, journal: &Journal) -> Result<Self, Error> {
        Ok(match place {
            Place::Folder(path) => Self::Folder(Arc::new(Folder::new(path.clone())), place.to_string()),
            Place::Redis(address) => Self::Redis(Arc::new(Redis::new(address, settings, journal.clone())?)),
        })
    }

    /// What is stored under each name.
    pub(super) async fn read(
        &self,
        names: &[StoredName],
        deadline: Deadline,
    ) -> Result<Vec<Option<Zeroizing<Vec<u8>>>>, Trouble> {
        match self.clone() {
            Self::Redis(redis) => redis.read(names, deadline).await,
            Self::Folder(folder, place) => {
                let names = names.to_vec();
                in_background(&place, deadline, move || folder.read(&names)).await
            }
        }
    }

    /// Stores entries. Those that ended before `now` may go.
    pub(super) async fn write(
        &self,
        entries: Vec<SealedEntry>,
        now: SystemTime,
        deadline: Deadline,
    ) -> Result<(), Trouble> {
        match self.clone() {
            Self::Redis(redis) => redis.write(&entries, now, deadline).await,
            Self::Folder(folder, place) => {
                let write = move || {
                    folder.clear(now);
                    entries.iter().try_for_each(|entry| folder.write(entry))
                };
                in_background(&place, deadline, write).await
            }
        }
    }

    /// Removes what is stored under the names.
    pub(super) async fn remove(&self, names: &[StoredName], deadline: Deadline) -> Result<(), Trouble> {
        match self.clone() {
            Self::Redis(redis) => redis.remove(names, deadline).await,
            Self::Folder(folder, place) => {
                let names = names.to_vec();
                in_background(&place, deadline, move || folder.remove(&names)).await
            }
        }
    }

    /// The names of everything that is stored.
    pub(super) async fn names(&self, deadline: Deadline) -> Result<Vec<StoredName>, Trouble> {
        match self.clone() {
            Self::Redis(redis) => redis.names(deadline).await,
            Self::Folder(folder, place) => in_background(&place, deadline, move || folder.names()).await,
        }
    }

    /// Waits for the lock of an entry; `None` if the deadline comes first.
    pub(super) async fn lock(&self, name: &StoredName, deadline: Deadline) -> Result<Option<KeepLock>, Trouble> {
        match self {
            Self::Redis(redis) => Ok(RedisLock::wait(redis, name, deadline).await?.map(KeepLock::of_redis)),
            Self::Folder(folder, place) => lock_in_folder(folder, place, name, deadline).await,
        }
    }
}

async fn lock_in_folder(
    folder: &Folder,
    place: &str,
    name: &StoredName,
    deadline: Deadline,
) -> Result<Option<KeepLock>, Trouble> {
    loop {
        let lock = folder.try_lock(name).map_err(|error| of_folder(place, &error))?;
        if let Some(lock) = lock {
            return Ok(Some(KeepLock::of_folder(lock)));
        }
        if Instant::now() + INTERVAL > deadline.end() {
            return Ok(None);
        }
        sleep(INTERVAL).await;
    }
}

/// Works with a folder on a thread of its own, as that may block.
async fn in_background<T: Send + 'static>(
    place: &str,
    deadline: Deadline,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Trouble> {
    let end = deadline.end().min(Instant::now() + PATIENCE);
    match timeout_at(end, spawn_blocking(work)).await {
        Ok(Ok(done)) => done.map_err(|error| of_folder(place, &error)),
        Ok(Err(error)) => Err(of_folder(place, &error.into())),
        Err(_) => Err(Trouble::new(place, "it is too slow", format!("is the file system of `{}` well?", KEEP.name()))),
    }
}

fn of_folder(place: &str, error: &io::Error) -> Trouble {
    let hint = format!("let `{}` name a folder that this user may write to", KEEP.name());
    Trouble::new(place, error.to_string(), hint)
}
