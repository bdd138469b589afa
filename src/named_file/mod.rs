//! A file that a setting or a flag names. Authority goes by where the *name* stands: in the repository the name is a tenant's, and may lead
//! neither out nor to Git's own files; elsewhere it may be a link, as in a ConfigMap's volume.

use std::fmt;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::wiped::read_all;

mod walk;
use walk::Walk;

/// The longest file of settings.
pub(crate) const SETTINGS_LIMIT: u64 = 1 << 20;

/// The longest file of data: of secrets, a record, a baseline.
pub(crate) const DATA_LIMIT: u64 = 64 << 20;

/// The folders of devices and of the kernel's own files.
const DEVICES: [&str; 3] = ["/proc", "/dev", "/sys"];

/// The kind of file that a name may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A regular file.
    Regular,
    /// A regular file that only this process's user and root may write.
    Unshared,
    /// A pipe as well, as `<(…)` and `/dev/stdin` are.
    Stream,
}

/// A file that was found by its name.
#[derive(Debug)]
pub(crate) struct NamedFile {
    place: PathBuf,
    is_in_repository: bool,
    wrong: Option<FileRefusal>,
}

/// Why a file is not read.
#[derive(Debug)]
pub(crate) enum FileRefusal {
    /// Its name stands in the repository, but the file does not.
    Outside,
    /// It is Git's own.
    Git,
    /// It is not a regular file.
    NoFile,
    /// Others than this process's user and root may write it.
    Shared,
    /// It is longer than so many bytes.
    TooLong(u64),
    /// The operating system says so.
    Unreadable(io::Error),
}

impl NamedFile {
    /// Follows `name` from `folder`.
    pub(crate) fn find(name: &Path, folder: &Path, repository: &Path) -> Result<Self, FileRefusal> {
        let repository = repository.canonicalize().unwrap_or_default();
        let walk = Walk::follow(name, folder, &repository)?;
        let is_inside = !repository.as_os_str().is_empty() && walk.place.starts_with(&repository);
        let wrong = match walk.passes_repository {
            true if walk.passes_git => Some(FileRefusal::Git),
            true if !is_inside => Some(FileRefusal::Outside),
            _ => None,
        };
        Ok(Self { place: walk.place, is_in_repository: walk.passes_repository || is_inside, wrong })
    }

    /// Whether its name or the file itself stands in the repository.
    pub(crate) fn is_in_repository(&self) -> bool {
        self.is_in_repository
    }

    /// The file, or a refusal if its name stands in the repository and leads out.
    pub(crate) fn within_repository(self) -> Result<Self, FileRefusal> {
        match self.wrong {
            Some(refusal) => Err(refusal),
            None => Ok(self),
        }
    }

    /// Where it is, without links.
    pub(crate) fn place(&self) -> &Path {
        &self.place
    }

    /// Its content, up to `limit` bytes.
    pub(crate) fn read(&self, limit: u64, allowed: FileKind) -> Result<Zeroizing<Vec<u8>>, FileRefusal> {
        let bytes = read_all(self.open(allowed)?.take(limit + 1))?;
        if bytes.len() as u64 > limit { Err(FileRefusal::TooLong(limit)) } else { Ok(bytes) }
    }

    fn open(&self, allowed: FileKind) -> Result<File, FileRefusal> {
        if allowed == FileKind::Stream {
            let file = File::open(&self.place)?;
            return if file.metadata()?.is_dir() { Err(FileRefusal::NoFile) } else { Ok(file) };
        }
        if DEVICES.iter().any(|devices| self.place.starts_with(devices)) {
            return Err(FileRefusal::NoFile);
        }
        // A pipe without a writer would block; a link would have come since the name was followed.
        let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW).open(&self.place)?;
        let found = file.metadata()?;
        match found.is_file() {
            false => Err(FileRefusal::NoFile),
            true if allowed == FileKind::Unshared && others_may_write(&found) => Err(FileRefusal::Shared),
            true => Ok(file),
        }
    }
}

/// Whether somebody other than this process's user and root may write a file.
fn others_may_write(file: &Metadata) -> bool {
    let own = [0, rustix::process::geteuid().as_raw()];
    file.mode() & 0o022 != 0 || !own.contains(&file.uid())
}

impl FileRefusal {
    /// Whether nothing is there.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Unreadable(error) if error.kind() == io::ErrorKind::NotFound)
    }

    /// The way out, if there is one.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Outside => Some("copy the file into the repository, or name it by its own path"),
            Self::Git => Some("move the file out of `.git`"),
            Self::NoFile => Some("name a regular file"),
            Self::Shared => Some("`chmod go-w`, or mount it from a ConfigMap or a Secret"),
            Self::TooLong(_) | Self::Unreadable(_) => None,
        }
    }
}

impl fmt::Display for FileRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside => write!(f, "its name stands in the repository, and it leads outside"),
            Self::Git => write!(f, "it leads into `.git`"),
            Self::NoFile => write!(f, "it is not a regular file"),
            Self::Shared => write!(f, "others than its user may write it"),
            Self::TooLong(limit) => write!(f, "it is longer than {} MiB", limit >> 20),
            Self::Unreadable(error) => write!(f, "{error}"),
        }
    }
}

impl From<io::Error> for FileRefusal {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

#[cfg(test)]
mod tests;
