//! A folder as the keep: a private one of this user's, a file for each entry. Several processes may use it at once.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use zeroize::Zeroizing;

use super::seal::{SealedEntry, StoredName};
use crate::private_folder;

/// A folder that holds entries.
#[derive(Debug)]
pub(super) struct Folder {
    /// The folder as it is set. Where others may touch it, the entries are in one of this user's own in it.
    path: PathBuf,
    /// When ended entries were last removed.
    cleared: Mutex<Option<Instant>>,
}

/// The lock of an entry, until it is dropped.
#[derive(Debug)]
pub(super) struct FolderLock {
    path: PathBuf,
    _file: File,
}

/// The largest file of an entry, in bytes.
const LARGEST_FILE: u64 = 16 << 20;
/// How often ended entries are removed at most.
const CLEARED_EVERY: Duration = Duration::from_secs(600);
/// How old the lock of a process that died must be to be removed.
const LEFT_BEHIND: Duration = Duration::from_secs(3600);

const ENTRY: &str = "entry-";
const LOCK: &str = "lock-";

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, cleared: Mutex::new(None) }
    }

    /// What is stored under each name. A file that others may have written does not count.
    pub(super) fn read(&self, names: &[StoredName]) -> io::Result<Vec<Option<Zeroizing<Vec<u8>>>>> {
        let Some(root) = self.root()? else { return Ok(names.iter().map(|_| None).collect()) };
        Ok(names.iter().map(|name| private_folder::read(&entry_file(&root, name), LARGEST_FILE).ok()).collect())
    }

    /// Writes an entry.
    pub(super) fn write(&self, SealedEntry { name, sealed, ends, replaces }: &SealedEntry) -> io::Result<()> {
        if sealed.len() as u64 > LARGEST_FILE {
            return Err(io::Error::other("an entry is longer than 16 MiB"));
        }
        let file = entry_file(&self.made_root()?, name);
        // The end stands in the file's time too, so that ended entries are found without a key.
        match replaces {
            true => private_folder::write(&file, sealed, Some(*ends)),
            false => private_folder::write_new(&file, sealed, Some(*ends)),
        }
    }

    /// Removes what is stored under the names.
    pub(super) fn remove(&self, names: &[StoredName]) -> io::Result<()> {
        let Some(root) = self.root()? else { return Ok(()) };
        names.iter().try_for_each(|name| match fs::remove_file(entry_file(&root, name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
    }

    /// The names of all entries.
    pub(super) fn names(&self) -> io::Result<Vec<StoredName>> {
        let Some(root) = self.root()? else { return Ok(Vec::new()) };
        let mut names = Vec::new();
        for entry in fs::read_dir(root)? {
            let file = entry?.file_name();
            names.extend(file.to_str().and_then(|name| StoredName::parse(name.strip_prefix(ENTRY)?)));
        }
        names.sort();
        Ok(names)
    }

    /// The lock of an entry, unless somebody holds it.
    pub(super) fn try_lock(&self, name: &StoredName) -> io::Result<Option<FolderLock>> {
        let path = self.made_root()?.join(format!("{LOCK}{name}"));
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(false).mode(0o600).custom_flags(libc::O_NOFOLLOW);
        let file = options.open(&path)?;
        match file.try_lock() {
            // Whoever held it has removed it since it was opened: the lock of a file that nobody else finds is worth nothing.
            Ok(()) if !is_at(&file, &path) => Ok(None),
            Ok(()) => Ok(Some(FolderLock { path, _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Removes entries that have ended, and what killed processes left behind. Does so now and then.
    pub(super) fn clear(&self, now: SystemTime) {
        let mut cleared = self.cleared.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if cleared.is_some_and(|time| time.elapsed() < CLEARED_EVERY) {
            return;
        }
        *cleared = Some(Instant::now());
        let Ok(Some(root)) = self.root() else { return };
        for entry in fs::read_dir(root).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            let modified = entry.metadata().and_then(|metadata| metadata.modified()).ok();
            let is_over = |after: Duration| modified.is_some_and(|time| time + after <= now);
            if name.ends_with(".part") {
                if name.starts_with(ENTRY) && private_folder::is_abandoned(&entry) {
                    let _ = fs::remove_file(path);
                }
            } else if name.starts_with(ENTRY) && is_over(Duration::ZERO) {
                let _ = fs::remove_file(path);
            } else if name.starts_with(LOCK) && is_over(LEFT_BEHIND) {
                let _ = name.strip_prefix(LOCK).and_then(StoredName::parse).map(|name| self.try_lock(&name));
            }
        }
    }

    /// The private folder of the entries; `None` if it is not there yet.
    fn root(&self) -> io::Result<Option<PathBuf>> {
        match fs::symlink_metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
            Ok(found) if !found.is_dir() => return Err(io::Error::other("it is not a folder")),
            Ok(_) if private_folder::is_own_folder(&self.path) => return Ok(Some(self.path.clone())),
            Ok(_) => {}
        }
        let own = self.own_folder();
        match fs::symlink_metadata(&own) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            _ if private_folder::is_own_folder(&own) => Ok(Some(own)),
            _ => Err(io::Error::other(format!("`{}` is not a folder of this user alone", own.display()))),
        }
    }

    /// The private folder of the entries, made if it is not there.
    fn made_root(&self) -> io::Result<PathBuf> {
        if let Some(root) = self.root()? {
            return Ok(root);
        }
        let folder = if self.path.is_dir() { self.own_folder() } else { self.path.clone() };
        private_folder::create(&folder)?;
        self.root()?.ok_or_else(|| io::Error::other("it was removed"))
    }

    /// The folder of this user's own in a folder that others may touch.
    fn own_folder(&self) -> PathBuf {
        self.path.join(format!("vault-render-{}", private_folder::own_user()))
    }
}

impl Drop for FolderLock {
    /// Removes the file while it is still locked, so that no locks pile up.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn entry_file(root: &Path, name: &StoredName) -> PathBuf {
    root.join(format!("{ENTRY}{name}"))
}

/// Whether an open file is the one at `path`.
fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(open), Ok(found)) = (file.metadata(), fs::symlink_metadata(path)) else { return false };
    (open.dev(), open.ino()) == (found.dev(), found.ino())
}
