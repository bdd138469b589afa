//! Copies folders of the repository, for programs that write into the folder that they read. Links are followed; Git's own files are left out.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::repository::Repository;
use super::{ENTRIES, too_many, typed_name};
use crate::error::{Error, Kind};
use crate::workspace::Workspace;

/// Copies folders to the places below `to` that they have in the repository. Returns the place of the first one.
pub(crate) fn copy(folders: &[PathBuf], workspace: &Workspace, to: &Path) -> Result<PathBuf, Error> {
    let repository = Repository::around(&workspace.folder, workspace);
    let (mut first, mut left) = (None, ENTRIES);
    for folder in folders {
        let failed =
            |cause: String| Error::new(Kind::Input, format!("cannot copy `{}`", typed_name(folder))).cause(cause);
        let real = workspace.locate(folder).canonicalize().map_err(|error| failed(error.to_string()))?;
        let below =
            real.strip_prefix(&repository.root).map_err(|_| failed("it is outside the repository".to_owned()))?;
        let place = to.join(below);
        // A link that leads out, or nowhere, would become a file of the repository.
        let is_ours = |real: PathBuf| real.starts_with(&repository.root) && !repository.is_git(&real);
        let is_ours = |path: &Path| path.canonicalize().is_ok_and(is_ours);
        let walk = WalkDir::new(&real).follow_links(true).into_iter().filter_entry(|entry| is_ours(entry.path()));
        for entry in walk.filter(|entry| !entry.as_ref().is_err_and(is_loose)) {
            let entry = entry.map_err(|error| failed(error.to_string()))?;
            left = left.checked_sub(1).ok_or_else(|| too_many(folder))?;
            let copy = place.join(entry.path().strip_prefix(&real).unwrap_or(Path::new("")));
            let made = match entry.file_type().is_dir() {
                true => std::fs::create_dir_all(copy),
                false => std::fs::copy(entry.path(), copy).map(|_| ()),
            };
            made.map_err(|error| failed(error.to_string()))?;
        }
        first.get_or_insert(place);
    }
    Ok(first.unwrap_or_else(|| to.to_owned()))
}

/// Whether the error is about a link that leads nowhere or in a circle.
fn is_loose(error: &walkdir::Error) -> bool {
    error.loop_ancestor().is_some() || error.path().is_some_and(|path| path.is_symlink() && !path.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_keep_their_places_and_links_become_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("repository");
        for (path, text) in [(".git/HEAD", ""), ("app/web/a/x", "1"), ("lib/y", "2"), ("other/z", "3")] {
            std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            std::fs::write(root.join(path), text).unwrap();
        }
        std::os::unix::fs::symlink("../../lib/y", root.join("app/web/l")).unwrap();
        let workspace = Workspace::bare(root.join("app"));
        let to = folder.path().join("copy");
        let first = copy(&["web".into(), "web/../../lib".into()], &workspace, &to).unwrap();
        assert_eq!(first, to.join("app/web"));
        let read = |path: &str| std::fs::read_to_string(to.join(path)).ok();
        assert_eq!(
            ["app/web/a/x", "app/web/l", "lib/y", "other/z"].map(read),
            [Some("1".into()), Some("2".into()), Some("2".into()), None]
        );
        assert!(!to.join("app/web/l").is_symlink());
        std::os::unix::fs::symlink("../.git", root.join("other/git")).unwrap();
        std::fs::write(folder.path().join("outside"), "4").unwrap();
        for (link, target) in [("head", "../.git/HEAD"), ("out", "../../outside"), ("gone", "none"), ("up", "..")] {
            std::os::unix::fs::symlink(target, root.join("other").join(link)).unwrap();
        }
        copy(std::slice::from_ref(&root), &workspace, &to).unwrap();
        let left = [".git", "other/git", "other/head", "other/out", "other/gone"].map(|path| to.join(path).exists());
        assert_eq!((left, read("other/z")), ([false; 5], Some("3".into())));
        let error = copy(&["../../copy".into()], &workspace, &to).unwrap_err();
        assert_eq!(error.detail, "cannot copy `../../copy`");
    }
}
