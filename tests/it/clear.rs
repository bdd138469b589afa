//! `check` and secrets committed in clear: found in any file, shown in no format, accepted by comment or baseline.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use vault_render::internals::lint;

use crate::support::program::{program, root};
use crate::support::servers;

/// No common word is in it.
const CANARY: &str = "zq7Xk3vWn9Rb5Tg2";

const FORMATS: [&str; 4] = ["text", "json", "sarif", "github"];

/// The rules about secrets in clear.
const RULES: [&str; 4] = ["known-token", "private-key", "secret-in-data", "allow-comment"];

/// A folder with secrets in every place that a repository has.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let token = format!("hv{}.CAESI{CANARY}J7Qm2vXkP0a", "s");
    let key = format!("-----BEGIN {0}-----\nMIIE{CANARY}{CANARY}\n{CANARY}\n-----END {0}-----\n", "PRIVATE KEY");
    let encoded = STANDARD.encode(CANARY);
    let head = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n";
    let service_account =
        format!("{{\"type\": \"service_account\", \"private_key\": \"{}\"}}\n", key.replace('\n', "\\n"));
    for (name, text) in [
        ("secret.yaml", format!("{head}stringData:\n  password: {CANARY}\n  block: |\n    a\n    {CANARY}\n")),
        ("data.yaml", format!("{head}data:\n  password: {encoded}\n  broken: '{CANARY}!'\n")),
        ("mistyped.yaml", format!("{head}stringData:\n  a: {{x: <path:a/b#c | indend 2>}} # {token}\n")),
        (
            "map.yaml",
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata: {{{token}: <path:a/b#c | indend 2>, b: {token}}}\n"
            ),
        ),
        (".env", format!("TOKEN={token}\n")),
        ("account.json", service_account),
        ("chart/Chart.yaml", "name: x\n".to_owned()),
        ("chart/values.yaml", format!("key: {}\n", STANDARD.encode(&key))),
        ("notes.md", format!("```\n{key}```\n")),
    ] {
        std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// `file:line rule` of each finding.
fn found(folder: &Path, args: &[&str]) -> Vec<String> {
    let output = program([&["check", "--format", "json"], args].concat()).folder(folder).output();
    let text = String::from_utf8(output.stdout).unwrap();
    let findings = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let word = |finding: &serde_json::Value, field: &str| finding[field].as_str().unwrap_or_default().to_owned();
    findings
        .map(|finding| format!("{}:{} {}", word(&finding, "file"), finding["line"], word(&finding, "rule")))
        .collect()
}

#[test]
fn secrets_are_found_in_any_file_and_once() {
    let folder = folder();
    let mut found = found(folder.path(), &[]);
    found.retain(|finding| RULES.iter().any(|rule| finding.ends_with(rule)));
    let expected = [
        ".env:1 known-token",
        "account.json:1 private-key",
        "chart/values.yaml:1 private-key",
        "data.yaml:6 secret-in-data",
        "map.yaml:4 known-token",
        "map.yaml:4 known-token",
        "mistyped.yaml:6 known-token",
        "notes.md:2 private-key",
        "secret.yaml:6 secret-in-data",
        "secret.yaml:7 secret-in-data",
    ];
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn no_format_shows_a_secret_in_any_encoding() {
    let folder = folder();
    let encoded = STANDARD.encode(CANARY);
    for format in FORMATS {
        for flags in [&[][..], &["--write-baseline", "baseline.json"]] {
            let output = program([&["check", "--format", format], flags].concat()).folder(folder.path()).output();
            let shown = [output.stdout, output.stderr].concat();
            let shown = String::from_utf8_lossy(&shown).into_owned()
                + &std::fs::read_to_string(folder.path().join("baseline.json")).unwrap_or_default();
            let pieces = [CANARY, &encoded]
                .map(|text| text.as_bytes().windows(5).map(|piece| piece.to_vec()).collect::<Vec<_>>());
            for piece in pieces.concat() {
                let piece = String::from_utf8(piece).unwrap();
                assert!(!shown.contains(&piece), "{format}: `{piece}` in\n{shown}");
            }
        }
        std::fs::remove_file(folder.path().join("baseline.json")).unwrap();
    }
}

#[test]
fn a_baseline_accepts_what_is_known_and_nothing_new() {
    let folder = folder();
    let write = ["check", "--no-build", "--write-baseline", "baseline.json"];
    let read = ["--no-build", "--baseline", "baseline.json"];
    assert_eq!(program(write).folder(folder.path()).output().status.code(), Some(0));
    assert_eq!(found(folder.path(), &read), [""; 0]);
    let path = folder.path().join(".env");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("# moved\n{text}NEW_{text}")).unwrap();
    assert_eq!(found(folder.path(), &read), [".env:3 known-token"]);
    let missing = program(["check", "--baseline", "nowhere.json"]).folder(folder.path());
    missing.status(2).stderr_holds(["cannot read the baseline `nowhere.json`"]).check();
}

#[test]
fn a_comment_with_a_reason_accepts_a_finding() {
    let folder = folder();
    std::fs::write(folder.path().join("secret.yaml"), "").unwrap();
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData:\n  a: hunter22 # vault-render: ";
    let path = folder.path().join("secret.yaml");
    for (comment, rules) in [
        ("allow secret-in-data it is a demo", vec![]),
        ("allow secret-in-data", vec!["allow-comment"]),
        ("allow secret-in-dada it is a demo", vec!["secret-in-data", "allow-comment"]),
    ] {
        std::fs::write(&path, format!("{text}{comment}\n")).unwrap();
        let found = found(folder.path(), &["secret.yaml"]);
        assert_eq!(found, rules.iter().map(|rule| format!("secret.yaml:5 {rule}")).collect::<Vec<_>>(), "{comment}");
    }
}

#[test]
fn this_repository_holds_no_secret_in_clear() {
    let paths = ["src", "docs", "benches", "tests/it", "tests/sarif", "README.md", "CONTRIBUTING.md", "justfile"];
    let found = found(root(), &paths);
    let found: Vec<&String> = found.iter().filter(|line| RULES.iter().any(|rule| line.ends_with(rule))).collect();
    assert!(found.is_empty(), "{found:?}");
}

/// The test data and the demonstrations of these projects hold keys; their manifests do not.
#[test]
fn manifests_of_real_projects_hold_the_keys_that_are_known_and_nothing_invented() {
    let Some(folder) = servers::manifests() else { return };
    let found = found(&folder, &["."]);
    let is_known =
        |line: &&String| ["/testdata/", "/test/fixtures/", "lib/pq@"].iter().any(|known| line.contains(known));
    let tokens: Vec<&String> = found.iter().filter(|line| RULES.iter().any(|rule| line.ends_with(rule))).collect();
    let unknown: Vec<&&String> = tokens.iter().filter(|line| !is_known(line)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn every_rule_of_ours_is_in_the_table() {
    for rule in RULES {
        assert!(lint::find(rule).is_some(), "{rule}");
    }
}
