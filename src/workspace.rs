//! Where a run works: the folder that relative paths start from, and its environment variables. A value: only an edge of the program
//! reads the process's own, so that two runs in one process do not meet.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where temporary files are kept if no variable says so.
const TEMPORARY: &str = "/tmp";

/// A working folder with its environment.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Workspace {
    /// The working folder, absolute.
    pub folder: PathBuf,
    /// The environment variables.
    pub variables: BTreeMap<String, String>,
    /// The root of the repository around the folder, if whoever made the workspace knows it.
    pub repository: Option<PathBuf>,
}

impl Workspace {
    /// A folder with environment variables.
    pub fn new(folder: impl Into<PathBuf>, variables: BTreeMap<String, String>) -> Self {
        Self { folder: folder.into(), variables, repository: None }
    }

    /// A folder without any environment variable.
    pub fn bare(folder: impl Into<PathBuf>) -> Self {
        Self::new(folder, BTreeMap::new())
    }

    /// This environment in another folder.
    pub fn in_folder(&self, folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), ..self.clone() }
    }

    /// Where the file or folder is that a user types as `path`.
    pub fn locate(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.join(path)
    }

    /// The value of a variable, unless it is empty.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The folder that a variable names, unless its path is relative.
    pub fn named_folder(&self, name: &str) -> Option<&Path> {
        self.variable(name).map(Path::new).filter(|folder| folder.is_absolute())
    }

    /// The user's home, where their settings and kubeconfig are.
    pub fn home(&self) -> Option<&Path> {
        self.named_folder("HOME")
    }

    /// The folders in which programs are looked for, as `PATH` lists them.
    pub fn search_path(&self) -> Option<&str> {
        self.variable("PATH")
    }

    /// The working folder's path inside the checkout, where Argo CD runs the program.
    pub fn app_source_path(&self) -> Option<&str> {
        self.variable("ARGOCD_APP_SOURCE_PATH")
    }

    /// Where temporary files are kept.
    pub fn temporary_folder(&self) -> PathBuf {
        self.locate(self.variable("TMPDIR").unwrap_or(TEMPORARY))
    }

    /// Where files are kept that runs of one user share until the machine restarts.
    pub fn runtime_folder(&self) -> PathBuf {
        self.variable("XDG_RUNTIME_DIR").map_or_else(|| self.temporary_folder(), |folder| self.locate(folder))
    }
}

/// The values of the variables may be secrets: only their names are shown.
impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.variables.keys().collect();
        f.debug_struct("Workspace").field("folder", &self.folder).field("variables", &names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(variables: &[(&str, &str)]) -> Workspace {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Workspace::new("/work", variables)
    }

    #[test]
    fn folders_come_from_the_variables_and_relative_ones_start_at_the_working_folder() {
        for (variables, runtime, temporary) in [
            (&[][..], "/tmp", "/tmp"),
            (&[("TMPDIR", ""), ("XDG_RUNTIME_DIR", "")], "/tmp", "/tmp"),
            (&[("TMPDIR", "/var/tmp")], "/var/tmp", "/var/tmp"),
            (&[("TMPDIR", "t"), ("XDG_RUNTIME_DIR", "/run/user/1")], "/run/user/1", "/work/t"),
        ] {
            let workspace = workspace(variables);
            assert_eq!(workspace.runtime_folder(), Path::new(runtime), "{variables:?}");
            assert_eq!(workspace.temporary_folder(), Path::new(temporary), "{variables:?}");
        }
    }

    #[test]
    fn an_empty_variable_and_a_relative_home_do_not_count() {
        let workspace = workspace(&[("PATH", ""), ("HOME", "home"), ("ARGOCD_APP_SOURCE_PATH", "apps/web")]);
        assert_eq!((workspace.search_path(), workspace.home()), (None, None));
        assert_eq!(workspace.app_source_path(), Some("apps/web"));
    }

    #[test]
    fn no_value_of_a_variable_is_shown() {
        assert!(!format!("{:?}", workspace(&[("VAULT_TOKEN", "hvs.secret")])).contains("hvs"));
    }
}
