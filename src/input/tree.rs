//! Files as a tree in memory, its links followed as a file system follows them, but never out of it. Generic over what a file is: an id in Git,
//! or bytes. Knows no manifest.

use std::collections::{BTreeMap, VecDeque};

use super::git::NAME;

/// How many links one path may lead through, as the kernel has it.
pub(super) const LINKS: usize = 40;

/// A folder's entries by their names, in the order in which a walk on a disk has them.
pub(super) type Folder<F> = BTreeMap<Vec<u8>, Node<F>>;

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

/// Files and folders below a root.
#[derive(Debug)]
pub(super) struct Tree<F> {
    pub(super) root: Folder<F>,
}

/// The end of a path once all links are followed.
#[derive(Debug)]
pub(super) enum PathEnd<'t, F> {
    Folder(&'t Folder<F>),
    File(&'t F),
    Submodule,
}

/// A path from the root without links, and what is met on it.
#[derive(Clone, Debug)]
pub(super) struct Trail<'t, F> {
    root: &'t Folder<F>,
    steps: Vec<(&'t [u8], PathEnd<'t, F>)>,
}

/// The reason why a path has no end in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeadEnd {
    /// Nothing is there.
    Nowhere,
    /// It leads on below a file.
    NotAFolder,
    /// It leads out of the tree.
    Outside,
    /// It leads to what is Git's own.
    Git,
    /// Links lead in a circle.
    Circle,
}

/// A path that has no end in the tree.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LostPath<'t> {
    pub(super) why: DeadEnd,
    /// The names from the root that it would have, were it there.
    pub(super) place: Vec<&'t [u8]>,
}

/// A path and what it leads to.
type Entries<'t, T> = Vec<(Vec<u8>, &'t T)>;

impl<F> Default for Tree<F> {
    fn default() -> Self {
        Self { root: Folder::new() }
    }
}

impl<F> Clone for PathEnd<'_, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F> Copy for PathEnd<'_, F> {}

impl<F: Clone> Tree<F> {
    /// Puts a node at a path, its folders made. What lies below a file or a link is left out.
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

    /// The root, where trails begin.
    pub(super) fn trail(&self) -> Trail<'_, F> {
        Trail { root: &self.root, steps: Vec::new() }
    }

    /// Where `path`, seen from the root, leads.
    pub(super) fn resolve<'t: 'p, 'p>(&'t self, path: &'p [u8]) -> Result<Trail<'t, F>, LostPath<'p>> {
        self.trail().follow(path, &mut LINKS.to_owned())
    }

    /// Every file, and every link that stays inside with its target. Names that Git itself would not write are left out.
    pub(super) fn files_and_links(&self) -> (Entries<'_, F>, Entries<'_, Vec<u8>>) {
        let (mut files, mut links) = (Vec::new(), Vec::new());
        self.trail().list(&mut files, &mut links);
        (files, links)
    }
}

impl<'t, F: Clone> Trail<'t, F> {
    /// The end of it.
    pub(super) fn end(&self) -> PathEnd<'t, F> {
        self.steps.last().map_or(PathEnd::Folder(self.root), |(_, end)| *end)
    }

    /// Its names from the root.
    pub(super) fn names(&self) -> Vec<&'t [u8]> {
        self.steps.iter().map(|(name, _)| *name).collect()
    }

    /// The folders on it, from the root on.
    pub(super) fn folders(&self) -> Vec<&'t Folder<F>> {
        let folder = |(_, end): &(_, PathEnd<'t, F>)| match end {
            PathEnd::Folder(folder) => Some(*folder),
            _ => None,
        };
        std::iter::once(self.root).chain(self.steps.iter().filter_map(folder)).collect()
    }

    /// Whether `other` begins with it.
    pub(super) fn is_around(&self, other: &[&[u8]]) -> bool {
        self.steps.len() <= other.len() && self.steps.iter().zip(other).all(|((name, _), other)| name == other)
    }

    /// This trail with an entry more of the folder at its end.
    pub(super) fn with(&self, name: &'t [u8], end: PathEnd<'t, F>) -> Self {
        let mut longer = self.clone();
        longer.steps.push((name, end));
        longer
    }

    /// Whether something is at `path`, seen from its end. Of Git's own everything may be there.
    pub(super) fn has(&self, path: &[u8], links: usize) -> bool {
        self.follow(path, &mut links.to_owned()).map_or_else(|lost| lost.why == DeadEnd::Git, |_| true)
    }

    /// Where `path`, seen from its end, leads, through as many links as are `left` at most.
    pub(super) fn follow<'p>(&self, path: &'p [u8], left: &mut usize) -> Result<Self, LostPath<'p>>
    where
        't: 'p,
    {
        let mut trail = self.clone();
        let mut rest: VecDeque<&'p [u8]> = names(path).collect();
        while let Some(name) = rest.pop_front() {
            match trail.step(name) {
                Ok((_, Node::Link(target))) => match left.checked_sub(1) {
                    Some(less) if !target.starts_with(b"/") => {
                        *left = less;
                        names(target).rev().for_each(|name| rest.push_front(name));
                    }
                    Some(_) => return Err(trail.lost(DeadEnd::Outside, name, rest)),
                    None => return Err(trail.lost(DeadEnd::Circle, name, rest)),
                },
                Ok((name, node)) => trail.steps.extend(node.end().map(|end| (name, end))),
                Err(None) => {}
                Err(Some(why)) => return Err(trail.lost(why, name, rest)),
            }
        }
        Ok(trail)
    }

    /// The entry of this name, with its name in the tree; an error without a reason where the name leads back.
    fn step(&mut self, name: &[u8]) -> Result<(&'t [u8], &'t Node<F>), Option<DeadEnd>> {
        if name == b".." {
            return Err(self.steps.pop().is_none().then_some(DeadEnd::Outside));
        }
        if is_git(name) {
            return Err(Some(DeadEnd::Git));
        }
        let PathEnd::Folder(folder) = self.end() else { return Err(Some(DeadEnd::NotAFolder)) };
        let (name, node) = folder.get_key_value(name).ok_or(Some(DeadEnd::Nowhere))?;
        Ok((name, node))
    }

    fn lost<'p>(&self, why: DeadEnd, name: &'p [u8], rest: VecDeque<&'p [u8]>) -> LostPath<'p>
    where
        't: 'p,
    {
        let mut place: Vec<&'p [u8]> = self.names();
        for name in std::iter::once(name).chain(rest) {
            match name {
                b".." => drop(place.pop()),
                name => place.push(name),
            }
        }
        LostPath { why, place }
    }

    fn list(&self, files: &mut Entries<'t, F>, links: &mut Entries<'t, Vec<u8>>) {
        let PathEnd::Folder(folder) = self.end() else { return };
        for (name, node) in folder.iter().filter(|(name, _)| *name != b".." && !is_git(name)) {
            let path = || self.names().into_iter().chain([&name[..]]).collect::<Vec<_>>().join(&b'/');
            match (node, node.end()) {
                (Node::Link(target), _) => {
                    let stays = self.follow(name, &mut LINKS.to_owned()).is_ok();
                    links.extend(stays.then(|| (path(), target)));
                }
                (_, Some(PathEnd::File(file))) => files.push((path(), file)),
                (_, Some(end)) => self.with(name, end).list(files, links),
                (_, None) => {}
            }
        }
    }
}

impl<F> Node<F> {
    /// The end of a path that ends here, unless it is a link.
    pub(super) fn end(&self) -> Option<PathEnd<'_, F>> {
        match self {
            Self::Folder(folder) => Some(PathEnd::Folder(folder)),
            Self::File(file) => Some(PathEnd::File(file)),
            Self::Submodule => Some(PathEnd::Submodule),
            Self::Link(_) => None,
        }
    }
}

/// Whether a name is what Git gives its own folder, in any case of letters.
pub(super) fn is_git(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(NAME.as_bytes())
}

/// The names of a path; a `.` is none.
pub(super) fn names(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|name| !name.is_empty() && *name != b".")
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(links, [(b"l".to_vec(), &b"a/x".to_vec()), (b"m".to_vec(), &b"a/..".to_vec())]);
    }

    #[test]
    fn a_path_leads_where_its_links_lead_and_a_lost_one_where_it_would() {
        let mut tree = Tree::default();
        tree.insert(b"a/b/x", Node::File(()));
        for (path, target) in [("l", "a/b"), ("a/up", "../l/none/../y"), ("c", "c"), ("f", "l/x/z"), ("o", "a/../../q")]
        {
            tree.insert(path.as_bytes(), Node::Link(target.into()));
        }
        let found = |path: &'static str| {
            let names = |names: Vec<&[u8]>| String::from_utf8(names.join(&b'/')).unwrap();
            match tree.resolve(path.as_bytes()) {
                Ok(trail) => (names(trail.names()), None),
                Err(lost) => (names(lost.place), Some(lost.why)),
            }
        };
        for (path, place, why) in [
            ("l/x", "a/b/x", None),
            ("./l//../up", "a/b/y", Some(DeadEnd::Nowhere)),
            ("f", "a/b/x/z", Some(DeadEnd::NotAFolder)),
            ("c", "c", Some(DeadEnd::Circle)),
            ("o", "q", Some(DeadEnd::Outside)),
            ("a/.Git/x", "a/.Git/x", Some(DeadEnd::Git)),
        ] {
            assert_eq!(found(path), (place.to_owned(), why), "{path}");
        }
    }
}
