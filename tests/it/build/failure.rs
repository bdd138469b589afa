//! Tools that are missing, fail, print nothing, or are killed: the error quotes the tool.

use std::path::Path;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{build, helms, write};
use crate::support::program::binary;
use crate::support::servers;

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
fn what_a_tool_prints_has_an_end() {
    let folder = chart("exec head -c 300000000 /dev/zero");
    let run = build(folder.path(), &OWN).status(1);
    run.stderr("error: `helm template` prints more than 256 MiB\n").check();
    let folder = chart("sleep 20 & echo 'kind: A'");
    build(folder.path(), &OWN).status(1).stderr_holds(["a process that it left behind holds its output"]).check();
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
    run.stderr("warning: `helm template` succeeded with a message\n  = cause: careful\n").check();
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

#[test]
fn a_chart_that_is_missing_gets_a_hint() {
    let folder = chart("");
    let needs = "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies: [{name: db, version: 1.0.0, repository: 'file://../db'}]\n";
    write(folder.path(), "Chart.yaml", needs);
    for helm in helms() {
        let run = build(folder.path(), &[".", "--helm", &helm.display().to_string()]).status(1);
        run.stderr_holds(["`helm template` failed", "missing in charts/ directory: db", "hint: commit charts/"])
            .check();
    }
}

#[test]
fn a_repository_that_cannot_be_reached_is_named() {
    let folder = chart("");
    let repository = "dependencies: [{name: db, version: 1.0.0, repository: 'https://127.0.0.1:1/charts'}]\n";
    write(folder.path(), "Chart.yaml", &format!("apiVersion: v2\nname: web\nversion: 0.1.0\n{repository}"));
    // helm's own digest of such a lock.
    let digest = "digest: sha256:684d8b25cf2c184b86c303335ff160a3ece4f0c9db2691fc93c99764f74b8931\ngenerated: 2026-01-01T00:00:00Z\n";
    write(folder.path(), "Chart.lock", &format!("{repository}{digest}"));
    for helm in helms() {
        let run = build(folder.path(), &[".", "--helm", &helm.display().to_string()]).status(1);
        run.stderr_holds(["`helm dependency build` failed with exit code 1", "https://127.0.0.1:1/charts"]).check();
    }
}

/// Waits for something for half a minute.
fn wait<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_tool_ends_with_the_program() {
    for (signal, name, status) in [("TERM", "SIGTERM", 143), ("INT", "SIGINT", 130), ("HUP", "SIGHUP", 129)] {
        let folder = chart("cd \"$HOME\"; echo $$ > pid.new; mv pid.new pid; exec sleep 600");
        let temporary = tempfile::tempdir().unwrap();
        // Who runs the tests may ignore signals, as a shell does for what it runs in the background, and the program keeps to that.
        let mut command = Command::new("env");
        command.args(["--default-signal=HUP,INT", binary(), "build"]).args(OWN);
        command.current_dir(folder.path()).env_clear().env("PATH", "/usr/bin:/bin");
        let program = command.env("TMPDIR", temporary.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let program = program.spawn().unwrap();
        let homes = || std::fs::read_dir(temporary.path()).unwrap().flatten().map(|entry| entry.path());
        let pid = wait("the tool starts", || std::fs::read_to_string(homes().next()?.join("pid")).ok());
        let mode = homes().next().unwrap().metadata().unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o700);
        let kill = Command::new("kill").args([&format!("-{signal}"), &program.id().to_string()]).status();
        assert!(kill.unwrap().success());
        let output = program.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(stderr, format!("error: stopped by {name} while `helm template` ran\n"));
        assert_eq!((output.status.code(), output.stdout.len()), (Some(status), 0));
        let gone = || {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
            stat.rsplit(") ").next().is_none_or(|rest| rest.is_empty() || rest.starts_with('Z')).then_some(())
        };
        wait("the tool ends", gone);
        assert_eq!(homes().count(), 0, "the private folder stays");
    }
}

#[test]
fn a_tool_ends_with_the_time_of_the_run() {
    let folder = chart("exec sleep 600");
    let start = Instant::now();
    let told = "error: stopped by the end of its time (`AVP_TIMEOUT`: 1s) while `helm template` ran\n";
    build(folder.path(), &OWN).env("AVP_TIMEOUT", "1s").status(1).stderr(told).check();
    assert!((1..10).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[test]
fn what_kustomize_may_not_do_gets_a_hint() {
    let Some(kustomize) = servers::binary("kustomize") else { return };
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "outside.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    write(
        folder.path(),
        "function.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: f\n  annotations: {config.kubernetes.io/function: 'exec: {path: ./f}'}\n",
    );
    for (kustomization, hint) in [
        ("resources: [../outside.yaml]\n", "hint: copy the file below the kustomization"),
        ("resources: [../function.yaml]\ntransformers: [f.yaml]\n", "hint: "),
        ("helmCharts: [{name: web}]\n", "`-- --enable-helm` lets kustomize run helm"),
        ("transformers: [f.yaml]\n", "`-- --enable-alpha-plugins --enable-exec` allows it"),
    ] {
        write(folder.path(), "k/kustomization.yaml", kustomization);
        write(folder.path(), "k/f.yaml", &std::fs::read_to_string(folder.path().join("function.yaml")).unwrap());
        let run = build(folder.path(), &["k", "--kustomize", &kustomize.display().to_string()]).status(1);
        run.stderr_holds(["`kustomize build` failed with exit code 1", hint]).check();
    }
}
