//! The file of the plugin's socket, by whose name Argo CD finds the plugin. Knows no protocol.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::{UnixListener, UnixSocket, UnixStream};
use tokio::time::timeout;

use crate::error::{Error, Kind};

/// Who may connect: connecting needs the right to write.
const MODE: u32 = 0o660;

/// The kernel has room for so many bytes of a socket's path, and for the zero that ends it.
const LONGEST_PATH: usize = 107;

/// How many connections wait to be accepted; the kernel takes what it allows of them.
const BACKLOG: u32 = 4096;

/// How long another server has to accept a connection.
const PATIENCE: Duration = Duration::from_secs(2);

/// The file of a socket. Dropped, it is removed, if it is still ours.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    identity: Identity,
}

/// What tells a file from another one at its path: device and inode, and the time when it was made, as inodes are used again.
type Identity = (u64, u64, i64, i64);

impl SocketFile {
    /// Binds the socket, whose connections are taken from now on. A file that a server left behind is removed.
    pub(super) async fn bind(path: &Path) -> Result<(Self, UnixListener), Error> {
        check_length(path)?;
        remove_stale(path).await?;
        let refused = |error: io::Error| {
            Error::new(Kind::Setting, format!("cannot bind the plugin's socket `{}`", path.display()))
                .cause(error.to_string())
                .hint("its folder is the one that the repo-server shares with its plugins, `ARGOCD_PLUGINSOCKFILEPATH`")
        };
        Self::listen(path).map_err(refused)
    }

    /// Says whether clients still find this server by the file.
    pub(super) fn presence(&self) -> impl Fn() -> bool + Send + Sync + 'static {
        let (path, identity) = (self.path.clone(), self.identity);
        move || is_there(&path, identity)
    }

    /// Nobody can connect before it listens: by then the file has its mode.
    fn listen(path: &Path) -> io::Result<(Self, UnixListener)> {
        let socket = UnixSocket::new_stream()?;
        socket.bind(path)?;
        let file = Self { path: path.to_owned(), identity: identity(path)? };
        fs::set_permissions(path, Permissions::from_mode(MODE))?;
        let listener = socket.listen(BACKLOG)?;
        Ok((file, listener))
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if is_there(&self.path, self.identity) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether the file of this identity is at a path.
fn is_there(path: &Path, expected: Identity) -> bool {
    identity(path).is_ok_and(|identity| identity == expected)
}

fn identity(path: &Path) -> io::Result<Identity> {
    let file = fs::symlink_metadata(path)?;
    Ok((file.dev(), file.ino(), file.mtime(), file.mtime_nsec()))
}

fn check_length(path: &Path) -> Result<(), Error> {
    let length = path.as_os_str().len();
    if length <= LONGEST_PATH {
        return Ok(());
    }
    let detail = format!("the path of the plugin's socket is too long: `{}` has {length} bytes", path.display());
    Err(Error::new(Kind::Setting, detail)
        .cause(format!("Linux allows {LONGEST_PATH} bytes in the path of a socket"))
        .hint("choose a shorter `--name` or `--plugin-version`"))
}

/// Removes the socket of a server that has ended. One that answers is an error, and so is any other file.
async fn remove_stale(path: &Path) -> Result<(), Error> {
    let taken = |cause: &str| {
        Error::new(Kind::Setting, format!("the plugin's socket `{}` is taken", path.display()))
            .cause(cause)
            .hint("each plugin has a `--name` of its own")
    };
    match fs::symlink_metadata(path) {
        Ok(file) if !file.file_type().is_socket() => return Err(taken("the file is not a socket")),
        Ok(_) => {}
        // What else is wrong with the folder, binding says.
        Err(_) => return Ok(()),
    }
    match timeout(PATIENCE, UnixStream::connect(path)).await {
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => {
            fs::remove_file(path).map_err(|error| taken(&error.to_string()))
        }
        Ok(Err(error)) => Err(taken(&error.to_string())),
        Ok(Ok(_)) | Err(_) => Err(taken("another server answers on it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_is_for_owner_and_group_and_goes_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        let (file, listener) = SocketFile::bind(&path).await.unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, MODE);
        UnixStream::connect(&path).await.unwrap();
        drop(file);
        assert!(!path.exists());
        drop(listener);
    }

    #[tokio::test]
    async fn a_socket_that_was_left_behind_is_replaced_and_its_old_owner_leaves_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        let (old, listener) = SocketFile::bind(&path).await.unwrap();
        drop(listener);
        let (_file, _listener) = SocketFile::bind(&path).await.unwrap();
        drop(old);
        UnixStream::connect(&path).await.unwrap();
    }

    #[tokio::test]
    async fn a_name_that_is_taken_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let [socket, text] = ["a.sock", "b.sock"].map(|name| folder.path().join(name));
        let _served = SocketFile::bind(&socket).await.unwrap();
        fs::write(&text, "notes").unwrap();
        for (path, cause) in [(&socket, "another server answers on it"), (&text, "the file is not a socket")] {
            let error = SocketFile::bind(path).await.unwrap_err();
            assert_eq!(error.cause.as_deref(), Some(cause));
            assert!(path.exists());
        }
    }

    #[tokio::test]
    async fn a_path_that_the_kernel_cannot_take_and_a_missing_folder_are_said() {
        let folder = tempfile::tempdir().unwrap();
        let long = folder.path().join("a".repeat(LONGEST_PATH));
        let error = SocketFile::bind(&long).await.unwrap_err();
        assert!(error.cause.unwrap().contains("107 bytes"));
        let error = SocketFile::bind(&folder.path().join("none/a.sock")).await.unwrap_err();
        assert!(error.in_one_line().contains("cannot bind the plugin's socket"), "{error}");
    }
}
