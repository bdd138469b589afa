//! What `generate` reads of a folder: what Argo CD would refuse is warned of, what says that it is no manifest is left out, and nothing is
//! built.

use std::fs;

use crate::support::files::write_all;
use crate::support::program::program;

const OBJECT: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n";

#[test]
fn a_chart_s_own_files_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let own = ["values-prod.yml", "values.schema.json", "requirements.yaml", "values.yaml", "Chart.yaml"];
    for name in own {
        write_all(folder.path(), &[(&format!("chart/{name}"), "{}\n"), (&format!("plain/{name}"), OBJECT)]);
    }
    write_all(folder.path(), &[("chart/crd.yaml", OBJECT)]);
    fs::remove_file(folder.path().join("plain/Chart.yaml")).unwrap();
    for more in [&[][..], &["--stream"]] {
        let note = "note: `chart` is a Helm chart, of which `generate` prints only the manifests in the folder\n\
                    hint: `vault-render build chart` builds it\n";
        program(["generate", "chart"]).args(more).folder(folder.path()).stdout(OBJECT).stderr(note).check();
        let all = [OBJECT; 4].join("---\n");
        program(["generate", "plain"]).args(more).folder(folder.path()).stdout(all).check();
    }
}

#[test]
fn a_file_that_says_so_is_left_out_unless_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let marked = format!("{OBJECT}# +argocd:skip-file-rendering\n");
    write_all(folder.path(), &[("a.yaml", OBJECT), ("b.yaml", &marked)]);
    for more in [&[][..], &["--stream"]] {
        program(["generate", "."]).args(more).folder(folder.path()).stdout(OBJECT).check();
        program(["generate", "b.yaml"]).args(more).folder(folder.path()).stdout(marked.clone()).check();
    }
}

#[test]
fn what_argo_cd_refuses_is_printed_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    write_all(
        folder.path(),
        &[("a.yaml", OBJECT), ("package.json", "{\"name\": \"web\"}\n"), ("z.yaml", "a: 1\n---\nb: 2\n")],
    );
    let whole = format!("{OBJECT}---\n{{\"name\": \"web\"}}\n---\na: 1\n---\nb: 2\n");
    let warned = ["--> package.json:1:1", "--> z.yaml:1:1", "without `apiVersion` and `kind`"];
    for more in [&[][..], &["--stream"]] {
        program(["generate", "."]).args(more).folder(folder.path()).stdout(whole.clone()).stderr_holds(warned).check();
        program(["generate", ".", "--any"]).args(more).folder(folder.path()).stdout(whole.clone()).check();
        program(["generate", "z.yaml"]).args(more).folder(folder.path()).stdout("a: 1\n---\nb: 2\n").check();
    }
}

#[test]
fn a_file_that_is_named_twice_is_compared_once() {
    let folder = tempfile::tempdir().unwrap();
    let git = |args: &[&str]| {
        let settings = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
        let output = std::process::Command::new("git").args(settings).args(args).current_dir(folder.path()).output();
        assert!(output.is_ok_and(|output| output.status.success()), "git {args:?}");
    };
    write_all(folder.path(), &[("a.yaml", OBJECT), ("marked.yaml", "# +argocd:skip-file-rendering\na: 1\n")]);
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "x"]);
    fs::write(folder.path().join("a.yaml"), OBJECT.replace("x}", "x, labels: {a: b}}")).unwrap();
    let output = program(["diff", "a.yaml", ".", "./a.yaml", "--base", "HEAD"])
        .folder(folder.path())
        .env("PATH", "/usr/bin:/bin")
        .output();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.contains("1 changed") && !stdout.contains("removed"), "{stdout}");
}

#[test]
fn nothing_is_built_and_the_hint_names_the_command_that_does() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &[("chart/Chart.yaml", "name: x\n"), ("prod/kustomization.yaml", "resources: []\n")]);
    for name in ["chart", "prod"] {
        let hint = format!("`vault-render build {name}`");
        program(["generate", name]).folder(folder.path()).status(1).stderr_holds([hint]).check();
    }
}

#[test]
fn a_chart_that_a_pull_request_needs_built_is_an_error_without_helm() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &[("a/Chart.yaml", "name: x\n"), ("b/x.yaml", OBJECT)]);
    let diff = |more: &[&str]| program(["diff", "a", "--base", "b"]).args(more).folder(folder.path()).output();
    let (note, error) = (diff(&[]), diff(&["--require-build"]));
    assert_eq!((note.status.code(), error.status.code()), (Some(1), Some(2)));
    assert!(String::from_utf8_lossy(&error.stderr).contains("error: charts are not built, there is no `helm`"));
}
