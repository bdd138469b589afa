//! An unpacked repository written into a folder, for tools that read files. Nothing is written outside of it, and no link leads out.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::Path;

use super::Archive;
use crate::error::{Error, Kind};

impl Archive {
    /// Writes what was unpacked below `root`, an empty folder of the caller's own.
    pub(crate) fn write(&self, root: &Path) -> Result<(), Error> {
        self.try_write(root).map_err(|error| {
            Error::new(Kind::Input, "cannot write the repository's files")
                .cause(error.to_string())
                .hint("let `ARGOCD_CMP_WORKDIR` name a folder with room that can be written to")
        })
    }

    fn try_write(&self, root: &Path) -> std::io::Result<()> {
        let (files, links) = self.tree.files_and_links();
        let place = |path: &[u8]| {
            let place = root.join(OsStr::from_bytes(path));
            std::fs::create_dir_all(place.parent().unwrap_or(root)).map(|()| place)
        };
        for (path, file) in files {
            let Some(content) = &file.content else { continue };
            let mode = if file.mode & 0o111 == 0 { 0o644 } else { 0o755 };
            OpenOptions::new().write(true).create_new(true).mode(mode).open(place(&path)?)?.write_all(content)?;
        }
        // Links come last: nothing is written through one.
        links.into_iter().try_for_each(|(path, target)| symlink(OsStr::from_bytes(target), place(&path)?))
    }
}
