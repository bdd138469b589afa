//! The paths of a repository without Git's own, for programs that may read nothing else. Reads no file but those that say where a Git
//! folder is.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::git::NAME;

/// Files and folders below `root`, which together hold all of it except its Git folders. Links are left out: their targets are among the
/// paths themselves, or must not be read.
pub fn paths_without_git(root: &Path) -> Vec<PathBuf> {
    let hidden = git_folders(root);
    let mut parts = Vec::new();
    collect(root, &hidden, &mut parts);
    parts
}

fn collect(folder: &Path, hidden: &HashSet<PathBuf>, parts: &mut Vec<PathBuf>) {
    if !hidden.iter().any(|hidden| hidden.starts_with(folder)) {
        return parts.push(folder.to_owned());
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            _ if hidden.contains(&entry.path()) => {}
            Ok(kind) if kind.is_dir() => collect(&entry.path(), hidden, parts),
            Ok(kind) if kind.is_file() => parts.push(entry.path()),
            _ => {}
        }
    }
}

/// Every `.git` below a folder, and the folder that it names if that is below the folder too.
fn git_folders(root: &Path) -> HashSet<PathBuf> {
    let mut hidden = HashSet::new();
    let mut walk = WalkDir::new(root).into_iter();
    while let Some(entry) = walk.next() {
        let Ok(entry) = entry else { continue };
        if entry.file_name().eq_ignore_ascii_case(NAME) && entry.depth() > 0 {
            hidden.extend(named(entry.path()));
            hidden.insert(entry.path().to_owned());
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
        }
    }
    hidden
}

/// The folder that a `.git` names: a link, or a file as worktrees and submodules have it.
fn named(git: &Path) -> Option<PathBuf> {
    let kind = git.symlink_metadata().ok()?.file_type();
    if kind.is_symlink() {
        return git.canonicalize().ok();
    }
    let text = kind.is_file().then(|| std::fs::read_to_string(git).ok())??;
    git.parent()?.join(text.strip_prefix("gitdir:")?.trim()).canonicalize().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of a folder with these files and links, by their names in it.
    fn paths_of(files: &[(&str, &str)], links: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for (file, text) in files {
            std::fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            std::fs::write(root.join(file), text).unwrap();
        }
        links.iter().for_each(|(link, to)| std::os::unix::fs::symlink(to, root.join(link)).unwrap());
        let name = |path: PathBuf| path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let mut parts: Vec<String> = paths_without_git(&root).into_iter().map(name).collect();
        parts.sort();
        parts
    }

    #[test]
    fn a_repository_s_parts_hold_nothing_of_git_s() {
        let plain = [("a/b", ""), ("c", "")];
        assert_eq!(paths_of(&plain, &[("link", "/etc")]), [""]);
        let cloned = [("a/b", ""), ("c", ""), (".git/config", ""), (".github/x", "")];
        assert_eq!(paths_of(&cloned, &[("link", "/etc"), ("l", ".git/config")]), [".github", "a", "c"]);
        let nested = [("a/b/.git/config", ""), ("a/b/x", ""), ("a/c/y", ""), ("d", "")];
        assert_eq!(paths_of(&nested, &[]), ["a/b/x", "a/c", "d"]);
    }

    #[test]
    fn a_git_folder_of_another_name_is_left_out_too() {
        let submodule =
            [("sub/.git", "gitdir: ../store/sub\n"), ("sub/x", ""), ("store/sub/config", ""), ("store/y", "")];
        assert_eq!(paths_of(&submodule, &[]), ["store/y", "sub/x"]);
        let linked = [("store/config", ""), ("x", "")];
        assert_eq!(paths_of(&linked, &[(".git", "store")]), ["x"]);
    }
}
