//! The endpoints of Vault's engines that are more than readings: those that create something, and those that are written to get a secret.
//! A placeholder writes no others: it must not change what Vault holds. Pure.

use super::mount::Mount;
use crate::secret::SecretId;

/// What asking an endpoint does to Vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing: the response is read or computed.
    Nothing,
    /// It makes a lease, a user or a certificate, each time a new one.
    Creates,
}

/// An endpoint of an engine.
struct Endpoint {
    /// The type of its mount.
    engine: &'static str,
    /// Its path below the mount; a `*` is a segment, and the rest if it is the last.
    path: &'static str,
    /// Whether it can be written, with parameters.
    is_written: bool,
    effect: Effect,
}

const fn endpoint(engine: &'static str, path: &'static str, is_written: bool, effect: Effect) -> Endpoint {
    Endpoint { engine, path, is_written, effect }
}

/// The endpoints, by Vault's API documentation of each engine: <https://developer.hashicorp.com/vault/api-docs/secret>
const ENDPOINTS: &[Endpoint] = &[
    endpoint("pki", "issue/*", true, Effect::Creates),
    endpoint("pki", "sign/*", true, Effect::Creates),
    endpoint("pki", "issuer/*/issue/*", true, Effect::Creates),
    endpoint("pki", "issuer/*/sign/*", true, Effect::Creates),
    endpoint("ssh", "issue/*", true, Effect::Creates),
    endpoint("ssh", "sign/*", true, Effect::Creates),
    endpoint("transit", "decrypt/*", true, Effect::Nothing),
    endpoint("kubernetes", "creds/*", true, Effect::Creates),
    endpoint("aws", "creds/*", true, Effect::Creates),
    endpoint("aws", "sts/*", true, Effect::Creates),
    endpoint("aws", "static-creds/*", false, Effect::Nothing),
    endpoint("totp", "code/*", false, Effect::Nothing),
    endpoint("database", "static-creds/*", false, Effect::Nothing),
    endpoint("ldap", "static-cred/*", false, Effect::Nothing),
];

/// The types of engines whose paths can be read without effect, but for those of [`ENDPOINTS`].
const READABLE: [&str; 6] = ["kv", "generic", "cubbyhole", "pki", "ssh", "transit"];

/// Words for endpoints that create something when they are read, for a mount that Vault does not name.
const CREATING: [&str; 7] = ["creds", "sts", "token", "key", "issue", "sign", "role-id"];

/// What reading or writing `path` does to Vault. Where Vault has not named the mount, the path tells.
pub(super) fn effect(mount: Option<&Mount>, path: &str) -> Effect {
    match mount {
        Some(mount) => match (find(mount, path), READABLE.contains(&&*mount.mount_type)) {
            (Some(endpoint), _) => endpoint.effect,
            (None, true) => Effect::Nothing,
            (None, false) => Effect::Creates,
        },
        None if !path.contains("/data/") && path.split('/').any(|segment| CREATING.contains(&segment)) => {
            Effect::Creates
        }
        None => Effect::Nothing,
    }
}

/// The capability that a policy must grant for a reading.
pub(crate) fn capability(id: &SecretId) -> &'static str {
    if id.parameters.is_empty() { "read" } else { "update" }
}

/// Whether `path` is an endpoint that is written to get a secret.
pub(super) fn is_written(mount: &Mount, path: &str) -> bool {
    find(mount, path).is_some_and(|endpoint| endpoint.is_written)
}

/// The endpoints that are written, for people: `pki/issue/*`.
pub(super) fn written() -> impl Iterator<Item = String> {
    ENDPOINTS
        .iter()
        .filter(|endpoint| endpoint.is_written)
        .map(|endpoint| format!("{}/{}", endpoint.engine, endpoint.path))
}

fn find(mount: &Mount, path: &str) -> Option<&'static Endpoint> {
    let rest = path.strip_prefix(&mount.path)?;
    ENDPOINTS.iter().find(|endpoint| endpoint.engine == mount.mount_type && matches(endpoint.path, rest))
}

/// Whether `path` has as many segments as the pattern at least, none of them empty.
fn matches(pattern: &str, path: &str) -> bool {
    let (mut patterns, mut segments) = (pattern.split('/').peekable(), path.split('/'));
    while let Some(pattern) = patterns.next() {
        match (pattern, segments.next()) {
            (_, None | Some("")) => return false,
            ("*", Some(_)) if patterns.peek().is_none() => return true,
            ("*", Some(_)) => {}
            (word, Some(segment)) if word == segment => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(mount_type: &str, path: &str) -> Mount {
        Mount { path: path.to_owned(), mount_type: mount_type.to_owned(), engine: None }
    }

    #[test]
    fn only_endpoints_that_give_a_secret_are_written() {
        for (mount_type, path, written, effect_of_it) in [
            ("pki", "m/issue/web", true, Effect::Creates),
            ("pki", "m/issuer/default/sign/web", true, Effect::Creates),
            ("pki", "m/issuer/default", false, Effect::Nothing),
            ("pki", "m/root/rotate/internal", false, Effect::Nothing),
            ("pki", "m/issue/", false, Effect::Nothing),
            ("pki", "m/cert/ca", false, Effect::Nothing),
            ("ssh", "m/sign/web", true, Effect::Creates),
            ("transit", "m/decrypt/key", true, Effect::Nothing),
            ("transit", "m/keys/key/rotate", false, Effect::Nothing),
            ("kubernetes", "m/creds/app", true, Effect::Creates),
            ("aws", "m/sts/app", true, Effect::Creates),
            ("aws", "m/config/root", false, Effect::Creates),
            ("database", "m/creds/app", false, Effect::Creates),
            ("database", "m/static-creds/app", false, Effect::Nothing),
            ("database", "m/rotate-root/app", false, Effect::Creates),
            ("totp", "m/code/app", false, Effect::Nothing),
            ("kv", "m/creds/app", false, Effect::Nothing),
            ("kv", "m/issue/web", false, Effect::Nothing),
            ("system", "m/leases/revoke", false, Effect::Creates),
            ("token", "m/create", false, Effect::Creates),
            ("own-plugin", "m/issue/web", false, Effect::Creates),
        ] {
            let mount = mount(mount_type, "m/");
            assert_eq!(
                (is_written(&mount, path), effect(Some(&mount), path)),
                (written, effect_of_it),
                "{mount_type} {path}"
            );
        }
        assert!(!is_written(&mount("pki", "a/pki/"), "pki/issue/web"), "it is another mount's");
    }

    #[test]
    fn of_an_unknown_mount_the_path_tells() {
        for (path, expected) in [
            ("database/creds/app", Effect::Creates),
            ("database/static-creds/app", Effect::Nothing),
            ("secret/data/creds", Effect::Nothing),
            ("secret/app", Effect::Nothing),
        ] {
            assert_eq!(effect(None, path), expected, "{path}");
        }
    }
}
