//! The settings of a policy. Knows no store: the row of a store names the settings that concern it.

use std::path::PathBuf;

use crate::config::format::{LIST, NAMESPACE as NAMESPACE_FORMAT, PATH, REGEX};
use crate::config::{AnyKey, Key, Pattern, Role};

/// The name of the setting that has the role of a login.
pub(crate) const AUTH_ROLE: &str = "AVP_AUTH_ROLE";

/// The operator's rules.
pub(crate) const POLICY: Key<PathBuf> = Key::new(
    "AVP_POLICY",
    "the policy file: who may read what, as whom, and how much; unset, the login's own policies decide",
    PATH,
    "/etc/vault-render/policy.yaml",
    &[Role::Narrowing],
)
.early();

/// Which paths may be read.
pub(crate) const PATH_VALIDATION: Key<Pattern> = Key::new(
    "AVP_PATH_VALIDATION",
    "a path that this does not match is refused",
    REGEX,
    "^secret/data/team-a/",
    &[Role::Narrowing],
);

/// Which of Vault's own paths tenants may name.
pub(crate) const SYSTEM_PATHS: Key<Vec<String>> = Key::new(
    "AVP_SYSTEM_PATHS",
    "Vault's own paths that a tenant's placeholders may name, as prefixes; unset, none below `auth`, `sys`, `identity`, \
     `cubbyhole` and `audit`",
    LIST,
    "identity/oidc/token/",
    &[Role::Narrowing],
);

/// The Vault namespace of the operator.
pub(crate) const NAMESPACE: Key<String> = Key::new(
    "VAULT_NAMESPACE",
    "the Vault namespace of the login and of every path",
    NAMESPACE_FORMAT,
    "team-a",
    &[Role::Mount],
);

/// The variables of the environment that may stand in paths.
pub(crate) const PATH_VARIABLES: Key<Vec<String>> = Key::new(
    "AVP_PATH_VARIABLES",
    "variables of the environment that a path may name as `${NAME}`; those that tenants fill, `ARGOCD_ENV_*`, only with `AVP_POLICY`",
    LIST,
    "ARGOCD_APP_PROJECT_NAME",
    &[Role::Narrowing],
)
.early();

/// The settings that concern every store.
pub(crate) const SETTINGS: &[&dyn AnyKey] = &[&POLICY, &PATH_VALIDATION, &PATH_VARIABLES];
