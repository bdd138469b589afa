//! Vault's error responses, in a user's words. Pure.

use super::member::text;
use crate::client::Response;
use crate::error::{Error, Kind};
use crate::value::Value;

/// The longest text that is quoted from a response, in characters.
pub(super) const LONGEST_CAUSE: usize = 400;
/// The error of a response that is neither a secret nor its absence.
pub(super) fn failed(response: &Response) -> Error {
    let causes = causes(response);
    let status = response.status;
    let has = |text: &str| causes.contains(text);
    let (kind, detail, hint) = match status {
        _ if has("Vault is sealed") => {
            (Kind::Store, "Vault is sealed".to_owned(), "an operator unseals it: `vault operator unseal`")
        }
        _ if has("standby") || has("active cluster node not found") => (
            Kind::Store,
            "this Vault is a standby node without an active one".to_owned(),
            "is the cluster electing a leader? try again",
        ),
        _ if is_plain_http(response) => {
            (Kind::Store, "Vault speaks TLS on this port".to_owned(), "`VAULT_ADDR` must begin with `https://`")
        }
        400 if has("not initialized") => (Kind::Store, "Vault is not initialised".to_owned(), "`vault operator init`"),
        403 => (Kind::Denied, "Vault refuses the request (403)".to_owned(), ""),
        400 => (Kind::Store, format!("Vault refuses the request ({status})"), ""),
        405 => (
            Kind::Store,
            "Vault cannot read this path, only write to it".to_owned(),
            "an endpoint that gives a secret to those who write takes parameters: `<path:pki/issue/web?common_name=app.example.org#certificate>`",
        ),
        429 => (
            Kind::Store,
            "Vault's rate limit was exceeded by every attempt (429)".to_owned(),
            "`VAULT_RATE_LIMIT` spreads the requests: e.g. `10`",
        ),
        500..=599 => (Kind::Store, format!("Vault failed ({status})"), ""),
        _ if causes.is_empty() || status == 404 => (
            Kind::Store,
            format!("the response did not come from Vault (status {status})"),
            "does `VAULT_ADDR` lead to Vault, or to something in front of it?",
        ),
        _ => (Kind::Store, format!("Vault responds with status {status}"), ""),
    };
    let error = Error::new(kind, detail);
    let error = if causes.is_empty() { error } else { error.cause(causes) };
    if hint.is_empty() { error } else { error.hint(hint) }
}

/// Whether a Go server says that it got plain HTTP on a TLS port.
fn is_plain_http(response: &Response) -> bool {
    response.status == 400 && response.body.starts_with(b"Client sent an HTTP request to an HTTPS server")
}

/// Whether Vault refuses the token itself (expired, revoked, used up), and not just this request.
pub(super) fn refuses_token(response: &Response) -> bool {
    let causes = causes(response);
    response.status == 403 && ["invalid token", "bad token", "token not found"].iter().any(|text| causes.contains(text))
}

/// Whether the server as a whole is out of order, so that every other reading would fail too.
pub(super) fn is_down(response: &Response) -> bool {
    response.status == 503
}

/// Vault's own words in one line: the list `errors`, without the lines that count them.
pub(super) fn causes(response: &Response) -> String {
    let body = Value::from_json(&response.body).ok();
    let Some(Value::List(errors)) = body.as_ref().and_then(|body| body.get("errors")) else { return String::new() };
    let texts: Vec<String> = errors.iter().filter_map(text).collect();
    let lines = texts.iter().flat_map(|text| text.lines()).map(|line| line.trim().trim_start_matches("* "));
    let counts = |line: &&str| line.ends_with("occurred:") && line.contains(" error");
    let words: Vec<&str> = lines.filter(|line| !line.is_empty() && !counts(line)).collect();
    let line = words.join(", ");
    line.chars().filter(|char| !char.is_control()).take(LONGEST_CAUSE).collect()
}
