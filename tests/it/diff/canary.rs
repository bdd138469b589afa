//! No output of `diff` shows the value of a secret, in any encoding, whatever fails.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::canary::{CANARY, CHAINS, MANIFESTS, piece};
use super::{Repository, shown};

const KEYS: [&str; 12] =
    ["text", "lines", "control", "json", "broken", "yaml", "binary", "half", "map", "list", "null", "*"];

/// Every kind of value, each with the canary in it. Names of keys are not secret.
fn secrets() -> String {
    let binary = STANDARD.encode([b"\xff\xfe", CANARY.as_bytes()].concat());
    format!(
        "a/b:\n  text: {CANARY}\n  lines: \"{CANARY}\\n{CANARY}\\n\"\n  control: \"{CANARY}\\u0001\"\n  json: '{{\"x\":\"{CANARY}\"}}'\n  \
         broken: '{{\"x\": {CANARY}'\n  yaml: 'x: [{CANARY}'\n  binary: {binary}\n  half: '{CANARY}!!=='\n  map: {{x: {CANARY}}}\n  \
         list: [{CANARY}]\n  null: ~\n"
    )
}

/// Encodings around a placeholder, `@`.
fn encoded() -> Vec<String> {
    let secret = |text: &str| {
        format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: e}}\ndata:\n  k: {}\n", STANDARD.encode(text))
    };
    let inner = STANDARD.encode("pass: <path:a/b#text>");
    let map = |text: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: e}}\ndata:\n  k: '{text}'\n");
    vec![
        secret("pass: <path:a/b#text>\n"),
        secret(&format!("{{\"inner\": \"{inner}\"}}")),
        map("https://x/?p=%3Cpath%3Aa%2Fb%23text%3E"),
        map("&lt;path:a/b#text&gt;"),
        map("{\"p\": \"\\u003cpath:a/b#text\\u003e\"}"),
    ]
}

#[test]
fn no_output_shows_a_piece_of_a_secret() {
    let repository = Repository::new();
    std::fs::write(repository.root().join("../secrets.yaml"), secrets()).unwrap();
    repository.write("now.yaml", "apiVersion: v1\nkind: A\nmetadata: {name: x}\n");
    let mut filled = 0;
    for chain in CHAINS {
        let bar = if chain.is_empty() { "" } else { " | " };
        let placeholders = KEYS.iter().map(|key| format!("<path:a/b#{key}{bar}{chain}>"));
        let of = |placeholder: &String| MANIFESTS.iter().map(|one| one.replace('@', placeholder)).collect::<Vec<_>>();
        let documents: Vec<String> = placeholders.collect::<Vec<_>>().iter().flat_map(of).chain(encoded()).collect();
        repository.write("then.yaml", &documents.join("---\n"));
        for format in ["text", "markdown"] {
            let args = ["now.yaml", "--base", "then.yaml", "--any", "--format", format];
            let (text, stderr, code) = shown(&repository.diff(&args).output());
            assert_eq!(code, Some(1), "{chain}: {stderr}");
            assert_eq!(
                (piece(text.as_bytes()), piece(stderr.as_bytes())),
                (None, None),
                "{chain} {format}:\n{text}\n{stderr}"
            );
            filled += text.matches("redacted").count();
        }
        repository.write("then.yaml", "x: 1\n").write("wrong.yaml", &documents.join("---\n"));
        let (text, stderr, _) = shown(&repository.diff(&["wrong.yaml", "--base", "then.yaml"]).output());
        assert_eq!((piece(text.as_bytes()), piece(stderr.as_bytes())), (None, None), "{chain}:\n{text}\n{stderr}");
    }
    assert!(filled > 500, "only {filled} masks were shown");
}

/// Where a placeholder says which resource it is, or what others know it by.
const NAMES: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: app-<path:a/b#text>
  namespace: <path:a/b#text>
  labels: {owner: <path:a/b#text>}
  annotations: {note: <path:a/b#text>}
---
apiVersion: <path:a/b#text>/v1
kind: <path:a/b#text>
metadata: {name: <path:a/b#text>, generateName: <path:a/b#text>}
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: <path:a/b#text>, namespace: <path:a/b#text>}}
";

#[test]
fn no_output_shows_a_name_that_a_placeholder_has_filled() {
    let repository = Repository::new();
    std::fs::write(repository.root().join("../secrets.yaml"), secrets()).unwrap();
    repository.write("now.yaml", NAMES).write("then.yaml", "apiVersion: v1\nkind: A\nmetadata: {name: x}\n");
    for format in ["text", "markdown", "html"] {
        let (text, stderr, code) =
            shown(&repository.diff(&["now.yaml", "--base", "then.yaml", "--format", format]).output());
        assert_eq!(code, Some(1), "{stderr}");
        assert_eq!((piece(text.as_bytes()), piece(stderr.as_bytes())), (None, None), "{format}:\n{text}\n{stderr}");
        assert!(text.contains("redacted"), "{format}: {text}");
    }
    // Equal names are one resource all the same.
    repository.write("then.yaml", &NAMES.replace("annotations: {note", "annotations: {old"));
    let (text, _, _) = shown(&repository.diff(&["now.yaml", "--base", "then.yaml"]).output());
    assert!(
        text.starts_with("changed ConfigMap <redacted:")
            && text.contains("\n1 changed, 2 unchanged\n<redacted:FINGERPRINT> stands for"),
        "{text}"
    );
    let secrets = repository.root().join("../secrets.yaml");
    for command in [&["plan"][..], &["check", "--online"], &["record", "-o", "-"], &["plan", "--format", "json"]] {
        let run = crate::support::program::program(command.iter().copied()).folder(repository.root());
        let output = run.args(["--secrets".as_ref(), secrets.as_os_str(), "now.yaml".as_ref()]).output();
        let all = [output.stdout, output.stderr].concat();
        assert_eq!(piece(&all), None, "{command:?}: {}", String::from_utf8_lossy(&all));
    }
}

#[test]
fn no_output_shows_a_value_that_was_made_into_a_key() {
    let repository = Repository::new();
    std::fs::write(repository.root().join("../secrets.yaml"), format!("a/b: {{text: {CANARY}}}\n")).unwrap();
    repository.write("then.yaml", "apiVersion: v1\nkind: A\nmetadata: {name: x}\n");
    let composed = r#"<path:a/b#* | jsonPath {"{\""}{.text}{"\":@}"} | jsonParse>"#;
    for (value, code) in [("1", Some(1)), (r#"{\"a\":[1]}"#, Some(1)), ("null", Some(2))] {
        for parser in ["jsonParse", "yamlParse"] {
            let placeholder = composed.replace('@', value).replace("jsonParse", parser);
            let manifest = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata: {placeholder}\n");
            repository.write("now.yaml", &manifest);
            for format in ["text", "markdown", "html"] {
                let run = repository.diff(&["now.yaml", "--base", "then.yaml", "--format", format]);
                let (text, stderr, status) = shown(&run.output());
                assert_eq!(status, code, "{text}{stderr}");
                let all = text + &stderr;
                assert_eq!(piece(all.as_bytes()), None, "{format}: {all}");
            }
            for command in [&["record", "-o", "-"][..], &["check", "--online"]] {
                let run = crate::support::program::program(command.iter().copied()).folder(repository.root());
                let output = run.args(["--secrets", "../secrets.yaml", "now.yaml"]).output();
                let all = [output.stdout, output.stderr].concat();
                assert_eq!(piece(&all), None, "{command:?}: {}", String::from_utf8_lossy(&all));
            }
        }
    }
}
