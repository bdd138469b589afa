//! Real git in repositories whose content or settings name programs: none of the programs runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::diff::{Repository, map, shown};
use crate::support::program::{Program, program};

/// What says that a file is not base64: `check` finds it.
const BROKEN: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata: {a: '!'}\n";

/// Where a program that ran leaves a trace, and the program.
fn trace(repository: &Repository) -> (PathBuf, String) {
    let ran = repository.root().join("../ran");
    let program = format!("touch {}; cat", ran.display());
    (ran, program)
}

fn check(repository: &Repository, args: &[&str]) -> Program {
    program(["check", "--format", "json"]).args(args).folder(repository.root())
}

/// The files of a check's findings.
fn files(run: Program) -> Vec<String> {
    let output = run.output();
    let (stdout, stderr, code) = shown(&output);
    assert!(matches!(code, Some(0 | 1)), "{stdout}{stderr}");
    let finding = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("a line is JSON");
    let mut files: Vec<String> =
        stdout.lines().map(|line| finding(line)["file"].as_str().unwrap_or_default().to_owned()).collect();
    files.sort();
    files.dedup();
    files
}

fn git(folder: &Path, args: &[&str]) {
    let settings = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always"];
    let output = Command::new("git").args(settings).args(args).current_dir(folder).output().expect("git runs");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_committed_bare_repository_is_no_repository() {
    let repository = Repository::new();
    let (ran, program) = trace(&repository);
    repository.write("bare/a.yaml", &map("x", "a", "1")).commit();
    for (name, text) in [("HEAD", "ref: refs/heads/main\n"), ("refs/x", ""), ("objects/x", "")] {
        repository.write(&format!("bare/{name}"), text);
    }
    let config = format!(
        "[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = \"{program}\"\n\tsshCommand = \"{program}\"\n[filter \"x\"]\n\tclean = \"{program}\"\n"
    );
    repository.write("bare/config", &config).write("bare/.gitattributes", "* filter=x\n").commit();
    repository.write("bare/a.yaml", &map("x", "a", "2"));
    let folder = repository.root().join("bare");
    let run = repository.diff(&["--base", "HEAD"]).folder(&folder);
    let (text, stderr, code) = shown(&run.output());
    assert!(code == Some(1) && text.contains("+  key: 2\n"), "{text}{stderr}");
    assert!(program_check(&folder).status(0).output().status.success());
    assert!(!ran.exists(), "a program of a committed repository ran");
}

fn program_check(folder: &Path) -> Program {
    program(["check", "--since", "HEAD"]).folder(folder)
}

#[test]
fn filters_and_monitors_of_the_settings_do_not_run_in_check() {
    let repository = Repository::new();
    let (ran, program) = trace(&repository);
    repository.write("a.yaml", BROKEN).write("b.yaml", BROKEN).write(".gitattributes", "*.yaml filter=x diff=x\n");
    repository.commit();
    for setting in ["core.fsmonitor", "filter.x.smudge", "filter.x.clean", "filter.x.process", "diff.x.textconv"] {
        repository.git(&["config", setting, &program]);
    }
    repository.git(&["config", "include.path", "../included"]);
    repository.write("included", &format!("[core]\n\tfsmonitor = \"{program}\"\n"));
    repository.write("a.yaml", &format!("{BROKEN}---\n{BROKEN}"));
    assert_eq!(files(check(&repository, &["--since", "HEAD"])), ["a.yaml"]);
    assert!(files(check(&repository, &[])).contains(&"b.yaml".to_owned()));
    assert!(!ran.exists(), "a program of the repository's settings ran");
}

#[test]
fn a_submodule_s_settings_run_nothing() {
    let other = Repository::new();
    other.write("x.yaml", BROKEN).write(".gitattributes", "* filter=x\n").commit();
    let repository = Repository::new();
    repository.git(&["submodule", "--quiet", "add", &other.root().to_string_lossy(), "sub"]);
    repository.write("a.yaml", BROKEN).commit();
    let (ran, program) = trace(&repository);
    let sub = repository.root().join("sub");
    for setting in ["core.fsmonitor", "filter.x.clean"] {
        git(&sub, &["config", setting, &program]);
    }
    std::fs::write(sub.join("x.yaml"), format!("{BROKEN}# more\n")).unwrap();
    assert_eq!(files(check(&repository, &["--since", "HEAD"])), Vec::<String>::new());
    // In the submodule itself its own revisions count.
    assert_eq!(files(check(&repository, &["--since", "HEAD"]).folder(&sub)), ["x.yaml"]);
    assert!(!ran.exists(), "a program of a submodule's settings ran");
}

#[test]
fn what_a_partial_clone_lacks_is_not_fetched() {
    let origin = Repository::new();
    origin.write("a.yaml", &map("x", "a", "1")).commit().write("a.yaml", &map("x", "a", "2")).commit();
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let folder = tempfile::tempdir().unwrap();
    let address = format!("file://{}", origin.root().display());
    git(folder.path(), &["clone", "-q", "--filter=blob:none", &address, "clone"]);
    let clone = folder.path().join("clone");
    let ran = folder.path().join("ran");
    let program = format!("touch {}; false", ran.display());
    for (setting, value) in [("remote.origin.url", "ssh://localhost/x"), ("core.sshCommand", &*program)] {
        git(&clone, &["config", setting, value]);
    }
    let run = program_diff(&clone, "HEAD~1").status(2);
    run.stderr_holds(["an object is missing", "git fetch --refetch --no-filter"]).check();
    assert!(!ran.exists(), "what was missing was fetched");
}

fn program_diff(folder: &Path, base: &str) -> Program {
    program(["diff", "--base", base]).folder(folder)
}

#[test]
fn worktrees_submodules_and_borrowed_objects_are_read() {
    let other = Repository::new();
    other.write("a.yaml", &map("x", "a", "1")).commit().write("a.yaml", &map("x", "a", "2")).commit();
    let repository = Repository::new();
    repository.git(&["submodule", "--quiet", "add", &other.root().to_string_lossy(), "sub"]);
    repository.write("a.yaml", &map("x", "a", "1")).commit().write("a.yaml", &map("x", "a", "2")).commit();
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    git(&repository.root(), &["worktree", "add", "-q", &place("tree").to_string_lossy(), "HEAD"]);
    let origin = other.root().display().to_string();
    git(folder.path(), &["clone", "-q", "--reference", &origin, &origin, "borrowed"]);
    git(folder.path(), &["clone", "-q", "--depth", "2", &format!("file://{}", other.root().display()), "shallow"]);
    git(folder.path(), &["init", "-q", "--separate-git-dir", "kept", "separate"]);
    let separate = place("separate");
    for number in 1..=2 {
        std::fs::write(separate.join("a.yaml"), map("x", "a", &number.to_string())).unwrap();
        git(&separate, &["add", "-A"]);
        git(&separate, &["commit", "-qm", "x"]);
    }
    for checkout in [place("tree"), repository.root().join("sub"), place("borrowed"), place("shallow"), separate] {
        let (text, stderr, code) = shown(&program_diff(&checkout, "HEAD~1").output());
        assert_eq!((code, &*stderr), (Some(1), ""), "{}: {text}", checkout.display());
        assert!(text.contains("-  key: 1\n+  key: 2\n"), "{}: {text}", checkout.display());
        let (text, stderr, code) = shown(&program_check(&checkout).output());
        assert_eq!(code, Some(0), "{}: {text}{stderr}", checkout.display());
    }
}

#[test]
fn line_ends_and_ignore_files_count_as_before() {
    let repository = Repository::new();
    repository.write(".gitattributes", "*.yaml text eol=crlf\n").write("a.yaml", &BROKEN.replace('\n', "\r\n"));
    repository.write("b.yaml", BROKEN).write(".gitignore", "c.yaml\n").commit();
    repository.write("c.yaml", BROKEN).write("d.yaml", BROKEN).write("e.yaml", BROKEN);
    repository.git(&["rm", "-q", "--cached", "b.yaml"]);
    repository.git(&["checkout", "-q", "HEAD", "b.yaml"]);
    // A file that was only touched has not changed.
    let touched = std::fs::File::options().write(true).open(repository.root().join("a.yaml")).unwrap();
    touched.set_modified(std::time::SystemTime::now() + std::time::Duration::from_secs(5)).unwrap();
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join(".gitconfig"), "[core]\n\texcludesFile = ~/ignored\n").unwrap();
    std::fs::write(home.path().join("ignored"), "d.yaml\n").unwrap();
    let run = check(&repository, &["--since", "HEAD"]).env("HOME", home.path());
    assert_eq!(files(run), ["e.yaml"]);
    std::fs::remove_file(home.path().join(".gitconfig")).unwrap();
    std::fs::create_dir_all(home.path().join(".config/git")).unwrap();
    std::fs::write(home.path().join(".config/git/ignore"), "e.yaml\n").unwrap();
    let run = check(&repository, &["--since", "HEAD"]).env("HOME", home.path());
    assert_eq!(files(run), ["d.yaml"]);
}

#[test]
fn the_upstream_is_a_revision_and_sha_256_a_format() {
    let origin = Repository::new();
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q", "--object-format=sha256", "-b", "main", "origin"]);
    let write = |name: &str, number: u8| std::fs::write(folder.path().join(name), map("x", "a", &number.to_string()));
    write("origin/a.yaml", 1).unwrap();
    git(&folder.path().join("origin"), &["add", "-A"]);
    git(&folder.path().join("origin"), &["commit", "-qm", "x"]);
    git(folder.path(), &["clone", "-q", "origin", "clone"]);
    write("clone/a.yaml", 2).unwrap();
    let (text, stderr, code) = shown(&program_diff(&folder.path().join("clone"), "@{upstream}").output());
    assert_eq!(code, Some(1), "{text}{stderr}");
    drop(origin);
}

#[test]
fn tracked_files_count_whatever_is_ignored() {
    let repository = Repository::new();
    let token = format!("token = {}\n", ["ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"].concat());
    repository.write("hidden.env", &token).write("kept/x.env", &token);
    repository.commit();
    repository.write(".gitignore", "*.env\n").commit().write("new.env", &token);
    assert_eq!(files(check(&repository, &[])), ["hidden.env", "kept/x.env"]);
    assert_eq!(files(check(&repository, &["kept"])), ["kept/x.env"]);
}

#[test]
fn another_owner_s_checkout_is_read() {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !is_root {
        return;
    }
    let repository = Repository::new();
    repository.write("a.yaml", BROKEN).commit().write("b.yaml", BROKEN);
    for path in ["", ".git", "a.yaml"] {
        std::os::unix::fs::chown(repository.root().join(path), Some(12345), Some(12345)).unwrap();
    }
    let plain = Command::new("git").args(["status"]).current_dir(repository.root()).env("HOME", "/nowhere").output();
    assert!(plain.is_ok_and(|output| !output.status.success()), "git itself refuses it");
    assert_eq!(files(check(&repository, &["--since", "HEAD"])), ["b.yaml"]);
    let (text, stderr, code) = shown(&repository.diff(&["--base", "HEAD"]).output());
    assert_eq!(code, Some(1), "{text}{stderr}");
}
