//! Login `approle`: a role id and a secret id.

use super::{Login, LoginRequest, MOUNT_PATH, Member, TokenSource, body_text, mount};
use crate::config::format::SECRET;
use crate::config::table::LoginSettings;
use crate::config::{Key, Role, View};
use crate::error::Error;
use crate::redacted::Redacted;

const ROLE_ID: Key<Redacted> =
    Key::new("AVP_ROLE_ID", "the role id of an AppRole login", SECRET, "1f2d…", &[Role::Credential]).public();

const SECRET_ID: Key<Redacted> =
    Key::new("AVP_SECRET_ID", "the secret id of an AppRole login", SECRET, "9c41…", &[Role::Credential]);

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings { names: &["approle"], settings: &[&ROLE_ID, &SECRET_ID, &MOUNT_PATH], implied_by: None },
    doc: "A role id and a secret id of Vault's AppRole method",
    needs: 2,
    source,
    cost: "if the role limits the uses of a secret id (`secret_id_num_uses`), this took one",
    hint,
};

/// Path: `/v1/auth/approle/login`. Body: `{"role_id": …, "secret_id": …}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/approle#login-with-approle>
fn source(settings: &View) -> Result<TokenSource, Error> {
    Ok(TokenSource::Login(LoginRequest {
        mount: mount(settings, &MOUNT_PATH, "approle")?,
        mount_setting: MOUNT_PATH.name(),
        action: "login".to_owned(),
        body: vec![
            Member::public("role_id", body_text(settings, &ROLE_ID)),
            Member::proof("secret_id", body_text(settings, &SECRET_ID)),
        ],
    }))
}

fn hint(status: u16, _: &str) -> Option<&'static str> {
    (status == 400).then_some("the role id or the secret id is wrong, or the secret id has expired or is used up")
}
