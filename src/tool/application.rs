//! The variables with which an Application configures a tool, however they are spelt: letters may be of either case, and Argo CD's prefix
//! may be missing or be there twice. They are the tenant's under each spelling. Knows no flag of a tool.

use std::collections::BTreeMap;

use super::Tool;
use super::parameter::PARAMETERS;
use crate::error::{Error, Errors, Kind};
use crate::words::{list, suggestion};

/// Words for helm.
pub(super) const HELM_WORDS: &str = "ARGOCD_ENV_HELM_ARGS";

/// Values for helm, as YAML.
pub(super) const HELM_VALUES: &str = "ARGOCD_ENV_HELM_VALUES";

/// Words for kustomize.
pub(super) const KUSTOMIZE_WORDS: &str = "ARGOCD_ENV_KUSTOMIZE_BUILD_OPTIONS";

/// The variables, in their exact spelling, and the tools that read them.
const VARIABLES: [(&str, Tool); 3] =
    [(HELM_WORDS, Tool::Helm), (HELM_VALUES, Tool::Helm), (KUSTOMIZE_WORDS, Tool::Kustomize)];

/// What Argo CD puts before the names of an Application's variables.
const PREFIX: &str = "ARGOCD_ENV_";

/// How the names of an Application's variables begin that are meant for a tool.
const TOOLS: [&str; 2] = ["HELM_", "KUSTOMIZE_"];

/// How many letters of a tenant's variable may be wrong for its name to be understood.
const TYPOS: usize = 2;

/// A variable that is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Variable<'v> {
    /// Its name, as it is spelt.
    pub(super) name: &'v str,
    /// Its value.
    pub(super) value: &'v str,
}

/// The variable that counts as `name`, unless it is blank: the one that is spelt exactly so, else another spelling.
pub(super) fn find<'v>(variables: &'v BTreeMap<String, String>, name: &str) -> Option<Variable<'v>> {
    spellings(variables, name).next()
}

/// The tools' variables that an Application sets.
pub(super) fn of_tools(variables: &BTreeMap<String, String>) -> impl Iterator<Item = (Variable<'_>, Tool)> {
    VARIABLES.iter().filter_map(|(name, tool)| Some((find(variables, name)?, *tool)))
}

/// Warnings about variables without effect: a second spelling, and a name that is near to one of a tool's.
pub(crate) fn warnings(variables: &BTreeMap<String, String>) -> Errors {
    let mut errors = Errors::new();
    for (name, _) in VARIABLES {
        errors.extend(second_spellings(variables, name));
    }
    let set = variables.iter().filter(|(_, value)| !value.trim().is_empty());
    errors.extend(set.filter_map(|(name, _)| unread(name)));
    errors
}

/// Whether a variable configures a tool, or is meant to: then a warning says what is wrong with its name.
pub(crate) fn is_for_tools(name: &str) -> bool {
    VARIABLES.iter().any(|(known, _)| plain(known) == plain(name)) || unread(name).is_some()
}

/// Everything that may be meant by `name`: first its exact spelling.
fn spellings<'v>(variables: &'v BTreeMap<String, String>, name: &str) -> impl Iterator<Item = Variable<'v>> {
    let meant = plain(name);
    let exact = variables.get_key_value(name).into_iter();
    let others = variables.iter().filter(move |(other, _)| plain(other) == meant);
    let all = exact.chain(others.filter(|(other, _)| *other != name).collect::<Vec<_>>());
    all.map(|(name, value)| Variable { name, value }).filter(|variable| !variable.value.trim().is_empty())
}

/// A variable's name without Argo CD's prefix, in upper case.
fn plain(name: &str) -> String {
    let name = name.to_ascii_uppercase();
    name.trim_start_matches(PREFIX).to_owned()
}

fn second_spellings(variables: &BTreeMap<String, String>, name: &str) -> Vec<Error> {
    let mut spellings = spellings(variables, name);
    let Some(first) = spellings.next() else { return Vec::new() };
    let others = spellings.filter(|other| other.value.trim() != first.value.trim());
    let ignored = |other: Variable<'_>| {
        let detail = format!("`{}` has no effect: `{}` counts", other.name, first.name);
        Error::warning(Kind::Setting, detail).hint("set one of them")
    };
    others.map(ignored).collect()
}

/// The warning about a variable that looks like one for a tool and is not. Without Argo CD's prefix it may be another program's.
fn unread(name: &str) -> Option<Error> {
    let (plain, names) = (plain(name), VARIABLES.map(|(name, _)| name.trim_start_matches(PREFIX)));
    let is_tenants = name.to_ascii_uppercase().starts_with(PREFIX);
    if names.contains(&&*plain) {
        return None;
    }
    let hint = match (suggestion::by_edits(&plain, names, TYPOS), parameter(&plain)) {
        (Some(near), _) if is_tenants || suggestion::is_within(&plain, near, 1) => {
            suggestion::did_you_mean(format!("{PREFIX}{near}"))
        }
        _ if !is_tenants => return None,
        (_, Some(parameter)) => format!("the parameter `{parameter}` of the Application is for this"),
        _ if TOOLS.iter().any(|tool| plain.starts_with(tool)) => {
            format!("an Application may set {}, and parameters", list::quoted(names))
        }
        _ => return None,
    };
    Some(Error::warning(Kind::Setting, format!("nothing reads `{name}`")).hint(hint))
}

/// The parameter that has a variable's name: `release-name` for `RELEASE_NAME`.
fn parameter(plain: &str) -> Option<&'static str> {
    let name = plain.trim_start_matches("HELM_").to_ascii_lowercase().replace('_', "-");
    suggestion::by_edits(&name, PARAMETERS.iter().map(|row| row.name), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_variable_counts_in_any_spelling_and_the_exact_one_first() {
        for name in [
            "ARGOCD_ENV_HELM_ARGS",
            "ARGOCD_ENV_helm_args",
            "ARGOCD_ENV_Helm_Args",
            "ARGOCD_ENV_ARGOCD_ENV_HELM_ARGS",
            "ARGOCD_ENV_argocd_env_helm_args",
            "HELM_ARGS",
            "helm_args",
        ] {
            let variables = variables(&[(name, "-f a.yaml"), ("ARGOCD_ENV_HELM_VALUES", "a: 1")]);
            assert_eq!(find(&variables, HELM_WORDS), Some(Variable { name, value: "-f a.yaml" }));
            assert!(warnings(&variables).is_empty());
        }
        let both = variables(&[("ARGOCD_ENV_HELM_ARGS", "exact"), ("ARGOCD_ENV_ARGOCD_ENV_HELM_ARGS", "other")]);
        assert_eq!(find(&both, HELM_WORDS).map(|found| found.value), Some("exact"));
        let blank = variables(&[("ARGOCD_ENV_HELM_ARGS", " "), ("ARGOCD_ENV_helm_args", "other")]);
        assert_eq!(find(&blank, HELM_WORDS).map(|found| found.value), Some("other"));
    }

    #[test]
    fn what_has_no_effect_is_said() {
        let told = |pairs: &[(&str, &str)]| {
            let warnings = warnings(&variables(pairs));
            warnings.iter().map(|one| format!("{one}; {}", one.hint.as_deref().unwrap_or_default())).collect::<Vec<_>>()
        };
        for (name, hint) in [
            ("ARGOCD_ENV_HELM_ARG", "did you mean `ARGOCD_ENV_HELM_ARGS`?"),
            ("ARGOCD_ENV_helm-args", "did you mean `ARGOCD_ENV_HELM_ARGS`?"),
            ("HELM_ARG", "did you mean `ARGOCD_ENV_HELM_ARGS`?"),
            ("helm_value", "did you mean `ARGOCD_ENV_HELM_VALUES`?"),
            ("ARGOCD_ENV_KUSTOMIZE_BUILD_OPTION", "did you mean `ARGOCD_ENV_KUSTOMIZE_BUILD_OPTIONS`?"),
            ("ARGOCD_ENV_RELEASE_NAME", "the parameter `release-name` of the Application is for this"),
            ("ARGOCD_ENV_HELM_RELEASE_NAME", "the parameter `release-name` of the Application is for this"),
            ("ARGOCD_ENV_VALUES_FILE", "the parameter `values-files` of the Application is for this"),
            (
                "ARGOCD_ENV_HELM_TIMEOUT",
                "an Application may set `HELM_ARGS`, `HELM_VALUES`, `KUSTOMIZE_BUILD_OPTIONS`, and parameters",
            ),
        ] {
            assert_eq!(told(&[(name, "x")]), [format!("nothing reads `{name}`; {hint}")]);
            assert_eq!(told(&[(name, " ")]), [""; 0], "{name}");
        }
        for name in ["HELM_BIN", "HELM_NAMESPACE", "RELEASE_NAME", "ARGOCD_ENV_REGION", "ARGOCD_ENV_VAULT_ADDR"] {
            assert_eq!(told(&[(name, "x")]), [""; 0], "{name}");
        }
        let second = "`helm_args` has no effect: `ARGOCD_ENV_HELM_ARGS` counts; set one of them";
        assert_eq!(told(&[("ARGOCD_ENV_HELM_ARGS", "-f a"), ("helm_args", "-f b")]), [second]);
        assert_eq!(told(&[("ARGOCD_ENV_HELM_ARGS", "-f a"), ("helm_args", " -f a ")]), [""; 0]);
    }
}
