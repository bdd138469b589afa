//! What Vault's answers mean. Pure: an answer in, its meaning out.

use std::time::Duration;

use crate::client::{Hidden, Response};
use crate::error::{Error, Kind};
use crate::secret::Engine;
use crate::value::Value;

/// What an answer to a reading means.
#[derive(Debug)]
pub(super) enum Answer {
    /// The secret, a map.
    Found(Value),
    /// The version was there once: deleted or destroyed.
    Gone(Error),
    /// 404: no such path, or no such version.
    Absent,
    /// 403, and Vault's words.
    Denied(String),
    /// Anything else.
    Failed(Error),
}

/// What is asked of a path: it tells how the answer is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) path: &'a str,
    pub(super) version: Option<u64>,
    pub(super) engine: Option<Engine>,
}

/// A mount that a path is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mount {
    /// With its final slash.
    pub(super) path: String,
    /// `kv`, `database`, `pki`…
    pub(super) kind: String,
    /// The version of a KV engine.
    pub(super) engine: Option<Engine>,
}

/// What a login gave.
#[derive(Debug)]
pub(super) struct Auth {
    pub(super) token: Hidden,
    /// How long the token lives; none is for ever.
    pub(super) lease: Option<Duration>,
    /// How often it may be used; none is without limit.
    pub(super) uses: Option<u64>,
}

impl Mount {
    /// The path as KV version 2 has it, where `data/` is missing from it; none where it is not.
    pub(super) fn path_with_data(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix(&self.path).filter(|_| self.engine == Some(Engine::V2))?;
        let endpoint = rest.split('/').next().unwrap_or_default();
        (!matches!(endpoint, "" | "data" | "metadata" | "subkeys" | "config"))
            .then(|| format!("{}data/{rest}", self.path))
    }
}

const LONGEST_CAUSE: usize = 400;

/// Reads the answer to a reading.
pub(super) fn read(asked: Asked<'_>, response: &Response) -> Answer {
    let body = Value::from_json(&response.body);
    match (response.status, body) {
        (200, Ok(body)) => found(asked, &body),
        (404, Ok(body)) => absent(asked, &body).unwrap_or_else(|| Answer::Failed(failed(response))),
        (403, _) => Answer::Denied(causes(response)),
        (200, Err(reason)) => Answer::Failed(failed(response).cause(reason)),
        _ => Answer::Failed(failed(response)),
    }
}

/// Reads the answer to the question for a mount.
pub(super) fn mount(response: &Response) -> Option<Mount> {
    let body = Value::from_json(&response.body).ok().filter(|_| response.status == 200)?;
    let data = body.get("data")?;
    let kind = text(data.get("type")?)?;
    let version = data.get("options").and_then(|options| options.get("version")).and_then(text);
    let engine = match (kind.as_str(), version.as_deref()) {
        ("kv" | "generic", Some("2")) => Some(Engine::V2),
        ("kv" | "generic", _) => Some(Engine::V1),
        _ => None,
    };
    Some(Mount { path: text(data.get("path")?)?, kind, engine })
}

/// Reads the answer to a login; the error is what a login that was not granted says.
pub(super) fn login(response: &Response) -> Result<Auth, Error> {
    let granted = Value::from_json(&response.body).ok().filter(|_| response.status == 200);
    let auth = granted.as_ref().and_then(|body| body.get("auth"));
    let token = auth.and_then(|auth| auth.get("client_token")).and_then(text).filter(|token| !token.is_empty());
    match (auth, token) {
        (Some(auth), Some(token)) => Ok(Auth {
            token: Hidden::new(token),
            lease: number(auth, "lease_duration").filter(|seconds| *seconds > 0).map(Duration::from_secs),
            uses: number(auth, "num_uses").filter(|uses| *uses > 0),
        }),
        (Some(auth), None) if auth.get("mfa_requirement").is_some() => {
            Err(Error::new(Kind::Denied, "the login needs a second factor, which a renderer cannot give")
                .hint("use a login without multi-factor authentication"))
        }
        _ => Err(failed(response)),
    }
}

/// Whether Vault refuses the token itself, not what it may do: expired, revoked, used up.
pub(super) fn refuses_token(response: &Response) -> bool {
    let causes = causes(response);
    response.status == 403 && ["invalid token", "bad token", "token not found"].iter().any(|text| causes.contains(text))
}

/// Whether the whole server is out of order, so that other readings would fare no better.
pub(super) fn is_down(response: &Response) -> bool {
    response.status == 503
}

/// Vault's own words, in one line: the list `errors`, without its counting.
pub(super) fn causes(response: &Response) -> String {
    let body = Value::from_json(&response.body).ok();
    let Some(Value::List(errors)) = body.as_ref().and_then(|body| body.get("errors")) else { return String::new() };
    let texts: Vec<String> = errors.iter().filter_map(text).collect();
    let lines = texts.iter().flat_map(|text| text.lines()).map(|line| line.trim().trim_start_matches("* "));
    let counting = |line: &&str| line.ends_with("occurred:") && line.contains(" error");
    let words: Vec<&str> = lines.filter(|line| !line.is_empty() && !counting(line)).collect();
    let line = words.join(", ");
    line.chars().filter(|char| !char.is_control()).take(LONGEST_CAUSE).collect()
}

fn found(asked: Asked<'_>, body: &Value) -> Answer {
    let Some(data) = body.get("data").filter(|data| matches!(data, Value::Map(_))) else {
        return Answer::Failed(Error::new(Kind::Store, format!("Vault answers `{}` without data", asked.path)));
    };
    let is_v2 = match asked.engine {
        Some(Engine::V1) => false,
        Some(Engine::V2) => data.get("data").is_some(),
        None => looks_like_v2(data),
    };
    match (is_v2, asked) {
        (true, _) => versioned(asked, data),
        (false, Asked { engine: Some(Engine::V2), path, .. }) => Answer::Failed(
            Error::new(Kind::Store, format!("`{path}` is no KV version 2 secret: Vault's answer has no inner `data`"))
                .hint("the annotation `avp.kubernetes.io/kv-version`, else `AVP_KV_VERSION`, says version 2"),
        ),
        (false, Asked { version: Some(version), path, .. }) => Answer::Failed(
            Error::new(
                Kind::Store,
                format!("version {version} of `{path}` was asked for, but its engine keeps no versions"),
            )
            .hint("only KV version 2 has versions: take the version out"),
        ),
        (false, _) => Answer::Found(data.clone()),
    }
}

/// The secret in a KV version 2 answer.
fn versioned(asked: Asked<'_>, data: &Value) -> Answer {
    match data.get("data") {
        Some(secret @ Value::Map(_)) => Answer::Found(secret.clone()),
        Some(Value::Null) => Answer::Gone(gone(asked, data.get("metadata").unwrap_or(&Value::Null))),
        _ => Answer::Failed(Error::new(Kind::Store, format!("the secret at `{}` is no map of keys", asked.path))),
    }
}

/// Exactly `data` and `metadata`, the latter with what KV version 2 always puts there.
fn looks_like_v2(data: &Value) -> bool {
    let Value::Map(entries) = data else { return false };
    let metadata = data.get("metadata");
    let has = |key| metadata.is_some_and(|metadata| metadata.get(key).is_some());
    entries.len() == 2 && data.get("data").is_some() && ["created_time", "destroyed", "version"].into_iter().all(has)
}

/// What a 404 of Vault means; none where it is not Vault's.
fn absent(asked: Asked<'_>, body: &Value) -> Option<Answer> {
    let data = body.get("data").filter(|data| matches!(data, Value::Map(_)));
    if let Some(metadata) = data.and_then(|data| data.get("metadata")) {
        return Some(Answer::Gone(gone(asked, metadata)));
    }
    let vaults = ["errors", "warnings", "request_id"].iter().any(|key| body.get(key).is_some());
    vaults.then_some(Answer::Absent)
}

/// A version that is deleted or destroyed, by its metadata.
fn gone(asked: Asked<'_>, metadata: &Value) -> Error {
    let path = asked.path;
    let number = metadata.get("version").and_then(text);
    let version = match (asked.version, number) {
        (Some(version), _) => format!("version {version} of `{path}`"),
        (None, Some(version)) => format!("the newest version ({version}) of `{path}`"),
        (None, None) => format!("the newest version of `{path}`"),
    };
    if metadata.get("destroyed") == Some(&Value::Bool(true)) {
        return Error::new(Kind::Missing, format!("{version} is destroyed"))
            .hint("what is destroyed cannot be restored: write a new version, or ask for another");
    }
    match metadata.get("deletion_time").and_then(text).filter(|time| !time.is_empty()) {
        Some(time) => Error::new(Kind::Missing, format!("{version} is deleted"))
            .cause(format!("deleted at {time}"))
            .hint("restore it with `vault kv undelete`, write a new version, or ask for another"),
        None => Error::new(Kind::Missing, format!("{version} is empty")),
    }
}

/// What an answer says that is neither a secret nor its absence.
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
        _ if plain_http(response) => {
            (Kind::Store, "Vault speaks TLS on this port".to_owned(), "`VAULT_ADDR` must begin with `https://`")
        }
        400 if has("not initialized") => (Kind::Store, "Vault is not initialised".to_owned(), "`vault operator init`"),
        403 => (Kind::Denied, "Vault refuses the request (403)".to_owned(), ""),
        400 => (Kind::Store, format!("Vault refuses the request ({status})"), ""),
        405 => (
            Kind::Store,
            "Vault cannot read this path, only write to it".to_owned(),
            "placeholders name secrets that can be read",
        ),
        429 => (
            Kind::Store,
            "Vault's rate limit was hit again and again (429)".to_owned(),
            "`VAULT_RATE_LIMIT` spreads the requests: e.g. `10`",
        ),
        500..=599 => (Kind::Store, format!("Vault failed ({status})"), ""),
        _ if causes.is_empty() => (
            Kind::Store,
            format!("this is no answer of Vault's (status {status})"),
            "does `VAULT_ADDR` lead to Vault, or to something in front of it?",
        ),
        _ => (Kind::Store, format!("Vault answers with status {status}"), ""),
    };
    let error = Error::new(kind, detail);
    let error = if causes.is_empty() { error } else { error.cause(causes) };
    if hint.is_empty() { error } else { error.hint(hint) }
}

/// Go's words for plain HTTP on a TLS port.
fn plain_http(response: &Response) -> bool {
    response.status == 400 && response.body.starts_with(b"Client sent an HTTP request to an HTTPS server")
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) | Value::Number(text) => Some(text.to_string()),
        _ => None,
    }
}

fn number(map: &Value, key: &str) -> Option<u64> {
    text(map.get(key)?)?.parse().ok()
}

#[cfg(test)]
#[path = "response_tests.rs"]
mod tests;
