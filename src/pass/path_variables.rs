//! The variables of the environment that may stand in paths, as the operator lists them.

use crate::backend;
use crate::config::Config;
use crate::config::table::Secrecy;
use crate::error::{Error, Kind};
use crate::policy::settings::{PATH_VARIABLES, POLICY};
use crate::secret::PathVariables;
use crate::workspace::Workspace;

/// What Argo CD puts before the names of variables that an Application brings.
const OF_TENANTS: &str = "ARGOCD_ENV_";

/// The names of the variables that may stand in paths.
pub(crate) fn names_for_paths(config: &Config) -> Vec<&str> {
    let names = config.get(&PATH_VARIABLES).into_iter().flatten().map(String::as_str);
    names.filter(|name| refusal(config, name).is_none()).collect()
}

/// The variables of these names, with their values.
pub(super) fn path_variables(names: &[&str], workspace: &Workspace) -> PathVariables {
    PathVariables::new(names.iter().copied(), |name| workspace.variables.get(name).cloned())
}

/// Why the setting is wrong, if it is: it names a variable that must not stand in a path.
pub(super) fn flaw(config: &Config) -> Option<Error> {
    let names = config.get(&PATH_VARIABLES)?;
    names.iter().find_map(|name| refusal(config, name))
}

/// Why a variable must not stand in a path, if it must not.
fn refusal(config: &Config, name: &str) -> Option<Error> {
    let setting = PATH_VARIABLES.name();
    let error = |detail: String, hint| Some(Error::new(Kind::Setting, detail).hint(hint));
    match backend::settings().secrecy(name) {
        Some(Secrecy::Secret) => error(
            format!("`{setting}` lists `{name}`, which holds a credential"),
            "paths are shown: name another variable",
        ),
        _ if name.starts_with(OF_TENANTS) && config.get(&POLICY).is_none() => error(
            format!("`{setting}` lists `{name}`, which tenants fill"),
            "it takes a policy file that judges the paths: `AVP_POLICY`",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tenants_fill_takes_a_policy_and_a_credential_is_never_in_a_path() {
        for (names, policy, wrong) in [
            ("ARGOCD_APP_PROJECT_NAME ENVIRONMENT", "", None),
            ("ARGOCD_ENV_STAGE", "", Some("`ARGOCD_ENV_STAGE`, which tenants fill")),
            ("ARGOCD_ENV_STAGE", "/policy.yaml", None),
            ("ENVIRONMENT VAULT_TOKEN", "/policy.yaml", Some("`VAULT_TOKEN`, which holds a credential")),
            ("BAO_TOKEN", "", Some("`BAO_TOKEN`, which holds a credential")),
        ] {
            let config = backend::config_for_test(&[("AVP_PATH_VARIABLES", names), ("AVP_POLICY", policy)]);
            let expected = wrong.map(|wrong| format!("`AVP_PATH_VARIABLES` lists {wrong}"));
            assert_eq!(flaw(&config).map(|error| error.detail), expected, "{names}");
        }
    }
}
