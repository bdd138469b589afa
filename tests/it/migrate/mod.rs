//! `migrate`: what it says of set-ups as teams have them, and of each known shape of a command. No script is run.

mod compare;
mod shapes;

use std::process::Output;

use crate::support::files;
use crate::support::program::{program, root};

fn migrate(path: &str) -> Output {
    program(["migrate", path]).output()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A ConfigMap with definitions, values of the chart argo-cd, Secrets, Applications: `BLESS=1 cargo test migrate` writes the expected
/// text anew.
#[test]
fn a_whole_repository_is_told_line_by_line() {
    let output = migrate("tests/migrate/repository");
    let (file, told) = (root().join("tests/migrate/expected.txt"), stdout(&output));
    if crate::support::servers::setting("BLESS").is_some() {
        std::fs::write(&file, &told).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    similar_asserts(&expected, &told);
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(1), ""));
    assert!(!told.contains("canary"), "{told}");
}

#[track_caller]
fn similar_asserts(expected: &str, told: &str) {
    let diff = similar::TextDiff::from_lines(expected, told);
    assert!(expected == told, "{}", diff.unified_diff().context_radius(1));
}

/// Each line of the report names a line of the file that holds the words which it is about.
#[test]
fn the_lines_that_are_named_hold_what_is_said_of_them() {
    let told = stdout(&migrate("tests/migrate/repository"));
    for (line, words) in [
        ("cmp-plugin.yaml:27", "|| kustomize build ."),
        ("cmp-plugin.yaml:51", "${ARGOCD_ENV_HELM_ARGS}"),
        ("values.yaml:9", "$ARGOCD_ENV_ARG_PARAMETERS"),
        ("applications.yaml:11", "VAULT_ADDR"),
        ("secret.yaml:10", "AVP_VAULT_ADDR"),
    ] {
        let (file, number) = line.split_once(':').unwrap();
        let text = std::fs::read_to_string(root().join("tests/migrate/repository").join(file)).unwrap();
        let number: usize = number.parse().unwrap();
        // A script of several lines is told by the line in which its command begins.
        let near = text.lines().skip(number - 1).take(2).any(|text| text.contains(words));
        assert!(near, "{line} has no {words}");
        assert!(
            told.lines().any(|one| one.contains(&format!("/{line} ")) && one.contains(words)),
            "{line} {words}: {told}"
        );
    }
}

#[test]
fn what_a_cluster_has_is_read_from_stdin() {
    let list = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: argocd-cm}\n  data:\n    configManagementPlugins: |\n      - name: avp\n        generate:\n          command: [\"argocd-vault-plugin\"]\n          args: [\"generate\", \"./\"]\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: argocd-repo-server}\n  spec:\n    template:\n      spec:\n        containers:\n        - name: argocd-repo-server\n          env:\n          - {name: AVP_TYPE, value: vault}\n- apiVersion: argoproj.io/v1alpha1\n  kind: Application\n  metadata: {name: web}\n  spec: {source: {plugin: {name: avp}}}\n";
    let output = program(["migrate", "-"]).stdin(list).output();
    let told = stdout(&output);
    for words in [
        "stdin:9  `configManagementPlugins`: Argo CD 2.8 and later",
        "stdin:11  generate of `avp`: becomes `vault-render build . --strict`",
        "stdin:22  `AVP_TYPE`: the store `vault`",
        "Application `web`: `plugin.name: avp` becomes `plugin.name: vault-render`",
        "Back: `plugin.name: avp` in that Application",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(output.status.code(), Some(0), "{told}");
}

#[test]
fn patches_of_a_kustomization_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let patch = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: argocd-repo-server}\n    spec:\n      template:\n        spec:\n          containers:\n          - name: avp\n            command: [/var/run/argocd/argocd-cmp-server]\n            env:\n            - {name: AVP_TYPE, value: gcpsecretmanager}\n- patch: |\n    - op: add\n      path: /spec/template/spec/containers/0/env/-\n      value: {name: AVP_TYPE, value: vault}\n";
    files::write(folder.path(), "kustomization.yaml", patch);
    let output = migrate(&folder.path().display().to_string());
    let told = stdout(&output);
    assert!(told.starts_with("stops "), "the store comes first: {told}");
    for words in [
        "kustomization.yaml:15  `AVP_TYPE`: the store `gcpsecretmanager` is not there",
        "kustomization.yaml:12  container `avp`",
        "kustomization.yaml:16  `patch`: a JSON patch",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn an_operator_s_argo_cd_and_templates_in_values_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let operator = "apiVersion: argoproj.io/v1beta1\nkind: ArgoCD\nmetadata: {name: a}\nspec:\n  configManagementPlugins: |\n    - name: avp\n      generate: {command: [bash, -ec, argocd-vault-plugin generate .]}\n  repo:\n    sidecarContainers:\n    - {name: s, command: [/var/run/argocd/argocd-cmp-server], env: [{name: AVP_AUTH_TYPE, value: iam}]}\n";
    let values =
        "repoServer:\n  extraContainers: |\n    - name: avp\n      env: [{name: AVP_TYPE, value: {{ .Values.x }}}]\n";
    files::write_all(folder.path(), &[("argocd.yaml", operator), ("values.yaml", values)]);
    let told = stdout(&program(["migrate", "."]).folder(folder.path()).output());
    for words in [
        "argocd.yaml:7  generate of `avp`: becomes `vault-render build . --strict`",
        "argocd.yaml:10  container `s`",
        "argocd.yaml:10  `AVP_AUTH_TYPE`: the login `iam` is not there",
        "values.yaml:2  `containers`: a template is not read",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn what_does_not_concern_the_plugin_is_passed_over() {
    let output = migrate("deploy/argocd/stock");
    assert_eq!((output.status.code(), stdout(&output).lines().count()), (Some(0), 1), "{}", stdout(&output));
    let none = migrate("tests/migrate/nowhere");
    assert_eq!(none.status.code(), Some(2));
    // A template that makes a definition cannot be read: that is said, never left out.
    let folder = tempfile::tempdir().unwrap();
    files::write(
        folder.path(),
        "templates/cm.yaml",
        "kind: ConfigManagementPlugin\nspec: {{ toYaml .x }}\n{{- if }}\n",
    );
    let output = migrate(&folder.path().display().to_string());
    assert!(stdout(&output).contains("a document is not YAML"), "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn it_writes_nothing_and_needs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let definition = "apiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\nmetadata: {name: a}\nspec:\n  generate: {command: [sh, -c, \"touch made; argocd-vault-plugin generate .\"]}\n";
    files::write(folder.path(), "plugin.yaml", definition);
    let output = program(["migrate", "."]).folder(folder.path()).env("VAULT_ADDR", "http://127.0.0.1:1").output();
    assert!(stdout(&output).contains("not understood  plugin.yaml:5  `touch made`"), "{}", stdout(&output));
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(names, ["plugin.yaml"]);
}
