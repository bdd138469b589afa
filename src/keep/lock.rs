//! The lock of an entry: while one process gets a lease, the others wait for it.

use super::folder::FolderLock;
use super::redis::RedisLock;

/// The lock of an entry. Dropped, it is free; [`Self::release`] also waits for that.
#[derive(Debug)]
pub struct KeepLock(HeldLock);

#[derive(Debug)]
enum HeldLock {
    Folder(FolderLock),
    Redis(RedisLock),
}

impl KeepLock {
    pub(super) fn of_folder(lock: FolderLock) -> Self {
        Self(HeldLock::Folder(lock))
    }

    pub(super) fn of_redis(lock: RedisLock) -> Self {
        Self(HeldLock::Redis(lock))
    }

    /// Frees the lock, and returns once others may have it.
    pub async fn release(self) {
        match self.0 {
            HeldLock::Folder(lock) => drop(lock),
            HeldLock::Redis(lock) => lock.release().await,
        }
    }
}
