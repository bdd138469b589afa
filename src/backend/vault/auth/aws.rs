//! Login `aws`: the AWS identity of this machine, by a signed question of who it is.

use super::role::{self, AUTH_ROLE};
use super::{Login, LoginRequest, MOUNT_PATH, Preparation, TokenSource, mount};
use crate::backend::cloud::aws::GLOBAL;
use crate::config::format::{SEGMENT, TEXT};
use crate::config::table::LoginSettings;
use crate::config::{Key, Role, View};
use crate::error::Error;

const SERVER_ID: Key<String> = Key::new(
    "AVP_AWS_SERVER_ID",
    "the server id that an aws login is signed for, if the mount asks for one (`iam_server_id_header_value`)",
    TEXT,
    "vault.example.com",
    &[Role::Narrowing],
);

const REGION: Key<String> = Key::new(
    "AVP_AWS_REGION",
    "the region of the token service that Vault asks about an aws login (`sts_region`)",
    SEGMENT,
    "eu-central-1",
    &[Role::Narrowing],
)
.default(GLOBAL);

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings {
        names: &["aws"],
        settings: &[&AUTH_ROLE, &SERVER_ID, &REGION, &MOUNT_PATH],
        implied_by: None,
        ambient: Some("AWS identity of this machine"),
    },
    doc: "The AWS identity of this machine or pod (`iam`)",
    needs: &[],
    source,
    cost: "",
    hint,
};

/// Path: `/v1/auth/aws/login`. Body: `{"role": …, "iam_http_request_method": "POST", "iam_request_url": …, …}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/aws#login>
fn source(settings: &View) -> Result<TokenSource, Error> {
    let mount = mount(settings, &MOUNT_PATH, "aws")?;
    let mut request = LoginRequest::new(mount, MOUNT_PATH.name(), role::member(settings)?);
    request.preparation = Some(Preparation::Aws {
        server_id: settings.get(&SERVER_ID).cloned(),
        region: settings.get(&REGION).cloned().unwrap_or_default(),
    });
    Ok(TokenSource::Login(request))
}

fn hint(status: u16, causes: &str) -> Option<&'static str> {
    let has = |text: &str| causes.contains(text);
    match status {
        400 if has("does not belong to the role") => Some(
            "the role is bound to another principal (`bound_iam_principal_arn`): the message names the one of this machine",
        ),
        400 if has("entry for role") => Some("`AVP_AUTH_ROLE` names no role of this mount"),
        400 if has("server_id") || has("server id") || has("X-Vault-AWS-IAM-Server-ID") => Some(
            "`AVP_AWS_SERVER_ID` must be the mount's `iam_server_id_header_value`: `vault read auth/aws/config/client` shows it",
        ),
        400 | 500 if has("sts") || has("STS") || has("InvalidClientTokenId") || has("SignatureDoesNotMatch") => Some(
            "AWS does not take the signature: have the credentials ended, is the region (`AVP_AWS_REGION`) the one that Vault asks, is the clock \
             right?",
        ),
        _ => None,
    }
}
