//! `check` judges each text by what it is, whether a folder holds it or it is named, and reads a repository as Git lists it.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::files::write_all;
use crate::support::program::{program, root};

const BROKEN: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: <path:a/b#text | indend 2>}\n";

/// A token of a known form, which no file of this repository may hold whole.
fn token() -> String {
    ["ghp_", "0123456789abcdefghijABCDEFGHIJ456789"].concat()
}

/// Files that are no manifests, and would be nonsense if they were read as some.
const OTHERS: &[(&str, &str)] = &[
    ("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n"),
    (
        "chart/templates/web.yaml",
        "{{- if .Values.on }}\napiVersion: v1\nkind: {{ .Values.kind }}\n{{- end }}\na: <path:a\n",
    ),
    ("chart/templates/_helpers.tpl", "{{ define \"x\" }}<path:x{{ end }}\n"),
    ("chart/templates/NOTES.txt", "<path:a/b>\n"),
    (
        "chart/values.yaml",
        "url: <path:secret/data/web#url>\nimage: web\npodAnnotations: {avp.kubernetes.io/path: a/b}\n",
    ),
    ("chart/values.schema.json", "{\"type\": \"object\"}\n"),
    ("chart/requirements.yaml", "dependencies: []\n"),
    ("chart/dashboards/a.json", "{\"title\": \"{{ .Values.title }}\", {{ x }}}\n"),
    ("scripts/run.sh", "#!/bin/sh\ncat <<X | vault-render generate -\na: <path:a/b | x>\nX\n"),
    ("docs/guide.md", "Write `<path:PATH#KEY | x>`, or <path:x>.\n"),
    (".github/workflows/ci.yaml", "on: push\nrun: echo '<path:a/b#c | x>'\n"),
    (".vscode/settings.json", "{ // a comment\n}\n"),
    ("tsconfig.json", "{\n  // strict\n  \"strict\": true,\n}\n"),
    ("roles/web.yaml", "{% if web %}\nname: {{ name }}\n{% endif %}\n"),
    (
        "overlay/kustomization.yaml",
        "resources: [a.yaml]\ncommonAnnotations: {avp.kubernetes.io/path: secret/data/a}\npatches: [{path: patch.yaml, target: {kind: Deployment}}]\n",
    ),
    ("overlay/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"),
    ("overlay/patch.yaml", "- op: add\n  path: /data/x\n  value: <path:a/b#c>\n"),
];

#[test]
fn what_is_not_a_manifest_is_not_judged_as_one() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), OTHERS);
    fs::write(folder.path().join("logo.png"), b"\x89PNG\0<path:a/b>").unwrap();
    let names = OTHERS.iter().map(|(name, _)| *name).chain(["logo.png"]);
    let output = program(["check"]).args(names).folder(folder.path()).output();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!((stdout.as_str(), output.status.code()), ("nothing found in 3 manifest files\n", Some(0)));
    let output = program(["check", "docs/guide.md"]).folder(folder.path()).output();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "nothing found in 1 other text\n");
}

#[test]
fn what_is_wrong_is_found_in_each_kind_of_text() {
    let token = token();
    for (name, text, rule) in [
        ("app.yaml", BROKEN.to_owned(), "modifier"),
        ("logo.yaml", "a: <path:a/b\0".to_owned(), "not-text"),
        ("crds/app.json", "{\"apiVersion\": \"v1\",, }".to_owned(), "syntax"),
        ("chart/crds/app.yaml", BROKEN.to_owned(), "modifier"),
        (".argo/app.yaml", BROKEN.to_owned(), "modifier"),
        ("chart/values-prod.yaml", "a: <path:a/b#c | bas64encode>\n".to_owned(), "modifier"),
        ("chart/values-dev.yml", "db: {password: hunter22}\n".to_owned(), "secret-in-data"),
        (
            "overlay/kustomization.yaml",
            "secretGenerator: [{name: a, literals: ['a=<path:a/b#c | x>']}]\n".to_owned(),
            "modifier",
        ),
        (
            "overlay/kustomization.yml",
            "secretGenerator: [{name: a, literals: [password=hunter22]}]\n".to_owned(),
            "secret-in-data",
        ),
        ("patch/patch.yaml", "- {op: add, path: /a, value: <path:a/b#c | x>}\n".to_owned(), "modifier"),
        ("chart/templates/a.yaml", "{{ if .Values.a }}\na: <path:a/b#c | x>\n{{ end }}\n".to_owned(), "modifier"),
        ("chart/templates/b.tpl", "{{ define \"b\" }}<path:a/b#c#newest>{{ end }}\n".to_owned(), "placeholder"),
        (
            "chart/templates/c.yaml",
            "a: <paht:a/{b}#c>\nb: <path:{{ .x }}#c | {{ .y }}>\n".to_owned(),
            "malformed-placeholder",
        ),
        ("run.sh", format!("export TOKEN={token}\n"), "known-token"),
        ("chart/templates/a.yaml", format!("a: {{{{ x }}}}\nb: {token}\n"), "known-token"),
        (".env", format!("TOKEN={token}\n"), "known-token"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write_all(folder.path(), &[(name, &text), ("patch/kustomization.yaml", "patches: [{path: patch.yaml}]\n")]);
        if name.starts_with("chart/") {
            write_all(folder.path(), &[("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n")]);
        }
        for paths in [name, "."] {
            let run = program(["check", "--format", "json", "--no-build", paths]).folder(folder.path());
            let output = run.output();
            let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
            let hidden = paths == "." && name == ".argo/app.yaml";
            let lines = stdout.lines().filter(|line| !line.contains("are not built")).collect::<Vec<_>>();
            assert_eq!(lines.len(), usize::from(!hidden), "{name}: {stdout}");
            assert!(hidden || lines[0].contains(&format!("\"rule\":\"{rule}\"")), "{name}: {stdout}");
            assert!(!stdout.contains("hunter22") && !stdout.contains(&token[4..]), "{name}: {stdout}");
        }
    }
}

#[test]
fn the_files_of_this_repository_show_only_what_is_planted() {
    let listed = std::process::Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    let Some(listed) = listed.ok().filter(|listed| listed.status.success()) else { return };
    let names = String::from_utf8(listed.stdout).unwrap();
    let there = |name: &&str| !name.is_empty() && root().join(name).exists();
    let names: Vec<&str> = names.split('\0').filter(there).collect();
    let output = program(["check", "--format", "json"]).args(&names).output();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let meant = ["tests/", "examples/", "benches/", "fuzz/"];
    let found: Vec<serde_json::Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let nonsense = found.iter().filter(|one| one["level"] != "note").filter(|one| {
        let file = one["file"].as_str().unwrap_or_default();
        !meant.iter().any(|folder| file.starts_with(folder))
    });
    assert_eq!(nonsense.collect::<Vec<_>>(), Vec::<&serde_json::Value>::new());
}

#[test]
fn a_hundred_files_take_less_than_a_second_and_nothing_is_built() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), OTHERS);
    let names: Vec<String> = (0..100).map(|number| format!("manifests/{number}.yaml")).collect();
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: <path:a/b#text>}\n---\n".repeat(20);
    names.iter().for_each(|name| write_all(folder.path(), &[(name, &manifest)]));
    // A helm that is run would fail.
    write_all(folder.path(), &[("bin/helm", "#!/bin/sh\nexit 1\n"), ("bin/kustomize", "#!/bin/sh\nexit 1\n")]);
    let others = OTHERS.iter().map(|(name, _)| *name);
    let started = Instant::now();
    program(["check"])
        .args(names.iter().map(String::as_str).chain(others))
        .folder(folder.path())
        .env("PATH", folder.path().join("bin"))
        .stdout("nothing found in 103 manifest files\n")
        .check();
    // A build for tests is ten times slower than a release.
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[test]
fn a_manifest_that_is_no_text_is_an_error_and_not_parsed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.yaml"), [&b"a: b\n"[..], &[0; 1 << 20], b": <path:a"].concat()).unwrap();
    let output = program(["check", ".", "--format", "json"]).folder(folder.path()).output();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!((stdout.lines().count(), output.status.code()), (1, Some(1)), "{stdout}");
    assert!(stdout.contains("\"rule\":\"not-text\"") && stdout.contains("\"line\":2"), "{stdout}");
}

#[test]
fn what_a_command_pipes_in_is_a_manifest() {
    let run = format!("'{}' check <(printf '%s' \"$1\")", crate::support::program::binary());
    let output = std::process::Command::new("bash").args(["-c", &run, "bash", BROKEN]).output().expect("bash starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.code() == Some(1) && stdout.contains("1 error in 1 manifest file"), "{stdout}");
}

#[test]
fn an_empty_stdin_is_a_failure_unless_it_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let arguments: [&[&str]; 3] = [&["check", "-"], &["record", "-", "-o", "-"], &["plan", "-"]];
    for arguments in arguments {
        for stdin in ["", "\n", "# nothing\n---\n"] {
            let run = |more: &[&str]| {
                let secrets = ["--secrets", "/dev/null"];
                let run = program(arguments).args(secrets).args(more).folder(folder.path()).stdin(stdin).output();
                (run.status.code(), String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned())
            };
            let (code, text) = run(&[]);
            assert!(code == Some(2) && text.contains("stdin holds no manifest"), "{arguments:?}: {text}");
            let (code, text) = run(&["--allow-empty"]);
            assert!(code == Some(0) && !text.contains("error"), "{arguments:?}: {text}");
        }
    }
}

#[test]
fn programs_that_show_findings_beside_the_code_get_names_from_the_repository_s_root() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &[(".git/HEAD", ""), ("apps/web/a.yaml", BROKEN), ("base/b.yaml", BROKEN)]);
    for (format, words) in [
        ("github", ["file=apps/web/a.yaml,", "file=base/b.yaml,"]),
        ("sarif", ["\"uri\": \"apps/web/a.yaml\"", "\"uri\": \"base/b.yaml\""]),
        ("json", ["\"file\":\"a.yaml\"", "\"file\":\"../../base/b.yaml\""]),
    ] {
        let run = program(["check", "a.yaml", "../../base/b.yaml", "--format", format]);
        let output = run.folder(folder.path().join("apps/web")).output();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(words.iter().all(|word| stdout.contains(word)), "{format}: {stdout}");
    }
}

#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n";
    write_all(folder.path(), &[("a.yaml", manifest), ("b/c.yaml", manifest)]);
    let whole = format!("{manifest}---\n{manifest}");
    for (paths, warning) in [
        (&["a.yaml", "b", "./a.yaml"][..], "warning: `a.yaml` is named twice, and read once\n"),
        (&["a.yaml", "b/c.yaml", "."], "warning: `a.yaml` and 1 more are named twice, and read once\n"),
    ] {
        let run = |extra: &[&str]| program(["generate"]).args(paths).args(extra).folder(folder.path());
        run(&[]).stdout(whole.clone()).stderr_holds([warning]).check();
        run(&["--stream"]).stdout(whole.clone()).stderr_holds([warning]).check();
    }
    let output = program(["check", ".", "a.yaml"]).folder(folder.path()).output();
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("1 warning in 2 manifest files\n"));
}
