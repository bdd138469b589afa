//! How far a program may look that reads a folder. Must not read a file.

use std::path::{Path, PathBuf};

use super::Here;
use super::repository::Repository;

/// The folder that holds all that a program may read for `folder`: the repository of the working folder if it holds the folder, else the
/// folder's own. A working folder that no repository is around counts if it is narrower than the system or somebody's home.
pub fn region(folder: &Path, here: &Here) -> PathBuf {
    let folder = here.folder.join(folder);
    let around = Repository::around(&here.folder, here);
    let holds = folder.canonicalize().is_ok_and(|folder| folder.starts_with(&around.root));
    match holds && (around.is_certain || !is_wide(&around.root, here.user.home.as_deref())) {
        true => around.root,
        false => Repository::around(&folder, here).root,
    }
}

/// Whether a folder holds the system or a home.
fn is_wide(folder: &Path, home: Option<&Path>) -> bool {
    let home = home.and_then(|home| home.canonicalize().ok());
    folder.parent().is_none() || home.is_some_and(|home| home.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::super::User;
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
            let user = User { home: Some(root.join("home")), ..User::default() };
            let here = Here { folder: root.join(working_folder), user, ..Here::default() };
            assert_eq!(region(Path::new(folder), &here), root.join(expected), "{working_folder} {folder}");
        }
        assert!(is_wide(Path::new("/"), None));
    }
}
