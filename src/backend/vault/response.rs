//! What Vault's answers mean. Pure: an answer in, its meaning out.

use std::time::Duration;

use super::Engine;
use super::absence::{Absence, absence, gone, is_metadata};
use crate::client::Response;
use crate::error::{Error, Kind};
use crate::redacted::Redacted;
use crate::secret::{Lease, Version};
use crate::value::Value;

/// What an answer to a reading means.
#[derive(Debug)]
pub(super) enum ReadResult {
    /// The secret, a map.
    Secret(StoredSecret),
    /// The version was there once: deleted or destroyed.
    Deleted(Error),
    /// 404: no such path, or no such version.
    Absent,
    /// It is there, and not for whoever asks.
    Refused(Error),
    /// 403, and Vault's words.
    Denied(String),
    /// Anything else.
    Failed(Error),
}

/// A secret, and what is known of where it came from.
#[derive(Debug)]
pub(super) struct StoredSecret {
    /// The secret, a map.
    pub(super) data: Value,
    /// The type of its mount, where Vault says so: `kv`, `token`, `system`…
    pub(super) mount_type: Option<String>,
    /// Whether the response has the shape of KV version 2's.
    pub(super) is_versioned: bool,
    /// The version, where the engine keeps versions.
    pub(super) version: Option<Version>,
    /// The lease of a secret that was made for this reading.
    pub(super) lease: Option<Lease>,
}

/// What is asked of a path: it tells how the answer is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Query<'a> {
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
    pub(super) token: Redacted,
    /// The token's other name, by which it can be looked up and revoked.
    pub(super) accessor: Option<Redacted>,
    /// How long the token lives; `None` is for ever.
    pub(super) lease: Option<Duration>,
    /// How often it may be used; `None` is without limit.
    pub(super) uses: Option<u64>,
}

impl Mount {
    /// Whether `path` is in it.
    pub(super) fn contains(&self, path: &str) -> bool {
        match path.strip_prefix(self.path.trim_end_matches('/')) {
            Some(rest) => rest.is_empty() || rest.starts_with('/'),
            None => false,
        }
    }

    /// The path as KV version 2 has it, where `data/` is missing from it; none where it is not.
    pub(super) fn path_with_data(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix(&self.path).filter(|_| self.engine == Some(Engine::V2))?;
        let endpoint = rest.split('/').next().unwrap_or_default();
        (!matches!(endpoint, "" | "data" | "metadata" | "subkeys" | "config"))
            .then(|| format!("{}data/{rest}", self.path))
    }
}

const LONGEST_CAUSE: usize = 400;
/// A mount's path and type are shorter, a time and a version's number far.
pub(super) const LONGEST_NAME: usize = 1024;

/// Reads the answer to a reading.
pub(super) fn read(query: Query<'_>, response: &Response) -> ReadResult {
    let body = Value::from_json(&response.body);
    match (response.status, body) {
        (200, Ok(body)) => found(query, &body),
        (404, Ok(body)) => match absence(query, &body) {
            Some(Absence::Gone(error)) => ReadResult::Deleted(error),
            Some(Absence::NotThere) => ReadResult::Absent,
            None => ReadResult::Failed(failed(response)),
        },
        (403, _) => ReadResult::Denied(causes(response)),
        (200, Err(reason)) => ReadResult::Failed(failed(response).cause(reason)),
        _ => ReadResult::Failed(failed(response)),
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
    let path = text(data.get("path")?)?;
    (path.len() <= LONGEST_NAME && kind.len() <= LONGEST_NAME).then_some(Mount { path, kind, engine })
}

/// Reads the answer to a login; the error is what a login that was not granted says.
pub(super) fn login(response: &Response) -> Result<Auth, Error> {
    let granted = Value::from_json(&response.body).ok().filter(|_| response.status == 200);
    let auth = granted.as_ref().and_then(|body| body.get("auth"));
    let token = auth.and_then(|auth| auth.get("client_token")).and_then(text).filter(|token| is_token(token));
    match (auth, token) {
        (Some(auth), Some(token)) => Ok(Auth {
            token: Redacted::new(token),
            accessor: auth.get("accessor").and_then(text).filter(|accessor| !accessor.is_empty()).map(Redacted::new),
            // A life of a second and a single use stand for numbers that cannot be read: such a token is not kept.
            lease: limit(auth, "lease_duration").map(Duration::from_secs),
            uses: limit(auth, "num_uses"),
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

fn found(query: Query<'_>, body: &Value) -> ReadResult {
    let Some(data) = body.get("data").filter(|data| matches!(data, Value::Map(_))) else {
        return ReadResult::Failed(Error::new(Kind::Store, format!("Vault answers `{}` without data", query.path)));
    };
    let is_v2 = match query.engine {
        Some(Engine::V1) => false,
        Some(Engine::V2) => data.get("data").is_some(),
        None => looks_like_v2(data),
    };
    match (is_v2, query) {
        (true, _) => versioned(query, data, body),
        (false, Query { engine: Some(Engine::V2), path, .. }) => ReadResult::Failed(
            Error::new(Kind::Store, format!("`{path}` is no KV version 2 secret: Vault's answer has no inner `data`"))
                .hint("the annotation `avp.kubernetes.io/kv-version`, else `AVP_KV_VERSION`, says version 2"),
        ),
        (false, Query { version: Some(version), path, .. }) => ReadResult::Failed(
            Error::new(
                Kind::Store,
                format!("version {version} of `{path}` was asked for, but its engine keeps no versions"),
            )
            .hint("only KV version 2 has versions: take the version out"),
        ),
        (false, _) => ReadResult::Secret(stored(data, body)),
    }
}

/// The secret in a KV version 2 response.
fn versioned(query: Query<'_>, data: &Value, body: &Value) -> ReadResult {
    match data.get("data") {
        Some(secret @ Value::Map(_)) => ReadResult::Secret(StoredSecret {
            is_versioned: looks_like_v2(data),
            version: data.get("metadata").and_then(version),
            ..stored(secret, body)
        }),
        Some(Value::Null) => ReadResult::Deleted(gone(query, data.get("metadata").unwrap_or(&Value::Null))),
        _ => ReadResult::Failed(Error::new(Kind::Store, format!("the secret at `{}` is no map of keys", query.path))),
    }
}

fn stored(data: &Value, body: &Value) -> StoredSecret {
    let (mount_type, lease) = (mount_type(body), lease(body));
    StoredSecret { data: data.clone(), mount_type, is_versioned: false, version: None, lease }
}

fn version(metadata: &Value) -> Option<Version> {
    metadata.get("version").and_then(text).filter(|text| text.len() <= LONGEST_NAME).map(|text| Version::new(&text))
}

/// The lease, if there is one: what a KV engine stores has a duration, and no id.
fn lease(body: &Value) -> Option<Lease> {
    let id = body.get("lease_id").and_then(text).filter(|id| !id.is_empty() && id.len() <= LONGEST_NAME)?;
    let seconds = body.get("lease_duration").and_then(text).and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
    let is_renewable = body.get("renewable") == Some(&Value::Bool(true));
    Some(Lease { id, duration: Duration::from_secs(seconds), is_renewable })
}

fn mount_type(body: &Value) -> Option<String> {
    body.get("mount_type").and_then(text).filter(|kind| !kind.is_empty())
}

/// Exactly `data` and `metadata`, the latter with what KV version 2 always puts there.
fn looks_like_v2(data: &Value) -> bool {
    let Value::Map(entries) = data else { return false };
    entries.len() == 2 && data.get("data").is_some() && data.get("metadata").is_some_and(is_metadata)
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
        _ if causes.is_empty() || status == 404 => (
            Kind::Store,
            format!("the response did not come from Vault (status {status})"),
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

/// Text, or a number's digits.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) | Value::Number(text) => Some(text.to_string()),
        _ => None,
    }
}

/// Whether a text can be a token: a header must be able to hold it.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A number that bounds something; `None` if it is 0 or not there. One that cannot be read bounds it to 1.
fn limit(map: &Value, key: &str) -> Option<u64> {
    match map.get(key) {
        None | Some(Value::Null) => None,
        Some(value) => Some(text(value).and_then(|text| text.parse().ok()).unwrap_or(1)).filter(|limit| *limit > 0),
    }
}

#[cfg(test)]
#[path = "response_tests.rs"]
mod tests;
