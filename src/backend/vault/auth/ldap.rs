//! Login `ldap`: a user name and a password of a directory.

use super::userpass::{PASSWORD, USERNAME, request};
use super::{Login, MOUNT_PATH, TokenSource};
use crate::config::View;
use crate::config::table::LoginSettings;
use crate::error::Error;

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings {
        names: &["ldap"],
        settings: &[&USERNAME, &PASSWORD, &MOUNT_PATH],
        implied_by: None,
        ambient: None,
    },
    doc: "A user name and a password of an LDAP directory",
    needs: &[&[&USERNAME], &[&PASSWORD]],
    source,
    cost: "",
    hint,
};

/// Path: `/v1/auth/ldap/login/{username}`. Body: `{"password": …}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/ldap#login-with-ldap-user>
fn source(settings: &View) -> Result<TokenSource, Error> {
    request(settings, "ldap")
}

/// Of a directory that is out of reach Vault only says where it has tried to connect.
fn hint(status: u16, causes: &str) -> Option<&'static str> {
    match status {
        400 => Some("the user name or the password is wrong; a directory may lock the user after a few failures"),
        500 if causes.contains("connect") || causes.contains("LDAP") => Some(
            "Vault cannot reach the directory, or may not search it: `vault read auth/ldap/config` shows its settings",
        ),
        _ => None,
    }
}
