//! The files of a repository as a tree in memory, its links followed as a file system follows them, but never out of it. Knows nothing of a
//! file: a Git revision keeps ids in it, an archive contents.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::git::NAME;
use super::names::{CHART, has_manifest_ending, is_skipped, tool_of};

/// How many links one path may lead through.
const LINKS: usize = 40;

/// A folder's entries by their names, in the order in which a walk on a disk has them.
type Folder<F> = BTreeMap<Vec<u8>, Node<F>>;

/// An entry of a folder.
#[derive(Debug)]
pub(super) enum Node<F> {
    Folder(Folder<F>),
    File(F),
    /// A link, with where it leads.
    Link(Vec<u8>),
    /// Another repository.
    Submodule,
}

/// The files of a repository.
#[derive(Debug)]
pub(super) struct Tree<F> {
    root: Folder<F>,
}

/// A file and its path.
type FileEntry<'t, F> = (Vec<u8>, &'t F);

/// A link's path, and where it leads.
type LinkEntry<'t> = (Vec<u8>, &'t [u8]);

/// The entries below a path.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PathEntries<F> {
    /// Manifests, and their paths below it.
    pub(super) files: Vec<(Vec<u8>, F)>,
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

impl<F> Default for Tree<F> {
    fn default() -> Self {
        Self { root: Folder::new() }
    }
}

impl<F> Default for PathEntries<F> {
    fn default() -> Self {
        Self { files: Vec::new(), omitted: Vec::new(), built: Vec::new() }
    }
}

impl<F: Clone> Tree<F> {
    /// Puts a node at a path, its folders made.
    pub(super) fn insert(&mut self, path: &[u8], node: Node<F>) {
        let mut names: Vec<&[u8]> = names(path).collect();
        let Some(last) = names.pop() else { return };
        let mut folder = &mut self.root;
        for name in names {
            let next = folder.entry(name.to_vec()).or_insert_with(|| Node::Folder(Folder::new()));
            let Node::Folder(inner) = next else { return };
            folder = inner;
        }
        folder.insert(last.to_vec(), node);
    }

    /// The manifests below the folder at `path`, or the file there whatever its name; `None` if there is neither.
    pub(super) fn find(&self, path: &[u8]) -> Option<PathEntries<F>> {
        let real = self.resolve(Vec::new(), path).ok()?;
        let mut found = PathEntries::default();
        match self.node(&real)? {
            At::File(file) => found.files.push((Vec::new(), file.clone())),
            At::Folder(_) => self.add_folder(&[], &real, &mut found),
            At::Submodule => found.omitted.push((Vec::new(), Omission::Submodule)),
        }
        Some(found)
    }

    /// Every file, and every link that stays inside with its target. Names that Git itself would not write are left out.
    pub(super) fn files_and_links(&self) -> (Vec<FileEntry<'_, F>>, Vec<LinkEntry<'_>>) {
        let (mut files, mut links) = (Vec::new(), Vec::new());
        self.below(&mut Vec::new(), &self.root, &mut files, &mut links);
        (files, links)
    }

    fn below<'t>(
        &'t self,
        path: &mut Vec<Vec<u8>>,
        folder: &'t Folder<F>,
        files: &mut Vec<FileEntry<'t, F>>,
        links: &mut Vec<LinkEntry<'t>>,
    ) {
        for (name, node) in folder.iter().filter(|(name, _)| *name != b".." && !is_git(name)) {
            path.push(name.clone());
            match node {
                Node::Folder(folder) => self.below(path, folder, files, links),
                Node::File(file) => files.push((path.join(&b'/'), file)),
                Node::Link(target) => {
                    let leads = self.resolve(path[..path.len() - 1].to_vec(), name);
                    links.extend(leads.is_ok().then(|| (path.join(&b'/'), &target[..])));
                }
                Node::Submodule => {}
            }
            path.pop();
        }
    }

    fn add_folder(&self, shown: &[u8], real: &[Vec<u8>], found: &mut PathEntries<F>) {
        let Some(At::Folder(folder)) = self.node(real) else { return };
        let is_in_a_chart = || folder.contains_key(CHART.as_bytes());
        for name in folder.keys() {
            let text = String::from_utf8_lossy(name);
            found.built.extend(tool_of(&text).map(|tool| (shown.to_vec(), tool)));
            if !is_skipped(&text, is_in_a_chart) {
                let below = if shown.is_empty() { name.clone() } else { [shown, name].join(&b'/') };
                self.add_entry(below, real, name, found);
            }
        }
    }

    fn add_entry(&self, shown: Vec<u8>, folder: &[Vec<u8>], name: &[u8], found: &mut PathEntries<F>) {
        let is_manifest = has_manifest_ending(Path::new(OsStr::from_bytes(name)));
        match self.resolve(folder.to_vec(), name) {
            Ok(real) => match self.node(&real) {
                Some(At::File(file)) => found.files.extend(is_manifest.then(|| (shown, file.clone()))),
                Some(At::Folder(_)) if real.len() <= folder.len() && folder.starts_with(&real) => {
                    found.omitted.push((shown, Omission::Circle));
                }
                Some(At::Folder(_)) => self.add_folder(&shown, &real, found),
                Some(At::Submodule) => found.omitted.push((shown, Omission::Submodule)),
                None => {}
            },
            Err(why) => found.omitted.extend((is_manifest || why != Omission::Nowhere).then_some((shown, why))),
        }
    }

    /// Where `path`, seen from `folder`, leads.
    fn resolve(&self, folder: Vec<Vec<u8>>, path: &[u8]) -> Result<Vec<Vec<u8>>, Omission> {
        let (mut real, mut links) = (folder, 0);
        let mut rest: VecDeque<Vec<u8>> = names(path).map(<[u8]>::to_vec).collect();
        while let Some(name) = rest.pop_front() {
            if name == b".." {
                real.pop().ok_or(Omission::Outside)?;
                continue;
            }
            if is_git(&name) {
                return Err(Omission::Git);
            }
            let Some(At::Folder(folder)) = self.node(&real) else { return Err(Omission::Nowhere) };
            match folder.get(&name).ok_or(Omission::Nowhere)? {
                Node::Link(target) if target.starts_with(b"/") => return Err(Omission::Outside),
                Node::Link(target) => {
                    links += 1;
                    if links > LINKS {
                        return Err(Omission::Circle);
                    }
                    names(target).map(<[u8]>::to_vec).rev().for_each(|name| rest.push_front(name));
                }
                _ => real.push(name),
            }
        }
        Ok(real)
    }

    fn node(&self, real: &[Vec<u8>]) -> Option<At<'_, F>> {
        let mut at = At::Folder(&self.root);
        for name in real {
            let At::Folder(folder) = at else { return None };
            at = match folder.get(name)? {
                Node::Folder(folder) => At::Folder(folder),
                Node::File(file) => At::File(file),
                Node::Submodule => At::Submodule,
                Node::Link(_) => return None,
            };
        }
        Some(at)
    }
}

/// The end of a path once all links are followed.
enum At<'t, F> {
    Folder(&'t Folder<F>),
    File(&'t F),
    Submodule,
}

/// Whether a name is what Git gives its own folder, in any case of letters.
fn is_git(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(NAME.as_bytes())
}

/// The names of a path; a `.` is none.
fn names(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|name| !name.is_empty() && *name != b".")
}

#[cfg(test)]
mod tests {
    use super::*;

    type Names = Vec<String>;

    fn found(files: &[&str], links: &[(&str, &str)], path: &str) -> Option<(Names, Vec<(String, Omission)>)> {
        let mut tree = Tree::default();
        files.iter().for_each(|file| tree.insert(file.as_bytes(), Node::File((*file).to_owned())));
        links.iter().for_each(|(link, target)| tree.insert(link.as_bytes(), Node::Link(target.as_bytes().to_vec())));
        tree.insert(b"sub", Node::Submodule);
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
    fn what_may_be_written_stays_inside() {
        let mut tree = Tree::default();
        for path in ["a/x", "a/../../y", "../z", ".git/config", ".GIT/config", "a/.git/hooks/run"] {
            tree.insert(path.as_bytes(), Node::File("id".to_owned()));
        }
        for (path, target) in [("l", "a/x"), ("m", "a/.."), ("out", "../x"), ("a/up", "../../x"), ("etc", "/etc")] {
            tree.insert(path.as_bytes(), Node::Link(target.into()));
        }
        let (files, links) = tree.files_and_links();
        assert_eq!(files, [(b"a/x".to_vec(), &"id".to_owned())]);
        assert_eq!(links, [(b"l".to_vec(), &b"a/x"[..]), (b"m".to_vec(), &b"a/.."[..])]);
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
