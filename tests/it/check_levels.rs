//! `vault-render.toml`: the levels that a repository gives to the rules of `check`, and who may give them.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::support::program::{Program, program};

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {password: correct horse}\n";
const OFF: &str = "[check]\nrules = { secret-in-data = \"off\" }\n";

/// A repository with the Secret in some files, nothing committed yet.
fn repository(files: &[&str], levels: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q"]);
    for file in files {
        std::fs::create_dir_all(folder.path().join(file).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(file), SECRET).unwrap();
    }
    std::fs::write(folder.path().join("vault-render.toml"), levels).unwrap();
    folder
}

fn git(folder: &Path, args: &[&str]) {
    let settings = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").args(settings).args(args).current_dir(folder).output();
    assert!(output.is_ok_and(|output| output.status.success()), "git {args:?}");
}

fn check(folder: &Path, args: &[&str]) -> Program {
    program(["check"]).args(args).folder(folder).env("PATH", "/usr/bin:/bin")
}

/// What `check` says in a folder, and its exit code.
fn shown(folder: &Path, args: &[&str]) -> (String, i32) {
    let output = check(folder, args).output();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

#[test]
fn a_rule_is_off_for_the_repository_or_below_a_path() {
    let folder = repository(&["a.yaml", "test/b.yaml"], OFF);
    assert_eq!(shown(folder.path(), &[]).1, 0);
    assert_eq!(shown(&folder.path().join("test"), &[]).1, 0, "the file is at the root, not in the working folder");
    let below = "[[check.paths]]\npaths = [\"test/**\"]\nrules = { secret-in-data = \"off\" }\n";
    std::fs::write(folder.path().join("vault-render.toml"), below).unwrap();
    let (text, code) = shown(folder.path(), &[]);
    assert!(code == 1 && text.contains("a.yaml:4:") && !text.contains("b.yaml"), "{text}");
    assert_eq!(shown(&folder.path().join("test"), &["b.yaml"]).1, 0);
    let elsewhere = tempfile::tempdir().unwrap();
    let (text, code) = shown(elsewhere.path(), &[&folder.path().to_string_lossy()]);
    assert!(code == 1 && !text.contains("b.yaml"), "{text}");
}

#[test]
fn a_mistake_in_the_file_fails_the_check_at_its_place() {
    let folder = repository(&["a.yaml"], "[check]\nrules = { secret-in-dat = \"off\" }\n");
    let (text, code) = shown(folder.path(), &[]);
    assert_eq!(code, 2);
    assert!(text.contains("--> vault-render.toml:2:11") && text.contains("did you mean `secret-in-data`?"), "{text}");
}

#[test]
fn a_tenant_switches_no_rule_off() {
    let folder = repository(&["a.yaml"], OFF);
    let tenant = |args: &[&str]| {
        let output = check(folder.path(), args).env("AVP_TENANT", "1").output();
        (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
    };
    let (text, code) = tenant(&[]);
    assert!(code == 1 && text.contains("does not count"), "{text}");
    std::fs::write(folder.path().join("README.md"), "x").unwrap();
    git(folder.path(), &["add", "README.md"]);
    git(folder.path(), &["commit", "-qm", "x"]);
    assert_eq!(tenant(&["--since", "HEAD"]).1, 1, "the file is only in the work tree");
    git(folder.path(), &["add", "vault-render.toml"]);
    git(folder.path(), &["commit", "-qm", "x"]);
    std::fs::write(folder.path().join("vault-render.toml"), "").unwrap();
    assert_eq!(tenant(&["--since", "HEAD"]).1, 0, "the revision's counts");
    assert_eq!(shown(folder.path(), &["--since", "HEAD"]).1, 1, "without a tenant the work tree's does");
}

#[test]
fn every_rule_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let (text, code) = shown(folder.path(), &["--list-rules"]);
    assert!(code == 0 && text.lines().count() > 25, "{text}");
    for line in ["secret-in-data ", "missing ", "placeholder-in-comment "] {
        assert!(text.lines().any(|listed| listed.starts_with(line)), "{text}");
    }
}

#[test]
fn a_baseline_that_is_written_says_how_much_it_accepts() {
    let folder = repository(&["a.yaml", "b.yaml"], "");
    let (text, code) = shown(folder.path(), &["--write-baseline", "baseline.json"]);
    assert_eq!((text.as_str(), code), ("2 findings written to `baseline.json`\n", 0));
    assert_eq!(shown(folder.path(), &["--baseline", "baseline.json"]).1, 0);
}
