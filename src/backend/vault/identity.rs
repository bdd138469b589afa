//! What Vault says of a token: whose it is, what it may do, and how long it lives. Pure.

use std::time::Duration;

use super::member::{names, text};
use crate::redacted::Redacted;
use crate::value::Value;

/// Whom Vault takes a token's user for. It stays the same when a credential rotates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TokenIdentity {
    /// The login's name.
    pub(super) method: &'static str,
    /// The mount of the login; empty for a token that no login of ours got.
    pub(super) mount: String,
    /// The role, the user or the certificate that the login names; empty if it names none.
    pub(super) role: String,
    /// The id of the entity; empty for a token without one.
    pub(super) entity: String,
    /// The names of the policies, of the token and of its entity, sorted.
    pub(super) policies: Vec<String>,
}

/// The facts about a token that a login's response and `auth/token/lookup-self` tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TokenFacts {
    /// The token's other name, by which it can be looked up and revoked.
    pub(super) accessor: Option<Redacted>,
    /// The id of the entity that it belongs to.
    pub(super) entity: Option<String>,
    /// The role, the user or the certificate for which it was given.
    pub(super) role: Option<String>,
    /// The names of its policies and of its entity's, sorted.
    pub(super) policies: Vec<String>,
    /// `service` or `batch`.
    pub(super) token_type: Option<String>,
    pub(super) is_renewable: bool,
    /// How long it lives; `None` is without end.
    pub(super) life: Option<Duration>,
    /// How often it may be used; `None` is without limit.
    pub(super) uses: Option<u64>,
}

/// The members of a login's metadata that say for which role it was, the first one that is there counts.
const ROLES: [&str; 4] = ["role", "role_name", "cert_name", "username"];

impl TokenIdentity {
    /// The identity of the login `method` at `mount` with a token of these facts.
    pub(super) fn new(method: &'static str, mount: &str, facts: &TokenFacts) -> Self {
        Self {
            method,
            mount: mount.to_owned(),
            role: facts.role.clone().unwrap_or_default(),
            entity: facts.entity.clone().unwrap_or_default(),
            policies: facts.policies.clone(),
        }
    }

    /// The identity as texts, for a key: always in the same order, the policies last.
    pub(super) fn parts(&self) -> Vec<&str> {
        let named = [self.method, &self.mount, &self.role, &self.entity];
        named.into_iter().chain(self.policies.iter().map(String::as_str)).collect()
    }
}

impl TokenFacts {
    /// The facts in the member `auth` of a response to a login.
    pub(super) fn of_login(auth: &Value) -> Self {
        Self::of(auth, "metadata", "token_type", "lease_duration")
    }

    /// The facts in the member `data` of a response to `auth/token/lookup-self`.
    pub(super) fn of_itself(data: &Value) -> Self {
        Self::of(data, "meta", "type", "ttl")
    }

    fn of(map: &Value, metadata: &str, token_type: &str, life: &str) -> Self {
        let named = |name: &str| map.get(name).and_then(text).filter(|text| !text.is_empty());
        let role = map.get(metadata).and_then(|meta| ROLES.iter().find_map(|name| text(meta.get(name)?)));
        let mut policies = [names(map, "policies"), names(map, "identity_policies")].concat();
        policies.sort_unstable();
        policies.dedup();
        Self {
            accessor: named("accessor").map(Redacted::new),
            entity: named("entity_id"),
            role,
            policies,
            token_type: named(token_type),
            is_renewable: map.get("renewable") == Some(&Value::Bool(true)),
            // A number that cannot be read becomes one second, or one use: such a token is not kept.
            life: limit(map, life).map(Duration::from_secs),
            uses: limit(map, "num_uses"),
        }
    }
}

/// The limit under `key`; `None` if it is 0 or not there. A limit that cannot be read is 1.
fn limit(map: &Value, key: &str) -> Option<u64> {
    match map.get(key) {
        None | Some(Value::Null) => None,
        Some(value) => Some(text(value).and_then(|text| text.parse().ok()).unwrap_or(1)).filter(|limit| *limit > 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        Value::from_json(json.as_bytes()).unwrap()
    }

    #[test]
    fn a_login_and_a_look_up_tell_the_same() {
        let login = value(
            r#"{"client_token":"t","accessor":"a","policies":["default","team"],"token_policies":["default"],"identity_policies":["team"],
                "metadata":{"role":"app","service_account_name":"argocd"},"lease_duration":60,"renewable":true,"entity_id":"e",
                "token_type":"service","num_uses":0}"#,
        );
        let itself = value(
            r#"{"id":"t","accessor":"a","policies":["default"],"identity_policies":["team"],"meta":{"role":"app"},"ttl":60,
                "renewable":true,"entity_id":"e","type":"service","num_uses":0}"#,
        );
        let facts = TokenFacts::of_login(&login);
        assert_eq!(facts, TokenFacts::of_itself(&itself));
        let identity = TokenIdentity::new("k8s", "auth/kubernetes", &facts);
        assert_eq!(identity.parts(), ["k8s", "auth/kubernetes", "app", "e", "default", "team"]);
    }

    #[test]
    fn the_role_is_what_the_method_calls_it_and_a_limit_that_cannot_be_read_is_one() {
        for (meta, role) in [
            (r#"{"role_name":"app"}"#, Some("app")),
            (r#"{"username":"ann","policies":"x"}"#, Some("ann")),
            (r#"{"cert_name":"web","common_name":"x"}"#, Some("web")),
            ("null", None),
        ] {
            let facts = TokenFacts::of_itself(&value(&format!(r#"{{"meta":{meta},"ttl":"x","num_uses":0}}"#)));
            assert_eq!(facts.role.as_deref(), role, "{meta}");
            assert_eq!((facts.life, facts.uses), (Some(Duration::from_secs(1)), None));
        }
    }
}
