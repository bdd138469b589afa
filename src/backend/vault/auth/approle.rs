//! Login `approle`: a role id and, where the role asks for one, a secret id, which may be wrapped.

use super::{Login, LoginRequest, MOUNT_PATH, Member, Preparation, TokenSource, body_text, mount, role};
use crate::config::format::{AUTH_PATH, SECRET};
use crate::config::table::LoginSettings;
use crate::config::{Key, Role, View};
use crate::error::Error;
use crate::redacted::Redacted;

const ROLE_ID: Key<Redacted> =
    Key::new("AVP_ROLE_ID", "the role id of an AppRole login", SECRET, "1f2d…", &[Role::Credential]).public();

const SECRET_ID: Key<Redacted> = Key::new(
    "AVP_SECRET_ID",
    "the secret id of an AppRole login, or a token that wraps it; unset for a role without one (`bind_secret_id=false`)",
    SECRET,
    "9c41…",
    &[Role::Credential],
);

const WRAPPED_AT: Key<String> = Key::new(
    "AVP_SECRET_ID_WRAPPING_PATH",
    "where the wrapped secret id must have been made; set, `AVP_SECRET_ID` is a wrapping token",
    AUTH_PATH,
    "auth/approle/role/argocd/secret-id",
    &[Role::Narrowing],
);

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings {
        names: &["approle"],
        settings: &[&ROLE_ID, &SECRET_ID, &WRAPPED_AT, &MOUNT_PATH],
        implied_by: None,
        ambient: None,
    },
    doc: "A role id and a secret id of Vault's AppRole method",
    needs: &[&[&ROLE_ID]],
    source,
    cost: "if the role limits the uses of a secret id (`secret_id_num_uses`), this took one",
    hint,
};

/// Path: `/v1/auth/approle/login`. Body: `{"role_id": …, "secret_id": …}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/approle#login-with-approle>
fn source(settings: &View) -> Result<TokenSource, Error> {
    let role_id = body_text(settings, &ROLE_ID);
    role::refuse_words(settings, &ROLE_ID, role_id.reveal())?;
    let secret_id = settings.get(&SECRET_ID).map(|_| Member::proof("secret_id", body_text(settings, &SECRET_ID)));
    let body = [Member::public("role_id", role_id)].into_iter().chain(secret_id);
    let mut request = LoginRequest::new(mount(settings, &MOUNT_PATH, "approle")?, MOUNT_PATH.name(), body);
    request.preparation = settings
        .get(&WRAPPED_AT)
        .map(|path| Preparation::Unwrap { member: "secret_id", creation_path: format!("auth/{path}") });
    Ok(TokenSource::Login(request))
}

fn hint(status: u16, causes: &str) -> Option<&'static str> {
    match status {
        400 if causes.contains("missing secret_id") => Some("the role asks for a secret id: set `AVP_SECRET_ID`"),
        400 => Some(
            "the role id or the secret id is wrong, or the secret id has expired or is used up; a run that needs more readings than \
             `token_num_uses` allows logs in more than once",
        ),
        _ => None,
    }
}
