//! The files of a folder that are not manifests, which the search for secrets in clear text reads as well. A file that Git ignores is not
//! committed, so it is left out, unless Git tracks it. Knows nothing of their content but whether it is text.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::WalkBuilder;
use walkdir::{DirEntry, WalkDir};

use super::git::{Git, NAME};
use super::repository::{Repository, without_dots};
use super::typed_folder::TypedFolder;
use super::{FileFilter, InputText, list, typed_name};
use crate::source::Source;
use crate::workspace::Workspace;

/// The file that says what Git ignores.
const IGNORE_FILE: &str = ".gitignore";

/// The longest file that is read: a longer one was not written by hand.
const LONGEST: u64 = 1 << 20;

/// Every text below the folders that `paths` name which is not a manifest: hidden files and charts too, but not `.git` and links.
pub(super) fn non_manifests(paths: &[String], wanted: FileFilter<'_>, workspace: &Workspace) -> Vec<Arc<Source>> {
    let manifests = list(paths, true, workspace).0;
    let manifests: HashSet<&Path> = manifests.iter().filter_map(InputText::path).collect();
    let repository = Repository::around(&workspace.folder, workspace);
    let folders = paths.iter().filter(|path| *path != "-").map(|path| TypedFolder::new(Path::new(path), workspace));
    let folders =
        folders.filter(|folder| folder.place.is_dir() && repository.check_path(folder.name, workspace).is_ok());
    let is_new = |name: &PathBuf| wanted(name) && !manifests.contains(name.as_path());
    let texts = |folder: TypedFolder<'_>| {
        let files = files(&folder, workspace).into_iter().filter(|place| is_short(place));
        let files = files.map(|place| (folder.name_of(&place), place)).filter(|(name, _)| is_new(name));
        files.filter_map(|(name, place)| text(&name, &place)).map(Arc::new).collect::<Vec<_>>()
    };
    let mut names = HashSet::new();
    folders.flat_map(texts).filter(|text| names.insert(without_dots(&workspace.locate(&text.name)))).collect()
}

/// The places of the files below a folder that are or may be committed.
fn files(folder: &TypedFolder<'_>, workspace: &Workspace) -> Vec<PathBuf> {
    let Some(real) = folder.place.canonicalize().ok() else { return Vec::new() };
    let Some(mut ignored) = ignored(&real, workspace) else { return files_without_git(&folder.place) };
    let repository = Repository::around(folder.name, workspace);
    let is_kept = |entry: &DirEntry| {
        let path = real.join(entry.path().strip_prefix(&folder.place).unwrap_or(Path::new("")));
        if entry.depth() == 0 {
            return true;
        }
        let is_git = entry.file_name().eq_ignore_ascii_case(NAME) || repository.is_git_dir(&path);
        // A repository in this one has ignore rules of its own.
        if entry.file_type().is_dir() && path.join(NAME).exists() {
            ignored.extend(self::ignored(&path, workspace).unwrap_or_default());
        }
        !is_git && !ignored.contains(&path)
    };
    let walk = WalkDir::new(&folder.place).sort_by_file_name().into_iter().filter_entry(is_kept).flatten();
    walk.filter(|entry| entry.file_type().is_file()).map(DirEntry::into_path).collect()
}

/// The files that Git ignores around a folder; `None` where Git cannot be asked.
fn ignored(folder: &Path, workspace: &Workspace) -> Option<HashSet<PathBuf>> {
    let git = Git::open(&workspace.in_folder(folder.to_owned())).ok()?;
    Some(git.ignored().ok()?.into_iter().map(|path| git.work_tree().join(path)).collect())
}

/// The files below a folder by its .gitignore files, where Git cannot say what it tracks. If one of these files is a link or very long,
/// nothing is ignored.
fn files_without_git(folder: &Path) -> Vec<PathBuf> {
    let mut walk = WalkBuilder::new(folder);
    walk.git_ignore(has_plain_ignore_files(folder));
    walk.hidden(false).ignore(false).git_global(false).sort_by_file_name(Ord::cmp);
    let walk = walk.filter_entry(|entry| entry.file_name() != NAME).build().flatten();
    walk.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file())).map(ignore::DirEntry::into_path).collect()
}

/// Whether each .gitignore that counts in a folder is a file that somebody wrote.
fn has_plain_ignore_files(folder: &Path) -> bool {
    let below = WalkDir::new(folder).into_iter().flatten().map(DirEntry::into_path);
    let real = folder.canonicalize().unwrap_or_default();
    let above = real.ancestors().map(|folder| folder.join(IGNORE_FILE)).filter(|path| path.symlink_metadata().is_ok());
    let mut files = below.filter(|path| path.ends_with(IGNORE_FILE)).chain(above);
    files.all(|path| !path.is_symlink() && path.is_file() && is_short(&path))
}

fn is_short(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|file| file.len() <= LONGEST)
}

/// The text of the file at `place` that a user types as `name`; `None` where it cannot be read or holds bytes that no text has.
fn text(name: &Path, place: &Path) -> Option<Source> {
    let bytes = std::fs::read(place).ok()?;
    (!bytes.contains(&0)).then(|| Source::new(typed_name(name), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ignore_file_without_end_ignores_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".git")).unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        std::fs::write(folder.path().join(".gitignore"), "notes\n").unwrap();
        std::fs::write(folder.path().join("a/notes"), "a").unwrap();
        let found = || files_without_git(folder.path()).iter().any(|file| file.ends_with("a/notes"));
        assert!(!found());
        std::os::unix::fs::symlink("/dev/zero", folder.path().join("a/.gitignore")).unwrap();
        assert!(found());
    }

    #[test]
    fn every_text_that_is_no_manifest_is_found() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            (".env", "a"),
            (".git/config", "a"),
            (".gitignore", "target\n"),
            ("target/built.txt", "a"),
            ("README.md", "a"),
            ("app.yaml", "a: 1"),
            ("chart/Chart.yaml", "a: 1"),
            ("chart/templates/x.yaml", "a: {{ x }}"),
            ("logo.png", "\0"),
        ] {
            std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let found = non_manifests(&[".".to_owned()], &|_| true, &Workspace::bare(folder.path()));
        let names: Vec<&str> = found.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, [".env", ".gitignore", "README.md", "chart/Chart.yaml", "chart/templates/x.yaml"]);
    }
}
