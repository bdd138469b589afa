//! The folder that a program may read all of, for the sake of a folder in it. Reads no file.

use std::path::{Path, PathBuf};

use super::repository::Repository;
use crate::workspace::Workspace;

/// The folder that holds all that a program may read for `folder`: the repository of the working folder if it holds the folder, else the
/// folder's own. A working folder that no repository is around counts if it is narrower than the system or somebody's home.
pub(crate) fn region(folder: &Path, workspace: &Workspace) -> PathBuf {
    let folder = workspace.locate(folder);
    let around = Repository::around(&workspace.folder, workspace);
    let holds = folder.canonicalize().is_ok_and(|folder| folder.starts_with(&around.root));
    match holds && (around.is_certain || !is_wide(&around.root, workspace.home())) {
        true => around.root,
        false => Repository::around(&folder, workspace).root,
    }
}

/// Whether a folder holds the system or a home.
fn is_wide(folder: &Path, home: Option<&Path>) -> bool {
    let home = home.and_then(|home| home.canonicalize().ok());
    folder.parent().is_none() || home.is_some_and(|home| home.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_read_in_its_repository_or_in_a_narrow_working_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for path in ["home/work/app/x", "home/work/lib", "cloned/.git", "cloned/app/x", "other/x"] {
            std::fs::create_dir_all(root.join(path)).unwrap();
        }
        for (working_folder, folder, expected) in [
            ("home/work", "app/x", "home/work"),
            ("home/work", ".", "home/work"),
            ("home", "work/app", "home/work/app"),
            ("", "other/x", "other/x"),
            ("", "cloned/app/x", "cloned"),
            ("home/work", "../../other", "other"),
            ("cloned/app", "x", "cloned"),
            ("cloned/app", "../../other/x", "other/x"),
        ] {
            let home = ("HOME".to_owned(), root.join("home").to_str().unwrap().to_owned());
            let workspace = Workspace::new(root.join(working_folder), [home].into());
            assert_eq!(region(Path::new(folder), &workspace), root.join(expected), "{working_folder} {folder}");
        }
        assert!(is_wide(Path::new("/"), None));
    }
}
