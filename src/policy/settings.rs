//! The settings of a policy. Knows no store: the row of a store names the settings that concern it.

use crate::config::format::{LIST, NAMESPACE as NAMESPACE_FORMAT, REGEX};
use crate::config::{AnyKey, Key, Pattern, Role};

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

/// The settings that concern every store.
pub(crate) const SETTINGS: &[&dyn AnyKey] = &[&PATH_VALIDATION];
