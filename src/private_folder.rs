//! Folders and files that only this user may read: written whole or not at all, no link followed. Safe with several processes at once.
//! Knows no content.

use std::fs::{self, DirBuilder, DirEntry, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

/// How long writing a file takes at most. An older part was left behind.
const LONGEST_WRITE: Duration = Duration::from_secs(60);

/// Makes a folder that only this user may enter, and those above it.
pub(crate) fn create(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Makes a folder of this user private. It is opened first, so that no link is followed.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    let open = OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_DIRECTORY).open(folder)?;
    let metadata = open.metadata()?;
    if metadata.uid() == own_user() && metadata.mode() & 0o077 != 0 {
        open.set_permissions(Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Whether it is a private folder of this user, not a link to one. The owner is checked too, as root may write everywhere.
pub(crate) fn is_own_folder(folder: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_dir() && is_own(&metadata))
}

/// The content of a file. One that others may touch, that belongs to another user or is longer than `limit` is an error.
pub(crate) fn read(file: &Path, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    // Follows no link, and does not wait for a pipe.
    let open = OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(file)?;
    let metadata = open.metadata()?;
    if !metadata.is_file() || !is_own(&metadata) {
        return Err(io::Error::other("it is not a file of this user alone"));
    }
    if metadata.len() > limit {
        return Err(io::Error::other("it is too long"));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(metadata.len() as usize + 1));
    open.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file that only its owner may read, whole or not at all. Its time of change becomes `modified`, if there is one.
pub(crate) fn write(file: &Path, content: &[u8], modified: Option<SystemTime>) -> io::Result<()> {
    write_part(file, content, modified, |part| fs::rename(part, file))
}

/// Writes a file as [`write()`] does, unless it is there already.
pub(crate) fn write_new(file: &Path, content: &[u8], modified: Option<SystemTime>) -> io::Result<()> {
    write_part(file, content, modified, |part| {
        let linked = fs::hard_link(part, file);
        fs::remove_file(part)?;
        linked.or_else(|error| if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) })
    })
}

/// Writes a file beside `file`, which `finish` puts into its place.
fn write_part(
    file: &Path,
    content: &[u8],
    modified: Option<SystemTime>,
    finish: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let nonce = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let part = file.with_extension(format!("{}-{nonce}.part", std::process::id()));
    let fill = |mut open: File| {
        open.write_all(content)?;
        modified.map_or(Ok(()), |time| open.set_modified(time))
    };
    let new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
    let written = new.and_then(fill).and_then(|()| finish(&part));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

/// Whether the process that wrote the part of a file is gone.
pub(crate) fn is_abandoned(part: &DirEntry) -> bool {
    let modified = part.metadata().and_then(|metadata| metadata.modified());
    modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > LONGEST_WRITE))
}

/// Whether the file or folder belongs to this user, and nobody else may touch it.
pub(crate) fn is_own(metadata: &Metadata) -> bool {
    metadata.uid() == own_user() && metadata.mode() & 0o077 == 0
}

/// This user's number.
pub(crate) fn own_user() -> u32 {
    rustix::process::geteuid().as_raw()
}
