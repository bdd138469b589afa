//! Vault's responses to a login, the token and its limits, and to a token's question about itself. Pure.

use super::failure::failed;
use super::identity::TokenFacts;
use super::member::text;
use crate::client::Response;
use crate::error::{Error, Kind};
use crate::redacted::Redacted;
use crate::value::Value;

/// The token that a login gave.
#[derive(Debug)]
pub(super) struct GrantedToken {
    pub(super) text: Redacted,
    /// What Vault says of it.
    pub(super) facts: TokenFacts,
}

/// The token that a response to a login gives, or why it gives none.
pub(super) fn granted_token(response: &Response) -> Result<GrantedToken, Error> {
    let body = Value::from_json(&response.body).ok().filter(|_| response.status == 200);
    let auth = body.as_ref().and_then(|body| body.get("auth"));
    let token = auth.and_then(|auth| auth.get("client_token")).and_then(text).filter(|token| is_token(token));
    match (auth, token) {
        (Some(auth), Some(token)) => Ok(GrantedToken { text: Redacted::new(token), facts: TokenFacts::of_login(auth) }),
        (Some(auth), None) if auth.get("mfa_requirement").is_some() => {
            Err(Error::new(Kind::Denied, "the login needs a second factor, which the renderer does not have")
                .hint("use a login without multi-factor authentication"))
        }
        _ => Err(failed(response)),
    }
}

/// What a response to `auth/token/lookup-self` says; `None` if it says nothing.
pub(super) fn look_up(response: &Response) -> Option<TokenFacts> {
    let body = Value::from_json(&response.body).ok().filter(|_| response.status == 200)?;
    body.get("data").map(TokenFacts::of_itself)
}

/// Whether a text can be a token: an HTTP header can hold it.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
