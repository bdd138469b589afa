//! Where lines go: each by one write, so that those of several processes do not mix. Knows no line.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use crate::private_folder::is_own;

/// Writes some bytes, by one call, and returns how many were written.
pub(crate) type Writer<'w> = Box<dyn FnMut(&[u8]) -> io::Result<usize> + Send + 'w>;

/// A writer that appends to a file, which is made if it is missing; or to a pipe with a name, or a device. No link is followed, and a file
/// that others may touch is refused.
pub(super) fn append(path: &Path) -> io::Result<Writer<'static>> {
    // A pipe without a reader, or a full one, must not stop a run.
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY;
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(flags).open(path)?;
    if !is_safe(&file)? {
        return Err(io::Error::other("it is not a file of this user alone"));
    }
    Ok(Box::new(move |bytes| file.write(bytes)))
}

/// Whether nobody but this user can read or change it; a device is root's to make.
fn is_safe(file: &File) -> io::Result<bool> {
    let metadata = file.metadata()?;
    Ok(metadata.file_type().is_char_device() || is_own(&metadata))
}

/// Writes a line by one call. A line of which only a part was written is ended, as far as that works.
pub(super) fn write_line(writer: &mut Writer<'_>, line: &[u8]) -> io::Result<()> {
    match writer(line)? {
        length if length == line.len() => Ok(()),
        _ => {
            let _ = writer(b"\n");
            Err(io::Error::from(io::ErrorKind::WriteZero))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_made_for_this_user_alone_and_keeps_what_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("audit");
        for line in [b"one\n", b"two\n"] {
            write_line(&mut append(&file).unwrap(), line).unwrap();
        }
        assert_eq!((std::fs::read(&file).unwrap(), mode(&file)), (b"one\ntwo\n".to_vec(), 0o600));
    }

    #[test]
    fn what_others_could_read_or_change_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["audit", "link"].map(|name| folder.path().join(name));
        std::fs::write(&file, "").unwrap();
        symlink(&file, &link).unwrap();
        for shared in [0o644, 0o620, 0o666] {
            std::fs::set_permissions(&file, PermissionsExt::from_mode(shared)).unwrap();
            let refusal = append(&file).err().expect("it is refused");
            assert_eq!(refusal.to_string(), "it is not a file of this user alone", "{shared:o}");
        }
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
        assert!(append(&file).is_ok() && append(&link).is_err() && append(folder.path()).is_err());
    }

    #[test]
    fn a_part_of_a_line_is_a_failure_and_ends() {
        let mut written = Vec::new();
        let mut writer: Writer<'_> = Box::new(|bytes| {
            let part = &bytes[..bytes.len().min(3)];
            written.extend_from_slice(part);
            Ok(part.len())
        });
        assert!(write_line(&mut writer, b"abcdef\n").is_err());
        drop(writer);
        assert_eq!(written, b"abc\n");
    }
}
