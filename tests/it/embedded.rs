//! Values that break the JSON of a text: every command that fills finds them, and none shows them.

use std::path::Path;

use tempfile::TempDir;

use crate::support::program::program;

/// A folder with a manifest whose JSON a value breaks, and the manifest as it was before.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let manifest =
        |text: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  v: '{text}'\n");
    write("now.yaml", &manifest(r#"{"a":"<path:a/b#k>"}"#));
    write("before.yaml", &manifest(r#"{"a":1}"#));
    write("secrets.yaml", "a/b: {k: 'zq7\"Xk3'}\n");
    folder
}

/// Whether a command succeeds, and what it prints.
fn run(folder: &Path, arguments: &str, mode: &str) -> (bool, String) {
    let run = program(arguments.split(' ')).args(["--secrets", "secrets.yaml"]).folder(folder);
    let output = run.env("AVP_ESCAPE", mode).output();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), text)
}

#[test]
fn every_command_that_fills_finds_a_broken_json_and_shows_no_value() {
    let folder = folder();
    for arguments in [
        "generate now.yaml",
        "generate now.yaml --mask",
        "generate now.yaml --stream",
        "check now.yaml --online",
        "diff now.yaml --base before.yaml",
        "record now.yaml -o -",
    ] {
        let (is_right, text) = run(folder.path(), arguments, "check");
        assert!(
            !is_right && text.contains("the value breaks the JSON string that it stands in"),
            "{arguments}: {text}"
        );
        assert!(text.contains("jsonEscape") && !text.contains("zq7") && !text.contains("Xk3"), "{arguments}: {text}");
    }
}

#[test]
fn auto_and_off_count_for_every_command() {
    let folder = folder();
    for mode in ["auto", "off"] {
        let (is_right, text) = run(folder.path(), "generate now.yaml --mask", mode);
        assert!(is_right && text.contains(r#"{"a":"<redacted:"#), "{mode}: {text}");
        let (_, text) = run(folder.path(), "diff now.yaml --base before.yaml", mode);
        assert!(text.contains(r#"+  v: '{"a":"<redacted:"#) && !text.contains("error"), "{mode}: {text}");
        assert!(!run(folder.path(), "check now.yaml --online", mode).1.contains("JSON"), "{mode}");
    }
    let (is_right, text) = run(folder.path(), "generate now.yaml", "auto");
    assert!(is_right && text.contains(r#"  v: '{"a":"zq7\"Xk3"}'"#), "{text}");
}
