//! The finding for an object that the API server refuses, and which part of its message may be shown: messages quote values.
//! For an object that holds secrets, only fields, types and one-word reasons are shown.

use std::sync::LazyLock;

use regex::Regex;

use super::object::Object;
use crate::client::kubernetes::{ApiRefusal, Location};
use crate::error::{Error, Kind};

/// `.spec.replicas: expected numeric (int or float), got string`. For unquoted numbers, the value stands in place of the last type.
static TYPES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(\.[^\s:]+): expected ([a-z]+(?: \([a-z ]+\))?), got ([a-z]+\b|&value)"#).ok());

/// `.spec.template.spec.imag: field not declared in schema`.
static UNKNOWN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(\.[^\s:]+): field not declared in schema").ok());

/// A longer message holds a dump of the object, with fields that others may have written.
const LONGEST: usize = 500;

/// The finding about a refused object.
pub(super) fn finding(object: &Object, at: &Location, verb: &str, refusal: &ApiRefusal) -> Error {
    let id = &object.id;
    if refusal.code == 403 && refusal.reason == "Forbidden" && is_access(&refusal.message) {
        let within =
            at.namespace.as_ref().map(|namespace| format!(" in the namespace `{namespace}`")).unwrap_or_default();
        let detail = format!("Kubernetes denies `{verb}` on `{}`{within} (403): {id} is not compared", at.resource);
        let hint = "comparing takes the verbs `get` and `patch`; a dry run stores nothing";
        return Error::new(Kind::Denied, detail).hint(hint).at(object.place.clone());
    }
    let said = said(object, refusal);
    let error = Error::new(Kind::Value, format!("Kubernetes refuses {id} ({})", refusal.code)).at(object.place.clone());
    let error = if said.is_empty() { error } else { error.cause(said.join("; ")) };
    if object.is_plain() {
        error
    } else {
        error.hint("what the server says beyond this may quote a secret and is not shown")
    }
}

/// Whether the object was refused because its namespace does not exist.
pub(super) fn is_without_namespace(refusal: &ApiRefusal) -> bool {
    refusal.code == 404 && refusal.message.starts_with("namespaces \"")
}

/// Whether the message is about the permissions of the caller, not about the object: admission answers 403 as well.
fn is_access(message: &str) -> bool {
    message.contains("is forbidden: User \"")
}

fn said(object: &Object, refusal: &ApiRefusal) -> Vec<String> {
    if object.is_plain() && refusal.message.len() <= LONGEST {
        return vec![refusal.message.clone()];
    }
    let mut said: Vec<String> = of_types(&refusal.message);
    if said.is_empty() {
        said = refusal
            .causes
            .iter()
            .filter(|[field, ..]| is_path(field))
            .map(|[field, reason, _]| match is_word(reason) {
                true => format!("{field}: {reason}"),
                false => field.clone(),
            })
            .collect();
    }
    if refusal.message.contains("illegal base64 data") {
        said.push("`data` holds a value that is not base64".to_owned());
    }
    if said.is_empty() && is_word(&refusal.reason) {
        said.push(refusal.reason.clone());
    }
    said.retain(|said| object.own.find(said).is_empty());
    said
}

/// The fields of the wrong type, and the unknown fields.
fn of_types(message: &str) -> Vec<String> {
    let found = TYPES.iter().flat_map(|types| types.captures_iter(message));
    let types = found.map(|found| {
        let got = if &found[3] == "&value" { "a number, bool or null" } else { &found[3] };
        format!("{}: expected {}, got {got}", &found[1], &found[2])
    });
    let unknown = UNKNOWN.iter().flat_map(|unknown| unknown.captures_iter(message));
    types.chain(unknown.map(|found| format!("{}: no such field", &found[1]))).collect()
}

/// Whether a text is the path of a field, as the API server writes it.
fn is_path(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'[' | b']' | b'_' | b'-'))
}

/// Whether a text is a single word, such as a reason.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_type_error_field_and_types_are_said() {
        for (message, said) in [
            (
                "failed to create typed patch object (a/web; apps/v1, Kind=Deployment): .spec.replicas: expected numeric \
                 (int or float), got string",
                vec![".spec.replicas: expected numeric (int or float), got string"],
            ),
            (
                ".data.port: expected string, got &value.valueUnstructured{Value:73219846}",
                vec![".data.port: expected string, got a number, bool or null"],
            ),
            (
                "errors:\n  .spec.a: field not declared in schema\n  .spec.b[name=\"x\"].c: expected map, got list",
                vec![".spec.b[name=\"x\"].c: expected map, got list", ".spec.a: no such field"],
            ),
            ("Invalid value: \"canary\": .a is not nice", vec![]),
        ] {
            assert_eq!(of_types(message), said, "{message}");
        }
    }

    #[test]
    fn only_what_the_caller_may_not_do_is_a_matter_of_access() {
        assert!(is_access(
            "secrets \"db\" is forbidden: User \"ann\" cannot get resource \"secrets\" in API group \"\""
        ));
        assert!(!is_access("admission webhook \"x\" denied the request: you cannot use `latest`"));
    }

    #[test]
    fn what_is_no_field_and_no_word_is_not_said() {
        assert!(is_path("spec.ports[0].port") && !is_path("") && !is_path("spec.a b"));
        assert!(is_word("FieldValueInvalid") && !is_word("") && !is_word("a\"b"));
    }
}
