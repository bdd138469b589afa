//! `check` builds the charts and kustomizations of a folder, with the real helm and kustomize, and names the files that somebody wrote.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::files::write_all;
use crate::support::program::{Program, program, root};
use crate::support::servers;

const CHART: &str = "apiVersion: v2\nname: web\nversion: 0.1.0\n";
const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData:\n  password: VALUE\n";

/// `vault-render check ARGS` in `folder` with the real tools, for each helm; none without them.
fn checks(folder: &Path, arguments: &[&str]) -> Vec<Program> {
    let Some(kustomize) = servers::binary("kustomize") else { return Vec::new() };
    let helms = ["helm3", "helm4"].into_iter().filter_map(servers::binary);
    let check = |helm: std::path::PathBuf| {
        let tools = ["--helm".into(), helm, "--kustomize".into(), kustomize.clone()];
        program(["check"]).args(tools).args(arguments).folder(folder).env("PATH", "/usr/bin:/bin")
    };
    helms.map(check).collect()
}

/// The places and rules of all findings but notes, and the exit code.
fn found(run: Program) -> (Vec<String>, i32) {
    let output = run.args(["--format", "json"]).output();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let found = stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"));
    let shown = |one: Value| {
        format!("{}:{} {}", one["file"].as_str().unwrap_or_default(), one["line"], one["rule"].as_str().unwrap())
    };
    (found.filter(|one| one["level"] != "note").map(shown).collect(), output.status.code().unwrap())
}

#[test]
fn what_a_chart_renders_is_found_where_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    write_all(
        folder.path(),
        &[
            ("web/Chart.yaml", CHART),
            ("web/values.yaml", "password: <path:a/b#c | bas64encode>\nplain: hunter22\n"),
            ("web/templates/a.yaml", &SECRET.replace("VALUE", "{{ .Values.password | quote }}")),
            ("web/templates/b.yaml", &SECRET.replace("VALUE", "{{ .Values.plain }}").replace("name: web", "name: b")),
            ("web/templates/c.yaml", &SECRET.replace("VALUE", "<path:a/b#c | x>").replace("name: web", "name: c")),
            (
                "web/templates/d.yaml",
                &SECRET.replace("VALUE", "{{ list \"hun\" \"ter23\" | join \"\" }}").replace("name: web", "name: d"),
            ),
        ],
    );
    let expected = [
        "web/templates/c.yaml:5 modifier",
        "web/templates/d.yaml:1 secret-in-data",
        "web/values.yaml:1 modifier",
        "web/values.yaml:2 secret-in-data",
    ];
    for run in checks(folder.path(), &["."]) {
        assert_eq!(found(run), (expected.map(str::to_owned).to_vec(), 1));
    }
    for run in checks(folder.path(), &["--no-build"]) {
        assert_eq!(found(run), ([expected[0], expected[2]].map(str::to_owned).to_vec(), 1));
    }
}

#[test]
fn what_a_kustomization_renders_is_found_where_it_is_written_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let kustomization = "resources: [../base]\nnamePrefix: x-\nsecretGenerator:\n- name: s\n  literals:\n  - password=hunter22\n  - token=<path:a/b#c | bas64>\n- name: t\n  envs: [t.env]\n";
    write_all(
        folder.path(),
        &[
            ("base/kustomization.yaml", "resources: [a.yaml]\n"),
            ("base/a.yaml", &SECRET.replace("VALUE", "<path:a/b#c | x>")),
            ("one/kustomization.yaml", kustomization),
            ("one/t.env", "password=hunter33\n"),
            ("two/kustomization.yaml", "resources: [../base]\n"),
        ],
    );
    let expected = [
        "base/a.yaml:5 modifier",
        "one/kustomization.yaml:6 secret-in-data",
        "one/kustomization.yaml:7 modifier",
        "one/t.env:1 secret-in-data",
    ];
    for run in checks(folder.path(), &["."]) {
        assert_eq!(found(run), (expected.map(str::to_owned).to_vec(), 1));
    }
    let sources =
        ["base/a.yaml:5 modifier", "one/kustomization.yaml:6 secret-in-data", "one/kustomization.yaml:7 modifier"];
    for run in checks(folder.path(), &["--no-build"]) {
        assert_eq!(found(run), (sources.map(str::to_owned).to_vec(), 1));
    }
}

#[test]
fn a_chart_that_wants_values_is_a_warning_and_others_that_cannot_be_built_are_failures() {
    for (template, values, expected, code) in [
        ("a: {{ required \"give a\" .Values.a }}\n", "", "web/Chart.yaml:1 not-built", 1),
        ("a: {{ .Values.a.b.c }}\n", "", "web/Chart.yaml:1 not-built", 1),
        ("a: {{ fail \"no\" }}\n", "", "web/Chart.yaml:1 not-built", 1),
        ("a: {{ .Values.a }\n", "", ":null input", 2),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let files = [("web/Chart.yaml", CHART), ("web/templates/a.yaml", template), ("web/values.yaml", values)];
        write_all(folder.path(), &files);
        for run in checks(folder.path(), &[]) {
            assert_eq!(found(run), (vec![expected.to_owned()], code), "{template}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let schema = "{\"required\": [\"a\"], \"type\": \"object\"}";
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    write_all(folder.path(), &[("Chart.yaml", CHART), ("values.schema.json", schema), ("templates/a.yaml", manifest)]);
    for run in checks(folder.path(), &[]) {
        assert_eq!(found(run), (vec!["Chart.yaml:1 not-built".to_owned()], 1));
    }
    for run in checks(folder.path(), &[]) {
        let given = run.args(["--", "--set", "a=1"]);
        given.stdout("nothing found in 1 built folder\n").check();
    }
}

#[test]
fn without_a_program_or_a_dependency_the_check_fails() {
    let folder = tempfile::tempdir().unwrap();
    let chart =
        format!("{CHART}dependencies: [{{name: db, version: 1.0.0, repository: 'https://charts.example.com'}}]\n");
    write_all(folder.path(), &[("web/Chart.yaml", &chart), ("prod/kustomization.yaml", "resources: [a.yaml]\n")]);
    write_all(folder.path(), &[("prod/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")]);
    for run in checks(folder.path(), &["web"]) {
        assert_eq!(found(run), (vec![":null input".to_owned()], 2));
    }
    let text = |run: Program| {
        let output = run.folder(folder.path()).output();
        (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
    };
    let (stdout, code) = text(program(["check"]));
    assert!(stdout.contains("there is no `helm`") && stdout.contains("there is no `kustomize`"), "{stdout}");
    assert_eq!(code, 2);
    let (stdout, code) = text(program(["check", "--no-build"]));
    assert!(stdout.ends_with("2 notes in 1 manifest file\n"), "{stdout}");
    assert_eq!(code, 0);
}

#[test]
fn planted_charts_and_kustomizations_are_found() {
    let expected = fs::read_to_string(root().join("tests/check/built/expected.txt")).unwrap();
    for run in checks(&root().join("tests/check/built"), &[]) {
        let (mut found, code) = found(run);
        found.sort();
        assert_eq!((found.join("\n") + "\n", code), (expected.clone(), 1));
    }
}

#[test]
fn only_what_changed_is_built_since_a_revision() {
    let folder = tempfile::tempdir().unwrap();
    let git = |args: &[&str]| {
        let settings = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
        let output = std::process::Command::new("git").args(settings).args(args).current_dir(folder.path()).output();
        assert!(output.is_ok_and(|output| output.status.success()), "git {args:?}");
    };
    let wants = "a: {{ required \"give a\" .Values.a }}\n";
    for chart in ["one", "two"] {
        write_all(
            folder.path(),
            &[(&format!("{chart}/Chart.yaml"), CHART), (&format!("{chart}/templates/a.yaml"), wants)],
        );
    }
    write_all(
        folder.path(),
        &[("base/kustomization.yaml", "resources: [a.yaml]\n"), ("base/a.yaml", &SECRET.replace("VALUE", "''"))],
    );
    write_all(
        folder.path(),
        &[("prod/kustomization.yaml", "resources: [../base]\nsecretGenerator: [{name: x, envs: [x.env]}]\n")],
    );
    write_all(folder.path(), &[("prod/x.env", "password=hunter22\n")]);
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "x"]);
    for run in checks(folder.path(), &["--since", "HEAD"]) {
        assert_eq!(found(run), (Vec::new(), 0));
    }
    write_all(folder.path(), &[("two/templates/a.yaml", "# more\na: {{ required \"give a\" .Values.a }}\n")]);
    write_all(folder.path(), &[("base/a.yaml", &SECRET.replace("VALUE", "'' # more"))]);
    for run in checks(folder.path(), &["--since", "HEAD"]) {
        let (found, code) = found(run);
        assert_eq!((found.len(), code), (2, 1), "{found:?}");
        assert!(found[0].ends_with("not-built") && found[1].ends_with("secret-in-data"), "{found:?}");
    }
}
