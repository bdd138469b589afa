//! What some paths of a tree hold, and what the links below them lead to. Knows no content.

use std::collections::BTreeSet;
use std::time::Instant;

use super::super::tree::{LINKS, Node, PathEnd, Trail, Tree};
use super::ArchiveFile;
use super::path::ArchivePath;
use super::trouble::out_of_time;
use super::unpacking::Wanted;
use crate::error::Error;

/// The paths that are needed for some paths of the tree: theirs, links followed, and those of every link below.
pub(super) fn reach(tree: &Tree<ArchiveFile>, paths: &[Vec<u8>], until: Option<Instant>) -> Result<Wanted, Error> {
    let mut next: Vec<Trail<'_, ArchiveFile>> = paths.iter().filter_map(|path| tree.resolve(path).ok()).collect();
    let mut reached = Wanted::Below(BTreeSet::new());
    while let Some(trail) = next.pop() {
        let path: ArchivePath = trail.names().into_iter().map(<[u8]>::to_vec).collect();
        if !reached.has(&path)
            && let Wanted::Below(paths) = &mut reached
        {
            paths.insert(path);
            links(trail, until, &mut next)?;
        }
    }
    Ok(reached)
}

/// Adds what the links below a trail lead to.
fn links<'t>(
    trail: Trail<'t, ArchiveFile>,
    until: Option<Instant>,
    found: &mut Vec<Trail<'t, ArchiveFile>>,
) -> Result<(), Error> {
    let mut folders = vec![trail];
    while let Some(trail) = folders.pop() {
        let PathEnd::Folder(folder) = trail.end() else { continue };
        for (name, node) in folder {
            match node {
                Node::Folder(_) => folders.extend(node.end().map(|end| trail.with(name, end))),
                Node::Link(_) if until.is_some_and(|until| Instant::now() >= until) => return Err(out_of_time()),
                Node::Link(_) => found.extend(trail.follow(name, &mut LINKS.to_owned()).ok()),
                _ => {}
            }
        }
    }
    Ok(())
}
