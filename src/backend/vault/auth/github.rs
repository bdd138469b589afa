//! Login `github`: a personal access token.

use super::{Ask, Login, mount, part};
use crate::config::Config;
use crate::error::Error;

pub(super) const LOGIN: Login = Login {
    name: "github",
    doc: "A GitHub personal access token",
    settings: &["AVP_GITHUB_TOKEN", "AVP_MOUNT_PATH"],
    needs: 1,
    ask,
    hint,
};

/// Path: `/v1/auth/github/login`. Body: `{"token": …}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/github#login>
fn ask(config: &Config) -> Result<Ask, Error> {
    Ok(Ask::Login {
        mount: mount(config, "AVP_MOUNT_PATH", "github")?,
        action: "login".to_owned(),
        body: vec![("token", part(config, "AVP_GITHUB_TOKEN"))],
    })
}

/// Vault passes on GitHub's refusal as a failure of its own.
fn hint(status: u16, causes: &str) -> Option<&'static str> {
    match status {
        500 if causes.contains("401") => {
            Some("GitHub does not know the token of `AVP_GITHUB_TOKEN`: it is wrong, or has expired")
        }
        400 | 403 => Some("is the token's user in the organisation and the teams that the mount asks for?"),
        _ => None,
    }
}
