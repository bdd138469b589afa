//! The JSON Schema of policy files says what the program says.

use std::fs;

use serde_json::Value;

use super::Policy;
use crate::support::program::{program, root};

fn schema() -> Value {
    serde_json::from_str(&fs::read_to_string(root().join("schemas/policy.schema.json")).unwrap()).unwrap()
}

fn is_valid(text: &str) -> bool {
    let value: Value = serde_yaml::from_str(text).unwrap();
    jsonschema::validator_for(&schema()).unwrap().is_valid(&value)
}

/// What the program says of a policy file, and whether it takes it.
fn checked(text: &str) -> (String, bool) {
    let policy = Policy::new(text);
    let output = program(["policy", "check"]).args([&policy.path]).output();
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success())
}

#[test]
fn both_take_and_refuse_the_same_files() {
    let example = fs::read_to_string(root().join("deploy/argocd/tenants/policy.yaml")).unwrap();
    for (text, expected) in [
        (&*example, true),
        ("rules: [{allow: {}}]", true),
        ("rules: [{allow: {paths: a, versions: [1, latest], creates: true, settings: [file, secret]}}]", true),
        ("rules: [{who: {project: a, app: [b, c]}, deny: {keys: ['*']}}]", true),
        (
            "rules: [{allow: {}, login: {name: a}}]\nlogins: {a: {AVP_AUTH_TYPE: approle, AVP_SECRET_ID: {env: A}}}",
            true,
        ),
        ("rules: [{allow: {}, limits: {secrets: 1, value_bytes: 2, seconds: 1m, renders: 3}}]", true),
        ("rules: []", false),
        ("tests: []", false),
        ("rules: [{}]", false),
        ("rules: [{allow: {}, deny: {}}]", false),
        ("rules: [{deny: {}, limits: {secrets: 1}}]", false),
        ("rules: [{allow: {paths: []}}]", false),
        ("rules: [{allow: {creates: maybe}}]", false),
        ("rules: [{allow: {settings: [c]}}]", false),
        ("rules: [{allow: {}, login: {}}]", false),
        ("rules: [{allow: {}, limits: {secrets: 0}}]", false),
        ("rules: [{allow: {}}]\nlogins: {a: {AVP_ROLE_ID: {env: ARGOCD_ENV_X}}}", false),
        ("rules: [{allow: {}}]\ntests: [{as: {project: a}}]", false),
    ] {
        let (said, is_taken) = checked(text);
        assert_eq!((is_valid(text), is_taken), (expected, expected), "{text}: {said}");
    }
}

/// The program lists the fields of each map, when it meets one that it does not know: the schema has the same.
#[test]
fn both_know_the_same_fields() {
    let schema = schema();
    for (text, pointer) in [
        ("qqqqqqqqqqqq: 1", "/properties"),
        ("rules: [{qqqqqqqqqqqq: 1}]", "/$defs/rule/properties"),
        ("rules: [{who: {qqqqqqqqqqqq: 1}}]", "/$defs/rule/properties/who/properties"),
        ("rules: [{allow: {qqqqqqqqqqqq: 1}}]", "/$defs/scope/properties"),
        ("rules: [{login: {qqqqqqqqqqqq: 1}}]", "/$defs/rule/properties/login/properties"),
        ("rules: [{limits: {qqqqqqqqqqqq: 1}}]", "/$defs/rule/properties/limits/properties"),
        ("tests: [{qqqqqqqqqqqq: 1}]", "/$defs/test/properties"),
        ("tests: [{as: {qqqqqqqqqqqq: 1}}]", "/$defs/requester/properties"),
    ] {
        let (said, _) = checked(text);
        let hint = said
            .split("has no `qqqqqqqqqqqq`")
            .nth(1)
            .and_then(|rest| rest.lines().find(|line| line.starts_with("hint: ")));
        let mut told: Vec<&str> = hint.unwrap_or_else(|| panic!("{said}")).split('`').skip(1).step_by(2).collect();
        told.retain(|word| {
            schema.pointer(pointer).is_some_and(|fields| fields.get(word).is_some())
                || !["who", "allow", "as"].contains(word)
        });
        let mut fields: Vec<&str> =
            schema.pointer(pointer).unwrap().as_object().unwrap().keys().map(String::as_str).collect();
        told.sort_unstable();
        told.dedup();
        fields.sort_unstable();
        let told: Vec<&str> =
            told.into_iter().filter(|word| !["login", "limits"].contains(word) || fields.contains(word)).collect();
        assert_eq!(told, fields, "{text}");
    }
}
