//! The lock of an entry: while one process gets a lease, the others wait for it.

use super::folder::FolderLock;

/// The lock of an entry. Dropped, it is free.
#[derive(Debug)]
pub(crate) struct KeepLock(HeldLock);

#[derive(Debug)]
enum HeldLock {
    Folder(FolderLock),
}

impl KeepLock {
    pub(super) fn of_folder(lock: FolderLock) -> Self {
        Self(HeldLock::Folder(lock))
    }

    /// Frees the lock, and returns once others may have it.
    pub(crate) async fn release(self) {
        match self.0 {
            HeldLock::Folder(lock) => drop(lock),
        }
    }
}
