//! The root of the repository that a command looks at, and where files are below it. Knows nothing of their content.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::git::Git;
use super::repository::{Repository, without_dots};
use super::text;
use crate::error::Error;
use crate::source::Source;
use crate::workspace::Workspace;

/// The root of the repository around the working folder; of that around `path` if it lies elsewhere.
pub(crate) fn root_around(path: &str, workspace: &Workspace) -> PathBuf {
    let own = Repository::around(&workspace.folder, workspace).root;
    let Ok(place) = workspace.locate(path).canonicalize() else { return own };
    let folder = if place.is_dir() { &place } else { place.parent().unwrap_or(&place) };
    if path == "-" || folder.starts_with(&own) { own } else { Repository::around(folder, workspace).root }
}

/// The path of a file below a root, by the name that a user types for the file; `None` if it lies elsewhere.
pub(crate) fn path_below(root: &Path, name: &str, workspace: &Workspace) -> Option<PathBuf> {
    let folder = workspace.folder.canonicalize().unwrap_or_else(|_| workspace.folder.clone());
    let typed = without_dots(&folder.join(name));
    let below = |path: &Path| path.strip_prefix(root).map(Path::to_owned).ok();
    below(&typed).or_else(|| below(&typed.canonicalize().ok()?))
}

/// The file `name` at a root, if it is there.
pub(crate) fn file_at_root(root: &Path, name: &str, workspace: &Workspace) -> Result<Option<Arc<Source>>, Error> {
    let is_here = workspace.folder.canonicalize().is_ok_and(|folder| folder == root);
    let path = if is_here { PathBuf::from(name) } else { root.join(name) };
    Ok(text(&path, workspace)?.map(|text| Arc::new(Source::new(path.to_string_lossy(), text))))
}

/// The file `name` at the root of the repository around the working folder, as a revision has it.
pub(crate) fn file_at_revision(
    revision: &str,
    name: &str,
    workspace: &Workspace,
) -> Result<Option<Arc<Source>>, Error> {
    let (git, commit) = Git::at(revision, workspace)?;
    let bytes = git.file(&commit, name)?;
    Ok(bytes.map(|bytes| Arc::new(Source::new(format!("{revision}:{name}"), bytes))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_below_the_root_of_its_repository() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for name in ["a/.git", "a/b", "c/d"] {
            std::fs::create_dir_all(root.join(name)).unwrap();
        }
        let inside = Workspace::bare(root.join("a/b"));
        for (path, expected) in [(".", "a"), ("-", "a"), ("nowhere", "a"), ("../b", "a"), ("../../c/d", "c/d")] {
            assert_eq!(root_around(path, &inside), root.join(expected), "{path}");
        }
        let (a, whole) = (root.join("a"), root.join("a/x.yaml").to_string_lossy().into_owned());
        for (name, expected) in [
            ("x.yaml", Some("b/x.yaml")),
            ("../x.yaml", Some("x.yaml")),
            (&*whole, Some("x.yaml")),
            ("../../c/x.yaml", None),
        ] {
            assert_eq!(path_below(&a, name, &inside), expected.map(PathBuf::from), "{name}");
        }
    }
}
