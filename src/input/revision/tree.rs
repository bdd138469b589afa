//! The manifests of a revision's tree, by the rules of a folder on a disk. Runs no Git: a file is known by its id.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::super::names::{CHART, has_manifest_ending, is_skipped, tool_of};
use super::super::tree::{DeadEnd, LINKS, Node, PathEnd, Trail, Tree};

/// An entry of a revision's folder; a file by its id.
pub(super) type GitNode = Node<String>;

/// The files of a revision.
pub(super) type GitTree = Tree<String>;

/// The entries below a path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PathEntries {
    /// Manifests: their paths below it, and their ids.
    pub(super) files: Vec<(Vec<u8>, String)>,
    /// Entries that are left out: their paths, and why.
    pub(super) omitted: Vec<(Vec<u8>, Omission)>,
    /// Folders that a tool builds, with its name.
    pub(super) built: Vec<(Vec<u8>, &'static str)>,
}

/// The reason why something is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Omission {
    /// A link leads to nothing.
    Nowhere,
    /// A link leads out of the repository.
    Outside,
    /// A link leads to what is Git's own.
    Git,
    /// Links lead in a circle.
    Circle,
    /// It is another repository.
    Submodule,
}

impl GitTree {
    /// The manifests below the folder at `path`, or the file there whatever its name; `None` if there is neither.
    pub(super) fn find(&self, path: &[u8]) -> Option<PathEntries> {
        let trail = self.resolve(path).ok()?;
        let mut found = PathEntries::default();
        match trail.end() {
            PathEnd::File(id) => found.files.push((Vec::new(), id.to_owned())),
            PathEnd::Folder(_) => found.add_folder(&[], &trail),
            PathEnd::Submodule => found.omitted.push((Vec::new(), Omission::Submodule)),
        }
        Some(found)
    }
}

impl PathEntries {
    fn add_folder(&mut self, shown: &[u8], trail: &Trail<'_, String>) {
        let PathEnd::Folder(folder) = trail.end() else { return };
        let is_in_a_chart = || folder.contains_key(CHART.as_bytes());
        for name in folder.keys() {
            let text = String::from_utf8_lossy(name);
            self.built.extend(tool_of(&text).map(|tool| (shown.to_vec(), tool)));
            if !is_skipped(&text, is_in_a_chart) {
                let below = if shown.is_empty() { name.clone() } else { [shown, name].join(&b'/') };
                self.add_entry(below, trail, name);
            }
        }
    }

    fn add_entry(&mut self, shown: Vec<u8>, folder: &Trail<'_, String>, name: &[u8]) {
        let is_manifest = has_manifest_ending(Path::new(OsStr::from_bytes(name)));
        match folder.follow(name, &mut LINKS.to_owned()) {
            Ok(trail) => match trail.end() {
                PathEnd::File(id) => self.files.extend(is_manifest.then(|| (shown, id.to_owned()))),
                PathEnd::Folder(_) if trail.is_around(&folder.names()) => self.omitted.push((shown, Omission::Circle)),
                PathEnd::Folder(_) => self.add_folder(&shown, &trail),
                PathEnd::Submodule => self.omitted.push((shown, Omission::Submodule)),
            },
            Err(lost) => {
                let why = Omission::of(lost.why);
                self.omitted.extend((is_manifest || why != Omission::Nowhere).then_some((shown, why)));
            }
        }
    }
}

impl Omission {
    fn of(why: DeadEnd) -> Self {
        match why {
            DeadEnd::Nowhere | DeadEnd::NotAFolder => Self::Nowhere,
            DeadEnd::Outside => Self::Outside,
            DeadEnd::Git => Self::Git,
            DeadEnd::Circle => Self::Circle,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Names = Vec<String>;

    fn found(files: &[&str], links: &[(&str, &str)], path: &str) -> Option<(Names, Vec<(String, Omission)>)> {
        let mut tree = GitTree::default();
        files.iter().for_each(|file| tree.insert(file.as_bytes(), GitNode::File((*file).to_owned())));
        links.iter().for_each(|(link, target)| tree.insert(link.as_bytes(), GitNode::Link(target.as_bytes().to_vec())));
        tree.insert(b"sub", GitNode::Submodule);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let found = tree.find(path.as_bytes())?;
        let left = found.omitted.into_iter().map(|(path, why)| (text(path), why));
        Some((found.files.into_iter().map(|(path, _)| text(path)).collect(), left.collect()))
    }

    #[test]
    fn a_walk_finds_what_one_on_a_disk_finds() {
        let files =
            ["b/z.yml", "b/a.json", "c.yaml", "b.yaml", "n.txt", "b-c.yaml", ".x/y.yaml", "k/kustomization.yaml"];
        let chart = ["chart/Chart.yaml", "chart/values-x.yaml", "chart/templates/t.yaml", "chart/extra.yaml"];
        let (names, left) = found(&[&files[..], &chart].concat(), &[], "").unwrap();
        assert_eq!(names, ["b/a.json", "b/z.yml", "b-c.yaml", "b.yaml", "c.yaml", "chart/extra.yaml"]);
        assert_eq!(left, [("sub".to_owned(), Omission::Submodule)]);
        assert_eq!(found(&files, &[], "b").unwrap().0, ["a.json", "z.yml"]);
        assert_eq!(found(&files, &[], "n.txt").unwrap().0, [""]);
        assert_eq!(found(&files, &[], "nowhere"), None);
    }

    #[test]
    fn links_are_followed_inside_the_tree_only() {
        for (link, target, path, expected) in [
            ("l.yaml", "a/x.yaml", "", Ok("l.yaml")),
            ("l", "a", "", Ok("l/x.yaml")),
            ("l", "./a", "l", Ok("x.yaml")),
            ("c/l.yaml", "../a/x.yaml", "c", Ok("l.yaml")),
            ("l.yaml", "../x.yaml", "", Err(Omission::Outside)),
            ("l", "..", "", Err(Omission::Outside)),
            ("l.yaml", "/etc/x.yaml", "", Err(Omission::Outside)),
            ("l.yaml", "nowhere.yaml", "", Err(Omission::Nowhere)),
            ("l.yaml", ".git/config", "", Err(Omission::Git)),
            ("a/l.yaml", "../a/../.Git/config", "a", Err(Omission::Git)),
            ("l", ".git", "", Err(Omission::Git)),
            ("a/up", "..", "", Err(Omission::Circle)),
            ("l", "l", "", Err(Omission::Circle)),
        ] {
            let (names, left) = found(&["a/x.yaml"], &[(link, target)], path).unwrap();
            match expected {
                Ok(name) => assert!(names.contains(&name.to_owned()), "{link} -> {target}: {names:?}"),
                Err(why) => assert_eq!(left.first().map(|(_, why)| *why), Some(why), "{link} -> {target}"),
            }
        }
    }
}
