//! Writes a revision's files into a folder, for programs that read files. Links that lead out of the repository are left out; the contents
//! of Git LFS and submodules are not fetched.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::Revision;
use crate::error::{Error, Kind};
use crate::workspace::Workspace;

/// How many files are held in memory at once.
const TOGETHER: usize = 256;

/// A revision's files in a folder.
#[derive(Debug)]
pub(crate) struct Checkout<'r> {
    revision: &'r Revision,
    root: PathBuf,
}

impl Revision {
    /// Writes every file into `folder`, which must be empty.
    pub(crate) fn checkout(&self, folder: &Path) -> Result<Checkout<'_>, Error> {
        let failed = |error: std::io::Error| {
            let detail = format!("cannot write the files of `{}` to `{}`", self.name, folder.display());
            Error::new(Kind::Input, detail).cause(error.to_string())
        };
        let root = folder.canonicalize().map_err(failed)?;
        let checkout = Checkout { revision: self, root };
        // It marks where the repository ends, which links and paths must not leave.
        std::fs::create_dir(checkout.root.join(".git")).map_err(failed)?;
        std::fs::create_dir_all(checkout.workspace().folder).map_err(failed)?;
        let (files, links) = self.tree.files_and_links();
        for some in files.chunks(TOGETHER) {
            let ids: Vec<String> = some.iter().map(|(_, id)| (*id).to_owned()).collect();
            for ((path, _), bytes) in some.iter().zip(self.git.objects(&ids)?) {
                checkout.make(path, |file| std::fs::write(file, bytes)).map_err(failed)?;
            }
        }
        for (path, target) in links {
            let target = OsStr::from_bytes(target);
            checkout.make(&path, |link| std::os::unix::fs::symlink(target, link)).map_err(failed)?;
        }
        Ok(checkout)
    }
}

impl Checkout<'_> {
    /// Its folder, without links in the path.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The working folder in it, without the environment, which is about the original.
    pub(crate) fn workspace(&self) -> Workspace {
        let below = self.revision.folder.strip_prefix(self.revision.git.work_tree()).unwrap_or(Path::new(""));
        Workspace::bare(self.root.join(below))
    }

    /// The place in it of the file or folder that a user types as `path`.
    pub(crate) fn place(&self, path: &str) -> Result<PathBuf, Error> {
        Ok(self.root.join(self.revision.inside(path)?))
    }

    fn make(&self, path: &[u8], write: impl FnOnce(&Path) -> std::io::Result<()>) -> std::io::Result<()> {
        let path = self.root.join(OsStr::from_bytes(path));
        std::fs::create_dir_all(path.parent().unwrap_or(&self.root))?;
        write(&path)
    }
}
