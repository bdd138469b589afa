//! Login `userpass`: a user name and a password.

use super::{Login, LoginRequest, MOUNT_PATH, Member, TokenSource, body_text, mount};
use crate::config::format::{SECRET, SEGMENT};
use crate::config::table::LoginSettings;
use crate::config::{Key, Role, View};
use crate::error::Error;
use crate::redacted::Redacted;

pub(super) const USERNAME: Key<String> =
    Key::new("AVP_USERNAME", "the user of a userpass login", SEGMENT, "argocd", &[Role::Identity]);

pub(super) const PASSWORD: Key<Redacted> =
    Key::new("AVP_PASSWORD", "the password of a userpass login", SECRET, "…", &[Role::Credential]);

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings { names: &["userpass"], settings: &[&USERNAME, &PASSWORD, &MOUNT_PATH], implied_by: None },
    doc: "A user name and a password of Vault's own",
    needs: 2,
    source,
    cost: "",
    hint,
};

/// Path: `/v1/auth/userpass/login/{username}`. Body: `{"password": …}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/userpass#login>
fn source(settings: &View) -> Result<TokenSource, Error> {
    let user = settings.get(&USERNAME).map_or("", |user| user.trim());
    Ok(TokenSource::Login(LoginRequest {
        mount: mount(settings, &MOUNT_PATH, "userpass")?,
        mount_setting: MOUNT_PATH.name(),
        action: format!("login/{user}"),
        body: vec![Member::proof("password", body_text(settings, &PASSWORD))],
    }))
}

fn hint(status: u16, _: &str) -> Option<&'static str> {
    match status {
        400 => {
            Some("the user name or the password is wrong; after a few failures Vault locks the user for some minutes")
        }
        403 => Some(
            "the user is locked, or may not log in: after a few wrong passwords Vault locks a user for some minutes",
        ),
        _ => None,
    }
}
