//! A pull request of a stranger: `check`, `plan` and `diff` run no program that it brings.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::program::program;
use crate::support::servers::{self, Repository};

const EXEC: &str = "apiVersion: a/v1\nkind: G\nmetadata:\n  name: g\n  annotations:\n    config.kubernetes.io/function: 'exec: {path: ./own.sh}'\n";

/// What is only said when helm has rendered the chart.
const HELM: &str = "ofTheChart";
/// Kustomize's own words when it comes to the program.
const KUSTOMIZE: &str = "external plugins disabled";
/// What is said of the program after helm.
const POST_RENDERER: &str = "`--post-renderer` in `HELM_ARGS` runs a program";

/// A repository in which everything that may name a program names one.
fn repository(script: &str) -> Repository {
    let files = [
        ("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
        (
            "chart/templates/a.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: <path:a/b#k | ofTheChart>}\n",
        ),
        ("chart/plugin.yaml", "name: own\nversion: 0.1.0\ncommand: ./own.sh\nhooks: {install: ./own.sh}\n"),
        ("base/kustomization.yaml", "generators: [g.yaml]\ntransformers: [g.yaml]\n"),
        ("base/g.yaml", EXEC),
        ("plain/secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {k: <path:a/b#k>}\n"),
        (".gitattributes", "* filter=own diff=own\n"),
        (".vault-render.yaml", "AVP_TYPE: exec\n"),
    ];
    let scripts = ["chart/own.sh", "base/own.sh", "helm", "kustomize", "git", "own.sh"].map(|name| (name, script));
    let repository = Repository::new(files.into_iter().chain(scripts));
    for (name, _) in scripts {
        fs::set_permissions(repository.folder().join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let config = "[core]\n\tfsmonitor = ./own.sh\n\thooksPath = .\n[diff \"own\"]\n\ttextconv = ./own.sh\n\tcommand = ./own.sh\n[filter \"own\"]\n\tclean = ./own.sh\n\tsmudge = ./own.sh\n";
    let file = repository.folder().join(".git/config");
    fs::write(&file, fs::read_to_string(&file).unwrap() + config).unwrap();
    repository
}

#[test]
fn check_plan_and_diff_run_no_program_of_a_pull_request() {
    let outside = tempfile::tempdir().unwrap();
    let mark = outside.path().join("ran");
    for (name, program) in [("helm", "helm4"), ("kustomize", "kustomize")] {
        let Some(program) = servers::binary(program) else { return };
        symlink(program, outside.path().join(name)).unwrap();
    }
    let repository = repository(&format!("#!/bin/sh\necho >> {}\n", mark.display()));
    let path = format!(".:./chart:{}:/usr/bin:/bin", outside.path().display());
    // What each says without a post-renderer, and with one.
    let both = [&[HELM, KUSTOMIZE][..], &[POST_RENDERER, KUSTOMIZE]];
    for (arguments, [plain, with_post_renderer]) in [
        (&["check", "."][..], both),
        (&["check", "--since", "HEAD", "."], both),
        (&["plan", "."], both),
        (&["diff", "--base", "HEAD", "plain"], [&["1 unchanged"], &["1 unchanged"]]),
        (&["diff", "--base", "HEAD", "chart"], [&["2 unchanged"], &[POST_RENDERER, "1 unchanged"]]),
        (&["diff", "--base", "HEAD", "base"], [&[KUSTOMIZE], &[KUSTOMIZE]]),
    ] {
        for (helm, words) in [("", plain), ("--post-renderer ./own.sh", with_post_renderer)] {
            let run = program(arguments).folder(repository.folder()).env("PATH", &path).env("AVP_TENANT", "1");
            let output = run.env("HELM_ARGS", helm).env("GIT_EXTERNAL_DIFF", "./own.sh").output();
            let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            assert!(!mark.exists(), "{arguments:?} {helm}: {told}");
            assert!(words.iter().all(|word| told.contains(word)), "{arguments:?} {helm}: not {words:?} in {told}");
        }
    }
    // What would have run does leave a mark.
    let script = repository.folder().join("own.sh");
    assert!(std::process::Command::new(script).status().unwrap().success() && mark.exists());
}
