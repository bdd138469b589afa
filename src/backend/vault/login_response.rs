//! Vault's response to a login: the token and its limits. Pure.

use std::time::Duration;

use super::failure::failed;
use super::member::{names, text};
use crate::client::Response;
use crate::error::{Error, Kind};
use crate::redacted::Redacted;
use crate::value::Value;

/// The token that a login gave.
#[derive(Debug)]
pub(super) struct GrantedToken {
    pub(super) text: Redacted,
    /// The token's other name, by which it can be looked up and revoked.
    pub(super) accessor: Option<Redacted>,
    /// How long the token lives; `None` is without end.
    pub(super) lease: Option<Duration>,
    /// How often it may be used; `None` is without limit.
    pub(super) uses: Option<u64>,
    /// The names of its policies.
    pub(super) policies: Vec<String>,
}

/// The token that a response to a login gives, or why it gives none.
pub(super) fn granted_token(response: &Response) -> Result<GrantedToken, Error> {
    let body = Value::from_json(&response.body).ok().filter(|_| response.status == 200);
    let auth = body.as_ref().and_then(|body| body.get("auth"));
    let token = auth.and_then(|auth| auth.get("client_token")).and_then(text).filter(|token| is_token(token));
    match (auth, token) {
        (Some(auth), Some(token)) => Ok(GrantedToken {
            text: Redacted::new(token),
            accessor: auth.get("accessor").and_then(text).filter(|accessor| !accessor.is_empty()).map(Redacted::new),
            // A number that cannot be read becomes one second, or one use: such a token is not kept.
            lease: limit(auth, "lease_duration").map(Duration::from_secs),
            uses: limit(auth, "num_uses"),
            policies: names(auth, "policies"),
        }),
        (Some(auth), None) if auth.get("mfa_requirement").is_some() => {
            Err(Error::new(Kind::Denied, "the login needs a second factor, which the renderer does not have")
                .hint("use a login without multi-factor authentication"))
        }
        _ => Err(failed(response)),
    }
}

/// Whether a text can be a token: an HTTP header can hold it.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The limit under `key`; `None` if it is 0 or not there. A limit that cannot be read is 1.
fn limit(map: &Value, key: &str) -> Option<u64> {
    match map.get(key) {
        None | Some(Value::Null) => None,
        Some(value) => Some(text(value).and_then(|text| text.parse().ok()).unwrap_or(1)).filter(|limit| *limit > 0),
    }
}
