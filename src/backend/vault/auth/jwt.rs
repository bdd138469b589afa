//! Login `jwt`: a signed token of an identity provider, such as a CI system or a Kubernetes cluster.

use std::path::PathBuf;

use super::kubernetes::SERVICE_ACCOUNT_TOKEN;
use super::role::{self, AUTH_ROLE};
use super::{Login, LoginRequest, MOUNT_PATH, Member, TokenSource, body_text, jwt_of_file, mount};
use crate::config::format::{PATH, SECRET};
use crate::config::table::LoginSettings;
use crate::config::{Key, Role, View};
use crate::error::Error;
use crate::redacted::Redacted;

const JWT: Key<Redacted> = Key::new(
    "AVP_JWT",
    "the token of a jwt login; unset, what `AVP_JWT_FILE` holds",
    SECRET,
    "eyJ…",
    &[Role::Credential],
);

const JWT_FILE: Key<PathBuf> = Key::new(
    "AVP_JWT_FILE",
    "a file with the token of a jwt login",
    PATH,
    "/var/run/secrets/tokens/vault",
    &[Role::File, Role::Credential],
)
.default(SERVICE_ACCOUNT_TOKEN)
.superseded_by(JWT.name());

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings {
        names: &["jwt"],
        settings: &[&AUTH_ROLE, &JWT, &JWT_FILE, &MOUNT_PATH],
        implied_by: None,
        ambient: None,
    },
    doc: "A signed token of an identity provider: a CI system's, or the pod's own",
    needs: &[],
    source,
    cost: "",
    hint,
};

/// Path: `/v1/auth/jwt/login`. Body: `{"role": …, "jwt": …}`; without a role the mount's `default_role` counts.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/jwt#jwt-login>
fn source(settings: &View) -> Result<TokenSource, Error> {
    let jwt = match settings.get(&JWT) {
        Some(_) => Member::proof("jwt", body_text(settings, &JWT)),
        None => jwt_of_file(settings, &JWT_FILE, "the token")?,
    };
    let body = role::member(settings)?.into_iter().chain([jwt]);
    Ok(TokenSource::Login(LoginRequest::new(mount(settings, &MOUNT_PATH, "jwt")?, MOUNT_PATH.name(), body)))
}

/// Vault says 400 to all of them.
pub(super) fn hint(status: u16, causes: &str) -> Option<&'static str> {
    let has = |text: &str| causes.contains(text);
    match status {
        400 if has("missing role") => Some("set `AVP_AUTH_ROLE`: the mount has no `default_role`"),
        400 if has("role") && has("could not be found") => Some("`AVP_AUTH_ROLE` names no role of this mount"),
        400 if has("aud") => Some("the token is for another audience than the role's (`bound_audiences`)"),
        400 if has("expired") || has("exp)") => {
            Some("the token has expired: the file must be renewed, or the job must get a new one")
        }
        400 if has("sub") || has("claim") => {
            Some("the token's claims are not those of the role (`bound_subject`, `bound_claims`, `user_claim`)")
        }
        400 if has("signature") || has("verifying token") => {
            Some("the mount does not know who signed the token: `vault read auth/jwt/config` shows whom it trusts")
        }
        403 => Some("the role may not be used from this address (`token_bound_cidrs`), or there is no such mount"),
        _ => None,
    }
}
