//! Every example renders as its rendered.yaml shows; those for kustomize and helm come from the real programs.

use std::process::Command;

use crate::support::program::{Program, binary, program, root};
use crate::support::servers;

#[test]
fn the_plain_example_renders() {
    example("plain", program(["generate", "examples/plain/manifests"]));
}

#[test]
fn the_kustomize_example_renders() {
    let Some(kustomize) = servers::binary("kustomize") else { return };
    let built = Command::new(kustomize).args(["build", "examples/kustomize/prod"]).current_dir(root()).output();
    example("kustomize", program(["generate", "-"]).stdin(built.expect("kustomize runs").stdout));
}

/// The kustomization whose transformer is the program; docs/kustomize.md shows it.
#[test]
fn the_example_of_a_function_renders() {
    let Some(kustomize) = servers::binary("kustomize") else { return };
    let tools = tempfile::tempdir().expect("a folder for the program");
    std::os::unix::fs::symlink(binary(), tools.path().join("vault-render")).expect("a link");
    let folder = root().join("examples/kustomize/function");
    let mut build = Command::new(kustomize);
    build.args(["build", "--enable-alpha-plugins", "--enable-exec", "."]).current_dir(&folder).env_clear();
    let built = build.env("HOME", tools.path()).env("PATH", tools.path()).output().expect("kustomize runs");
    let expected = std::fs::read_to_string(folder.join("rendered.yaml")).expect("rendered.yaml");
    assert_eq!(String::from_utf8_lossy(&built.stdout), expected, "{}", String::from_utf8_lossy(&built.stderr));
}

#[test]
fn the_helm_example_renders() {
    for helm in ["helm3", "helm4"] {
        let Some(helm) = servers::binary(helm) else { continue };
        let home = tempfile::tempdir().expect("a home for helm");
        let mut template = Command::new(helm);
        template.args(["template", "web", "examples/helm/chart"]).current_dir(root()).env("HOME", home.path());
        let manifests = template.output().expect("helm runs").stdout;
        // helm 4 leaves a blank line at the end of a template.
        let manifests = String::from_utf8(manifests).expect("helm writes text").replace("\n\n---", "\n---");
        example("helm", program(["generate", "-"]).stdin(manifests));
    }
}

#[test]
fn the_manifests_for_argo_cd_have_no_placeholder() {
    for file in [
        "examples/argocd/application.yaml",
        "examples/argocd/chart.yaml",
        "plugin.yaml",
        "deploy/argocd/server/repo-server.yaml",
        "deploy/argocd/server/values.yaml",
        "deploy/argocd/sidecar/plugin.yaml",
        "deploy/argocd/sidecar/repo-server.yaml",
        "deploy/argocd/values.yaml",
    ] {
        let text = std::fs::read(root().join(file)).unwrap();
        program(["generate", "--strict", file]).stdout(text).check();
    }
}

/// Nothing is in examples/ that no test knows.
#[test]
fn every_example_is_tested() {
    let entries = std::fs::read_dir(root().join("examples")).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["argocd", "broken.yaml", "helm", "kustomize", "plain"]);
}

fn example(name: &str, run: Program) {
    let folder = root().join("examples").join(name);
    let expected = std::fs::read(folder.join("rendered.yaml")).expect("rendered.yaml");
    run.args(["--secrets".as_ref(), folder.join("secrets.yaml").as_os_str()]).stdout(expected).check();
}
