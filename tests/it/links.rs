//! Links in a repository: no reader follows one to Git's own files, and nothing is written through one.

use std::path::Path;

use crate::diff::{Repository, map, shown};
use crate::support::program::{Program, program};
use crate::support::servers;

/// Text that is in `.git/config` and nowhere else.
const CREDENTIAL: &str = "zq7Xk3vWn9Rb5Tg2";

/// A repository in whose settings a credential stands, as CI leaves it there.
fn repository() -> Repository {
    let repository = Repository::new();
    repository.git(&["config", "http.extraheader", &format!("AUTHORIZATION: {CREDENTIAL}")]);
    repository.write("a.yaml", &map("x", "a", "1")).commit();
    repository
}

/// The run fails, or goes on without the file; nothing of it is shown.
#[track_caller]
fn shows_nothing(run: Program) -> String {
    let (stdout, stderr, _) = shown(&run.output());
    assert!(!stdout.contains(CREDENTIAL) && !stderr.contains(CREDENTIAL), "{stdout}{stderr}");
    stderr + &stdout
}

const REFUSED: &str = "Git's own files";

#[test]
fn nothing_of_git_s_own_is_input() {
    let absolute = repository();
    let whole = absolute.root().join(".git/config").display().to_string();
    for target in [".git/config", "./sub/../.git/./../.git/config", "y", "sub/z", &whole] {
        let repository = repository();
        repository.write("sub/b.yaml", &map("x", "b", "1")).link("y", ".git/config").link("sub/z", "../y");
        let own = repository.root().join(".git/config").display().to_string();
        repository.link("x.yaml", if target == whole { &own } else { target });
        let run = |args: &[&str]| program(args).folder(repository.root());
        for args in [
            &["generate", ".", "--any"][..],
            &["generate", ".", "--any", "--stream"],
            &["generate", "x.yaml", "--any"],
            &["build", "."],
            &["check", ".", "--any"],
            &["check", "x.yaml", "--any"],
            &["plan", ".", "--any"],
            &["plan", "x.yaml"],
            &["diff", "--base", "HEAD", "--any"],
            &["diff", "x.yaml", "--base", "a.yaml", "--any"],
            &["diff", "a.yaml", "--base", "x.yaml", "--any", "--format", "html"],
            &["record", ".", "-o", "-", "--any"],
        ] {
            let text = shows_nothing(run(args));
            assert!(text.contains(REFUSED), "{args:?} {target}: {text}");
        }
        for args in [
            &["generate", "a.yaml", "--secrets", "x.yaml"][..],
            &["generate", "a.yaml", "--offline", "x.yaml"],
            &["check", "a.yaml", "--baseline", "x.yaml"],
            &["diff", "a.yaml", "--base", "HEAD", "--mask-key", "x.yaml"],
            &["generate", ".git/config", "--any"],
            &["generate", ".git", "--any"],
        ] {
            let text = shows_nothing(run(args));
            assert!(text.contains(REFUSED), "{args:?} {target}: {text}");
        }
    }
}

#[test]
fn a_link_to_the_git_dir_itself_leads_nowhere() {
    let repository = repository();
    std::fs::write(repository.root().join(".git/x.yaml"), CREDENTIAL).unwrap();
    repository.link("folder", ".git").link("sub", ".");
    for args in [&["generate", "."][..], &["generate", "folder", "--any"], &["check", "folder"]] {
        let text = shows_nothing(program(args).folder(repository.root()));
        assert!(text.contains(REFUSED) || text.contains("leads back"), "{args:?}: {text}");
    }
}

#[test]
fn a_worktree_s_git_dir_is_git_s_own_too() {
    let repository = repository();
    let tree = repository.root().join("../tree");
    repository.git(&["worktree", "add", "-q", &tree.to_string_lossy(), "HEAD"]);
    let inside = repository.root().join("kept");
    let git = |args: &[&str]| repository.git(args);
    git(&["init", "-q", "--separate-git-dir", "kept"]);
    std::fs::write(inside.join("x.yaml"), CREDENTIAL).unwrap();
    std::fs::write(inside.join("x.txt"), format!("token = ghp_{CREDENTIAL}{CREDENTIAL}abcd\n")).unwrap();
    repository.link("l.yaml", "kept/config");
    let text = shows_nothing(program(["generate", ".", "--any"]).folder(repository.root()));
    assert!(text.contains("`l.yaml` leads to Git's own files"), "{text}");
    shows_nothing(program(["check", "."]).folder(repository.root()));
    // In the worktree, its own git dir and the common one.
    std::os::unix::fs::symlink(repository.root().join(".git"), tree.join("l.yaml")).unwrap();
    let text = shows_nothing(program(["generate", ".", "--any"]).folder(&tree));
    assert!(text.contains("the link `l.yaml` leads"), "{text}");
}

#[test]
fn a_revision_s_links_do_not_lead_to_git_s_own() {
    let repository = repository();
    repository.link("x.yaml", ".git/config").link("y", ".git").commit().remove("x.yaml").remove("y");
    let text = shows_nothing(repository.diff(&["--base", "HEAD", "--any"]));
    assert!(text.contains("note: the link `HEAD:x.yaml` leads to Git's own files and is not compared"), "{text}");
}

#[test]
fn a_chart_s_files_hold_nothing_of_git_s_own() {
    for helm in ["helm3", "helm4"].into_iter().filter_map(servers::binary) {
        let helm = helm.display().to_string();
        for (link, args) in [("chart/x.txt", ""), ("x.txt", "--set-file v=x.txt"), ("x.txt", "-f x.txt")] {
            let repository = repository();
            repository.write("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n");
            let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: {{ printf \"%s%s\" (.Files.Get \"x.txt\") (toJson .Values) | quote }}}\n";
            repository.write("chart/templates/a.yaml", template);
            repository.link(link, if link == "x.txt" { ".git/config" } else { "../.git/config" });
            let run = program(["build", "chart", "--helm", &helm]).folder(repository.root());
            let text = shows_nothing(
                run.env("PATH", "/usr/bin:/bin").env("ARGOCD_ENV_HELM_ARGS", args).env("ARGOCD_APP_NAME", "a"),
            );
            assert!(text.contains(REFUSED) || text.contains("not in the repository"), "{helm} {args}: {text}");
        }
    }
}

#[test]
fn an_operator_s_words_for_helm_name_no_committed_link_out() {
    let Some(helm) = servers::binary("helm3") else { return };
    let repository = repository();
    repository.write("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n");
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: {{ toJson .Values | quote }}}\n";
    repository.write("chart/templates/a.yaml", template).link("v.yaml", ".git/config").link("e", "/etc/hostname");
    let helm = helm.display().to_string();
    for words in [&["--set-file", "v=v.yaml"][..], &["-f", "v.yaml"], &["--set-file=v=e"], &["-fe"]] {
        let run = program(["build", "chart", "--helm", &helm, "--"]).args(words).folder(repository.root());
        let text = shows_nothing(run.env("PATH", "/usr/bin:/bin").status(1));
        assert!(text.contains("leads outside the repository") || text.contains(REFUSED), "{words:?}: {text}");
    }
    // What stands outside is the operator's own.
    let run = program(["build", "chart", "--helm", &helm, "--", "--set-file", "v=/etc/hostname"]);
    let output = run.folder(repository.root()).env("PATH", "/usr/bin:/bin").output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_is_named_in_the_repository_does_not_lead_out() {
    let repository = repository();
    let outside = repository.root().join("../outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("o.yaml"), map("x", "o", CREDENTIAL)).unwrap();
    repository.link("folder", "../outside").link("o.yaml", "../outside/o.yaml");
    for args in
        [&["generate", "folder"][..], &["generate", "o.yaml"], &["generate", "folder/o.yaml"], &["check", "folder"]]
    {
        let text = shows_nothing(program(args).folder(repository.root()));
        assert!(text.contains("leads outside the repository"), "{args:?}: {text}");
    }
    // A path that stands outside is the choice of whoever types it.
    for path in ["../outside/o.yaml", "../outside"] {
        let output = program(["generate", path]).folder(repository.root()).output();
        assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn parameters_follow_no_link_out() {
    for target in ["../outside.yaml", ".git/config"] {
        let repository = repository();
        std::fs::write(repository.root().join("../outside.yaml"), format!("a: {CREDENTIAL}\n")).unwrap();
        repository.write("Chart.yaml", "name: web\n").link("values.yaml", target);
        let text = shows_nothing(program(["parameters"]).folder(repository.root()));
        assert!(text.contains("the link `values.yaml` leads"), "{text}");
    }
}

#[test]
fn nothing_is_written_through_a_committed_link() {
    let repository = repository();
    let victim = repository.root().join("../victim");
    let untouched = || assert_eq!(std::fs::read_to_string(&victim).unwrap(), "untouched");
    std::fs::write(&victim, "untouched").unwrap();
    std::fs::create_dir(repository.root().join("../folder")).unwrap();
    repository.link("record.json", "../victim").link("b.json", ".git/hooks").link("out", "../folder").link("g", ".git");
    repository.link("new.json", "../created").commit();
    for file in ["record.json", "new.json", "out/x.json", "g/x.json", ".git/x.json"] {
        for args in [&["record", "a.yaml", "-o", file][..], &["check", "a.yaml", "--write-baseline", file]] {
            let run = program(args).args(["--secrets", "/dev/null"]).folder(repository.root()).status(2);
            run.stderr_holds([format!("cannot write `{file}`")]).check();
            untouched();
        }
    }
    for path in ["../created", "../folder/x.json", ".git/x.json"] {
        assert!(!repository.root().join(path).exists(), "{path} was written");
    }
    let written = repository.root().join("fine.json");
    program(["record", "a.yaml", "-o", "fine.json"]).folder(repository.root()).check();
    assert!(written.is_file() && Path::new(&written).metadata().unwrap().len() > 0);
}
