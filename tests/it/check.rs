//! `check`: it finds the planted mistakes of a repository and nothing else, in every format, with its exit codes, and changes
//! nothing in the store.

use std::path::Path;
use std::process::Command;

use crate::support::program::{Program, program, root};
use crate::support::servers::{Faults, Response};

const FINE: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: <path:a/b#text>}\n";
const BROKEN: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: <path:a/b#text | indend 2>}\n";
const NOTED: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x} # <path:a/b#text>\n";

/// No common word is in it.
const CANARY: &str = "zq7Xk3vWn9Rb5Tg2";

#[test]
fn planted_mistakes_are_found_and_none_is_invented() {
    let folder = root().join("tests/check/repository");
    let expected = std::fs::read_to_string(root().join("tests/check/expected.txt")).unwrap();
    let found = findings(program(["check", "--format", "json"]).folder(&folder), 1);
    let mut found: Vec<String> = found
        .iter()
        .map(|finding| {
            let [file, rule] = ["file", "rule"].map(|field| finding[field].as_str().unwrap_or_default());
            format!("{file}:{} {rule}", finding["line"])
        })
        .collect();
    found.sort();
    let mut expected: Vec<&str> = expected.lines().collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn the_exit_code_says_what_was_found() {
    program(["check", "-"]).stdin(FINE).stdout("nothing found in 1 manifest file\n").check();
    assert_eq!(program(["check", "-"]).stdin(NOTED).output().status.code(), Some(0));
    assert_eq!(program(["check", "-"]).stdin(BROKEN).output().status.code(), Some(1));
    assert_eq!(program(["check", "nowhere.yaml"]).output().status.code(), Some(2));
    assert_eq!(program(["check", "--since", "no-such-revision"]).output().status.code(), Some(2));
}

#[test]
fn findings_are_on_stdout_with_excerpts_and_a_summary() {
    let stdout = "\
error: `<path:a/b#text | indend 2>`: unknown modifier `indend`
 --> stdin:4:11
  |
4 | data: {a: <path:a/b#text | indend 2>}
  |           ^^^^^^^^^^^^^^^^^^^^^^^^^^
  = resource: ConfigMap x
  = field: data.a
hint: did you mean `indent`?
rule: modifier

1 error in 1 manifest file
";
    program(["check", "-"]).stdin(BROKEN).stdout(stdout).status(1).check();
    let json = findings(program(["check", "-", "--format", "json"]).stdin(BROKEN), 1);
    assert_eq!(json.len(), 1);
    assert_eq!((&json[0]["rule"], &json[0]["line"], &json[0]["column"]), (&"modifier".into(), &4.into(), &11.into()));
}

#[test]
fn a_generic_placeholder_without_its_bar_is_shown_with_it() {
    let metadata = "metadata:\n  name: x\n  annotations: {avp.kubernetes.io/path: a/b}\n";
    let manifest = format!("apiVersion: v1\nkind: ConfigMap\n{metadata}data: {{a: <user base64encode>}}\n");
    let found = findings(program(["check", "-", "--format", "json"]).stdin(&*manifest), 1);
    assert_eq!(found[0]["rule"], "malformed-placeholder");
    assert!(found[0]["hint"].as_str().unwrap().contains("did you mean `<user | base64encode>`?"), "{found:?}");
}

#[test]
fn one_mistyped_placeholder_in_several_places_is_one_block_of_text_and_a_finding_for_each_place_elsewhere() {
    let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n";
    let lines: String = (0..5).map(|number| format!("  k{number}: <path:a/b#text | indend 2>\n")).collect();
    let (manifest, other) = (format!("{head}{lines}"), "  k9: <path:a/b#text | indend 3>\n");
    let manifest = manifest + other;
    let text = String::from_utf8(program(["check", "-"]).stdin(&*manifest).output().stdout).unwrap();
    assert_eq!(text.matches("unknown modifier `indend`").count(), 2, "{text}");
    assert!(text.contains(" = also: stdin:6:7, stdin:7:7, stdin:8:7 and 1 more\n"), "{text}");
    assert!(text.ends_with("6 errors in 1 manifest file\n"), "{text}");
    assert_eq!(findings(program(["check", "-", "--format", "json"]).stdin(&*manifest), 1).len(), 6);
}

#[test]
fn a_value_of_another_type_than_its_field_takes_is_found() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.yaml"), "a/b: {text: \"3\", number: 3, word: three}\n").unwrap();
    let manifest =
        |kind: &str, value: &str| format!("apiVersion: {kind}\nmetadata: {{name: x}}\nspec: {{replicas: {value}}}\n");
    let run = program(["check", "-", "--online", "--secrets", "s.yaml", "--format", "json"]).folder(folder.path());
    let found = findings(run.stdin(manifest("apps/v1\nkind: Deployment", "<path:a/b#word>")), 1);
    assert!(found.iter().any(|finding| finding["rule"] == "wrong-type"), "{found:?}");
    let run = program(["check", "-", "--online", "--secrets", "s.yaml", "--format", "json"]).folder(folder.path());
    findings(run.stdin(manifest("apps/v1\nkind: Deployment", "<path:a/b#text>")), 0);
}

#[test]
fn a_placeholder_in_a_description_may_be_meant_as_text() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.yaml"), "a/b: {k: v}\n").unwrap();
    let crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\nspec:\n  \
               description: such as <path:PATH#KEY>\n";
    let run = program(["generate", "-", "--secrets", "s.yaml"]).folder(folder.path()).stdin(crd).status(1);
    run.stderr_holds(["if the text is meant, write `<raw:path:PATH#KEY>`"]).check();
}

#[test]
fn text_directly_behind_a_separator_is_said() {
    let manifests =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: <path:a/b#k>}\n---apiVersion: v1\n";
    let found = findings(program(["check", "-", "--format", "json"]).stdin(manifests), 1);
    assert_eq!((&found[0]["rule"], &found[0]["line"]), (&"glued-separator".into(), &5.into()));
    let run = program(["generate", "-", "--secrets", "/dev/null"]).stdin(manifests).status(1);
    run.stderr_holds(["text stands directly behind `---`", "put a line break behind `---`"]).check();
}

#[test]
fn every_rule_is_explained_and_a_mistyped_one_too() {
    for (name, _) in rules() {
        let text = String::from_utf8(program(["check", "--explain", &name]).output().stdout).unwrap();
        assert!(text.starts_with(&format!("{name} (")), "{text}");
    }
    program(["check", "--explain", "not-base46"]).status(2).stderr_holds(["'not-base64'"]).check();
}

#[test]
fn what_would_be_a_secret_in_clear_is_not_shown() {
    let manifest = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: x}}\ndata:\n  a: '{CANARY}!'\n");
    for format in ["text", "json"] {
        let output = program(["check", "-", "--format", format]).stdin(&*manifest).output();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("not-base64") && !text.contains(&CANARY[2..]), "{text}");
    }
}

#[test]
fn only_changed_files_are_checked_since_a_revision() {
    let folder = tempfile::tempdir().unwrap();
    let git = |args: &[&str]| {
        let settings = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").args(settings).args(args).current_dir(folder.path()).output();
        assert!(output.is_ok_and(|output| output.status.success()), "git {args:?}");
    };
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    git(&["init", "-q"]);
    write("old.yaml", BROKEN);
    write("changed.yaml", FINE);
    git(&["add", "."]);
    git(&["commit", "-qm", "x"]);
    write("changed.yaml", BROKEN);
    write("new.yaml", BROKEN);
    let run = |args: &[&str]| {
        let run = program(["check", "--format", "json"]).args(args).folder(folder.path()).env("PATH", "/usr/bin:/bin");
        let found = findings(run, 1);
        found.iter().map(|finding| finding["file"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(run(&[]), ["changed.yaml", "new.yaml", "old.yaml"]);
    assert_eq!(run(&["--since", "HEAD"]), ["changed.yaml", "new.yaml"]);
    program(["check", "--since=--output=x"])
        .folder(folder.path())
        .env("PATH", "/usr/bin:/bin")
        .status(2)
        .stderr_holds(["knows no revision"])
        .check();
}

#[test]
fn the_store_knows_more() {
    let folder = secrets();
    let manifest = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: x}
data:
  typo: <path:a/b#texd>
  nowhere: <path:a/c#text>
  control: <path:a/b#control>
  binary: <path:a/b#binary | base64decode>
  fine: <path:a/b#text>
";
    let run = program(["check", "-", "--online", "--format", "json", "--secrets", "secrets.yaml"]);
    let found = findings(run.folder(folder.path()).stdin(manifest), 1);
    let found: Vec<String> =
        found.iter().map(|finding| format!("{} {}", finding["line"], finding["rule"].as_str().unwrap())).collect();
    assert_eq!(found, ["5 unused-key", "5 missing", "6 missing", "7 control-character", "8 value"]);
}

#[test]
fn no_value_of_the_store_is_in_any_output() {
    let folder = secrets();
    let keys = ["text", "control", "binary", "map", "texd", "*", "none"];
    let chains = ["", " | base64decode", " | jsonParse", " | jsonPath {.x.y}", " | indent x", " | base64encode"];
    let fields = ["data", "stringData"];
    let mut manifests = String::new();
    for ((key, chain), field) in keys
        .iter()
        .flat_map(|key| chains.iter().map(move |chain| (key, chain)))
        .flat_map(|pair| fields.map(|field| (pair, field)))
    {
        manifests += &format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: x}}\n{field}:\n  k: \"<path:a/b#{key}{chain}>\"\n---\n"
        );
    }
    std::fs::write(folder.path().join("all.yaml"), manifests).unwrap();
    for args in [&["--format", "text"][..], &["--format", "json"]] {
        let run = program(["check", "all.yaml", "--online", "--secrets", "secrets.yaml"]).args(args);
        let output = run.folder(folder.path()).output();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(text.contains("missing"), "{text}");
        assert!(!text.contains(&CANARY[4..12]), "{text}");
    }
}

#[test]
fn nothing_is_read_that_would_create_a_lease() {
    let vault = Faults::start(|_, request| match &*request.path {
        path if path.starts_with("/v1/sys/internal/ui/mounts/database") => {
            Response::json(200, r#"{"data": {"path": "database/", "type": "database", "options": null}}"#)
        }
        _ => Response::json(403, r#"{"errors": ["permission denied"]}"#),
    });
    let manifest =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: <path:database/creds/app#username>}\n";
    let run = program(["check", "-", "--online", "--format", "json"]).env("VAULT_ADDR", &vault.address);
    let found = findings(run.env("VAULT_TOKEN", "t").stdin(manifest), 0);
    assert_eq!((found.len(), &found[0]["rule"], &found[0]["level"]), (1, &"not-read".into(), &"note".into()));
    let asked: Vec<String> = vault.requests().iter().map(|request| request.path.clone()).collect();
    assert!(asked.iter().all(|path| path.starts_with("/v1/sys/internal/ui/mounts/")), "{asked:?}");
}

/// The JSON findings of a run that ends with `status`.
fn findings(run: Program, status: i32) -> Vec<serde_json::Value> {
    let output = run.output();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(status), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

/// Each rule of the page with its text.
fn rules() -> Vec<(String, String)> {
    let page = std::fs::read_to_string(root().join("docs/rules.md")).unwrap();
    let sections = page.split("\n## `").skip(1).filter_map(|section| section.split_once('`'));
    sections.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

fn secrets() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "a/b:\n  text: {CANARY}\n  control: \"{CANARY}\\u0001\"\n  binary: //4A/w==\n  map: {{x: {CANARY}}}\n  unused: {CANARY}\n"
    );
    std::fs::write(Path::new(folder.path()).join("secrets.yaml"), text).unwrap();
    folder
}
