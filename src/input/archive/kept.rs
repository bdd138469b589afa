//! What is kept of an archive, entry by entry in the order of paths: what a rendering can see. Knows no content.

use super::super::git::NAME;
use super::super::tree::{Folder, Node, PathEnd, Trail, is_git};
use super::path::ArchivePath;
use super::{Archive, ArchiveFile};

/// An entry that is kept.
pub(super) enum Kept<'a> {
    Folder,
    /// That a repository ends here: `.git`, without anything in it.
    GitMark,
    /// A file, with its bytes.
    File(&'a ArchiveFile, &'a [u8]),
    /// A link, with where it leads from its folder.
    Link(&'a [u8]),
}

impl Archive {
    /// Calls `take` with each entry that is kept. A folder comes before what is in it.
    pub(super) fn each_kept<'a, E>(
        &'a self,
        take: &mut dyn FnMut(&ArchivePath, Kept<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_kept_below(&mut ArchivePath::new(), &self.tree.root, take)
    }

    fn each_kept_below<'a, E>(
        &'a self,
        path: &mut ArchivePath,
        folder: &'a Folder<ArchiveFile>,
        take: &mut dyn FnMut(&ArchivePath, Kept<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        for (name, node) in folder {
            let is_wanted_around = self.wanted.has(path) || self.wanted.is_below(path);
            path.push(name.clone());
            match node {
                _ if is_git(name) => {
                    // The root is a repository's end without it.
                    if name == NAME.as_bytes() && is_wanted_around && path.len() > 1 {
                        take(path, Kept::GitMark)?;
                    }
                }
                Node::Folder(inner) => {
                    if self.wanted.has(path) || self.wanted.is_below(path) {
                        take(path, Kept::Folder)?;
                    }
                    self.each_kept_below(path, inner, take)?;
                }
                Node::File(file) => {
                    if let Some(bytes) = &file.content {
                        take(path, Kept::File(file, bytes))?;
                    }
                }
                Node::Link(target) => {
                    // Another way to what is kept may lead through it.
                    if self.wanted.has(path) || self.leads_to_kept(path) {
                        take(path, Kept::Link(target))?;
                    }
                }
                Node::Submodule => {}
            }
            path.pop();
        }
        Ok(())
    }

    fn leads_to_kept(&self, path: &ArchivePath) -> bool {
        let whole = path.join(&b'/');
        self.tree.resolve(&whole).is_ok_and(|trail| is_kept(&trail, self))
    }
}

/// Whether something at or below the end of a trail is kept.
fn is_kept(trail: &Trail<'_, ArchiveFile>, archive: &Archive) -> bool {
    let path: ArchivePath = trail.names().into_iter().map(<[u8]>::to_vec).collect();
    match trail.end() {
        PathEnd::File(file) => file.content.is_some(),
        _ => archive.wanted.has(&path) || archive.wanted.is_below(&path),
    }
}
