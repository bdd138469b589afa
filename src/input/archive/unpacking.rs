//! An archive on its way into a tree: every name, and the contents of the files that are wanted, within limits. Knows no tar.

use std::collections::BTreeSet;

use super::super::tree::{Node, Tree, is_git};
use super::entries::{Entry, each_entry};
use super::path::ArchivePath;
use super::trouble::{named, too_large, too_many};
use super::{ArchiveFile, ArchiveLimits};
use crate::error::Error;

/// How many files, folders and links there may be.
pub(super) const ENTRIES: usize = if cfg!(test) { 1_000 } else { 100_000 };

/// The paths whose contents are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    /// These files, and everything below these folders.
    Below(BTreeSet<ArchivePath>),
}

/// A tree that grows.
pub(super) struct Unpacking<'u> {
    tree: Tree<ArchiveFile>,
    wanted: &'u Wanted,
    entries: usize,
    bytes: u64,
    most: u64,
}

/// Unpacks what is wanted.
pub(super) fn unpack(gzip: &[u8], wanted: &Wanted, limits: &ArchiveLimits) -> Result<Tree<ArchiveFile>, Error> {
    let tree = Tree::default();
    let mut unpacking = Unpacking { tree, wanted, entries: ENTRIES, bytes: limits.bytes, most: limits.bytes };
    each_entry(gzip, limits, &mut |path, entry| unpacking.take(path, entry))?;
    Ok(unpacking.tree)
}

impl Wanted {
    /// Whether a path, without links, is among them.
    pub(super) fn has(&self, path: &ArchivePath) -> bool {
        match self {
            Self::All => true,
            Self::Below(paths) => (0..=path.len()).any(|names| paths.contains(&path[..names])),
        }
    }
}

impl Wanted {
    /// Whether one of them lies at or below a path.
    pub(super) fn is_below(&self, path: &ArchivePath) -> bool {
        match self {
            Self::All => true,
            Self::Below(paths) => paths.range(path.clone()..).next().is_some_and(|found| found.starts_with(path)),
        }
    }
}

impl Unpacking<'_> {
    fn take(&mut self, mut path: ArchivePath, entry: Entry<'_>) -> Result<(), Error> {
        // Of Git's own only the name is kept: it says where a repository ends.
        if let Some(git) = path.iter().position(|name| is_git(name)) {
            path.truncate(git + 1);
            return self.put(&path, Node::Folder(Default::default()));
        }
        let node = match entry {
            Entry::Folder => Node::Folder(Default::default()),
            Entry::Link(target) => {
                self.keep(target.len() as u64)?;
                Node::Link(target)
            }
            Entry::File(mode, content) if self.wanted.has(&path) => {
                self.keep(content.size)?;
                Node::File(ArchiveFile { mode, content: Some(content.read()?) })
            }
            Entry::File(mode, _) => Node::File(ArchiveFile { mode, content: None }),
        };
        self.put(&path, node)
    }

    /// Puts a node at a path. Of nodes at one path the last counts; a folder stays with what is in it.
    fn put(&mut self, path: &ArchivePath, node: Node<ArchiveFile>) -> Result<(), Error> {
        let Some((last, folders)) = path.split_last() else { return Ok(()) };
        let new = self.missing(path);
        let names = path[path.len() - new..].iter().map(|name| name.len() as u64).sum();
        self.entries = self.entries.checked_sub(new).ok_or_else(|| too_many(ENTRIES))?;
        self.keep(names)?;
        let mut folder = &mut self.tree.root;
        for name in folders {
            let next = folder.entry(name.clone()).or_insert_with(|| Node::Folder(Default::default()));
            let Node::Folder(inner) = next else {
                return Err(named(&path.join(&b'/'), "lies below a file or link"));
            };
            folder = inner;
        }
        match (folder.get(last), &node) {
            (Some(Node::Folder(_)), Node::Folder(_)) => {}
            _ => drop(folder.insert(last.clone(), node)),
        }
        Ok(())
    }

    /// How many names at the end of a path are new.
    fn missing(&self, path: &ArchivePath) -> usize {
        let mut folder = &self.tree.root;
        for (at, name) in path.iter().enumerate() {
            match folder.get(name) {
                None => return path.len() - at,
                Some(Node::Folder(inner)) => folder = inner,
                Some(_) => return 0,
            }
        }
        0
    }

    fn keep(&mut self, bytes: u64) -> Result<(), Error> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or_else(|| too_large(self.most))?;
        Ok(())
    }
}
