//! Finds literal values in Secrets, except harmless ones such as booleans and public keys.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::super::placeholder::is_disguised;
use super::{LITERAL, scan};
use crate::backend;
use crate::config::table::Secrecy;
use crate::error::{Error, Kind, Level};
use crate::render::Document;
use crate::source::{Place, Span};
use crate::value::Value;
use crate::yaml::resolve::{Plain, resolve};
use crate::yaml::tree::{Content, NodeId, Style, Tree};

/// The annotation in which `kubectl apply` keeps a copy of the manifest, with its values.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The last words of keys whose values are not secret.
const PUBLIC: &[&str] = &[
    "account",
    "address",
    "app",
    "bucket",
    "ca",
    "channel",
    "database",
    "db",
    "dbname",
    "dialect",
    "domain",
    "driver",
    "email",
    "enabled",
    "endpoint",
    "engine",
    "env",
    "environment",
    "group",
    "host",
    "hostname",
    "insecure",
    "issuer",
    "kind",
    "level",
    "locale",
    "login",
    "mode",
    "name",
    "namespace",
    "organization",
    "path",
    "port",
    "project",
    "protocol",
    "provider",
    "realm",
    "region",
    "registry",
    "role",
    "scheme",
    "scope",
    "scopes",
    "server",
    "servers",
    "sslmode",
    "tenant",
    "timeout",
    "type",
    "uri",
    "url",
    "user",
    "username",
    "version",
    "zone",
];

/// Parts of a key that make its value secret, whatever its last word is.
const SECRET: &[&str] = &["auth", "cred", "key", "pass", "pwd", "secret", "token"];

/// The beginnings of references that other tools replace by secrets.
const REFERENCES: &[&str] = &["ref+", "vault:", "op://", "ENC[", "secretref+"];

pub(super) fn find(document: &Document<'_>, found: &mut Vec<Error>) {
    for (map, _) in document.resources.iter().filter(|(_, resource)| resource.id.kind == "Secret") {
        for field in ["data", "stringData"] {
            let entries = document.tree.get(*map, field).map(|map| entries(&document.tree, map)).unwrap_or_default();
            for (key, value) in entries {
                found.extend(literal(document, field, key, value));
            }
        }
        found.extend(last_applied(document, *map));
    }
}

/// The entries of a map, and of the maps that are merged into it.
fn entries(tree: &Tree<'_>, map: NodeId) -> Vec<(NodeId, NodeId)> {
    let map = tree.target(map);
    let own = tree.entries(map).filter(|(key, _)| !tree.is_merge_key(*key));
    own.chain(tree.merged(map).flat_map(|map| tree.entries(map))).collect()
}

fn literal(document: &Document<'_>, field: &str, key: NodeId, value: NodeId) -> Option<Error> {
    let tree = &document.tree;
    let node = tree.target(value);
    let text = tree.text(node)?;
    if document.is_filled(node) || is_null_or_bool(tree, node) {
        return None;
    }
    let is_data = field == "data";
    if is_data && is_no_text(tree, node) {
        return None;
    }
    if is_disguised(text.as_bytes()) {
        return None;
    }
    let decoded = if is_data { decoded(text)? } else { Zeroizing::new(text.as_bytes().to_vec()) };
    let span = tree.node(node).span;
    if is_harmless(&decoded) || !scan::leaks(&document.source.bytes[span.range()]).is_empty() {
        return None;
    }
    let level = level(tree.text(key).unwrap_or_default(), &decoded)?;
    Some(finding(document, value, span, level, format!("a literal value in a Secret's `{field}`")))
}

/// The level of the finding about a literal under `key`; `None` for a setting that holds no secret.
fn level(key: &str, value: &[u8]) -> Option<Level> {
    match backend::settings().secrecy(key) {
        _ if holds_a_login(value) => Some(Level::Error),
        Some(Secrecy::Open) => None,
        Some(Secrecy::Name) => Some(Level::Note),
        Some(Secrecy::Secret) => Some(Level::Error),
        None => Some(if names_a_secret(key) { Level::Error } else { Level::Note }),
    }
}

/// The finding about the annotation in which `kubectl` keeps a copy of the whole Secret.
fn last_applied(document: &Document<'_>, map: NodeId) -> Option<Error> {
    let tree = &document.tree;
    let annotations = tree.get(tree.get(map, "metadata")?, "annotations")?;
    let value = tree.get(annotations, LAST_APPLIED)?;
    let copy = Value::from_json(tree.text(value)?.as_bytes()).ok()?;
    let holds = |field| matches!(copy.get(field), Some(Value::Map(entries)) if !entries.is_empty());
    let node = tree.target(value);
    (holds("data") || holds("stringData")).then(|| {
        let detail = "the Secret's values stand in the annotation that `kubectl apply` writes";
        finding(document, value, tree.node(node).span, Level::Error, detail.to_owned())
    })
}

pub(super) fn finding(document: &Document<'_>, value: NodeId, span: Span, level: Level, detail: String) -> Error {
    let hint = "keep it in the store and put a placeholder here";
    let error = Error::new(Kind::Value, detail).rule(LITERAL).hint(hint).hidden();
    Error { level, ..error }.at(Place { span, ..document.place(value) })
}

/// Whether Kubernetes reads a scalar as a number and refuses it, which another rule reports.
fn is_no_text(tree: &Tree<'_>, node: NodeId) -> bool {
    match &tree.node(node).content {
        Content::Scalar(Style::Plain, text) => {
            tree.node(node).tag().is_none() && matches!(resolve(text), Plain::Number(_))
        }
        _ => false,
    }
}

/// Whether a plain scalar is null or a bool.
fn is_null_or_bool(tree: &Tree<'_>, node: NodeId) -> bool {
    match &tree.node(node).content {
        Content::Scalar(Style::Plain, text) => is_word(text),
        _ => false,
    }
}

fn is_word(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "" | "~" | "null" | "true" | "false" | "yes" | "no" | "on" | "off")
}

/// A value of `data` decoded; `None` if it is not base64, which another rule reports.
fn decoded(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let line: Zeroizing<String> = Zeroizing::new(text.chars().filter(|char| !matches!(char, '\r' | '\n')).collect());
    STANDARD_NO_PAD.decode(line.trim_end_matches('=')).ok().map(Zeroizing::new)
}

/// Whether a value is not secret: empty, public, or filled in by another tool.
pub(super) fn is_harmless(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let text = text.trim();
    is_word(text)
        || text.contains("<path:")
        || text.contains("<raw:")
        || (text.starts_with('<') && text.ends_with('>') && !text.contains('\n'))
        || ["{{", "${", "$("].iter().any(|open| text.contains(open))
        || REFERENCES.iter().any(|start| text.starts_with(start))
        || is_public(text)
}

/// Whether a text is a certificate or a public key.
fn is_public(text: &str) -> bool {
    let pem = text.starts_with("-----BEGIN ") && !text.contains("PRIVATE");
    pem || ["ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-"].iter().any(|start| text.starts_with(start))
}

/// Whether the name of a key suggests that its value is secret.
pub(super) fn names_a_secret(key: &str) -> bool {
    let name = key.to_ascii_lowercase();
    let last = key.rsplit(|char: char| !char.is_ascii_alphanumeric()).next().unwrap_or_default();
    let hump = last
        .rfind(|char: char| char.is_ascii_uppercase())
        .filter(|_| last.chars().any(|char| char.is_ascii_lowercase()));
    let word = last[hump.unwrap_or(0)..].to_ascii_lowercase();
    !PUBLIC.contains(&word.as_str()) || SECRET.iter().any(|part| name.contains(part))
}

/// Whether a value is an address with a password in it.
fn holds_a_login(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let login = text.split_once("://").and_then(|(_, rest)| rest.split_once('@')).map(|(login, _)| login);
    login.is_some_and(|login| {
        login.split_once(':').is_some_and(|(_, password)| !password.is_empty() && !password.contains('/'))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::render::Survey;
    use crate::source::Source;

    /// The levels and fields of what is found in a Secret with this text.
    fn found(text: &str) -> Vec<(Level, String)> {
        let sources =
            [Arc::new(Source::new("x.yaml", format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: x}}\n{text}")))];
        let survey = Survey::new(&sources, &Arc::default());
        let mut found = Vec::new();
        survey.documents().for_each(|document| find(document, &mut found));
        found.into_iter().map(|error| (error.level, error.place.unwrap().field.unwrap())).collect()
    }

    #[test]
    fn literal_values_are_found() {
        for (text, field) in [
            ("stringData:\n  password: hunter2\n", "stringData.password"),
            ("stringData:\n  password: |\n    hunter2\n", "stringData.password"),
            ("stringData: {a: &a hunter2}\ndata: {}\n", "stringData.a"),
            ("stringData:\n  pin: 1234\n", "stringData.pin"),
            ("data:\n  password: aHVudGVyMg==\n", "data.password"),
            ("data:\n  password: |\n    aHVud\n    GVyMg==\n", "data.password"),
            ("data:\n  keystore.p12: /u3+7QAAAAIAAAAB\n", "data[\"keystore.p12\"]"),
            ("stringData:\n  url: postgres://app:hunter2@db/app\n", "stringData.url"),
            ("stringData:\n  VAULT_ADDR: https://a:hunter2@vault\n", "stringData.VAULT_ADDR"),
            ("stringData:\n  AVP_SECRET_ID: 1f2d\n", "stringData.AVP_SECRET_ID"),
            ("stringData:\n  userPassword: hunter2\n", "stringData.userPassword"),
        ] {
            assert_eq!(found(text), [(Level::Error, field.to_owned())], "{text}");
        }
    }

    #[test]
    fn keys_that_name_nothing_secret_are_notes() {
        for key in ["username", "DB_HOST", "dbName", "db-port", "url", "AVP_ROLE_ID"] {
            let found = found(&format!("stringData:\n  {key}: \"app\"\n"));
            assert_eq!(found, [(Level::Note, format!("stringData.{key}"))]);
        }
    }

    #[test]
    fn placeholders_and_what_is_harmless_are_not_found() {
        for text in [
            "stringData:\n  password: <path:secret/data/app#password>\n",
            "stringData:\n  url: postgres://app:<path:secret/data/app#password>@db/app\n",
            "stringData:\n  markup: <raw:b>\n",
            "data:\n  password: <path:secret/data/app#password | base64encode>\n",
            "data:\n  password: PHBhdGg6c2VjcmV0L2RhdGEvYXBwI3Bhc3N3b3JkPg==\n",
            "stringData:\n  a: \"\"\n  b: \"true\"\n  c: ~\n  d:\n",
            "stringData:\n  a: ${PASSWORD}\n  b: '{{ .Values.password }}'\n  c: <password>\n",
            "stringData:\n  VAULT_ADDR: https://vault.example.com\n  AVP_AUTH_TYPE: k8s\n  VAULT_CACERT: /etc/ca.pem\n",
            "data:\n  AVP_PATH_VALIDATION: c2VjcmV0Ly4q\n  VAULT_AGENT_ADDR: aHR0cDovL2xvY2FsaG9zdA==\n",
            "stringData:\n  password: PHBhdGg6c2VjcmV0L2RhdGEvYXBwI3Bhc3N3b3JkPg==\n",
            "stringData:\n  a: ENC[AES256_GCM,data:7Qm2]\n  b: vault:secret/data/app#password\n",
            "stringData:\n  tls.crt: |\n    -----BEGIN CERTIFICATE-----\n    MIID\n    -----END CERTIFICATE-----\n",
            "data:\n  password: no base64\n  pin: 1234\n",
            "data:\n",
            "type: Opaque\n",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn the_copy_that_kubectl_keeps_is_found() {
        let text = format!(
            "  annotations:\n    {LAST_APPLIED}: |\n      {{\"kind\":\"Secret\",\"data\":{{\"a\":\"aHVudGVyMg==\"}}}}\n"
        );
        let text = format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n{text}");
        let sources = [Arc::new(Source::new("x.yaml", text))];
        let mut found = Vec::new();
        Survey::new(&sources, &Arc::default()).documents().for_each(|document| find(document, &mut found));
        assert_eq!(found.len(), 1);
    }
}
