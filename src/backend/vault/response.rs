//! The meaning of Vault's response to a reading. Pure.

use std::time::Duration;

use super::absence::{Absence, absence, deleted, is_metadata};
use super::engine::Engine;
use super::failure::{causes, failed};
use super::member::{LONGEST_NAME, text};
use super::query::Query;
use crate::client::Response;
use crate::error::{Error, Kind};
use crate::secret::{Lease, Version};
use crate::value::Value;

/// The meaning of a response to a reading.
#[derive(Debug)]
pub(super) enum ReadResult {
    /// The secret, a map.
    Secret(StoredSecret),
    /// The version is deleted or destroyed.
    Deleted(Error),
    /// Vault has no such path, or no such version (404).
    Absent,
    /// Vault has no engine at the path (404), behind this namespace in front of it.
    NoMount(String),
    /// The secret is there, and the policy does not let it out.
    Refused(Error),
    /// Vault denies the reading (403), in these words.
    Denied(String),
    /// Anything else.
    Failed(Error),
}

/// A secret, with what the response says of its origin.
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

/// The meaning of the response to `query`.
pub(super) fn read(query: Query<'_>, response: &Response) -> ReadResult {
    let body = Value::from_json(&response.body);
    match (response.status, body) {
        (200, Ok(body)) => secret(query, &body),
        (404, Ok(body)) => match absence(query, &body) {
            Some(Absence::Deleted(error)) => ReadResult::Deleted(*error),
            Some(Absence::Unknown) => ReadResult::Absent,
            Some(Absence::NoMount(front)) => ReadResult::NoMount(front),
            None => ReadResult::Failed(failed(response)),
        },
        (403, _) => ReadResult::Denied(causes(response)),
        (200, Err(reason)) => ReadResult::Failed(failed(response).cause(reason)),
        _ => ReadResult::Failed(failed(response)),
    }
}

fn secret(query: Query<'_>, body: &Value) -> ReadResult {
    let Some(data) = body.get("data").filter(|data| matches!(data, Value::Map(_))) else {
        return ReadResult::Failed(Error::new(
            Kind::Store,
            format!("Vault's response to `{}` has no `data`", query.path),
        ));
    };
    let is_v2 = match query.engine {
        Some(Engine::V1) => false,
        Some(Engine::V2) => data.get("data").is_some(),
        None => looks_like_v2(data),
    };
    match (is_v2, query) {
        (true, _) => versioned(query, data, body),
        (false, Query { engine: Some(Engine::V2), path, .. }) => ReadResult::Failed(
            Error::new(
                Kind::Store,
                format!("`{path}` is not a KV version 2 secret: Vault's response has no inner `data`"),
            )
            .hint("the annotation `avp.kubernetes.io/kv-version`, else `AVP_KV_VERSION`, says version 2"),
        ),
        (false, Query { version: Some(version), path, .. }) => ReadResult::Failed(
            Error::new(
                Kind::Store,
                format!("version {version} of `{path}` was asked for, but its engine keeps no versions"),
            )
            .hint("remove the version: only KV version 2 has versions"),
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
        Some(Value::Null) => ReadResult::Deleted(deleted(query, data.get("metadata").unwrap_or(&Value::Null))),
        _ => {
            ReadResult::Failed(Error::new(Kind::Store, format!("the secret at `{}` is not a map of keys", query.path)))
        }
    }
}

fn stored(data: &Value, body: &Value) -> StoredSecret {
    let (mount_type, lease) = (mount_type(body), lease(body));
    StoredSecret { data: data.clone(), mount_type, is_versioned: false, version: None, lease }
}

fn version(metadata: &Value) -> Option<Version> {
    metadata.get("version").and_then(text).filter(|text| text.len() <= LONGEST_NAME).map(|text| Version::new(&text))
}

/// The lease, if there is one. A KV engine's response has a duration too, but no id.
fn lease(body: &Value) -> Option<Lease> {
    let id = body.get("lease_id").and_then(text).filter(|id| !id.is_empty() && id.len() <= LONGEST_NAME)?;
    let seconds = body.get("lease_duration").and_then(text).and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
    let is_renewable = body.get("renewable") == Some(&Value::Bool(true));
    Some(Lease { id, duration: Duration::from_secs(seconds), is_renewable })
}

fn mount_type(body: &Value) -> Option<String> {
    body.get("mount_type").and_then(text).filter(|mount_type| !mount_type.is_empty())
}

/// Whether the members are exactly `data` and `metadata`, the latter as KV version 2 writes it.
fn looks_like_v2(data: &Value) -> bool {
    let Value::Map(entries) = data else { return false };
    entries.len() == 2 && data.get("data").is_some() && data.get("metadata").is_some_and(is_metadata)
}

#[cfg(test)]
#[path = "response_tests.rs"]
mod tests;
