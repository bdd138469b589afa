//! No text in a manifest makes a request to a path that the operator does not allow: a thousand texts, and what Vault's audit log has of them.

use std::fs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;
use tempfile::NamedTempFile;

use crate::support::program::Program;
use crate::support::render::render;
use crate::support::servers::{self, Setup, Vault};

/// What tricks with paths are made of.
const PIECES: [&str; 48] = [
    "a",
    "b",
    "db",
    "secret",
    "data",
    "plain",
    "sys",
    "auth",
    "token",
    "lookup-self",
    "mounts",
    "metadata",
    "v1",
    "/",
    "/",
    "/",
    "/",
    "//",
    "/./",
    "/../",
    "/../",
    "..",
    "../..",
    ".",
    "...",
    " ",
    "%",
    "%2e%2e",
    "%2f",
    "%252e%252e%252f",
    "%00",
    "%c0%af",
    ";",
    ";/..",
    "?",
    "?x=1",
    "?list=true",
    "\\",
    "\\..\\",
    "\u{2215}",
    "\u{2044}",
    "\u{ff0e}\u{ff0e}",
    "\u{2025}",
    "\u{200b}",
    "\u{202e}",
    "*",
    "+",
    "é",
];

const STARTS: [&str; 8] = [
    "secret/data/a/",
    "secret/data/a/",
    "secret/data/a/",
    "/secret/data/a/",
    "secret/data/a",
    "secret/data/",
    "secret/a/",
    "",
];

fn paths() -> Vec<String> {
    let path = (select(&STARTS[..]), vec(select(&PIECES[..]), 1..8))
        .prop_map(|(start, pieces)| start.to_owned() + &pieces.concat());
    let mut runner = TestRunner::deterministic();
    (0..1000).map(|_| path.new_tree(&mut runner).expect("a path").current()).collect()
}

/// Two secrets that may be read, and two that may not.
fn vault() -> Option<Vault> {
    let vault = servers::own_vault(Setup::default())?;
    vault.mount("secret", 2);
    vault.mount("plain", 1);
    for (mount, path) in [("secret", "a/db"), ("secret", "a/b"), ("secret", "b/db"), ("plain", "db")] {
        vault.write(mount, path, &json!({"k": "v"}));
    }
    vault.policy_of("everything", r#"path "*" { capabilities = ["read", "list", "update"] }"#);
    Some(vault)
}

/// A manifest with this path, in a placeholder or in the annotation.
fn manifest(path: &str, is_annotated: bool) -> String {
    let [path, inline] = [path.to_owned(), format!("<path:{path}#k>")].map(|text| json!(text).to_string());
    match is_annotated {
        true => format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\n  annotations:\n    avp.kubernetes.io/path: {path}\nstringData:\n  k: <k>\n"
        ),
        false => format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\nstringData:\n  k: {inline}\n"),
    }
}

fn render_all(run: impl Fn(&str) -> Program + Sync, paths: &[String]) {
    std::thread::scope(|scope| {
        for (number, chunk) in paths.chunks(paths.len().div_ceil(4)).enumerate() {
            let run = &run;
            scope.spawn(move || chunk.iter().for_each(|path| drop(run(&manifest(path, number % 2 == 0)).output())));
        }
    });
}

/// Whether a path is below `secret/data/a/`, by its letters alone. One that is decoded once more is the same.
fn is_allowed(path: &str) -> bool {
    let is_plain =
        |segment: &str| !matches!(segment, "" | "." | "..") && !segment.contains([';', '?', '\\', '\u{2215}']);
    let is_final = percent_decoded(path) == path.as_bytes();
    is_final && path.strip_prefix("secret/data/a/").is_some_and(|rest| rest.split('/').all(is_plain))
}

fn percent_decoded(path: &str) -> Vec<u8> {
    percent_encoding::percent_decode_str(path).collect()
}

/// Whether a request belongs to a reading that is allowed: the reading, the question for its mount, or the names beside it.
fn belongs(request: &str) -> bool {
    match request.split_once(' ') {
        Some(("read", path)) => is_allowed(path.strip_prefix("sys/internal/ui/mounts/").unwrap_or(path)),
        Some(("list", path)) => path.starts_with("secret/metadata/a/"),
        _ => false,
    }
}

#[test]
fn no_text_in_a_manifest_reads_a_path_that_the_pattern_does_not_allow() {
    reads_no_other_path(("AVP_PATH_VALIDATION", "^secret/data/a/"));
}

#[test]
fn no_text_in_a_manifest_reads_a_path_that_no_rule_allows() {
    let file = NamedTempFile::new().unwrap();
    fs::write(file.path(), "rules: [{allow: {paths: ['secret/data/{project}/**']}}]\n").unwrap();
    reads_no_other_path(("AVP_POLICY", file.path().to_str().unwrap()));
}

#[track_caller]
fn reads_no_other_path((setting, value): (&str, &str)) {
    let Some(vault) = vault() else { return };
    let (paths, token) = (paths(), vault.token(&["everything"]));
    let before = vault.requests().len();
    let run = |manifest: &str| {
        let run = render(&vault.address, manifest).env("VAULT_TOKEN", &token).env("ARGOCD_APP_PROJECT_NAME", "a");
        run.env(setting, value)
    };
    render_all(run, &paths);
    let requests = &vault.requests()[before..];
    let others: Vec<&String> = requests.iter().filter(|request| !belongs(request)).collect();
    assert!(others.is_empty(), "{others:#?}");
    assert!(requests.len() > 100, "only {} requests", requests.len());
}
