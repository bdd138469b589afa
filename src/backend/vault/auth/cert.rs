//! Login `cert`: the certificate that TLS shows to Vault.

use super::super::settings::{CLIENT_CERT, CLIENT_KEY};
use super::role::{self, AUTH_ROLE};
use super::{Login, LoginRequest, MOUNT_PATH, Member, TokenSource, mount};
use crate::config::View;
use crate::config::table::LoginSettings;
use crate::error::Error;
use crate::redacted::Redacted;
use crate::setting_file;

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings {
        names: &["cert"],
        settings: &[&CLIENT_CERT, &CLIENT_KEY, &AUTH_ROLE, &MOUNT_PATH],
        implied_by: None,
        ambient: None,
    },
    doc: "The certificate that TLS shows to Vault",
    needs: &[&[&CLIENT_CERT], &[&CLIENT_KEY]],
    source,
    cost: "",
    hint,
};

/// Path: `/v1/auth/cert/login`. Body: `{"name": …}`, the role, or nothing: then Vault tries every role.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/cert#login-with-tls-certificate-method>
fn source(settings: &View) -> Result<TokenSource, Error> {
    let name = role::name(settings)?.map(|name| Member::public("name", Redacted::new(name)));
    let mut request = LoginRequest::new(mount(settings, &MOUNT_PATH, "cert")?, MOUNT_PATH.name(), name);
    for key in [&CLIENT_CERT, &CLIENT_KEY] {
        let pem = setting_file::read(settings, key)?.unwrap_or_default();
        request.kept_by.push(Redacted::new(String::from_utf8_lossy(&pem)));
    }
    Ok(TokenSource::Login(request))
}

fn hint(status: u16, causes: &str) -> Option<&'static str> {
    let has = |text: &str| causes.contains(text);
    match status {
        400 if has("must be supplied") || has("no client certificate") => Some(
            "Vault saw no certificate: `VAULT_ADDR` must be `https://`, nothing in between may end TLS, and the listener must ask for one",
        ),
        400 | 403 => Some(
            "no role of the mount trusts this certificate: `vault read auth/cert/certs/ROLE` shows the authority and the names that it takes",
        ),
        _ => None,
    }
}
