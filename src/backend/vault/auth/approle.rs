//! Login `approle`: a role id and a secret id.

use super::{Ask, Login, mount, part};
use crate::config::Config;
use crate::error::Error;

pub(super) const LOGIN: Login = Login {
    name: "approle",
    doc: "A role id and a secret id of Vault's AppRole method",
    settings: &["AVP_ROLE_ID", "AVP_SECRET_ID", "AVP_MOUNT_PATH"],
    needs: 2,
    ask,
    hint,
};

/// Path: `/v1/auth/approle/login`. Body: `{"role_id": …, "secret_id": …}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/approle#login-with-approle>
fn ask(config: &Config) -> Result<Ask, Error> {
    Ok(Ask::Login {
        mount: mount(config, "AVP_MOUNT_PATH", "approle")?,
        action: "login".to_owned(),
        body: vec![("role_id", part(config, "AVP_ROLE_ID")), ("secret_id", part(config, "AVP_SECRET_ID"))],
    })
}

fn hint(status: u16, _: &str) -> Option<&'static str> {
    (status == 400).then_some("the role id or the secret id is wrong, or the secret id has expired or is used up")
}
