//! vault-render under the name `argocd-cmp-server`: its flags, and the plugin's definition.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::support::program::{binary, root};

/// A folder with the program under that name and a definition.
fn sidecar(definition: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    symlink(binary(), folder.path().join("argocd-cmp-server")).unwrap();
    fs::write(folder.path().join("plugin.yaml"), definition).unwrap();
    folder
}

/// The program's end with these flags; the folder of its socket is not there, so that it ends at the latest where it would bind.
fn run(folder: &TempDir, flags: &[&str]) -> Output {
    let mut command = Command::new(folder.path().join("argocd-cmp-server"));
    command.args(flags).env_clear().env("ARGOCD_PLUGINSOCKFILEPATH", "/nowhere").env("AVP_TYPE", "file");
    command.env("AVP_FILE", "/dev/null").output().unwrap()
}

#[track_caller]
fn assert_ends(folder: &TempDir, flags: &[&str], expected: &str) {
    let folder_flag = ["--config-dir-path", folder.path().to_str().unwrap()];
    let output = run(folder, &[&folder_flag[..], flags].concat());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains(expected), "{expected} is not in\n{stderr}");
}

#[test]
fn its_flags_and_our_definitions_are_taken_up_to_the_socket() {
    let socket = "cannot bind the plugin's socket `/nowhere/vault-render.sock`";
    for file in ["plugin.yaml", "deploy/argocd/discover/plugin.yaml"] {
        let folder = sidecar(&fs::read_to_string(root().join(file)).unwrap());
        assert_ends(&folder, &[], socket);
        assert_ends(&folder, &["--loglevel", "debug", "--logformat=text", "--otlp-address", "otel:4317"], socket);
        assert_ends(
            &folder,
            &["--otlp-insecure=false", "--otlp-insecure", "--otlp-headers", "a=b"],
            "cannot be used multiple times",
        );
    }
}

#[test]
fn what_it_cannot_serve_ends_it_with_the_reason() {
    let definition = |spec: &str| format!("kind: ConfigManagementPlugin\nmetadata: {{name: a}}\nspec:\n  {spec}\n");
    for (spec, expected) in [
        ("generate: {command: [make, manifests]}", "`generate` runs `make manifests`, which is not understood"),
        ("generate: {command: [vault-render, build, apps]}", "`serve` does not know a folder other than `.`"),
        ("generate: {command: [vault-render, build, .]}\n  version: a/b", "cannot be the name of a plugin's socket"),
    ] {
        assert_ends(&sidecar(&definition(spec)), &[], expected);
    }
    assert_ends(&sidecar("a: ["), &[], "the plugin's definition: it is not YAML");
    let empty = tempfile::tempdir().unwrap();
    symlink(binary(), empty.path().join("argocd-cmp-server")).unwrap();
    assert_ends(&empty, &[], "cannot read the plugin's definition");
}
