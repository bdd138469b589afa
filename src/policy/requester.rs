//! For whom a run reads, as Argo CD itself says. Pure; knows no setting.

use std::collections::BTreeMap;
use std::fmt;

use crate::words::list;

/// For whom a run reads. `None` is an unknown part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requester {
    /// The Application's project.
    pub project: Option<String>,
    /// The Application: `NAME`, or `NAMESPACE_NAME` outside of Argo CD's own namespace.
    pub application: Option<String>,
    /// The namespace that the Application deploys to.
    pub namespace: Option<String>,
    /// The repository's URL.
    pub repository: Option<String>,
}

/// A part of a requester: a row of [`PARTS`].
#[derive(Debug)]
pub(crate) struct Part {
    /// The word for it: in braces a template has it filled in, and rules select requesters by it.
    pub word: &'static str,
    /// The words for people.
    pub doc: &'static str,
    /// The variable in which Argo CD tells it to a plugin.
    pub variable: &'static str,
    /// Whether a template may have it filled in: it is a name, which cannot lead to another path.
    pub is_name: bool,
    value: fn(&Requester) -> &Option<String>,
    slot: fn(&mut Requester) -> &mut Option<String>,
}

/// Every part that Argo CD tells.
pub(crate) static PARTS: [Part; 4] = [
    Part {
        word: "project",
        doc: "the project",
        variable: "ARGOCD_APP_PROJECT_NAME",
        is_name: true,
        value: |requester| &requester.project,
        slot: |requester| &mut requester.project,
    },
    Part {
        word: "app",
        doc: "the Application",
        variable: "ARGOCD_APP_NAME",
        is_name: true,
        value: |requester| &requester.application,
        slot: |requester| &mut requester.application,
    },
    Part {
        word: "namespace",
        doc: "the destination namespace",
        variable: "ARGOCD_APP_NAMESPACE",
        is_name: true,
        value: |requester| &requester.namespace,
        slot: |requester| &mut requester.namespace,
    },
    Part {
        word: "repo",
        doc: "the repository",
        variable: "ARGOCD_APP_SOURCE_REPO_URL",
        is_name: false,
        value: |requester| &requester.repository,
        slot: |requester| &mut requester.repository,
    },
];

impl Part {
    /// This part of `requester`, if it is known.
    pub(crate) fn of<'r>(&self, requester: &'r Requester) -> Option<&'r str> {
        (self.value)(requester).as_deref()
    }

    /// Sets this part of `requester`. An empty text is an unknown part.
    pub(crate) fn set(&self, requester: &mut Requester, text: &str) {
        *(self.slot)(requester) = Some(text.to_owned()).filter(|text| !text.is_empty());
    }
}

impl Requester {
    /// The requester that a text names: `project=shop,app=web`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut requester = Self::default();
        for pair in text.split(',') {
            let words = || list::quoted(PARTS.iter().map(|part| part.word));
            let (word, value) = pair
                .split_once('=')
                .ok_or_else(|| format!("`{pair}` is not one of {} with `=` and a name", words()))?;
            let part = PARTS.iter().find(|part| part.word == word.trim());
            part.ok_or_else(|| format!("`{}` is not one of {}", word.trim(), words()))?
                .set(&mut requester, value.trim());
        }
        Ok(requester)
    }

    /// Writes the requester into an environment, as Argo CD does; a part that is unknown is removed.
    pub fn write_to(&self, environment: &mut BTreeMap<String, String>) {
        for part in &PARTS {
            environment.remove(part.variable);
            environment.extend(part.of(self).map(|text| (part.variable.to_owned(), text.to_owned())));
        }
    }

    /// The flag that names them: ` --as project=shop,app=web`; empty if nothing is known.
    pub(super) fn as_flag(&self) -> String {
        let known = PARTS.iter().filter_map(|part| Some(format!("{}={}", part.word, part.of(self)?)));
        let parts: Vec<String> = known.collect();
        if parts.is_empty() { String::new() } else { format!(" --as {}", parts.join(",")) }
    }

    /// The requester of a run in this environment. Variables that a tenant sets arrive as `ARGOCD_ENV_…` and do not count.
    pub fn of(environment: &BTreeMap<String, String>) -> Self {
        let mut requester = Self::default();
        let told = PARTS.iter().filter_map(|part| Some((part, environment.get(part.variable)?)));
        told.for_each(|(part, text)| part.set(&mut requester, text));
        requester
    }
}

/// For people: `project `shop`, app `web``.
impl fmt::Display for Requester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = PARTS.iter().filter_map(|part| Some(format!("{} `{}`", part.word, part.of(self)?)));
        match known.collect::<Vec<_>>() {
            parts if parts.is_empty() => f.write_str("an unknown requester"),
            parts => f.write_str(&parts.join(", ")),
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
