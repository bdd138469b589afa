//! Writes what is kept of an archive into a folder, for programs that read files. Never through a link: links are made when all else is there.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};

use super::Archive;
use super::kept::Kept;
use crate::error::{Error, Kind};

/// The mode of the folder around all.
const PRIVATE: u32 = 0o700;

/// The modes that Argo CD's own server gives folders and files.
const FOLDER: u32 = 0o755;
const FILE: u32 = 0o644;

/// The modes that files get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileModes {
    /// One for all.
    Fixed,
    /// Those that Argo CD has sent. (`preserveFileMode`)
    Sent,
}

impl Archive {
    /// Makes the folder `to`, which must not be there, and writes into it what is kept. Of Git's own there is only the name in folders
    /// that are repositories inside this one.
    pub fn write(&self, to: &Path, modes: FileModes) -> Result<(), Error> {
        self.write_into(to, modes).map_err(|error| {
            let detail = format!("cannot write the repository that Argo CD has sent to `{}`", to.display());
            let hint = "let `ARGOCD_CMP_WORKDIR` name a folder with room that can be written to";
            Error::new(Kind::Input, detail).cause(error.to_string()).hint(hint)
        })
    }

    fn write_into(&self, to: &Path, modes: FileModes) -> io::Result<()> {
        let mut writing = Writing { root: to, folders: BTreeSet::new(), links: Vec::new() };
        make(to, PRIVATE)?;
        self.each_kept(&mut |path, kept| {
            let path = PathBuf::from(OsStr::from_bytes(&path.join(&b'/')));
            match kept {
                Kept::Folder | Kept::GitMark => writing.folder(&path),
                Kept::File(file, bytes) => {
                    writing.file(&path, bytes, if modes == FileModes::Sent { file.mode } else { FILE })
                }
                Kept::Link(target) => {
                    writing.links.push((path, if target.is_empty() { b"." } else { target }));
                    Ok(())
                }
            }
        })?;
        writing.links()
    }
}

/// A folder that is being filled.
struct Writing<'w> {
    root: &'w Path,
    folders: BTreeSet<PathBuf>,
    links: Vec<(PathBuf, &'w [u8])>,
}

impl Writing<'_> {
    /// Makes a folder and those around it, each once.
    fn folder(&mut self, path: &Path) -> io::Result<()> {
        if path.as_os_str().is_empty() || self.folders.contains(path) {
            return Ok(());
        }
        self.folder(path.parent().unwrap_or(Path::new("")))?;
        self.folders.insert(path.to_owned());
        make(&self.root.join(path), FOLDER)
    }

    fn file(&mut self, path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
        self.folder(path.parent().unwrap_or(Path::new("")))?;
        // A file that is there is an error, a link as well.
        let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(self.root.join(path));
        file?.write_all(bytes)
    }

    fn links(&mut self) -> io::Result<()> {
        let links = std::mem::take(&mut self.links);
        // All folders first: none may be made through a link.
        links.iter().try_for_each(|(path, _)| self.folder(path.parent().unwrap_or(Path::new(""))))?;
        links.iter().try_for_each(|(path, target)| symlink(OsStr::from_bytes(target), self.root.join(path)))
    }
}

fn make(folder: &Path, mode: u32) -> io::Result<()> {
    DirBuilder::new().mode(mode).create(folder)
}
