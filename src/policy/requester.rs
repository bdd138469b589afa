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

/// Selects the requesters of a rule: every part that it names must be known and equal. Without a part it selects everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selector {
    /// The parts that it names.
    pub parts: Requester,
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

    fn parts(&self) -> [Option<&str>; 4] {
        [&self.project, &self.application, &self.namespace, &self.repository].map(Option::as_deref)
    }
}

impl Selector {
    /// Whether a rule with this selector decides for `requester`.
    pub(crate) fn matches(&self, requester: &Requester) -> bool {
        let pairs = self.parts.parts().into_iter().zip(requester.parts());
        pairs.into_iter().all(|(named, known)| named.is_none() || named == known)
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
        assert_eq!(told.parts(), [Some("team-a"), Some("web"), Some("prod"), Some("https://git.test/web.git")]);
        let claimed = requester(&[
            ("ARGOCD_ENV_ARGOCD_APP_PROJECT_NAME", "team-a"),
            ("ARGOCD_ENV_ARGOCD_APP_NAME", "web"),
            ("ARGOCD_ENV_ARGOCD_APP_NAMESPACE", "prod"),
            ("ARGOCD_ENV_ARGOCD_APP_SOURCE_REPO_URL", "https://git.test/web.git"),
            ("ARGOCD_APP_NAME", ""),
        ]);
        assert_eq!(claimed, Requester::default());
    }

    #[test]
    fn an_unknown_part_matches_no_rule_that_names_it() {
        let (web, nobody) =
            (requester(&[("ARGOCD_APP_PROJECT_NAME", "team-a"), ("ARGOCD_APP_NAME", "web")]), requester(&[]));
        for (named, web_matches, nobody_matches) in [
            (Requester::default(), true, true),
            (Requester { project: Some("team-a".into()), ..Requester::default() }, true, false),
            (Requester { project: Some("team-b".into()), ..Requester::default() }, false, false),
            (Requester { namespace: Some("prod".into()), ..Requester::default() }, false, false),
            (Requester { namespace: Some("prod".into()), ..web.clone() }, false, false),
            (web.clone(), true, false),
        ] {
            let selector = Selector { parts: named };
            let matches = (selector.matches(&web), selector.matches(&nobody));
            assert_eq!(matches, (web_matches, nobody_matches), "{selector:?}");
        }
    }
}
