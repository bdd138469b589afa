//! What `check` finds of types without a store.

use super::{DEFINITION, folder};
use crate::support::files::write;
use crate::support::program::program;

/// Each finding as its rule and its message.
fn found(manifest: &str, more: &[&str]) -> Vec<String> {
    let folder = folder();
    write(folder.path(), "crd.yaml", DEFINITION);
    write(folder.path(), "x.yaml", manifest);
    let args = [&["check", "x.yaml", "--format", "json"], more].concat();
    let output = program(args).folder(folder.path()).output();
    let lines = String::from_utf8(output.stdout).unwrap();
    let read = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
    let shown = |finding: serde_json::Value| {
        format!("{}: {}", finding["rule"].as_str().unwrap(), finding["message"].as_str().unwrap())
    };
    lines.lines().map(read).map(shown).collect()
}

fn deployment(spec: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d, annotations: {{a: <path:app#k>}}}}\nspec:\n{spec}"
    )
}

#[test]
fn a_placeholder_that_no_value_fits_is_found() {
    for (spec, told) in [
        (
            "  replicas: 1<path:app#k>\n",
            "the result is text, as not only the placeholder stands here, and `spec.replicas` takes an integer of 32 bits",
        ),
        (
            "  replicas: |\n    <path:app#k>\n",
            "the result is text, as not only the placeholder stands here, and `spec.replicas` takes an integer of 32 bits",
        ),
        ("  paused: <path:app#*>\n", "the whole secret is a map, and `spec.paused` takes `true` or `false`"),
        (
            "  selector: x<path:app#k>\n",
            "the result is text, as not only the placeholder stands here, and `spec.selector` takes a map",
        ),
    ] {
        assert_eq!(found(&deployment(spec), &[]), [format!("wrong-type: {told}")], "{spec}");
    }
    for spec in
        ["  replicas: <path:app#k>\n", "  selector: <path:app#*>\n", "  replicas: <path:app#* | jsonPath {.a}>\n"]
    {
        assert_eq!(found(&deployment(spec), &[]), [""; 0], "{spec}");
    }
}

#[test]
fn a_literal_that_its_field_refuses_and_an_unknown_field_are_found() {
    for (spec, told) in [
        (
            "  replicas: '3'\n",
            Some("refused-literal: `spec.replicas` takes an integer of 32 bits, and text stands here"),
        ),
        (
            "  replicas: 3.5\n",
            Some("refused-literal: `spec.replicas` takes an integer of 32 bits, and a number stands here"),
        ),
        (
            "  replicas: 3000000000\n",
            Some("refused-literal: `spec.replicas` takes an integer of 32 bits, and a number stands here"),
        ),
        ("  paused: 1\n", Some("refused-literal: `spec.paused` takes `true` or `false`, and a number stands here")),
        (
            "  template: {spec: {hostname: 5}}\n",
            Some("refused-literal: `spec.template.spec.hostname` takes text, and a number stands here"),
        ),
        ("  template: []\n", Some("refused-literal: `spec.template` takes a map, and a list stands here")),
        ("  replica: 3\n", Some("unknown-field: Deployment has no field `spec.replica`")),
        ("  replicas: 3.0\n", None),
        ("  replicas: null\n", None),
        ("  replicas: ${REPLICAS}\n", None),
        ("  paused: yes\n", None),
        ("  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 25%}}\n", None),
        ("  template: {spec: {containers: [{name: c, resources: {limits: {cpu: 1, memory: 1Gi}}}]}}\n", None),
    ] {
        assert_eq!(found(&deployment(spec), &[]).first().map(String::as_str), told, "{spec}");
    }
    assert_eq!(
        found("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {replica: '3'}\n", &[]),
        [""; 0]
    );
}

#[test]
fn a_named_schema_counts_in_a_check() {
    let widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: x<path:app#k>, ratio: half, titel: t}\n";
    assert_eq!(found(widget, &[]), [""; 0]);
    let told = found(widget, &["--schema", "crd.yaml"]);
    assert_eq!(
        told,
        [
            "wrong-type: the result is text, as not only the placeholder stands here, and `spec.size` takes an integer",
            "refused-literal: `spec.ratio` takes a number, and text stands here",
            "unknown-field: Widget has no field `spec.titel`",
        ]
    );
}
