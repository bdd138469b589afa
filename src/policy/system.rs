//! Paths that are Vault's own: no secrets engine can be mounted there, and what they answer is no secret. Pure.

use super::settings::SYSTEM_PATHS;
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::secret::normalise;

/// The first segments of Vault's own paths. Vault tells letter case apart: `Auth` can be a mount.
const SEGMENTS: [&str; 5] = ["auth", "sys", "identity", "cubbyhole", "audit"];

/// The types of mounts, as answers name them, that are there in every Vault and hold no secrets of users'. In a namespace that is
/// not the root they begin with `ns_`.
const TYPES: [&str; 4] = ["token", "system", "identity", "cubbyhole"];

/// Which of Vault's own paths may be read.
#[derive(Clone, Debug)]
pub(super) struct SystemPaths {
    /// The prefixes of `AVP_SYSTEM_PATHS`; `None` if there is no tenant to keep away, or no Vault to keep them from.
    allowed: Option<Vec<String>>,
}

impl SystemPaths {
    pub(super) fn of(config: &Config) -> Self {
        let prefixes = config.get(&SYSTEM_PATHS).into_iter().flatten().filter_map(|prefix| normalise(prefix));
        let is_guarded = config.has_tenant() && config.is_read(&SYSTEM_PATHS);
        let allowed = is_guarded.then(|| prefixes.filter(|prefix| !prefix.is_empty()).collect());
        Self { allowed }
    }

    /// Why a path may not be read because of its first segment, if it may not.
    pub(super) fn refuse(&self, path: &str) -> Option<Error> {
        let first = path.split('/').next().unwrap_or_default();
        (SEGMENTS.contains(&first) && self.guard(path)).then(|| refusal(path))
    }

    /// Why what came from `path` may not be passed on because of the type of its mount, if it may not.
    pub(super) fn refuse_type(&self, path: &str, mount_type: &str) -> Option<Error> {
        let plain = mount_type.strip_prefix("ns_").unwrap_or(mount_type);
        (TYPES.contains(&plain) && self.guard(path)).then(|| refusal(path))
    }

    /// Why what came from `path` may not be passed on because of where its mount is, if it may not. `None` is an unknown mount.
    pub(super) fn refuse_mount(&self, path: &str, mount: Option<&str>) -> Option<Error> {
        let is_system = mount.is_none_or(|mount| mount.split('/').any(|segment| SEGMENTS.contains(&segment)));
        (is_system && self.may_be_hidden(path)).then(|| refusal(path))
    }

    /// Whether one of Vault's own paths may follow a namespace in `path`: `team-a/auth/token/lookup-self`.
    /// Whether `team-a` is a namespace or a mount, only Vault knows.
    pub(super) fn may_be_hidden(&self, path: &str) -> bool {
        path.split('/').any(|segment| SEGMENTS.contains(&segment)) && self.guard(path)
    }

    /// Whether the operator keeps `path` from tenants, should it be one of Vault's own.
    fn guard(&self, path: &str) -> bool {
        let is_below = |prefix: &String| {
            path.strip_prefix(prefix.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.allowed.as_ref().is_some_and(|prefixes| !prefixes.iter().any(is_below))
    }
}

fn refusal(path: &str) -> Error {
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
            assert_eq!(paths(&[TENANT]).refuse(path).is_some(), own, "{path}");
            assert!(paths(&[]).refuse(path).is_none(), "{path}: there is no tenant");
            assert!(paths(&[TENANT, ("AVP_TYPE", "file")]).refuse(path).is_none(), "{path}: there is no Vault");
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
            assert_eq!(paths.refuse(path).is_some(), refused, "{allowed} {path}");
            assert_eq!(paths.refuse_type(path, "identity").is_some(), refused, "{allowed} {path}");
        }
    }

    #[test]
    fn a_namespace_in_front_hides_nothing() {
        let paths = paths(&[TENANT]);
        for (mount_type, own) in
            [("token", true), ("ns_token", true), ("ns_system", true), ("kv", false), ("tokens", false)]
        {
            assert_eq!(paths.refuse_type("team-a/auth/token/lookup-self", mount_type).is_some(), own, "{mount_type}");
        }
        for (path, mount, refused) in [
            ("team-a/auth/approle/role/web/role-id", Some("auth/approle/"), true),
            ("team-a/auth/approle/role/web/role-id", Some("team-a/auth/approle/"), true),
            ("team-a/sys/health", None, true),
            ("secret/auth/app", Some("secret/"), false),
            ("secret/app", None, false),
        ] {
            assert_eq!(paths.refuse_mount(path, mount).is_some(), refused, "{path} {mount:?}");
        }
    }

    #[test]
    fn a_tenant_does_not_allow_themselves() {
        let settings = [TENANT, ("ARGOCD_ENV_AVP_SYSTEM_PATHS", "auth/"), ("AVP_TYPE", "vault")];
        assert!(paths(&settings).refuse("auth/token/lookup-self").is_some());
        let settings = [&settings[..], &[("AVP_TENANT_SETTINGS", "AVP_SYSTEM_PATHS")]].concat();
        assert!(paths(&settings).refuse("auth/token/lookup-self").is_none());
    }
}
