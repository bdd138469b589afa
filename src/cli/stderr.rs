//! Where findings are written: stderr, unless the caller throws it away, as helm 4 does with that of a plugin. Then it is helm's own
//! stderr, else the terminal, else a file. Knows nothing of the findings.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

/// How many bytes helm may overwrite in a file that it does not append to, after its plugin has failed.
const ROOM: u64 = 512;

/// Where findings go.
#[derive(Clone, Debug)]
pub(super) enum Stderr {
    /// The program's own stderr.
    Own,
    /// The caller's stderr, and a file beside it where others may overwrite the findings.
    Caller(Arc<File>, Option<Arc<File>>),
    /// A terminal or a file in place of stderr.
    Other(Arc<File>),
}

impl Stderr {
    /// The best place: `plugin` says that helm runs the program as a plugin, `cache` is the folder for a file.
    pub(super) fn find(plugin: bool, cache: Option<&Path>) -> Self {
        let caller = format!("/proc/{}/fd/2", std::os::unix::process::parent_id());
        if !plugin || is_same(&caller, "/proc/self/fd/2") {
            return Self::Own;
        }
        if let Some(file) = append(&caller) {
            let copy = overwritten_from(&file).and_then(|_| kept(cache?));
            return Self::Caller(Arc::new(file), copy.map(Arc::new));
        }
        let other = append("/dev/tty").or_else(|| kept(cache?));
        other.map_or(Self::Own, |file| Self::Other(Arc::new(file)))
    }

    /// Whether findings go to a terminal.
    pub(super) fn is_terminal(&self) -> bool {
        match self {
            Self::Own => std::io::stderr().is_terminal(),
            Self::Caller(file, _) | Self::Other(file) => file.is_terminal(),
        }
    }

    /// The open file, for a child.
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        match self {
            Self::Own => rustix::stdio::stderr(),
            Self::Caller(file, _) | Self::Other(file) => file.as_fd(),
        }
    }

    /// Writes. A failure is ignored, as there is no other place to report it.
    pub(super) fn write(&self, text: &str) {
        let _ = match self {
            Self::Own => std::io::stderr().lock().write_all(text.as_bytes()),
            Self::Caller(file, copy) => {
                let _ = copy.as_ref().map(|copy| (&**copy).write_all(text.as_bytes()));
                (&**file).write_all((room(file) + text).as_bytes())
            }
            Self::Other(file) => (&**file).write_all(text.as_bytes()),
        };
    }

    /// Writes some bytes by one call, and returns how many were written.
    pub(super) fn write_at_once(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Own => std::io::stderr().lock().write(bytes),
            Self::Caller(file, _) | Self::Other(file) => (&**file).write(bytes),
        }
    }
}

/// Whether two open files are one.
fn is_same(one: &str, other: &str) -> bool {
    let id = |path| std::fs::metadata(path).map(|file| (file.dev(), file.ino()));
    id(one).is_ok_and(|one| id(other).is_ok_and(|other| one == other))
}

/// Opens an existing file to append to it: otherwise a file that a user redirected to would lose its content. Opening a pipe that nobody
/// reads would block, so the file is first opened without blocking.
fn append(path: &str) -> Option<File> {
    let mut options = OpenOptions::new();
    let _asked = options.append(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path).ok()?;
    options.custom_flags(libc::O_NOCTTY).open(path).ok()
}

/// A file of the last run's findings, for this user alone.
fn kept(folder: &Path) -> Option<File> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).ok()?;
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(folder.join("helm.log")).ok()
}

/// Blanks before the text, which helm may overwrite: unless it appends, helm goes on writing where it has stopped.
fn room(file: &File) -> String {
    let length = file.metadata().map_or(0, |file| file.len());
    match overwritten_from(file).map(|from| (from + ROOM).saturating_sub(length)) {
        None | Some(0) => String::new(),
        Some(missing) => format!("{}\n", " ".repeat(missing as usize - 1)),
    }
}

/// Where the caller writes next in its stderr, which is `file`; `None` if it appends, or the file is not a regular one.
fn overwritten_from(file: &File) -> Option<u64> {
    let info = std::fs::read_to_string(format!("/proc/{}/fdinfo/2", std::os::unix::process::parent_id())).ok()?;
    position(&info).filter(|_| file.metadata().is_ok_and(|file| file.is_file()))
}

/// Where the owner of a descriptor writes next, by its `fdinfo`; `None` if it appends.
fn position(info: &str) -> Option<u64> {
    let value = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let flags = i32::from_str_radix(value("flags:")?, 8).ok()?;
    if flags & libc::O_APPEND != 0 { None } else { value("pos:")?.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_appends_overwrites_nothing() {
        for (info, expected) in [
            ("pos:\t12\nflags:\t0100001\nmnt_id:\t29\n", Some(12)),
            ("pos:\t12\nflags:\t0102001\nmnt_id:\t29\n", None),
            ("", None),
        ] {
            assert_eq!(position(info), expected);
        }
    }

    #[test]
    fn a_file_keeps_what_it_holds() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "before\n").unwrap();
        append(file.path().to_str().unwrap()).unwrap().write_all(b"after\n").unwrap();
        assert_eq!(std::fs::read_to_string(file.path()).unwrap(), "before\nafter\n");
    }

    #[test]
    fn where_nothing_else_can_be_opened_a_file_keeps_the_last_run() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("new");
        for text in ["one, which is longer\n", "two\n"] {
            kept(&folder).unwrap().write_all(text.as_bytes()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(folder.join("helm.log")).unwrap(), "two\n");
    }
}
