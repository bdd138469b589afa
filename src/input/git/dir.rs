//! Where Git keeps what it knows of a work tree: what the nearest `.git` is or leads to, and what that shares with others.
//! Runs nothing.

use std::path::{Path, PathBuf};

/// The name that Git gives it.
pub(in crate::input) const NAME: &str = ".git";

/// The longest file that says where a folder is.
const LONGEST: u64 = 64 << 10;

/// How deep repositories may borrow objects from each other, as Git has it.
const DEPTH: usize = 5;

/// A work tree's git dir.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::input) struct GitDir {
    /// The folder that holds `.git`, without links in its path.
    pub(in crate::input) work_tree: PathBuf,
    /// The folder that is `.git`, or that the file `.git` of a worktree or a submodule names.
    pub(in crate::input) own: PathBuf,
    /// Where objects and branches are. Only a worktree has them elsewhere than in its own.
    pub(in crate::input) common: PathBuf,
}

impl GitDir {
    /// That of the nearest parent of `folder` with `.git`. A folder that is a bare repository itself does not count: it may be committed.
    pub(in crate::input) fn around(folder: &Path) -> Option<Self> {
        let folder = folder.canonicalize().ok()?;
        Self::of(folder.ancestors().find(|parent| parent.join(NAME).exists())?)
    }

    /// That of the folder `work_tree`, if it holds one.
    pub(in crate::input) fn of(work_tree: &Path) -> Option<Self> {
        let git = work_tree.join(NAME).canonicalize().ok()?;
        let own = if git.is_file() { work_tree.join(line(&git, "gitdir:")?).canonicalize().ok()? } else { git };
        let common = line(&own.join("commondir"), "").and_then(|path| own.join(path).canonicalize().ok());
        let common = common.unwrap_or_else(|| own.clone());
        Some(Self { work_tree: work_tree.to_owned(), own, common })
    }

    /// The folders with objects of other repositories that this one borrows from.
    pub(super) fn alternates(&self) -> Vec<PathBuf> {
        let mut all = vec![self.common.join("objects")];
        let mut start = 0;
        for _ in 0..DEPTH {
            let next: Vec<PathBuf> = all[start..].iter().flat_map(|objects| borrowed(objects)).collect();
            start = all.len();
            all.extend(next);
        }
        all.split_off(1)
    }
}

/// The folders that `objects/info/alternates` names.
fn borrowed(objects: &Path) -> Vec<PathBuf> {
    let text = text(&objects.join("info/alternates")).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| objects.join(line).canonicalize().ok()).collect()
}

/// The text after `key` in a file of one line.
fn line(file: &Path, key: &str) -> Option<PathBuf> {
    let text = text(file)?;
    Some(PathBuf::from(text.strip_prefix(key)?.trim()))
}

fn text(file: &Path) -> Option<String> {
    let is_short = file.metadata().is_ok_and(|file| file.is_file() && file.len() <= LONGEST);
    is_short.then(|| std::fs::read_to_string(file).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_leads_to_the_git_dir_and_that_to_the_common_one() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for path in ["main/.git/worktrees/w", "main/.git/objects/info", "tree/app", "other/objects", "bare/objects"] {
            std::fs::create_dir_all(root.join(path)).unwrap();
        }
        for (path, text) in [
            ("tree/.git", "gitdir: ../main/.git/worktrees/w\n"),
            ("main/.git/worktrees/w/commondir", "../..\n"),
            ("main/.git/objects/info/alternates", "../../../other/objects\n/nowhere\n"),
            ("bare/HEAD", "ref: refs/heads/main\n"),
        ] {
            std::fs::write(root.join(path), text).unwrap();
        }
        let found = GitDir::around(&root.join("tree/app")).unwrap();
        assert_eq!(found.work_tree, root.join("tree"));
        assert_eq!(found.own, root.join("main/.git/worktrees/w"));
        assert_eq!(found.common, root.join("main/.git"));
        assert_eq!(found.alternates(), [root.join("other/objects")]);
        assert_eq!(GitDir::of(&root.join("bare")), None);
    }
}
