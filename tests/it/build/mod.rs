//! `build` with the real helm 3, helm 4 and kustomize. Scripts replace them only where the real tools cannot be made to misbehave.

mod argocd;
mod charts;
mod failure;
mod network;
mod tenant;
mod two_tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml::Value;

use crate::support::files::write;
use crate::support::program::{Program, program, root};
use crate::support::servers;

/// `vault-render build ARGS` in `folder`.
fn build(folder: &Path, arguments: &[&str]) -> Program {
    program(["build"]).args(arguments).folder(folder).env("PATH", "/usr/bin:/bin")
}

/// The helms that are there: version 3 and 4.
fn helms() -> Vec<PathBuf> {
    ["helm3", "helm4"].into_iter().filter_map(servers::binary).collect()
}

/// What a tool prints, in a world of its own.
fn printed(tool: &Path, folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(tool);
    command.args(arguments).current_dir(folder).env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin");
    let output = command.output().expect("the tool starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What a run prints on stdout.
fn stdout(program: Program) -> Vec<u8> {
    let output = program.output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The documents of a stream, as Kubernetes would read them.
fn objects(bytes: &[u8]) -> Vec<Value> {
    let documents = serde_yaml::Deserializer::from_slice(bytes);
    let objects = documents.map(|document| serde::Deserialize::deserialize(document).expect("YAML"));
    objects.filter(|object: &Value| !object.is_null()).collect()
}

#[test]
fn a_chart_comes_out_as_through_a_pipe() {
    let chart = root().join("examples/helm/chart");
    let secrets = root().join("examples/helm/secrets.yaml").display().to_string();
    for helm in helms() {
        let templated = printed(&helm, &chart, &["template", "web", ".", "--include-crds"]);
        let piped = stdout(program(["generate", "-", "--secrets", &secrets]).stdin(templated));
        let helm = helm.display().to_string();
        let arguments = [".", "--secrets", &secrets, "--helm", &helm];
        let built = stdout(build(&chart, &arguments).env("ARGOCD_APP_NAME", "web"));
        assert_eq!(objects(&built), objects(&piped), "{helm}");
        assert_eq!(objects(&built).len(), 2);
    }
}

#[test]
fn a_kustomization_comes_out_as_through_a_pipe() {
    let Some(kustomize) = servers::binary("kustomize") else { return };
    let folder = root().join("examples/kustomize");
    let built = printed(&kustomize, &folder, &["build", "prod"]);
    let piped = stdout(program(["generate", "-", "--secrets", "examples/kustomize/secrets.yaml"]).stdin(built));
    let kustomize = kustomize.display().to_string();
    build(&folder, &["prod", "--secrets", "secrets.yaml", "--kustomize", &kustomize]).stdout(piped).check();
}

#[test]
fn plain_manifests_come_out_as_from_generate() {
    let rendered = fs::read(root().join("examples/plain/rendered.yaml")).unwrap();
    build(root(), &["examples/plain/manifests", "--secrets", "examples/plain/secrets.yaml"]).stdout(rendered).check();
}

#[test]
fn a_finding_names_the_template() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "secrets.yaml", "{}\n");
    write(folder.path(), "web/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 0.1.0\n");
    write(folder.path(), "web/charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 0.1.0\n");
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: NAME}\nstringData: {a: '<path:secret/data/x#y>'}\n";
    write(folder.path(), "web/templates/secret.yaml", &secret.replace("NAME", "web"));
    write(folder.path(), "web/charts/db/templates/sub/secret.yaml", &secret.replace("NAME", "db"));
    write(folder.path(), "web/crds/crd.yaml", &secret.replace("NAME", "crd"));
    for helm in helms() {
        let helm = helm.display().to_string();
        let output = build(folder.path(), &["web", "--secrets", "secrets.yaml", "--helm", &helm]).output();
        let stderr = String::from_utf8_lossy(&output.stderr);
        // One block tells of all three, as they say the same.
        for file in ["web/templates/secret.yaml", "web/charts/db/templates/sub/secret.yaml", "web/crds/crd.yaml"] {
            let told = [format!(" = template: {file}\n"), format!(" ({file})")];
            assert!(told.iter().any(|told| stderr.contains(told)), "{helm}: {file} is not in {stderr}");
        }
        assert!(stderr.contains("--> helm template:"), "{stderr}");
        assert!(output.stdout.is_empty() && output.status.code() == Some(1), "{stderr}");
    }
}
