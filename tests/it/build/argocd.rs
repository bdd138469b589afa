//! The questions of Argo CD to a plugin beside manifests: whether a folder is for it, and which parameters the folder has.

use std::path::Path;

use super::write;
use crate::support::program::{Program, program, root};

fn discover(folder: &Path) -> Program {
    program(["discover"]).folder(folder)
}

#[test]
fn a_folder_with_something_to_render_is_discovered() {
    for (files, found) in [
        (&["Chart.yaml", "templates/a.yaml"][..], "helm\n"),
        (&["kustomization.yml", "a.yaml"], "kustomize\n"),
        (&["deep/er/a.json"], "plain\n"),
        (&["chart/Chart.yaml", "chart/values.yaml", "chart/templates/a.yaml"], ""),
        (&["README.md", ".github/a.yaml", "src/main.rs"], ""),
        (&[], ""),
    ] {
        let folder = tempfile::tempdir().unwrap();
        files.iter().for_each(|file| write(folder.path(), file, "a: b\n"));
        discover(folder.path()).stdout(found).check();
    }
}

#[test]
fn what_is_discovered_needs_no_setting_and_no_readable_file() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.yaml", "not: [yaml\n");
    std::os::unix::fs::symlink("nowhere", folder.path().join("Chart.yaml")).unwrap();
    discover(folder.path()).env("AVP_TYPE", "nonsense").stdout("plain\n").check();
}

#[test]
fn parameters_are_announced_for_a_chart_only() {
    let output =
        program(["parameters"]).folder(root().join("examples/helm/chart")).env("ARGOCD_APP_NAME", "shop").output();
    let list: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let of = |name: &str| list.iter().find(|parameter| parameter["name"] == name).unwrap();
    assert_eq!(of("release-name")["string"], "shop");
    assert_eq!(of("values-files")["collectionType"], "array");
    assert_eq!(of("helm-parameters")["map"]["token"], "<path:secret/data/web#token>");
    program(["parameters"]).folder(root().join("examples/kustomize/prod")).stdout("[]\n").check();
}
