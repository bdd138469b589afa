//! Vault's own paths: no secrets engine can be mounted there, and reading them gives no secret. Pure.

use super::settings::SYSTEM_PATHS;
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::secret::normalise;

/// The first segments of Vault's own paths. Vault tells letter case apart: `Auth` can be a mount.
const SEGMENTS: [&str; 5] = ["auth", "sys", "identity", "cubbyhole", "audit"];

/// The types of the mounts that every Vault has and that hold no secrets of users, as responses name them. In a namespace other than
/// the root they begin with `ns_`.
const TYPES: [&str; 4] = ["token", "system", "identity", "cubbyhole"];

/// Which of Vault's own paths may be read.
#[derive(Clone, Debug)]
pub(super) struct SystemPaths {
    /// The prefixes of `AVP_SYSTEM_PATHS`; `None` allows everything, as there is no tenant or no Vault.
    allowed: Option<Vec<String>>,
}

impl SystemPaths {
    pub(super) fn of(config: &Config) -> Self {
        let prefixes = config.get(&SYSTEM_PATHS).into_iter().flatten().filter_map(|prefix| normalise(prefix));
        let is_guarded = config.has_tenant() && config.is_read(&SYSTEM_PATHS);
        let allowed = is_guarded.then(|| prefixes.filter(|prefix| !prefix.is_empty()).collect());
        Self { allowed }
    }

    /// Why a path may not be read, if it may not: its first segment is one of Vault's own.
    pub(super) fn refusal(&self, path: &str) -> Option<Error> {
        let first = path.split('/').next().unwrap_or_default();
        (SEGMENTS.contains(&first) && self.is_guarded(path)).then(|| refused(path))
    }

    /// Why a secret from `path` may not be passed on, if it may not: the type of its mount is one of Vault's own.
    pub(super) fn type_refusal(&self, path: &str, mount_type: &str) -> Option<Error> {
        let plain = mount_type.strip_prefix("ns_").unwrap_or(mount_type);
        (TYPES.contains(&plain) && self.is_guarded(path)).then(|| refused(path))
    }

    /// Why a secret from `path` may not be passed on, if it may not: its mount is one of Vault's own, or unknown (`None`).
    pub(super) fn mount_refusal(&self, path: &str, mount: Option<&str>) -> Option<Error> {
        let is_system = mount.is_none_or(|mount| mount.split('/').any(|segment| SEGMENTS.contains(&segment)));
        (is_system && self.may_be_hidden(path)).then(|| refused(path))
    }

    /// Whether one of Vault's own paths may follow a namespace in `path`, as in `team-a/auth/token/lookup-self`: only Vault knows whether
    /// `team-a` is a namespace or a mount.
    pub(super) fn may_be_hidden(&self, path: &str) -> bool {
        path.split('/').any(|segment| SEGMENTS.contains(&segment)) && self.is_guarded(path)
    }

    /// Whether tenants may not read `path` if it is one of Vault's own.
    fn is_guarded(&self, path: &str) -> bool {
        let is_below = |prefix: &String| {
            path.strip_prefix(prefix.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.allowed.as_ref().is_some_and(|prefixes| !prefixes.iter().any(is_below))
    }
}

fn refused(path: &str) -> Error {
    let folder = path.rsplit_once('/').map_or(path, |(folder, _)| folder);
    Error::new(Kind::Denied, format!("`{path}` is one of Vault's own paths, where manifests find no secrets"))
        .hint(format!("the operator can allow tenants such paths by prefix: `AVP_SYSTEM_PATHS={folder}/`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(settings: &[(&str, &str)]) -> SystemPaths {
        SystemPaths::of(&crate::backend::config_for_test(settings))
    }

    const TENANT: (&str, &str) = ("ARGOCD_APP_NAME", "app");

    #[test]
    fn vaults_own_paths_are_not_for_tenants() {
        for (path, own) in [
            ("auth/token/lookup-self", true),
            ("auth", true),
            ("sys/internal/ui/mounts", true),
            ("sys/wrapping/lookup", true),
            ("identity/oidc/token/web", true),
            ("cubbyhole/response", true),
            ("audit/x", true),
            ("authz/data/app", false),
            ("Auth/token/lookup-self", false),
            ("auth%2ftoken/lookup-self", false),
            ("system/data/app", false),
            ("secret/data/auth/app", false),
            ("v1/auth/token/lookup-self", false),
        ] {
            assert_eq!(paths(&[TENANT]).refusal(path).is_some(), own, "{path}");
            assert!(paths(&[]).refusal(path).is_none(), "{path}: there is no tenant");
            assert!(paths(&[TENANT, ("AVP_TYPE", "file")]).refusal(path).is_none(), "{path}: there is no Vault");
        }
    }

    #[test]
    fn the_operator_allows_prefixes_that_end_at_a_segment() {
        for (allowed, path, refused) in [
            ("identity/oidc/token/", "identity/oidc/token/web", false),
            ("identity/oidc/token", "identity/oidc/token/web", false),
            ("identity/oidc/token/", "identity/oidc/tokens/web", true),
            ("identity/oidc/token/", "identity/oidc", true),
            ("//identity/./oidc/x/../", "identity/oidc/token/web", false),
            ("sys/health, identity/oidc/token/", "identity/oidc/token/web", false),
            ("/", "identity/oidc/token/web", true),
            ("../identity", "identity/oidc/token/web", true),
            ("*", "identity/oidc/token/web", true),
        ] {
            let paths = paths(&[TENANT, ("AVP_SYSTEM_PATHS", allowed)]);
            assert_eq!(paths.refusal(path).is_some(), refused, "{allowed} {path}");
            assert_eq!(paths.type_refusal(path, "identity").is_some(), refused, "{allowed} {path}");
        }
    }

    #[test]
    fn a_namespace_in_front_hides_nothing() {
        let paths = paths(&[TENANT]);
        for (mount_type, own) in
            [("token", true), ("ns_token", true), ("ns_system", true), ("kv", false), ("tokens", false)]
        {
            assert_eq!(paths.type_refusal("team-a/auth/token/lookup-self", mount_type).is_some(), own, "{mount_type}");
        }
        for (path, mount, refused) in [
            ("team-a/auth/approle/role/web/role-id", Some("auth/approle/"), true),
            ("team-a/auth/approle/role/web/role-id", Some("team-a/auth/approle/"), true),
            ("team-a/sys/health", None, true),
            ("secret/auth/app", Some("secret/"), false),
            ("secret/app", None, false),
        ] {
            assert_eq!(paths.mount_refusal(path, mount).is_some(), refused, "{path} {mount:?}");
        }
    }

    #[test]
    fn a_tenant_does_not_allow_themselves() {
        let settings = [TENANT, ("ARGOCD_ENV_AVP_SYSTEM_PATHS", "auth/"), ("AVP_TYPE", "vault")];
        assert!(paths(&settings).refusal("auth/token/lookup-self").is_some());
        let settings = [&settings[..], &[("AVP_TENANT_SETTINGS", "AVP_SYSTEM_PATHS")]].concat();
        assert!(paths(&settings).refusal("auth/token/lookup-self").is_none());
    }
}
