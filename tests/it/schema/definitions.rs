//! Schemas that a user or the operator names, and what is odd in definitions.

use super::{DEFINITION, TYPED, UNTYPED, WIDGET, folder, printed, run};
use crate::support::files::write;

#[test]
fn a_schema_is_named_by_its_file_its_folder_or_a_setting() {
    let folder = folder();
    write(folder.path(), "crds/more/widget.yml", DEFINITION);
    write(folder.path(), "crds/kustomization.yaml", "resources: [more/widget.yml]\n");
    write(folder.path(), "crds/.hidden/broken.yaml", "kind: CustomResourceDefinition\n: {");
    let generate = |schema: &[&str]| run(folder.path(), &[&["generate", "-"], schema].concat()).stdin(WIDGET);
    assert!(printed(generate(&[])).contains(UNTYPED));
    for schema in [["--schema", "crds/more/widget.yml"], ["--schema", "crds"]] {
        assert!(printed(generate(&schema)).ends_with(TYPED), "{schema:?}");
        assert!(printed(generate(&[schema[0], schema[1], "--stream"])).ends_with(TYPED), "{schema:?}");
    }
    let crds = folder.path().join("crds").to_string_lossy().into_owned();
    assert!(printed(generate(&[]).env("AVP_SCHEMA", &crds)).ends_with(TYPED));
    let by_names = generate(&[]).env("AVP_SCHEMA", &crds).env("AVP_TYPES", "names");
    assert!(printed(by_names).contains(UNTYPED));
}

#[test]
fn a_folder_of_links_is_read_as_a_config_map_s_volume() {
    let folder = folder();
    write(folder.path(), "crds/..2026/widget.yaml", DEFINITION);
    std::os::unix::fs::symlink("..2026", folder.path().join("crds/..data")).unwrap();
    std::os::unix::fs::symlink("..data/widget.yaml", folder.path().join("crds/widget.yaml")).unwrap();
    assert!(printed(run(folder.path(), &["generate", "-", "--schema", "crds"]).stdin(WIDGET)).ends_with(TYPED));
}

#[test]
fn an_open_api_document_is_a_schema_too() {
    let folder = folder();
    let kind = r#"[{"group": "example.com", "version": "v1", "kind": "Widget"}]"#;
    let spec = r#"{"type": "object", "properties": {"size": {"type": "integer"}}}"#;
    let widget = format!(
        r#""com.example.v1.Widget": {{"type": "object", "x-kubernetes-group-version-kind": {kind}, "properties": {{"spec": {spec}}}}}"#
    );
    write(folder.path(), "2.json", &format!(r#"{{"swagger": "2.0", "definitions": {{{widget}}}}}"#));
    write(folder.path(), "3.json", &format!(r#"{{"openapi": "3.0.0", "components": {{"schemas": {{{widget}}}}}}}"#));
    for file in ["2.json", "3.json"] {
        let shown = printed(run(folder.path(), &["generate", "-", "--schema", file]).stdin(WIDGET));
        assert!(shown.contains("  size: 3\n"), "{shown}");
    }
}

#[test]
fn the_nearest_schema_counts_and_none_replaces_a_built_in_kind() {
    let folder = folder();
    write(folder.path(), "near.yaml", &DEFINITION.replace("size: {type: integer}", "size: {type: string}"));
    write(folder.path(), "far.yaml", DEFINITION);
    write(
        folder.path(),
        "core.yaml",
        &DEFINITION
            .replace("group: example.com", "group: apps")
            .replace("Widget", "Deployment")
            .replace("size", "replicas")
            .replace("type: integer", "type: string"),
    );
    let shown =
        printed(run(folder.path(), &["generate", "-", "--schema", "near.yaml", "--schema", "far.yaml"]).stdin(WIDGET));
    assert!(shown.contains("  size: '3'\n"), "{shown}");
    // Of the manifests' own and a named one, the named one counts.
    let both = format!("{DEFINITION}---\n{WIDGET}");
    let shown = printed(run(folder.path(), &["generate", "-", "--schema", "near.yaml"]).stdin(both));
    assert!(shown.contains("  size: '3'\n"), "{shown}");
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {replicas: <path:app#three>}\n";
    let shown = printed(run(folder.path(), &["generate", "-", "--schema", "core.yaml"]).stdin(deployment));
    assert!(shown.contains("replicas: 3"), "{shown}");
}

#[test]
fn what_holds_no_schema_or_cannot_be_read_is_an_error() {
    let folder = folder();
    write(folder.path(), "none/a.yaml", "a: 1\n");
    write(folder.path(), "broken.yaml", "kind: CustomResourceDefinition\nspec: {password: hunter2\n");
    write(folder.path(), "broken.json", "{\"openapi\": \"3\", \"components\": {");
    for (schema, told) in [
        ("none", "error: `none` holds no schema\nhint: a schema is a CustomResourceDefinition"),
        ("none/a.yaml", "error: `none/a.yaml` holds no schema\n"),
        ("missing.yaml", "error: cannot read the schemas in `missing.yaml`\n  = cause: No such file"),
        ("broken.yaml", "--> broken.yaml:"),
        ("broken.json", "error: the OpenAPI document `broken.json` cannot be read\n  = cause: "),
    ] {
        let output = run(folder.path(), &["generate", "-", "--schema", schema]).stdin(WIDGET).output();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains(told) && !stderr.contains("hunter2"), "{schema}: {stderr}");
    }
}

#[test]
fn a_tenant_names_no_schema() {
    let folder = folder();
    write(folder.path(), "widget.yaml", DEFINITION);
    let place = folder.path().join("widget.yaml").to_string_lossy().into_owned();
    let run = run(folder.path(), &["generate", "-"]).stdin(WIDGET);
    let run = run.env("ARGOCD_APP_NAME", "a").env("ARGOCD_ENV_AVP_SCHEMA", &place);
    let output = run.output();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("AVP_SCHEMA"), "{output:?}");
}

#[test]
fn odd_definitions_are_understood_or_passed_over() {
    let spec = "{type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}";
    let head = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {group: example.com, names: {kind: Widget}";
    let own = format!("versions: [{{name: v1, schema: {{openAPIV3Schema: {spec}}}}}]}}");
    let deep = "{type: array, items: ".repeat(90) + "{type: string}" + &"}".repeat(90);
    let laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned()
        + &"bcdefghi"
            .chars()
            .zip("abcdefgh".chars())
            .map(|(one, of)| format!("{one}: &{one} [{}]\n", format!("*{of}, ").repeat(10)))
            .collect::<String>();
    let folder = folder();
    for (what, definition, is_known) in [
        ("v1beta1 with one schema", format!("{head}, version: v1, validation: {{openAPIV3Schema: {spec}}}}}"), true),
        (
            "v1beta1 with a list of versions",
            format!("{head}, versions: [{{name: v0}}, {{name: v1}}], validation: {{openAPIV3Schema: {spec}}}}}"),
            true,
        ),
        ("a list of definitions", format!("kind: List\nitems:\n- {}, {own}", head.replace('\n', "\n  ")), true),
        (
            "JSON",
            format!("{{\"kind\": \"CustomResourceDefinition\", {}, {own}}}", head.split('\n').nth(2).unwrap()),
            true,
        ),
        ("the same kind twice", format!("{head}, {own}\n---\n{head}, {}", own.replace("integer", "string")), true),
        ("a reference", format!("{head}, {}", own.replace("{type: integer}", "{$ref: '#/x'}")), false),
        ("a type of no name", format!("{head}, {}", own.replace("type: integer", "type: [integer]")), false),
        ("no schema", format!("{head}, versions: [{{name: v1}}]}}"), false),
        ("no versions", format!("{head}}}"), false),
        ("no YAML", format!("{head}, versions: ["), false),
        (
            "a deep one before",
            format!("{head}, {}\n---\n{head}, {own}", own.replace(spec, &deep).replace("v1", "v2")),
            true,
        ),
        ("an exploding one before", format!("{laughs}{head}, {}\n---\n{head}, {own}", own.replace(spec, "*i")), true),
    ] {
        let shown =
            printed(run(folder.path(), &["generate", "-", "--any"]).stdin(format!("{WIDGET}---\n{definition}\n")));
        assert_eq!(shown.contains("  size: 3\n"), is_known, "{what}: {shown}");
    }
}
