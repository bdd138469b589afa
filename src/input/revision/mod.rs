//! The manifests of a Git revision, read from Git's objects: neither the working folder nor the index is touched.
//! The rules are those of a folder on a disk. Knows nothing of their content.

mod checkout;
mod tree;

use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::git::Git;
use super::marker::is_marked;
use super::repository::without_dots;
use super::{Buildable, near, typed_name};
use crate::error::{Error, Errors, Kind};
use crate::source::Source;
use crate::words::suggestion;
use crate::workspace::Workspace;

use tree::{GitNode, GitTree, Omission};

/// How the pointer to a file that Git LFS keeps elsewhere begins.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";

/// A revision of the repository around the working folder.
#[derive(Debug)]
pub(crate) struct Revision {
    name: String,
    git: Git,
    folder: PathBuf,
    tree: GitTree,
    /// The paths that Git ignores now, below the root.
    ignored: HashSet<PathBuf>,
}

/// The files that a revision holds at some paths.
#[derive(Debug, Default)]
pub(crate) struct RevisionFiles {
    /// The manifests by the names that they would have in the working folder.
    pub files: Vec<(String, Arc<Source>)>,
    /// Warnings and notes about files that are not read.
    pub errors: Errors,
    /// The names of files and folders that are not in this repository's objects: submodules, files in Git LFS.
    pub elsewhere: Vec<String>,
    /// The folders that a tool builds, with its name.
    pub buildable: Buildable,
}

impl Revision {
    /// Lists the revision's files.
    pub(crate) fn open(revision: &str, workspace: &Workspace) -> Result<Self, Error> {
        // A folder that is mistyped counts as a revision.
        let near = |error: Error| match near(Path::new(revision), workspace) {
            Some(near) => error.hint(suggestion::did_you_mean(near)),
            None => error,
        };
        let (git, commit) = Git::at(revision, workspace).map_err(near)?;
        let listed = git.files(&commit)?;
        let folder = workspace.folder.canonicalize().unwrap_or_else(|_| workspace.folder.clone());
        let tree = tree(&listed, |links| git.objects(links))?;
        let ignored = git.ignored()?;
        Ok(Self { name: revision.to_owned(), git, folder, tree, ignored })
    }

    /// Whether there is anything at `path`, as a user types it.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.inside(path).is_ok_and(|path| self.tree.find(path.as_os_str().as_bytes()).is_some())
    }

    /// Whether Git now ignores the file at `path`, but not the one of `paths` that it was found below.
    pub(crate) fn is_ignored(&self, path: &Path, paths: &[String]) -> bool {
        let Ok(path) = self.inside(&path.to_string_lossy()) else { return false };
        let mut ignored = path.ancestors().filter(|part| self.ignored.contains(*part));
        ignored.any(|part| !paths.iter().any(|named| self.inside(named).is_ok_and(|named| named.starts_with(part))))
    }

    /// Reads the files that `paths` name. A path that does not exist is not an error: it is new.
    pub(crate) fn read(&self, paths: &[String]) -> Result<RevisionFiles, Error> {
        let (mut past, mut names, mut ids) = (RevisionFiles::default(), Vec::new(), Vec::new());
        let (mut known, mut may_be_marked) = (HashSet::new(), Vec::new());
        for path in paths {
            let Some(found) = self.tree.find(self.inside(path)?.as_os_str().as_bytes()) else { continue };
            let name = |below: &[u8]| match below.is_empty() {
                true => typed_name(Path::new(path)),
                false => typed_name(&Path::new(path).join(OsStr::from_bytes(below))),
            };
            for (below, id) in found.files {
                let name = name(&below);
                if known.insert(without_dots(Path::new(&name))) {
                    may_be_marked.push(!below.is_empty());
                    names.push(name);
                    ids.push(id);
                }
            }
            for (below, reason) in found.omitted {
                past.errors.push(self.omission(&name(&below), reason));
                past.elsewhere.extend((reason == Omission::Submodule).then(|| name(&below)));
            }
            past.buildable.extend(found.built.into_iter().map(|(below, tool)| (name(&below), tool)));
        }
        let texts = names.into_iter().zip(self.git.objects(&ids)?).zip(may_be_marked);
        let texts = texts.filter(|((_, bytes), may_be_marked)| !(*may_be_marked && is_marked(bytes)));
        for ((name, bytes), _) in texts {
            match bytes.starts_with(LFS) {
                true => past.keep_elsewhere(name, &self.name),
                false => past.files.push((name.clone(), Arc::new(Source::new(self.named(&name), bytes)))),
            }
        }
        Ok(past)
    }

    /// A file's name in messages, as Git writes it.
    fn named(&self, name: &str) -> String {
        format!("{}:{name}", self.name)
    }

    /// A path, as a user types it, below the repository's root.
    fn inside(&self, path: &str) -> Result<PathBuf, Error> {
        let whole = without_dots(&self.folder.join(path));
        let root = self.git.work_tree();
        let below = whole.strip_prefix(root).map(Path::to_owned).ok();
        let real = || whole.canonicalize().ok()?.strip_prefix(root).map(Path::to_owned).ok();
        let below = below.or_else(real);
        below.ok_or_else(|| {
            let detail = format!("`{path}` is outside the repository, so it has no revision to compare with");
            Error::new(Kind::Input, detail)
                .hint("run it in the other repository, or compare with a folder: `--base DIR`")
        })
    }

    fn omission(&self, name: &str, reason: Omission) -> Error {
        let name = self.named(name);
        match reason {
            Omission::Nowhere => {
                Error::warning(Kind::Input, format!("the link `{name}` leads nowhere and is not compared"))
            }
            Omission::Outside => Error::warning(
                Kind::Input,
                format!("the link `{name}` leads outside the repository and is not compared"),
            ),
            Omission::Git => {
                Error::warning(Kind::Input, format!("the link `{name}` leads to Git's own files and is not compared"))
            }
            Omission::Circle => {
                Error::warning(Kind::Input, format!("the link `{name}` leads in a circle and is not compared"))
            }
            Omission::Submodule => Error::note(Kind::Input, format!("the submodule `{name}` is not compared"))
                .hint("run it in the submodule"),
        }
    }
}

impl RevisionFiles {
    fn keep_elsewhere(&mut self, name: String, revision: &str) {
        let detail = format!("`{revision}:{name}` is kept in Git LFS and is not compared");
        self.errors.push(Error::note(Kind::Input, detail));
        self.elsewhere.push(name);
    }
}

/// The tree that `git ls-tree -r -z` lists; `read` gives where links lead.
fn tree(listed: &[u8], read: impl FnOnce(&[String]) -> Result<Vec<Vec<u8>>, Error>) -> Result<GitTree, Error> {
    let (mut tree, mut links, mut link_ids) = (GitTree::default(), Vec::new(), Vec::new());
    for entry in listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
        // MODE SP TYPE SP ID TAB PATH
        let Some(tab) = entry.iter().position(|byte| *byte == b'\t') else { continue };
        let (about, path) = (String::from_utf8_lossy(&entry[..tab]), &entry[tab + 1..]);
        let mut words = about.split(' ');
        let (mode, id) = (words.next().unwrap_or_default(), words.nth(1).unwrap_or_default().to_owned());
        match mode {
            "120000" => {
                links.push(path);
                link_ids.push(id);
            }
            "160000" => tree.insert(path, GitNode::Submodule),
            _ => tree.insert(path, GitNode::File(id)),
        }
    }
    for (path, target) in links.into_iter().zip(read(&link_ids)?) {
        tree.insert(path, GitNode::Link(target));
    }
    Ok(tree)
}
