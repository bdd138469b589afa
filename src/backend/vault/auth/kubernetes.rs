//! Login `k8s`: the pod's service-account token.

use super::{Ask, Login, mount, part};
use crate::client::{Hidden, file};
use crate::config::Config;
use crate::error::{Error, Kind};

pub(super) const LOGIN: Login = Login {
    name: "k8s",
    doc: "The pod's service-account token (also called `kubernetes`)",
    settings: &["AVP_K8S_ROLE", "AVP_K8S_MOUNT_PATH", "AVP_K8S_TOKEN_PATH"],
    needs: 1,
    ask,
    hint,
};

/// Path: `/v1/auth/kubernetes/login`. Body: `{"role": …, "jwt": …}`. The file is read anew: Kubernetes rotates it.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/kubernetes#login>
fn ask(config: &Config) -> Result<Ask, Error> {
    let jwt = file::read(config, "AVP_K8S_TOKEN_PATH")?.unwrap_or_default();
    let jwt = std::str::from_utf8(&jwt).unwrap_or_default().trim();
    if jwt.is_empty() {
        return Err(Error::new(Kind::Setting, "the service-account token of `AVP_K8S_TOKEN_PATH` is empty"));
    }
    Ok(Ask::Login {
        mount: mount(config, "AVP_K8S_MOUNT_PATH", "kubernetes")?,
        action: "login".to_owned(),
        body: vec![("role", part(config, "AVP_K8S_ROLE")), ("jwt", Hidden::new(jwt))],
    })
}

/// Vault says no more than `permission denied` for four different causes.
fn hint(status: u16, causes: &str) -> Option<&'static str> {
    let has = |text: &str| causes.contains(text);
    match status {
        400 if has("invalid role name") => Some("`AVP_K8S_ROLE` names no role of this mount"),
        403 if has("service account name") => {
            Some("the role is bound to another service account (`bound_service_account_names`)")
        }
        403 if has("namespace not authorized") => {
            Some("the role is bound to another namespace (`bound_service_account_namespaces`)")
        }
        403 if has("audience") => Some("the token is for another audience than the role's (`audience`)"),
        403 => Some(
            "four causes look alike here: the token is broken or expired, its service account was deleted, Vault's own account \
             may not review tokens (`system:auth-delegator`), or Vault cannot reach the Kubernetes API",
        ),
        _ => None,
    }
}
