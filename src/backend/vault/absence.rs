//! The meaning of a 404: whether Vault itself says that a secret is missing, or something in front of Vault. Pure.

use super::member::{LONGEST_NAME, text};
use super::query::Query;
use crate::error::{Error, Kind};
use crate::value::Value;

/// What Vault says is missing.
#[derive(Debug)]
pub(super) enum Absence {
    /// The version, which is deleted or destroyed.
    Deleted(Box<Error>),
    /// The path or the version.
    Unknown,
    /// The mount; the namespace in front of it, with its slash, as the path has it.
    NoMount(String),
}

/// The members of Vault's responses. Those of a gateway that refuses a request differ.
const MEMBERS: [&str; 10] = [
    "auth",
    "data",
    "errors",
    "lease_duration",
    "lease_id",
    "mount_type",
    "renewable",
    "request_id",
    "warnings",
    "wrap_info",
];

/// How Vault's error begins where no mount has the path.
const NO_MOUNT: &str = "no handler for route";

/// The meaning of a 404's body; `None` if Vault does not write such a body. Nothing else may pass for missing, as `default` and
/// remove-missing act on it.
pub(super) fn absence(query: Query<'_>, body: &Value) -> Option<Absence> {
    let Value::Map(members) = body else { return None };
    if !members.iter().all(|(name, _)| MEMBERS.contains(&name.as_str())) {
        return None;
    }
    if let Some(metadata) = body.get("data").and_then(metadata_alone) {
        return Some(Absence::Deleted(Box::new(deleted(query, metadata))));
    }
    match (has_no_data(body), has_no_error(body), unknown_route(body)) {
        (true, true, _) => Some(Absence::Unknown),
        (true, _, Some(route)) => {
            Some(Absence::NoMount(query.path.strip_suffix(&*route).unwrap_or_default().to_owned()))
        }
        _ => None,
    }
}

/// The error for a version that is deleted or destroyed, as its metadata says.
pub(super) fn deleted(query: Query<'_>, metadata: &Value) -> Error {
    let path = query.path;
    let short = |name| metadata.get(name).and_then(text).filter(|text| text.len() <= LONGEST_NAME);
    let number = short("version");
    let version = match (query.version, number) {
        (Some(version), _) => format!("version {version} of `{path}`"),
        (None, Some(version)) => format!("the newest version ({version}) of `{path}`"),
        (None, None) => format!("the newest version of `{path}`"),
    };
    if metadata.get("destroyed") == Some(&Value::Bool(true)) {
        return Error::new(Kind::Missing, format!("{version} is destroyed"))
            .hint("a destroyed version cannot be restored: write a new one, or use another");
    }
    match short("deletion_time").filter(|time| !time.is_empty()) {
        Some(time) => Error::new(Kind::Missing, format!("{version} is deleted"))
            .cause(format!("deleted at {time}"))
            .hint("restore it with `vault kv undelete`, write a new version, or use another"),
        None => Error::new(Kind::Missing, format!("{version} is empty")),
    }
}

/// Whether `metadata` has the members that KV version 2 puts beside each version.
pub(super) fn is_metadata(metadata: &Value) -> bool {
    ["created_time", "destroyed", "version"].into_iter().all(|key| metadata.get(key).is_some())
}

/// The metadata of a version whose content is null: `data`, or `subkeys` of the endpoint of that name.
fn metadata_alone(data: &Value) -> Option<&Value> {
    let Value::Map(entries) = data else { return None };
    let is_null = ["data", "subkeys"].into_iter().any(|key| data.get(key) == Some(&Value::Null));
    data.get("metadata").filter(|metadata| entries.len() == 2 && is_null && is_metadata(metadata))
}

fn has_no_data(body: &Value) -> bool {
    matches!(body.get("data"), None | Some(Value::Null))
}

/// Whether the list of errors is empty. KV version 2 responds to a path without `data/` with warnings and no such list.
fn has_no_error(body: &Value) -> bool {
    let is_list = |name, empty| matches!(body.get(name), Some(Value::List(items)) if items.is_empty() == empty);
    match body.get("errors") {
        None => is_list("warnings", false) && matches!(body.get("request_id"), Some(Value::Text(_))),
        Some(_) => is_list("errors", true),
    }
}

/// The path that no mount has, as the errors of a body say it: below a namespace it is without the namespace.
fn unknown_route(body: &Value) -> Option<String> {
    let Some(Value::List(errors)) = body.get("errors") else { return None };
    let route =
        |error: &Value| Some(text(error)?.strip_prefix(NO_MOUNT)?.split('"').nth(1).unwrap_or_default().to_owned());
    errors.iter().map(route).collect::<Option<Vec<_>>>()?.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{"created_time":"t","deletion_time":"","destroyed":false,"version":2}"#;

    fn absence_of(body: &str) -> &'static str {
        let query = Query { path: "a", version: None, engine: None };
        match absence(query, &Value::from_json(body.as_bytes()).unwrap()) {
            Some(Absence::Deleted(_)) => "deleted",
            Some(Absence::Unknown) => "not there",
            Some(Absence::NoMount(_)) => "no mount",
            None => "not Vault's",
        }
    }

    #[test]
    fn missing_is_what_vault_itself_says() {
        for (body, expected) in [
            (r#"{"errors":[]}"#.to_owned(), "not there"),
            (r#"{"errors":[],"warnings":["w"]}"#.to_owned(), "not there"),
            (r#"{"errors":[],"warnings":null}"#.to_owned(), "not there"),
            (r#"{"request_id":"r","lease_id":"","data":null,"warnings":["w"]}"#.to_owned(), "not there"),
            (r#"{"errors":["no handler for route \"none/app\". route entry not found."]}"#.to_owned(), "no mount"),
            (r#"{"errors":["no handler for route 'none/app'"]}"#.to_owned(), "no mount"),
            (format!(r#"{{"data":{{"data":null,"metadata":{METADATA}}}}}"#), "deleted"),
            (format!(r#"{{"errors":[],"data":{{"data":null,"metadata":{METADATA}}}}}"#), "deleted"),
            (format!(r#"{{"data":{{"subkeys":null,"metadata":{METADATA}}}}}"#), "deleted"),
        ] {
            assert_eq!(absence_of(&body), expected, "{body}");
        }
    }

    #[test]
    fn a_gateways_404_is_not_vaults() {
        for body in [
            "{}",
            "[]",
            "null",
            "\"404 page not found\"",
            r#"{"errors":[{"code":"X"}]}"#,
            r#"{"errors":["route not found"]}"#,
            r#"{"errors":["no handler for route \"a\"","and more"]}"#,
            r#"{"errors":[""]}"#,
            r#"{"errors":[null]}"#,
            r#"{"errors":{}}"#,
            r#"{"errors":null}"#,
            r#"{"errors":""}"#,
            r#"{"errors":[],"code":404}"#,
            r#"{"errors":[],"data":{"k":"v"}}"#,
            r#"{"message":"no Route matched with those values","request_id":"r"}"#,
            r#"{"request_id":"r"}"#,
            r#"{"warnings":["w"]}"#,
            r#"{"request_id":"r","warnings":[]}"#,
            r#"{"request_id":"r","warnings":"deleted"}"#,
            r#"{"request_id":"r","warnings":["w"],"data":{"k":"v"}}"#,
            r#"{"data":{"metadata":{}}}"#,
            r#"{"data":{"data":null,"metadata":{}}}"#,
            r#"{"data":{"data":{"k":"v"},"metadata":{"created_time":"t","destroyed":false,"version":2}}}"#,
        ] {
            assert_eq!(absence_of(body), "not Vault's", "{body}");
        }
    }
}
