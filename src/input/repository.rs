//! The repository around a folder: its links may not lead out of it, and Git's own files are not input.

use std::path::{Component, Path, PathBuf};

use super::entry_error::{leads_nowhere, leads_outside, leads_to_git};
use super::git::{GitDir, NAME};
use super::typed_name;
use crate::error::{Error, Kind};
use crate::workspace::Workspace;

/// How many links and missing names one path may lead through.
const LINKS: usize = 256;

/// A repository's root, without links in its path.
pub(super) struct Repository {
    pub(super) root: PathBuf,
    /// The folders in which Git keeps its objects and settings, wherever they are.
    git: Vec<PathBuf>,
    /// Whether Git or Argo CD says where it ends, so that others may have written what is in it.
    pub(super) is_certain: bool,
}

impl Repository {
    /// The nearest parent of `folder` with `.git`, else Argo CD's checkout if `folder` is in it, else `folder` itself. Where the workspace
    /// knows its repository, no folder around that counts.
    pub(super) fn around(folder: &Path, workspace: &Workspace) -> Self {
        let folder = workspace.locate(folder);
        let folder = folder.canonicalize().unwrap_or(folder);
        let known = workspace.repository.as_ref().filter(|root| folder.starts_with(root));
        let mut inside = folder.ancestors().take_while(|parent| known.is_none_or(|root| parent.starts_with(root)));
        let git = inside.find(|parent| parent.join(NAME).exists());
        let root = git.map(Path::to_owned).or_else(|| checkout(workspace).filter(|root| folder.starts_with(root)));
        let is_certain = root.is_some();
        let git = git.and_then(GitDir::of).map(|git| vec![git.own, git.common]).unwrap_or_default();
        Self { root: root.unwrap_or(folder), git, is_certain }
    }

    /// The outermost checkout around the working folder: the authors of the repository around a submodule count as well.
    pub(super) fn outermost(workspace: &Workspace) -> Option<PathBuf> {
        let folder = workspace.folder.canonicalize().ok()?;
        let git = folder.ancestors().filter(|parent| parent.join(NAME).exists()).last();
        let root = checkout(workspace).filter(|root| folder.starts_with(root));
        git.map(Path::to_owned).into_iter().chain(root).min_by_key(|root| root.components().count())
    }

    /// Checks that the link at `path` leads neither out, nor nowhere, nor to Git's own files.
    pub(super) fn check_link(&self, path: &Path) -> Result<(), Error> {
        self.check_link_as(path, path)
    }

    /// Checks the link at `path`, which is called `name` in messages.
    pub(super) fn check_link_as(&self, path: &Path, name: &Path) -> Result<(), Error> {
        let target = destination(path);
        if self.is_git(&target) {
            return Err(leads_to_git(name));
        }
        if !target.starts_with(&self.root) {
            return Err(leads_outside(name));
        }
        path.canonicalize().map(drop).map_err(|cause| leads_nowhere(name, &cause))
    }

    /// Checks that a user may name `path` as input. They may not if it is Git's own, or if its name stands in the repository and a link
    /// leads out. A path outside is the user's own choice; whether it exists is for its reader to say.
    pub(super) fn check_path(&self, path: &Path, workspace: &Workspace) -> Result<(), Error> {
        let real = destination(&workspace.locate(path));
        if self.is_git(&real) {
            let detail = format!("`{}` belongs to Git's own files, which are not input", typed_name(path));
            return Err(Error::new(Kind::Input, detail).hint("name a file of the work tree"));
        }
        match !real.starts_with(&self.root) && self.has_name_of(path, workspace) {
            true => self.check_link_as(&workspace.locate(path), path),
            false => Ok(()),
        }
    }

    /// Checks a file that is not a manifest. Where neither Git nor Argo CD says where the repository ends, only the user can have made a link.
    pub(super) fn check_file(&self, path: &Path, workspace: &Workspace) -> Result<(), Error> {
        let is_git = self.is_git(&destination(&workspace.locate(path)));
        if self.is_certain || is_git { self.check_path(path, workspace) } else { Ok(()) }
    }

    /// Checks that `path` may be written. It may not if its name stands in the repository, and it is a link or a link leads out: whoever
    /// commits a link chooses where it leads.
    pub(super) fn check_writing(&self, path: &Path, workspace: &Workspace) -> Result<(), Error> {
        let whole = workspace.locate(path);
        let folder = whole.parent().and_then(|folder| folder.canonicalize().ok());
        let wrong = |detail: &str| Error::new(Kind::Input, format!("cannot write `{}`: {detail}", typed_name(path)));
        if folder.as_ref().is_some_and(|folder| self.is_git(folder)) {
            return Err(wrong("it belongs to Git's own files").hint("name a file elsewhere"));
        }
        if !(self.is_certain && self.has_name_of(path, workspace)) {
            return Ok(());
        }
        if whole.is_symlink() || folder.is_some_and(|folder| !folder.starts_with(&self.root)) {
            let error = wrong("it is a link in the repository, or behind one that leads outside");
            return Err(error.hint("remove the link, or name a file elsewhere"));
        }
        Ok(())
    }

    /// Whether `real`, a path without links, is below a git dir: this repository's or that of one inside it, in any case of letters.
    pub(super) fn is_git(&self, real: &Path) -> bool {
        let below = real.strip_prefix(&self.root).unwrap_or(real);
        let has_name = below.components().any(|part| part.as_os_str().eq_ignore_ascii_case(NAME));
        has_name || real.ancestors().any(|part| self.git.iter().any(|git| is_same(part, git)))
    }

    /// Whether the folder at `path` is a git dir inside the repository under a name of its own. (`--separate-git-dir`)
    pub(super) fn is_git_dir(&self, path: &Path) -> bool {
        let inside = self.git.iter().filter(|git| git.starts_with(&self.root) && !git.ends_with(NAME));
        inside.into_iter().any(|git| is_same(path, git))
    }

    /// Whether the name stands in the repository, links not followed: its authors may have made it a link.
    fn has_name_of(&self, path: &Path, workspace: &Workspace) -> bool {
        let whole = without_dots(&workspace.locate(path));
        let is_in = |part: &Path| part.canonicalize().is_ok_and(|part| part.starts_with(&self.root));
        whole.starts_with(&self.root) || whole.ancestors().skip(1).any(is_in)
    }
}

/// The place that a path leads to, links followed, even if nothing exists there. So a message about a path outside does not tell whether
/// it exists.
pub(super) fn destination(path: &Path) -> PathBuf {
    follow(path, &mut LINKS.to_owned())
}

fn follow(path: &Path, left: &mut usize) -> PathBuf {
    let mut path = path.to_owned();
    loop {
        if let Ok(real) = path.canonicalize() {
            return real;
        }
        let (Some(parent), Some(name), Some(less)) = (path.parent(), path.file_name(), left.checked_sub(1)) else {
            return without_dots(&path);
        };
        *left = less;
        let parent = follow(parent, left);
        let whole = parent.join(name);
        match whole.read_link() {
            Ok(target) => path = without_dots(&parent.join(target)),
            Err(_) => return whole,
        }
    }
}

/// Whether two paths lead to one folder.
fn is_same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |path: &Path| path.metadata().map(|found| (found.dev(), found.ino())).ok();
    one == other || id(one).is_some_and(|found| id(other) == Some(found))
}

/// A path without `.` and `..`.
pub(super) fn without_dots(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            component => out.push(component),
        }
    }
    out
}

/// The repository that the workspace knows, else the checkout that `ARGOCD_APP_SOURCE_PATH` implies: the working folder less the components at its end that both share.
/// All of them are shared unless Argo CD sent only a part of the repository (`manifest-generate-paths`).
fn checkout(workspace: &Workspace) -> Option<PathBuf> {
    if workspace.repository.is_some() {
        return workspace.repository.clone();
    }
    let folder = workspace.folder.canonicalize().ok()?;
    let path = Path::new(workspace.app_source_path()?);
    let shared = folder.components().rev().zip(path.components().rev()).take_while(|(a, b)| a == b).count();
    folder.ancestors().nth(shared).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_git_s_or_argo_cd_s_or_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let app = root.join("checkout/apps/web");
        std::fs::create_dir_all(app.join("manifests")).unwrap();
        let workspace = |path: Option<&str>| {
            let path = path.map(|path| ("ARGOCD_APP_SOURCE_PATH".to_owned(), path.to_owned()));
            Workspace::new(app.clone(), path.into_iter().collect())
        };
        for (path, expected) in [
            (None, app.join("manifests")),
            (Some("apps/web"), root.join("checkout")),
            (Some("elsewhere/web"), root.join("checkout/apps")),
            (Some("."), app.clone()),
        ] {
            assert_eq!(Repository::around(&app.join("manifests"), &workspace(path)).root, expected, "{path:?}");
        }
        std::fs::create_dir(root.join("checkout/.git")).unwrap();
        assert_eq!(Repository::around(&app, &workspace(None)).root, root.join("checkout"));
    }

    #[test]
    fn a_path_leads_where_its_links_lead_whether_anything_is_there_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("a")).unwrap();
        let link = |name: &str, target: &str| std::os::unix::fs::symlink(target, root.join(name)).unwrap();
        for (name, target) in [("l", "a"), ("gone", "/gone/x"), ("a/up", "../gone"), ("self", "self/x"), ("one", "two")]
        {
            link(name, target);
        }
        link("two", "one");
        for (path, expected) in [
            ("l", root.join("a")),
            ("l/none/x", root.join("a/none/x")),
            ("gone", "/gone/x".into()),
            ("gone/y", "/gone/x/y".into()),
            ("l/up/z", "/gone/x/z".into()),
        ] {
            assert_eq!(destination(&root.join(path)), expected, "{path}");
        }
        for circle in ["self", "one", "self/y"] {
            assert!(destination(&root.join(circle)).starts_with(&root), "{circle}");
        }
    }
}
