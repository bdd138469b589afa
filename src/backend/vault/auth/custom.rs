//! Login `custom`: any path of an auth method with a body that the operator wrote.

use std::path::PathBuf;

use super::{Body, Login, LoginRequest, TokenSource};
use crate::config::format::{AUTH_PATH, PATH};
use crate::config::table::LoginSettings;
use crate::config::{Key, Role, View};
use crate::error::{Error, Kind};
use crate::redacted::Redacted;
use crate::setting_file;
use crate::value::Value;

const LOGIN_PATH: Key<String> = Key::new(
    "AVP_LOGIN_PATH",
    "where a custom login is sent, below `auth/`, which may stand or not",
    AUTH_PATH,
    "auth/company-sso/login",
    &[Role::Mount],
);

const BODY_FILE: Key<PathBuf> = Key::new(
    "AVP_LOGIN_BODY_FILE",
    "a file with the body of a custom login, as JSON: each text in it is guarded as a credential",
    PATH,
    "/etc/vault-render/login.json",
    &[Role::File, Role::Credential],
);

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings {
        names: &["custom"],
        settings: &[&LOGIN_PATH, &BODY_FILE],
        implied_by: None,
        ambient: None,
    },
    doc: "Any other auth method: a path and a body of your own",
    needs: &[&[&LOGIN_PATH], &[&BODY_FILE]],
    source,
    cost: "",
    hint,
};

/// Path: `/v1/auth/{path}`. Body: that of the file.
fn source(settings: &View) -> Result<TokenSource, Error> {
    let path = settings.get(&LOGIN_PATH).map_or("", String::as_str);
    let Some((mount, action)) = path.rsplit_once('/') else {
        let detail = format!("{} lacks the method's own path", settings.locate_setting(&LOGIN_PATH));
        return Err(Error::new(Kind::Setting, detail)
            .hint("it is the mount, then what the method calls its login: `auth/MOUNT/login`"));
    };
    let bytes = setting_file::read(settings, &BODY_FILE)?.unwrap_or_default();
    let body = Value::from_json(&bytes).ok().filter(|body| matches!(body, Value::Map(_)));
    let (Some(body), Ok(json)) = (body, std::str::from_utf8(&bytes)) else {
        let detail = format!("the file of {} is not a JSON object", settings.locate_setting(&BODY_FILE));
        return Err(Error::new(Kind::Setting, detail).hint(r#"it looks like `{"role": "app", "token": "…"}`"#));
    };
    let mut request = LoginRequest::new(format!("auth/{mount}"), LOGIN_PATH.name(), []);
    action.clone_into(&mut request.action);
    let mut texts = Vec::new();
    collect(&body, &mut texts);
    request.body = Body::Json { json: Redacted::new(json.trim()), texts };
    Ok(TokenSource::Login(request))
}

/// Every text and number at any depth.
fn collect(value: &Value, texts: &mut Vec<Redacted>) {
    match value {
        Value::List(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| collect(value, texts)),
        Value::Text(text) | Value::Number(text) => texts.push(Redacted::new(text.as_str())),
        _ => {}
    }
}

fn hint(status: u16, _: &str) -> Option<&'static str> {
    matches!(status, 400 | 403)
        .then_some("the method refuses the body of `AVP_LOGIN_BODY_FILE`, or `AVP_LOGIN_PATH` is not its login")
}
