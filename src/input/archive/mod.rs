//! A repository as Argo CD sends it, a gzipped tar: unpacked in memory as far as an application needs it, by the rules of Argo CD's own server.
//! Knows nothing of the files' content.

mod digest;
mod entries;
mod kept;
mod long_names;
mod manifests;
mod names;
mod path;
mod reach;
mod stream;
#[cfg(test)]
mod tests;
mod trouble;
mod unpacking;
mod write;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::entry_error::no_manifests;
use super::marker::is_marked;
use super::tree::{LINKS, PathEnd, Trail, Tree};
use super::typed_name;
use crate::error::{Error, Errors, Kind};
use crate::source::Source;

use manifests::Manifests;
use path::{ArchivePath, clean};
use reach::reach;
use unpacking::{Wanted, unpack};

pub use write::FileModes;

/// How much of a repository may be unpacked.
#[derive(Clone, Copy, Debug)]
pub struct ArchiveLimits {
    /// How many bytes may be kept, contents, names and links together. What is passed over may be 16 times as much.
    pub bytes: u64,
    /// When it has to end.
    pub until: Option<Instant>,
}

/// A repository in memory: all of its names, and the contents that were needed so far.
#[derive(Debug)]
pub struct Archive {
    tree: Tree<ArchiveFile>,
    wanted: Wanted,
    limits: ArchiveLimits,
}

/// A file.
#[derive(Clone, Debug)]
struct ArchiveFile {
    mode: u32,
    /// Its bytes, if they were needed.
    content: Option<Vec<u8>>,
}

impl Archive {
    /// Unpacks what the application in `folder` needs, a path below the repository's root: its files, and what the links there lead to.
    pub fn unpack(gzip: &[u8], folder: &Path, limits: ArchiveLimits) -> Result<Self, Error> {
        let wanted = Wanted::Below([clean(folder.as_os_str().as_bytes())?].into());
        let tree = unpack(gzip, &wanted, &limits)?;
        let mut archive = Self { tree, wanted, limits };
        archive.widen(gzip, &[folder])?;
        Ok(archive)
    }

    /// Unpacks what else is at some paths below the repository's root, and what the links there lead to, from the same bytes. Returns whether
    /// there was anything.
    pub fn widen(&mut self, gzip: &[u8], paths: &[&Path]) -> Result<bool, Error> {
        let paths: Vec<Vec<u8>> = paths.iter().map(|path| path.as_os_str().as_bytes().to_vec()).collect();
        match reach(&self.tree, &paths, self.limits.until)? {
            Wanted::Below(more) => self.add(gzip, &more),
            Wanted::All => self.widen_to_all(gzip).map(|()| true),
        }
    }

    /// Unpacks all that was passed over, but for what is Git's own.
    pub fn widen_to_all(&mut self, gzip: &[u8]) -> Result<(), Error> {
        match self.wanted {
            Wanted::All => Ok(()),
            Wanted::Below(_) => self.fill(gzip, Wanted::All),
        }
    }

    /// Reads the manifests below a folder that was unpacked: what `input::read` gives of `.` in that folder on a disk.
    pub fn read(&self, folder: &Path, may_be_empty: bool) -> (Vec<Arc<Source>>, Errors) {
        let (trail, links) = match self.folder(folder) {
            Ok(found) => found,
            Err(error) => return (Vec::new(), error.into()),
        };
        let holds = |name: &str| trail.has(name.as_bytes(), links);
        let Manifests { files, mut errors, .. } = Manifests::below(trail.clone(), links);
        if files.is_empty() && !may_be_empty && !errors.any() {
            errors.push(no_manifests(Path::new("."), holds));
        }
        let mut sources = Vec::with_capacity(files.len());
        for (name, file) in files {
            match &file.content {
                Some(bytes) if is_marked(bytes) => {}
                Some(bytes) => sources.push(Arc::new(Source::new(typed_name(&name), bytes.clone()))),
                None => errors.push(not_unpacked(&name)),
            }
        }
        (sources, errors)
    }

    /// Whether there is a file or folder at a path below the repository's root, links followed.
    pub fn exists(&self, path: &Path) -> bool {
        self.tree.resolve(path.as_os_str().as_bytes()).is_ok()
    }

    /// The path below the repository's root that a path leads to, links followed; `None` if nothing is there.
    pub fn real(&self, path: &Path) -> Option<PathBuf> {
        let trail = self.tree.resolve(path.as_os_str().as_bytes()).ok()?;
        Some(trail.names().into_iter().map(OsStr::from_bytes).collect())
    }

    fn add(&mut self, gzip: &[u8], more: &BTreeSet<ArchivePath>) -> Result<bool, Error> {
        match &self.wanted {
            Wanted::Below(paths) if !more.iter().all(|path| self.wanted.has(path)) => {
                let paths = paths.union(more).cloned().collect();
                self.fill(gzip, Wanted::Below(paths)).map(|()| true)
            }
            _ => Ok(false),
        }
    }

    fn fill(&mut self, gzip: &[u8], wanted: Wanted) -> Result<(), Error> {
        // What is there goes first: both at once would be twice as much.
        self.tree = Tree::default();
        self.tree = unpack(gzip, &wanted, &self.limits)?;
        self.wanted = wanted;
        Ok(())
    }

    /// The folder at a path, and how many more links a path may lead through from there.
    fn folder(&self, folder: &Path) -> Result<(Trail<'_, ArchiveFile>, usize), Error> {
        let mut links = LINKS;
        let trail = self.tree.trail().follow(folder.as_os_str().as_bytes(), &mut links);
        let folder_there = trail.ok().filter(|trail| matches!(trail.end(), PathEnd::Folder(_)));
        folder_there.map(|trail| (trail, links)).ok_or_else(|| {
            let detail = format!("there is no folder `{}` in the repository that Argo CD has sent", folder.display());
            Error::new(Kind::Input, detail).hint("repair `spec.source.path` of the application")
        })
    }
}

fn not_unpacked(name: &Path) -> Error {
    Error::new(Kind::Bug, format!("`{}` was not unpacked", typed_name(name)))
}
