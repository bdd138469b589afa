//! Login `k8s`: the pod's service-account token.

use std::path::PathBuf;

use super::role::{self, AUTH_ROLE, K8S_ROLE, LOCK_ROLE};
use super::{Login, LoginRequest, TokenSource, jwt_of_file, mount};
use crate::config::format::{MOUNT, PATH};
use crate::config::table::LoginSettings;
use crate::config::{Key, Role, View};
use crate::error::Error;

const TOKEN_PATH: Key<PathBuf> = Key::new(
    "AVP_K8S_TOKEN_PATH",
    "the service-account token of a Kubernetes login",
    PATH,
    SERVICE_ACCOUNT_TOKEN,
    &[Role::File, Role::Credential],
)
.default(SERVICE_ACCOUNT_TOKEN);

const MOUNT_PATH: Key<String> = Key::new(
    "AVP_K8S_MOUNT_PATH",
    "where the Kubernetes auth method is mounted",
    MOUNT,
    "auth/kubernetes",
    &[Role::Mount],
)
.fallback(super::MOUNT_PATH.name())
.default("kubernetes");

/// Where Kubernetes puts a pod's service-account token.
pub(super) const SERVICE_ACCOUNT_TOKEN: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// How a pod gets a token. Argo CD's repo-server has none by default.
pub(super) const MOUNT_A_TOKEN: &str = "mount a token into the container: a projected volume with `serviceAccountToken`, as in \
     deploy/argocd/sidecar/repo-server.yaml, and its path in `AVP_K8S_TOKEN_PATH`; or `automountServiceAccountToken: true`";

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings {
        names: &["k8s", "kubernetes"],
        settings: &[&K8S_ROLE, &AUTH_ROLE, &LOCK_ROLE, &TOKEN_PATH, &MOUNT_PATH],
        implied_by: Some(&TOKEN_PATH),
        ambient: None,
    },
    doc: "The pod's service-account token (also called `kubernetes`)",
    needs: &[&[&K8S_ROLE, &AUTH_ROLE]],
    source,
    cost: "",
    hint,
};

/// Path: `/v1/auth/kubernetes/login`. Body: `{"role": …, "jwt": …}`. The file is read anew: Kubernetes rotates it.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/kubernetes#login>
fn source(settings: &View) -> Result<TokenSource, Error> {
    let jwt = jwt_of_file(settings, &TOKEN_PATH, "the service-account token").map_err(mount_a_token)?;
    let body = role::member(settings)?.into_iter().chain([jwt]);
    Ok(TokenSource::Login(LoginRequest::new(mount(settings, &MOUNT_PATH, "kubernetes")?, MOUNT_PATH.name(), body)))
}

/// The error of a token that cannot be read, with the way to mount one.
fn mount_a_token(error: Error) -> Error {
    if error.hint.is_some() { error } else { error.hint(MOUNT_A_TOKEN) }
}

/// For four different causes Vault only says `permission denied`.
fn hint(status: u16, causes: &str) -> Option<&'static str> {
    let has = |text: &str| causes.contains(text);
    match status {
        400 if has("invalid role name") => {
            Some("`AVP_K8S_ROLE` names no role of this mount; where `AVP_AUTH_ROLE` is set, that counts")
        }
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
