//! Login `gcp`: the service account of a machine or pod of Google Cloud.

use super::role::{self, AUTH_ROLE};
use super::{Login, LoginRequest, MOUNT_PATH, Preparation, TokenSource, mount};
use crate::config::View;
use crate::config::table::LoginSettings;
use crate::error::Error;

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings {
        names: &["gcp"],
        settings: &[&AUTH_ROLE, &MOUNT_PATH],
        implied_by: None,
        ambient: Some("Google Cloud identity of this machine"),
    },
    doc: "The service account of a machine or pod of Google Cloud",
    needs: &[&[&AUTH_ROLE]],
    source,
    cost: "",
    hint: super::jwt::hint,
};

/// Path: `/v1/auth/gcp/login`. Body: `{"role": …, "jwt": …}`; the token is for the audience `vault/{role}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/gcp#login>
fn source(settings: &View) -> Result<TokenSource, Error> {
    let mut request =
        LoginRequest::new(mount(settings, &MOUNT_PATH, "gcp")?, MOUNT_PATH.name(), role::member(settings)?);
    let role = role::name(settings)?.unwrap_or_default();
    request.preparation = Some(Preparation::Gcp { audience: format!("vault/{role}") });
    Ok(TokenSource::Login(request))
}
