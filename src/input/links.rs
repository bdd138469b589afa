//! The links of a folder that another program will read: whether any of them leads out of the repository. Reads no file.

use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use super::git::NAME;
use super::repository::Repository;
use super::typed_folder::TypedFolder;
use super::{ENTRIES, too_many};
use crate::error::Errors;
use crate::workspace::Workspace;

/// An error for each link below the folder that a user types as `name` which leads out of the repository or nowhere. Folders behind links
/// are searched too.
pub(crate) fn links(name: &Path, workspace: &Workspace) -> Errors {
    let (folder, repository) = (TypedFolder::new(name, workspace), Repository::around(name, workspace));
    let mut errors = Errors::new();
    let is_ours = |entry: &DirEntry| entry.file_name() != NAME || entry.path_is_symlink();
    let walk = WalkDir::new(&folder.place).follow_links(true).sort_by_file_name();
    let mut walk = walk.into_iter().filter_entry(is_ours);
    let mut left = ENTRIES;
    while let Some(entry) = walk.next() {
        let Some(less) = left.checked_sub(1) else {
            errors.push(too_many(name));
            break;
        };
        left = less;
        let (path, is_folder) = match &entry {
            Ok(entry) => (Some(entry.path()), entry.file_type().is_dir()),
            Err(error) => (error.path(), false),
        };
        let Some(path) = path.filter(|path| *path != folder.place && path.is_symlink()) else { continue };
        if let Err(error) = repository.check_link_as(path, &folder.name_of(path)) {
            errors.push(error);
            if is_folder {
                walk.skip_current_dir();
            }
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lead_out_are_found_behind_links_too() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("repository/.git")).unwrap();
        for path in ["repository/chart/a", "repository/other", "outside"] {
            std::fs::create_dir_all(root.join(path)).unwrap();
        }
        let link =
            |link: &str, target: &str| std::os::unix::fs::symlink(target, root.join("repository").join(link)).unwrap();
        link("chart/fine", "../other");
        link("chart/a/up", "..");
        link("other/out", "../../outside");
        link("other/none", "nowhere");
        link("other/git", "../.git");
        std::fs::write(root.join("repository/.git/config"), "").unwrap();
        link("chart/config.yaml", "a/up/.././.git/../.git/config");
        let workspace = Workspace::bare(root.join("repository"));
        let errors = links(&root.join("repository/chart"), &workspace);
        let details: Vec<String> =
            errors.iter().map(|error| error.detail.replace(&*root.to_string_lossy(), "")).collect();
        let expected = [
            "the link `/repository/chart/config.yaml` leads to Git's own files, which are not input",
            "the link `/repository/chart/fine/git` leads to Git's own files, which are not input",
            "the link `/repository/chart/fine/none` leads nowhere",
            "the link `/repository/chart/fine/out` leads outside the repository",
        ];
        assert_eq!(details, expected);
    }
}
