//! The origins of the two sides: revisions, folders, stdin, links, submodules; and errors on one of them.

use super::{Repository, map, shown};
use crate::support::program::program;

#[test]
fn uncommitted_changes_count_and_a_subfolder_is_compared_with_itself() {
    let repository = Repository::new();
    repository.write("apps/web/a.yaml", &map("x", "a", "1")).write("b.yaml", &map("x", "b", "1")).commit();
    repository.write("apps/web/a.yaml", &map("x", "a", "2")).write("b.yaml", &map("x", "b", "2"));
    let run =
        |folder: &str, args: &[&str]| shown(&repository.diff(args).folder(repository.root().join(folder)).output()).0;
    let expected = "changed ConfigMap x/a\n--- main:web/a.yaml:1\n+++ web/a.yaml:1\n@@ -4,4 +4,4 @@\n   name: a\n   namespace: x\n data:\n\
                    -  key: 1\n+  key: 2\n\n1 changed, 0 unchanged\n";
    assert_eq!(run("apps", &["web", "--base", "main"]), expected);
    assert_eq!(run("apps", &["./web/", "--base", "main"]), expected);
    assert!(run("apps", &["../b.yaml", "--base", "HEAD"]).contains("+++ ../b.yaml:1\n"));
    assert!(run("", &["--base", "HEAD"]).ends_with("\n2 changed, 0 unchanged\n"));
}

#[test]
fn a_folder_that_is_new_or_gone_is_no_mistake() {
    let repository = Repository::new();
    repository.write("old/a.yaml", &map("x", "a", "1")).commit();
    repository.remove("old/a.yaml").write("new/b.yaml", &map("x", "b", "1"));
    std::fs::remove_dir(repository.root().join("old")).unwrap();
    let (text, stderr, code) = shown(&repository.diff(&["old", "new", "--base", "HEAD"]).output());
    assert_eq!((stderr.as_str(), code), ("", Some(1)));
    assert!(text.ends_with("\n1 added, 1 removed, 0 unchanged\n"), "{text}");
    repository.diff(&["nowhere", "--base", "HEAD"]).status(2).stderr_holds(["no file or folder `nowhere`"]).check();
}

#[test]
fn folders_files_and_stdin_are_compared_too() {
    let repository = Repository::new();
    repository.write("prod/a.yaml", &map("x", "a", "1")).write("stage/a.yaml", &map("x", "a", "2"));
    repository.write("prod/v.yaml", "same: 1\n").write("stage/v.yaml", "same: 2\n");
    let (text, ..) = shown(&repository.diff(&["stage", "--base", "prod"]).output());
    for part in
        ["--- prod/a.yaml:1\n+++ stage/a.yaml:1\n", "changed a document of v.yaml\n", "\n2 changed, 0 unchanged\n"]
    {
        assert!(text.contains(part), "{text}");
    }
    let run = |value: &str| {
        let stdin = map("x", "a", value);
        shown(&repository.diff(&["-", "--base", "prod/a.yaml"]).stdin(stdin).output())
    };
    assert_eq!(run("1"), ("nothing changes, 1 unchanged\n".to_owned(), String::new(), Some(0)));
    assert!(run("2").0.contains("--- prod/a.yaml:1\n+++ stdin:1\n"));
}

#[test]
fn what_git_ignores_is_no_change_unless_it_is_named() {
    let repository = Repository::new();
    repository.write(".gitignore", "rendered/\n*.tmp.yaml\n").write("a.yaml", &map("x", "a", "1"));
    repository.write("known.tmp.yaml", &map("x", "known", "1"));
    repository.git(&["add", "--force", "known.tmp.yaml"]);
    repository.commit();
    for name in ["rendered/b.yaml", "rendered/chart/Chart.yaml", "app/c.tmp.yaml", "app/new.yaml"] {
        repository.write(name, &map("x", "new", "2"));
    }
    repository.write("known.tmp.yaml", &map("x", "known", "2"));
    let titles = |folder: &str, args: &[&str]| {
        let (text, stderr, _) = shown(&repository.diff(args).folder(repository.root().join(folder)).output());
        assert_eq!((stderr.as_str(), text.contains("note: ")), ("", false), "{text}");
        text.lines().filter(|line| line.starts_with("+++ ")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(titles("", &["--base", "HEAD"]), ["+++ app/new.yaml:1", "+++ known.tmp.yaml:1"]);
    assert_eq!(titles("app", &["--base", "HEAD"]), ["+++ new.yaml:1"]);
    assert_eq!(titles("", &["rendered/b.yaml", "--base", "HEAD"]), ["+++ rendered/b.yaml:1"]);
    assert_eq!(titles("app", &["../rendered/b.yaml", "c.tmp.yaml", "--base", "HEAD"]).len(), 2);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let repository = Repository::new();
    repository.write("a.yaml", &map("x", "a", "1")).commit();
    for (args, parts) in [
        (&["-", "--base", "main"][..], &["stdin has no revision `main`", "--base DIR"][..]),
        (&["--base", "nowhere"], &["`git` knows no revision `nowhere`"]),
        (&["--base", "--help"], &["--base"]),
        (&["/", "--base", "main"], &["`/` is outside the repository"]),
        (&["."], &["nothing to compare with: the branch has no upstream", "vault-render diff --base main"]),
        (&["--base", "mian"], &["hint: did you mean `main`?"]),
        (&["--base", "a.yml"], &["hint: did you mean `a.yaml`?"]),
        (&["--base", ""], &["hint: the revision is empty"]),
    ] {
        repository.diff(args).status(2).stderr_holds(parts.to_vec()).check();
    }
    let elsewhere = tempfile::tempdir().unwrap();
    repository.diff(&["--base", "main"]).folder(elsewhere.path()).status(2).stderr_holds(["`main`"]).check();
}

#[test]
fn without_a_base_it_is_where_the_branch_left_its_upstream() {
    let repository = Repository::new();
    repository.write("a.yaml", &map("x", "a", "1")).write("b.yaml", &map("x", "b", "1")).commit();
    repository.git(&["remote", "add", "origin", "."]);
    repository.git(&["fetch", "-q", "origin"]);
    repository.git(&["checkout", "-q", "-b", "feature", "--track", "origin/main"]);
    repository.write("a.yaml", &map("x", "a", "2")).commit();
    repository.git(&["checkout", "-q", "main"]);
    repository.write("b.yaml", &map("x", "b", "2")).commit();
    repository.git(&["fetch", "-q", "origin"]);
    repository.git(&["checkout", "-q", "feature"]);
    let left = repository.git(&["rev-parse", "--short=12", "HEAD~1"]).trim().to_owned();
    let (text, stderr, code) = shown(&repository.diff(&[]).output());
    assert_eq!((stderr.as_str(), code), ("", Some(1)));
    assert!(text.contains(&format!("--- {left}:a.yaml:1\n+++ a.yaml:1")) && !text.contains("b.yaml"), "{text}");
    assert!(text.contains(&format!("note: `{left}` is where the branch left `origin/main`")), "{text}");
    let elsewhere = tempfile::tempdir().unwrap();
    repository.diff(&[]).folder(elsewhere.path()).status(2).stderr_holds(["nothing to compare with"]).check();
    repository.git(&["checkout", "-q", "--detach"]);
    repository.diff(&[]).status(2).stderr_holds(["nothing to compare with"]).check();
}

#[test]
fn what_is_wrong_now_stops_and_what_was_wrong_before_does_not() {
    let repository = Repository::new();
    let [good, bad] = ["user", "usr"].map(|key| {
        map("x", "a", &format!("<path:secret/data/app#{key}>")) + "  other: <path:secret/data/app#password>\n"
    });
    repository.write("a.yaml", &bad).commit();
    repository.write("a.yaml", &good).commit();
    let (text, stderr, code) = shown(&repository.diff(&["--base", "HEAD~1"]).output());
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.starts_with("warning: `<path:secret/data/app#usr>`: missing key `usr`"), "{stderr}");
    assert!(stderr.contains(" --> HEAD~1:a.yaml:7:8"), "{stderr}");
    assert!(text.contains("-  key: <path:secret/data/app#usr>\n+  key: '<redacted:"), "{text}");
    assert!(text.contains("\n   other: '<redacted:") && text.contains("note: 1 thing is wrong at `HEAD~1`"), "{text}");
    repository.write("a.yaml", &bad);
    let (text, stderr, code) = shown(&repository.diff(&["--base", "HEAD~1"]).output());
    assert_eq!((text.as_str(), stderr.as_str(), code), ("nothing changes, 1 unchanged\n", "", Some(0)));
    repository.diff(&["--base", "HEAD"]).status(2).stderr_holds(["error: `<path:secret/data/app#usr>`"]).check();
}

#[test]
fn a_record_is_enough() {
    let repository = Repository::new();
    let [before, after] = ["user", "password"].map(|key| map("x", "a", &format!("<path:secret/data/app#{key}>")));
    repository.write("a.yaml", &before).commit().write("a.yaml", &after);
    let run = |args: &[&str]| {
        shown(&program(args).folder(repository.root()).env("VAULT_RENDER_MASK_KEY", "a key of the user's").output())
    };
    let (.., code) = run(&["record", "a.yaml", "-o", "../record.json", "--secrets", "../secrets.yaml"]);
    assert_eq!(code, Some(0));
    let (text, stderr, code) = run(&["diff", "--base", "HEAD", "--offline", "../record.json"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(text.contains("-  key: <path:secret/data/app#user>\n+  key: '<redacted:"), "{text}");
    assert!(stderr.starts_with("warning: ") && stderr.contains("#user"), "{stderr}");
}

#[test]
fn links_submodules_and_lfs_are_followed_or_named() {
    let other = Repository::new();
    other.write("x.yaml", &map("x", "sub", "1")).commit();
    let repository = Repository::new();
    repository.write("shared/a.yaml", &map("x", "a", "1")).write("app/b.yaml", &map("x", "b", "1"));
    repository.link("app/l.yaml", "../shared/a.yaml").link("app/folder", "../shared");
    repository.git(&["submodule", "--quiet", "add", &other.root().to_string_lossy(), "app/sub"]);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";
    repository.write("app/big.yaml", pointer).commit();
    repository.write("app/big.yaml", &map("x", "big", "1")).write("shared/a.yaml", &map("x", "a", "2"));
    let (text, stderr, code) = shown(&repository.diff(&["app", "--base", "HEAD"]).output());
    assert_eq!((stderr.as_str(), code), ("", Some(1)), "{text}");
    assert_eq!(text.matches("changed ConfigMap x/a").count(), 2, "{text}");
    for part in [
        "--- HEAD:app/folder/a.yaml:1\n",
        "--- HEAD:app/l.yaml:1\n",
        "note: the submodule `HEAD:app/sub` is not compared\n",
        "note: `HEAD:app/big.yaml` is kept in Git LFS and is not compared\n",
        "\n2 changed, 1 unchanged\n",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    repository.link("app/out.yaml", "/etc/hostname").commit().remove("app/out.yaml");
    let (text, ..) = shown(&repository.diff(&["app", "--base", "HEAD"]).output());
    assert!(text.contains("note: the link `HEAD:app/out.yaml` leads outside the repository"), "{text}");
}

#[test]
fn settings_of_the_repository_run_no_program() {
    let repository = Repository::new();
    let ran = repository.root().join("../ran");
    let program = format!("touch {}; cat", ran.display());
    repository.write("a.yaml", &map("x", "a", "1")).write(".gitattributes", "*.yaml filter=x diff=x\n").commit();
    for setting in
        ["core.fsmonitor", "filter.x.smudge", "filter.x.clean", "diff.x.textconv", "diff.external", "core.pager"]
    {
        repository.git(&["config", setting, &program]);
    }
    repository.write("a.yaml", &map("x", "a", "2"));
    let (text, stderr, code) = shown(&repository.diff(&["--base", "HEAD"]).output());
    assert!(code == Some(1) && text.contains("+  key: 2\n"), "{stderr}");
    assert!(!ran.exists(), "a program of the repository's settings ran");
}
