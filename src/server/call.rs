//! One call of Argo CD's: whose manifests it wants, where they lie, and until when. Knows no protocol and renders nothing.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};

use crate::config::general::TENANT;
use crate::error::{Error, Kind};
use crate::policy::Requester;
use crate::workspace::Workspace;

/// What the names begin with that Argo CD gives its plugins' variables. Others of a call do not count: they would be settings of the operator's.
const VARIABLES: [&str; 4] = [OWN, "ARGOCD_ENV_", "KUBE_", "PARAM_"];

/// What the names begin with in which Argo CD itself says who asks.
const OWN: &str = "ARGOCD_APP_";

/// Parts of the names of variables that hold words for helm and kustomize.
const WORDS: [&str; 3] = ["HELM", "KUSTOMIZE", "ARGOCD_APP_PARAMETERS"];

/// A folder below which nothing exists, for a repository that is not written to a disk.
const NOWHERE: &str = "/dev/null";

/// How much earlier than the client's time is over a call has to end, so that its message arrives.
const AHEAD: Duration = Duration::from_millis(100);

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// The folder of the application below the repository's root, without `.` and `..`.
    pub(super) folder: PathBuf,
    /// The operator's environment with the call's variables over it.
    pub(super) variables: BTreeMap<String, String>,
    /// For whom it reads.
    pub(super) requester: Requester,
    /// When it came.
    pub(super) started: Instant,
    /// How long its client waits, if that is known.
    pub(super) timeout: Option<Duration>,
}

impl Call {
    /// A call for the application in `folder`, as the client names it from the repository's root, with the variables that it brings. Of equal
    /// names the last counts.
    pub(super) fn new(
        folder: &str,
        brought: impl IntoIterator<Item = (String, String)>,
        timeout: Option<Duration>,
        operator: &Workspace,
    ) -> Result<Self, Error> {
        let inherited = operator.variables.iter().filter(|(name, _)| !name.starts_with(OWN));
        let mut variables: BTreeMap<_, _> = inherited.map(|(name, value)| (name.clone(), value.clone())).collect();
        variables.extend(brought.into_iter().filter(|(name, _)| counts(name)));
        // Whoever calls is a tenant, also where Argo CD does not say who.
        variables.insert(TENANT.name().to_owned(), true.to_string());
        let requester = Requester::of(&variables);
        Ok(Self { folder: inside(folder)?, variables, requester, started: Instant::now(), timeout })
    }

    /// The project that it renders for; empty if it is unknown.
    pub(super) fn project(&self) -> &str {
        self.requester.project.as_deref().unwrap_or_default()
    }

    /// Where it works if its repository lies in `root`; without one, nowhere on a disk.
    pub(super) fn workspace(&self, root: Option<&Path>) -> Workspace {
        let root = root.unwrap_or(Path::new(NOWHERE)).to_owned();
        Workspace { folder: root.join(&self.folder), variables: self.variables.clone(), repository: Some(root) }
    }

    /// The variables in which words for helm and kustomize may stand, in any case of letters.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let is_one = |name: &str| {
            let name = name.to_ascii_uppercase();
            name.starts_with("PARAM_") || WORDS.iter().any(|part| name.contains(part))
        };
        self.variables.iter().filter(move |(name, _)| is_one(name)).map(|(_, value)| value.as_str())
    }

    /// When it has to end for the client's sake.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.timeout.map(|timeout| self.started + timeout.saturating_sub(AHEAD))
    }
}

fn counts(name: &str) -> bool {
    VARIABLES.iter().any(|prefix| name.starts_with(prefix))
}

/// A path below the root, without `.` and `..`.
fn inside(path: &str) -> Result<PathBuf, Error> {
    let mut folder = PathBuf::new();
    for part in Path::new(path).components() {
        let is_inside = match part {
            Component::Normal(name) => {
                folder.push(name);
                true
            }
            Component::CurDir => true,
            Component::ParentDir => folder.pop(),
            Component::RootDir | Component::Prefix(_) => false,
        };
        if !is_inside {
            // The words of Argo CD's own server.
            return Err(Error::new(Kind::Input, "illegal appPath: out of workDir bound")
                .hint("the application's path leads out of its repository: repair `spec.source.path`"));
        }
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(folder: &str, brought: &[(&str, &str)]) -> Result<Call, Error> {
        let own = [
            ("VAULT_ADDR", "https://vault.test"),
            ("ARGOCD_APP_PROJECT_NAME", "of-the-pod"),
            ("KUBE_VERSION", "1.30.0"),
        ];
        let pairs = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect::<Vec<_>>()
        };
        let operator = Workspace::new("/", pairs(&own).into_iter().collect());
        Call::new(folder, pairs(brought), None, &operator)
    }

    #[test]
    fn only_argo_cd_s_own_variables_count_and_the_last_of_a_name() {
        let brought = [
            ("ARGOCD_APP_NAME", "web"),
            ("ARGOCD_APP_NAME", "shop"),
            ("ARGOCD_ENV_VAULT_ADDR", "https://elsewhere.test"),
            ("VAULT_ADDR", "https://evil.test"),
            ("AVP_TENANT", "false"),
            ("PATH", "/tmp"),
            ("", "x"),
            ("KUBE_VERSION", "1.31.0"),
            ("PARAM_A", ""),
        ];
        let call = call("apps/shop", &brought).unwrap();
        let expected = [
            ("ARGOCD_APP_NAME", "shop"),
            ("ARGOCD_ENV_VAULT_ADDR", "https://elsewhere.test"),
            ("AVP_TENANT", "true"),
            ("KUBE_VERSION", "1.31.0"),
            ("PARAM_A", ""),
            ("VAULT_ADDR", "https://vault.test"),
        ];
        assert_eq!(call.variables, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert_eq!((call.project(), call.requester.application.as_deref()), ("", Some("shop")));
    }

    #[test]
    fn an_application_s_folder_is_inside_the_repository() {
        for (path, folder) in
            [(".", ""), ("", ""), ("apps/shop", "apps/shop"), ("./apps//shop/", "apps/shop"), ("a/../b", "b")]
        {
            assert_eq!(call(path, &[]).unwrap().folder, Path::new(folder), "{path}");
        }
        for path in ["..", "a/../../b", "/etc"] {
            let error = call(path, &[]).unwrap_err();
            assert_eq!(error.detail, "illegal appPath: out of workDir bound", "{path}");
        }
    }

    #[test]
    fn a_repository_that_is_not_on_a_disk_is_nowhere_on_it() {
        let call = call("apps/shop", &[]).unwrap();
        let nowhere = call.workspace(None).folder;
        assert!(std::fs::create_dir_all(&nowhere).is_err() && !nowhere.exists());
        assert_eq!(call.workspace(Some(Path::new("/work"))).folder, Path::new("/work/apps/shop"));
    }
}
