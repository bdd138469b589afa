//! For whom a run reads, as Argo CD itself says. Pure; knows no setting.

use std::collections::BTreeMap;

/// For whom a run reads. `None` is an unknown part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requester {
    /// The Application's project (`ARGOCD_APP_PROJECT_NAME`).
    pub project: Option<String>,
    /// The Application (`ARGOCD_APP_NAME`): `NAME`, or `NAMESPACE_NAME` outside of Argo CD's own namespace.
    pub application: Option<String>,
    /// The namespace that the Application deploys to (`ARGOCD_APP_NAMESPACE`).
    pub namespace: Option<String>,
    /// The repository's URL (`ARGOCD_APP_SOURCE_REPO_URL`).
    pub repository: Option<String>,
}

impl Requester {
    /// The requester of a run in this environment. Variables that a tenant sets arrive as `ARGOCD_ENV_…` and do not count.
    pub fn of(environment: &BTreeMap<String, String>) -> Self {
        let part = |name| environment.get(name).filter(|value| !value.is_empty()).cloned();
        Self {
            project: part("ARGOCD_APP_PROJECT_NAME"),
            application: part("ARGOCD_APP_NAME"),
            namespace: part("ARGOCD_APP_NAMESPACE"),
            repository: part("ARGOCD_APP_SOURCE_REPO_URL"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requester(environment: &[(&str, &str)]) -> Requester {
        Requester::of(&environment.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    #[test]
    fn argo_cd_says_who_asks_and_a_tenant_does_not() {
        let told = requester(&[
            ("ARGOCD_APP_PROJECT_NAME", "team-a"),
            ("ARGOCD_APP_NAME", "web"),
            ("ARGOCD_APP_NAMESPACE", "prod"),
            ("ARGOCD_APP_SOURCE_REPO_URL", "https://git.test/web.git"),
        ]);
        let parts = [told.project, told.application, told.namespace, told.repository];
        assert_eq!(parts, ["team-a", "web", "prod", "https://git.test/web.git"].map(|part| Some(part.to_owned())));
        let claimed = requester(&[
            ("ARGOCD_ENV_ARGOCD_APP_PROJECT_NAME", "team-a"),
            ("ARGOCD_ENV_ARGOCD_APP_NAME", "web"),
            ("ARGOCD_ENV_ARGOCD_APP_NAMESPACE", "prod"),
            ("ARGOCD_ENV_ARGOCD_APP_SOURCE_REPO_URL", "https://git.test/web.git"),
            ("ARGOCD_APP_NAME", ""),
        ]);
        assert_eq!(claimed, Requester::default());
    }
}
