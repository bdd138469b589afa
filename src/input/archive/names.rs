//! What is where in an archive, for whoever renders nothing of it.

use std::path::Path;

use super::manifests::Manifests;
use super::{Archive, ArchiveFile};
use crate::input::tree::{Folder, Node, PathEnd};

impl Archive {
    /// The text of a file below the repository's root, if it was unpacked.
    pub(crate) fn text(&self, path: &Path) -> Option<String> {
        let trail = self.tree.resolve(path.as_os_str().as_encoded_bytes()).ok()?;
        let PathEnd::File(file) = trail.end() else { return None };
        Some(String::from_utf8_lossy(file.content.as_ref()?).into_owned())
    }

    /// Whether a folder has a manifest, by the names of its files.
    pub(crate) fn has_manifest(&self, folder: &Path) -> bool {
        let found = self.folder(folder);
        found.is_ok_and(|(trail, links)| !Manifests::below(trail, links).files.is_empty())
    }

    /// The paths of all that is below a folder, as they are seen from there. Links are not followed.
    pub(crate) fn paths_below(&self, folder: &Path) -> Vec<String> {
        let mut paths = Vec::new();
        if let Ok((trail, _)) = self.folder(folder)
            && let PathEnd::Folder(folder) = trail.end()
        {
            list(folder, "", &mut paths);
        }
        paths
    }
}

fn list(folder: &Folder<ArchiveFile>, prefix: &str, paths: &mut Vec<String>) {
    for (name, node) in folder {
        let path = format!("{prefix}{}", String::from_utf8_lossy(name));
        if let Node::Folder(inner) = node {
            list(inner, &format!("{path}/"), paths);
        }
        paths.push(path);
    }
}
