//! The hooks for pre-commit, with the real pre-commit and a local clone, in a repository with a chart, scripts and images.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::program::{binary, root};
use crate::support::servers;

/// The files of a repository in which nothing is wrong.
const FINE: &[(&str, &str)] = &[
    ("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n"),
    ("chart/values.yaml", "url: <path:secret/data/web#url>\n"),
    (
        "chart/templates/web.yaml",
        "{{- if .Values.on }}\napiVersion: v1\nkind: {{ .Values.kind }}\n{{- end }}\na: <path:a\n",
    ),
    ("run.sh", "#!/bin/sh\necho '<path:a/b | x>'\n"),
    ("README.md", "Write `<path:PATH#KEY | x>`.\n"),
    (".github/workflows/ci.yaml", "on: push\n"),
    ("app.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: <path:a/b#c>}\n"),
];

const IMAGE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR<path:a";

#[test]
fn the_hooks_pass_what_is_fine_and_name_what_is_not() {
    let Some(pre_commit) = servers::binary("pre-commit") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (source, repository) = (folder.path().join("source"), folder.path().join("repository"));
    let revision = clone(&source);
    fs::create_dir(&repository).unwrap();
    git(&repository, &["init", "-q"]);
    for (name, text) in FINE {
        fs::create_dir_all(repository.join(name).parent().unwrap()).unwrap();
        fs::write(repository.join(name), text).unwrap();
    }
    fs::write(repository.join("logo.png"), IMAGE).unwrap();
    fs::create_dir(folder.path().join("bin")).unwrap();
    std::os::unix::fs::symlink(binary(), folder.path().join("bin/vault-render")).unwrap();
    // The first hook builds the program with Cargo, which takes minutes: here it takes the one that is there.
    for hook in ["vault-render-check\n        language: system", "vault-render-check-system"] {
        let config =
            format!("repos:\n  - repo: {}\n    rev: {revision}\n    hooks:\n      - id: {hook}\n", source.display());
        fs::write(repository.join(".pre-commit-config.yaml"), config).unwrap();
        fs::write(repository.join("app.yaml"), FINE[6].1).unwrap();
        git(&repository, &["add", "."]);
        let run = || {
            let path = format!("{}:/usr/bin:/bin", folder.path().join("bin").display());
            let mut command = Command::new(&pre_commit);
            command.args(["run", "--all-files", "--verbose", "--color=never"]).current_dir(&repository).env_clear();
            command.env("PATH", path).env("HOME", folder.path()).env("PRE_COMMIT_HOME", folder.path().join("cache"));
            shown(&command.output().expect("pre-commit starts"))
        };
        let (text, is_fine) = run();
        assert!(is_fine && text.contains("Passed") && text.contains("nothing found in 1 manifest file"), "{text}");
        fs::write(repository.join("app.yaml"), FINE[6].1.replace("#c>", "#c | bas64encode>")).unwrap();
        git(&repository, &["add", "."]);
        let (text, is_fine) = run();
        assert!(!is_fine && text.contains("app.yaml:4:") && text.contains("1 error in 1 manifest file"), "{text}");
    }
}

/// A clone of this repository with the hooks as they are now. Returns its revision.
fn clone(folder: &Path) -> String {
    fs::create_dir(folder).unwrap();
    git(folder, &["init", "-q"]);
    fs::copy(root().join(".pre-commit-hooks.yaml"), folder.join(".pre-commit-hooks.yaml")).unwrap();
    git(folder, &["add", "."]);
    git(folder, &["commit", "-qm", "x"]);
    let output = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(folder).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn git(folder: &Path, args: &[&str]) {
    let settings = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").args(settings).args(args).current_dir(folder).output().expect("git starts");
    assert!(output.status.success(), "git {args:?}: {}", shown(&output).0);
}

fn shown(output: &Output) -> (String, bool) {
    let text = [&output.stdout[..], &output.stderr].concat();
    (String::from_utf8_lossy(&text).into_owned(), output.status.success())
}
