//! The repository around a folder: how far its links may lead.
//! Knows no Git beyond the name of its folder.

use std::path::{Path, PathBuf};

use super::{Here, typed};
use crate::error::{Error, Kind};

/// What to do about a link that leads nowhere.
pub(super) const LOOSE: &str = "mend the link, or take it out";

/// A repository's root, without links in its path.
pub(super) struct Repository {
    pub(super) root: PathBuf,
}

impl Repository {
    /// The nearest parent of `folder` with `.git`, else Argo CD's checkout if `folder` is in it, else `folder` itself.
    pub(super) fn around(folder: &Path, here: &Here) -> Self {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let git = folder.ancestors().find(|parent| parent.join(".git").exists());
        let root = git.map(Path::to_owned).or_else(|| checkout(here).filter(|root| folder.starts_with(root)));
        Self { root: root.unwrap_or(folder) }
    }

    /// An error if the link at `path` leads out.
    pub(super) fn holds(&self, path: &Path) -> Result<(), Error> {
        let error = |detail: &str| Error::new(Kind::Input, format!("the link `{}` {detail}", typed(path)));
        let target =
            path.canonicalize().map_err(|cause| error("leads nowhere").cause(cause.to_string()).hint(LOOSE))?;
        match target.starts_with(&self.root) {
            true => Ok(()),
            false => Err(error("leads outside the repository").hint("copy the file into the repository")),
        }
    }
}

/// The checkout that `ARGOCD_APP_SOURCE_PATH` implies: the working folder less the components at its end that both share.
/// All of them are shared unless Argo CD sent only a part of the repository (`manifest-generate-paths`).
fn checkout(here: &Here) -> Option<PathBuf> {
    let folder = here.folder.canonicalize().ok()?;
    let path = Path::new(here.app_source_path.as_ref()?);
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
        let here = |path: Option<&str>| Here {
            folder: app.clone(),
            app_source_path: path.map(str::to_owned),
            allow_empty: false,
        };
        for (path, expected) in [
            (None, app.join("manifests")),
            (Some("apps/web"), root.join("checkout")),
            (Some("elsewhere/web"), root.join("checkout/apps")),
            (Some("."), app.clone()),
        ] {
            assert_eq!(Repository::around(&app.join("manifests"), &here(path)).root, expected, "{path:?}");
        }
        std::fs::create_dir(root.join("checkout/.git")).unwrap();
        assert_eq!(Repository::around(&app, &here(None)).root, root.join("checkout"));
    }
}
