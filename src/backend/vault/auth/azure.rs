//! Login `azure`: the managed identity of a machine of Azure.

use super::role::{self, AUTH_ROLE};
use super::{Login, LoginRequest, MOUNT_PATH, Preparation, TokenSource, mount};
use crate::config::format::TEXT;
use crate::config::table::LoginSettings;
use crate::config::{Key, Role, View};
use crate::error::Error;

const RESOURCE: Key<String> = Key::new(
    "AVP_AZURE_RESOURCE",
    "for whom the token of an azure login is: the mount's `resource`",
    TEXT,
    "api://vault",
    &[Role::Narrowing],
)
.default("https://management.azure.com/");

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings {
        names: &["azure"],
        settings: &[&AUTH_ROLE, &RESOURCE, &MOUNT_PATH],
        implied_by: None,
        ambient: Some("Azure identity of this machine"),
    },
    doc: "The managed identity of a machine of Azure",
    needs: &[&[&AUTH_ROLE]],
    source,
    cost: "",
    hint: super::jwt::hint,
};

/// Path: `/v1/auth/azure/login`. Body: `{"role": …, "jwt": …, "subscription_id": …, "resource_group_name": …, "vm_name": …}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/azure#login>
fn source(settings: &View) -> Result<TokenSource, Error> {
    let mut request =
        LoginRequest::new(mount(settings, &MOUNT_PATH, "azure")?, MOUNT_PATH.name(), role::member(settings)?);
    request.preparation = Some(Preparation::Azure { resource: settings.get(&RESOURCE).cloned().unwrap_or_default() });
    Ok(TokenSource::Login(request))
}
