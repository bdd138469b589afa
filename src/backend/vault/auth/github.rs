//! Login `github`: a personal access token.

use super::{Login, LoginRequest, MOUNT_PATH, Member, TokenSource, body_text, mount};
use crate::config::format::SECRET;
use crate::config::table::LoginSettings;
use crate::config::{Key, Role, View};
use crate::error::Error;
use crate::redacted::Redacted;

const TOKEN: Key<Redacted> =
    Key::new("AVP_GITHUB_TOKEN", "the personal access token of a GitHub login", SECRET, "ghp_…", &[Role::Credential]);

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings { names: &["github"], settings: &[&TOKEN, &MOUNT_PATH], implied_by: None, ambient: None },
    doc: "A GitHub personal access token",
    needs: &[&[&TOKEN]],
    source,
    cost: "",
    hint,
};

/// Path: `/v1/auth/github/login`. Body: `{"token": …}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/github#login>
fn source(settings: &View) -> Result<TokenSource, Error> {
    let body = [Member::proof("token", body_text(settings, &TOKEN))];
    Ok(TokenSource::Login(LoginRequest::new(mount(settings, &MOUNT_PATH, "github")?, MOUNT_PATH.name(), body)))
}

/// Vault passes GitHub's refusal on with a status of its own.
fn hint(status: u16, causes: &str) -> Option<&'static str> {
    match status {
        500 if causes.contains("401") => {
            Some("GitHub does not know the token of `AVP_GITHUB_TOKEN`: it is wrong, or has expired")
        }
        400 | 403 => Some("is the token's user in the organisation and the teams that the mount asks for?"),
        _ => None,
    }
}
