//! Login `userpass`: a user name and a password.

use super::{Login, LoginRequest, MOUNT_PATH, Member, TokenSource, body_text, mount, role};
use crate::config::format::{SECRET, SEGMENT};
use crate::config::table::LoginSettings;
use crate::config::{Key, Role, View};
use crate::error::Error;
use crate::redacted::Redacted;

pub(super) const USERNAME: Key<String> =
    Key::new("AVP_USERNAME", "the user of a userpass or ldap login", SEGMENT, "argocd", &[Role::Identity]);

pub(super) const PASSWORD: Key<Redacted> =
    Key::new("AVP_PASSWORD", "the password of a userpass or ldap login", SECRET, "…", &[Role::Credential]);

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings {
        names: &["userpass"],
        settings: &[&USERNAME, &PASSWORD, &MOUNT_PATH],
        implied_by: None,
        ambient: None,
    },
    doc: "A user name and a password of Vault's own",
    needs: &[&[&USERNAME], &[&PASSWORD]],
    source,
    cost: "",
    hint,
};

/// Path: `/v1/auth/userpass/login/{username}`. Body: `{"password": …}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/userpass#login>
fn source(settings: &View) -> Result<TokenSource, Error> {
    request(settings, "userpass")
}

/// The login of a user with a password at the mount of the settings, else at `default`.
pub(super) fn request(settings: &View, default: &str) -> Result<TokenSource, Error> {
    let user = settings.get(&USERNAME).map_or("", |user| user.trim());
    role::refuse_words(settings, &USERNAME, user)?;
    let body = [Member::proof("password", body_text(settings, &PASSWORD))];
    let mut request = LoginRequest::new(mount(settings, &MOUNT_PATH, default)?, MOUNT_PATH.name(), body);
    request.action = format!("login/{user}");
    Ok(TokenSource::Login(request))
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
