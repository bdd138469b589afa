//! Tools that are missing, fail, print nothing, or are killed: each tells what it said itself.

use std::path::Path;

use super::{build, write};

/// A folder with a chart and a script in place of helm.
fn chart(script: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n");
    write(folder.path(), "helm", &format!("#!/bin/sh\n{script}\n"));
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path().join("helm"), executable).unwrap();
    folder
}

const OWN: [&str; 3] = [".", "--helm", "./helm"];

#[test]
fn a_missing_tool_is_named() {
    let folder = chart("");
    let expected = "error: there is no `helm` in PATH\nhint: install helm, or name it with `--helm PATH`\n";
    build(folder.path(), &["."]).env("PATH", "").status(1).stderr(expected).check();
    build(folder.path(), &["."]).env("PATH", ".").status(1).stderr(expected).check();
    let expected = "error: there is no `/none/helm`\nhint: install helm, or name it with `--helm PATH`\n";
    build(folder.path(), &[".", "--helm", "/none/helm"]).status(1).stderr(expected).check();
}

#[test]
fn a_tool_s_own_message_is_shown() {
    let folder = chart("echo manifest; echo 'Error: line 1\n- line 2' >&2; exit 3");
    let expected = "error: `helm template` failed with exit code 3\n  = cause: Error: line 1\n           - line 2\n";
    build(folder.path(), &OWN).status(1).stderr(expected).check();
    let folder = chart("exit 1");
    let expected = "error: `helm template` failed with exit code 1\n  = cause: it printed no message\n";
    build(folder.path(), &OWN).status(1).stderr(expected).check();
}

#[test]
fn a_killed_tool_is_an_error() {
    let folder = chart("kill -KILL $$");
    build(folder.path(), &OWN).status(1).stderr_holds(["`helm template` was killed by signal 9"]).check();
}

#[test]
fn nothing_printed_is_an_error_unless_it_is_allowed() {
    for script in ["", "echo '# a comment'", "echo '---'"] {
        let folder = chart(script);
        build(folder.path(), &OWN).status(1).stderr_holds(["helm has printed no manifest", "--allow-empty"]).check();
        assert!(build(folder.path(), &[&OWN[..], &["--allow-empty"]].concat()).output().status.success());
    }
}

#[test]
fn what_a_tool_says_beside_is_a_warning() {
    let folder = chart("echo 'apiVersion: v1\nkind: A'; echo 'careful' >&2");
    let run = build(folder.path(), &OWN).stdout("apiVersion: v1\nkind: A\n");
    run.stderr("warning: `helm template` has said something\n  = cause: careful\n").check();
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let folder = chart("");
    for tool in ["helm", "kustomize"] {
        let run = build(folder.path(), &["none", "--tool", tool]);
        run.status(1).stderr("error: there is no folder `none`\n").check();
    }
    build(folder.path(), &["none"]).status(1).stderr_holds(["there is no file or folder `none`"]).check();
}

#[test]
fn nothing_is_left_behind() {
    let folder = chart("touch \"$HOME/x\"; exit 1");
    let temporary = tempfile::tempdir().unwrap();
    let run = build(folder.path(), &OWN).env("TMPDIR", temporary.path()).env("ARGOCD_ENV_HELM_VALUES", "a: b");
    run.status(1).stderr_holds(["failed with exit code 1"]).check();
    let left = |folder: &Path| std::fs::read_dir(folder).unwrap().count();
    assert_eq!((left(temporary.path()), left(folder.path())), (0, 2));
}
