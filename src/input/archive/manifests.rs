//! The manifests below a folder of an archive, by the rules of a folder on a disk and with the same words. Knows nothing of their content.

use std::collections::btree_map;
use std::ffi::OsStr;
use std::io;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::super::entry_error::{leads_back, leads_nowhere, leads_outside, leads_to_git, unreadable_entry};
use super::super::git::NAME;
use super::super::names::{CHART, has_manifest_ending, is_skipped};
use super::super::tree::{DeadEnd, Folder, LostPath, Node, PathEnd, Trail, is_git};
use super::super::{ENTRIES, too_many};
use super::ArchiveFile;
use crate::error::{Error, Errors};

/// Manifests by the names that a user in the folder would type, and what is wrong with other entries.
pub(super) struct Manifests<'a> {
    pub(super) files: Vec<(PathBuf, &'a ArchiveFile)>,
    pub(super) errors: Errors,
    /// How many more entries may be met.
    left: usize,
    /// The repository's root: the nearest folder around with `.git`, else the archive's.
    root: Vec<&'a [u8]>,
    /// The folders that are being walked through, each in the one before.
    levels: Vec<Level<'a>>,
}

/// A folder that is being walked through.
struct Level<'a> {
    /// Its name.
    name: PathBuf,
    trail: Trail<'a, ArchiveFile>,
    entries: btree_map::Iter<'a, Vec<u8>, Node<ArchiveFile>>,
    folder: &'a Folder<ArchiveFile>,
    is_chart: bool,
    /// How many more links a path through it may lead through.
    links: usize,
}

impl<'a> Manifests<'a> {
    /// Those below the folder at the end of a trail, to which a path has led that may lead through so many links more.
    pub(super) fn below(trail: Trail<'a, ArchiveFile>, links: usize) -> Self {
        let (root, levels) = (repository(&trail), Vec::new());
        let mut found = Self { files: Vec::new(), errors: Errors::new(), left: ENTRIES - 1, root, levels };
        found.enter(PathBuf::from("."), trail, links);
        while let Some(level) = found.levels.last_mut() {
            let Some((name, node)) = level.entries.next() else {
                found.levels.pop();
                continue;
            };
            if found.entry(name, node).is_break() {
                found.errors.push(too_many(Path::new(".")));
                break;
            }
        }
        found
    }

    fn enter(&mut self, name: PathBuf, trail: Trail<'a, ArchiveFile>, links: usize) {
        let PathEnd::Folder(folder) = trail.end() else { return };
        let is_chart = trail.has(CHART.as_bytes(), links);
        self.levels.push(Level { name, trail, entries: folder.iter(), folder, is_chart, links });
    }

    /// An entry of the innermost folder.
    fn entry(&mut self, name: &'a [u8], node: &'a Node<ArchiveFile>) -> ControlFlow<()> {
        let Some(level) = self.levels.last() else { return ControlFlow::Continue(()) };
        let (shown, is_chart) = (level.name.join(OsStr::from_bytes(name)), level.is_chart);
        let is_skipped = is_skipped(&String::from_utf8_lossy(name), || is_chart);
        let mut links = level.links;
        let found = match node.end() {
            Some(end) => Ok(level.trail.with(name, end)),
            // A disk tells of a link that leads nowhere whatever its name is.
            None => match level.trail.follow(name, &mut links) {
                Ok(trail) => self.check_circle(&shown, trail).map_err(Some),
                Err(lost) => Err(self.lost(&shown, lost, is_skipped)),
            },
        };
        match found {
            Ok(_) | Err(None) if is_skipped => ControlFlow::Continue(()),
            Ok(trail) => self.add(shown, trail, links, node.end().is_none()),
            Err(error) => self.count(error),
        }
    }

    /// Adds a manifest, or enters a folder.
    fn add(&mut self, shown: PathBuf, trail: Trail<'a, ArchiveFile>, links: usize, is_link: bool) -> ControlFlow<()> {
        let is_outside = is_link && !self.is_inside(&trail.names());
        match trail.end() {
            PathEnd::File(_) if !has_manifest_ending(&shown) => return self.count(None),
            _ if is_outside => return self.count(Some(leads_outside(&shown))),
            PathEnd::File(file) => self.files.push((shown, file)),
            PathEnd::Folder(_) => {
                self.count(None)?;
                self.enter(shown, trail, links);
                return ControlFlow::Continue(());
            }
            PathEnd::Submodule => {}
        }
        self.count(None)
    }

    /// One entry more, with what is wrong with it.
    fn count(&mut self, error: Option<Error>) -> ControlFlow<()> {
        let Some(left) = self.left.checked_sub(1) else { return ControlFlow::Break(()) };
        self.left = left;
        self.errors.extend(error);
        ControlFlow::Continue(())
    }

    fn is_inside(&self, place: &[&[u8]]) -> bool {
        place.starts_with(&self.root)
    }

    /// Checks that a link does not lead to a folder that is being walked through.
    fn check_circle(&self, shown: &Path, trail: Trail<'a, ArchiveFile>) -> Result<Trail<'a, ArchiveFile>, Error> {
        let PathEnd::Folder(folder) = trail.end() else { return Ok(trail) };
        let mut around = self.levels.iter().rev();
        match around.find(|level| std::ptr::eq(level.folder, folder)) {
            Some(level) => Err(leads_back(shown, &level.name)),
            None => Ok(trail),
        }
    }

    /// What is wrong with a link that leads to nothing that can be read; nothing if a disk has a file there that is not looked at.
    fn lost(&self, shown: &Path, lost: LostPath<'_>, is_skipped: bool) -> Option<Error> {
        let cause = |code: i32| io::Error::from_raw_os_error(code);
        let is_a_git_dir = || lost.place.last().is_some_and(|name| is_git(name));
        Some(match lost.why {
            DeadEnd::Circle => unreadable_entry(shown, cause(libc::ELOOP).to_string()),
            DeadEnd::Git if is_skipped || !(has_manifest_ending(shown) || is_a_git_dir()) => return None,
            _ if lost.place.iter().any(|name| is_git(name)) => leads_to_git(shown),
            DeadEnd::Outside => leads_outside(shown),
            _ if !self.is_inside(&lost.place) => leads_outside(shown),
            DeadEnd::NotAFolder => leads_nowhere(shown, &cause(libc::ENOTDIR)),
            DeadEnd::Nowhere | DeadEnd::Git => leads_nowhere(shown, &cause(libc::ENOENT)),
        })
    }
}

/// The names of the nearest folder around a trail's end, or at it, that holds `.git`; none if there is none.
fn repository<'a>(trail: &Trail<'a, ArchiveFile>) -> Vec<&'a [u8]> {
    let mut names = trail.names();
    let mut folders = trail.folders();
    while let Some(folder) = folders.pop() {
        if folder.contains_key(NAME.as_bytes()) {
            names.truncate(folders.len());
            return names;
        }
    }
    Vec::new()
}
