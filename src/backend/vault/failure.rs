//! Vault's error responses, in a user's words. Pure.

use super::member::text;
use crate::client::{Response, ServerState};
use crate::error::{Error, Kind};
use crate::value::Value;

/// The longest text that is quoted from a response, in characters.
pub(super) const LONGEST_CAUSE: usize = 400;

/// Vault's words for a state in which it serves nobody, so that no request has run.
const AWAY: [&str; 4] =
    ["Vault is sealed", "Vault is not initialized", "local node not active", "active cluster node not found"];
/// Vault's words for a state that passes by itself within seconds: a new KV engine, a node that is about to lead, a replica that lags.
const BEHIND: [&str; 3] = [
    "Upgrading from non-versioned to versioned",
    "cannot write to readonly storage",
    "required index state not present",
];
/// The words of Vault Agent and Vault Proxy after a minute of waiting for Vault.
const WAITED_FOR: &str = "context deadline exceeded";

/// What a response says of Vault's state.
pub(super) fn server_state(response: &Response) -> ServerState {
    let causes = causes(response);
    let has = |words: &[&str]| words.iter().any(|words| causes.contains(words));
    match response.status {
        400 | 500..=503 if has(&AWAY) => ServerState::Away,
        400 | 412 | 500 if has(&BEHIND) => ServerState::Behind,
        500 if has(&[WAITED_FOR]) => ServerState::WaitedFor,
        _ => ServerState::Serving,
    }
}

/// The error of a response that is neither a secret nor its absence.
pub(super) fn failed(response: &Response) -> Error {
    let causes = causes(response);
    let (kind, detail, hint) = of_words(response, &causes)
        .map(|(detail, hint)| (of_state(response), detail.to_owned(), hint))
        .unwrap_or_else(|| of_status(response, &causes));
    let error = Error::new(kind, detail);
    let error = if causes.is_empty() { error } else { error.cause(causes) };
    if hint.is_empty() { error } else { error.hint(hint) }
}

/// Whether Vault has failed, or serves nobody at the moment.
fn of_state(response: &Response) -> Kind {
    match (server_state(response), response.status) {
        (ServerState::Away | ServerState::Behind | ServerState::WaitedFor, _) | (_, 429 | 472 | 473 | 500..=599) => {
            Kind::Unavailable
        }
        _ => Kind::Store,
    }
}

/// The state that Vault's own words, `causes`, or those of what stands in front of it tell, and the hint.
fn of_words(response: &Response, causes: &str) -> Option<(&'static str, &'static str)> {
    let has = |text: &str| causes.contains(text);
    Some(match response.status {
        _ if has("Vault is sealed") => (
            "Vault is sealed",
            "an operator unseals it: `vault operator unseal`; `AVP_WAIT` says how long to wait for that",
        ),
        _ if has("not initialized") => {
            ("Vault is not initialised", "an operator initialises it: `vault operator init`")
        }
        _ if has("standby") || has("local node not active") || has("active cluster node not found") => (
            "this Vault is a standby node without an active one",
            "is the cluster electing a leader? `AVP_WAIT` says how long to wait for it, and `VAULT_ADDR` may name all nodes",
        ),
        _ if has(BEHIND[0]) => ("this KV engine is still being set up", "try again in a moment"),
        _ if is_plain_http(response) => ("Vault speaks TLS on this port", "`VAULT_ADDR` must begin with `https://`"),
        500 if has(WAITED_FOR) => (
            "the agent in front of Vault has waited for it in vain",
            "is Vault sealed or away? the agent's `retry { num_retries = -1 }` lets it say so at once",
        ),
        412 if has("X-Vault-Request") => {
            ("the agent refuses the request (412)", "does a proxy in between take the header `X-Vault-Request` away?")
        }
        412 if has(BEHIND[2]) => (
            "this Vault lags behind what the run has seen already (412)",
            "a replica catches up within seconds: try again, or let `VAULT_ADDR` name the active node",
        ),
        _ => return None,
    })
}

/// The meaning of a status alone.
fn of_status(response: &Response, causes: &str) -> (Kind, String, &'static str) {
    let status = response.status;
    let store = |detail: String, hint| (of_state(response), detail, hint);
    match status {
        403 => (Kind::Denied, "Vault refuses the request (403)".to_owned(), ""),
        400 => store(format!("Vault refuses the request ({status})"), ""),
        405 => store(
            "Vault cannot read this path, only write to it".to_owned(),
            "an endpoint that gives a secret to those who write takes parameters: `<path:pki/issue/web?common_name=app.example.org#certificate>`",
        ),
        429 => store(
            "Vault's rate limit was exceeded by every attempt (429)".to_owned(),
            "`VAULT_RATE_LIMIT` spreads the requests: e.g. `10`",
        ),
        500..=599 if is_page(response) => store(
            format!("a web page in place of Vault's response (status {status})"),
            "a proxy or load balancer in front of Vault wrote it: does it find a Vault that is active?",
        ),
        500..=599 => store(format!("Vault failed ({status})"), "Vault's own log says why: an operator finds it there"),
        _ if causes.is_empty() || status == 404 => store(
            format!("the response did not come from Vault (status {status})"),
            "does `VAULT_ADDR` lead to Vault, or to something in front of it?",
        ),
        _ => store(format!("Vault responds with status {status}"), ""),
    }
}

/// Whether the body is an HTML page: Vault writes none for programs.
fn is_page(response: &Response) -> bool {
    response.body.trim_ascii_start().starts_with(b"<")
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
    response.status == 503 || server_state(response) == ServerState::Away
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
