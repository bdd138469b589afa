//! Login `userpass`: a user name and a password.

use super::{Ask, Login, mount, part};
use crate::config::Config;
use crate::error::Error;

pub(super) const LOGIN: Login = Login {
    name: "userpass",
    doc: "A user name and a password of Vault's own",
    settings: &["AVP_USERNAME", "AVP_PASSWORD", "AVP_MOUNT_PATH"],
    needs: 2,
    ask,
    hint,
};

/// Path: `/v1/auth/userpass/login/{username}`. Body: `{"password": …}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/userpass#login>
fn ask(config: &Config) -> Result<Ask, Error> {
    let user = part(config, "AVP_USERNAME");
    Ok(Ask::Login {
        mount: mount(config, "AVP_MOUNT_PATH", "userpass")?,
        action: format!("login/{}", user.reveal()),
        body: vec![("password", part(config, "AVP_PASSWORD"))],
    })
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
