//! Text quoted from manifests, settings and responses cannot steer a reader's terminal or log, in any format of any command.

use std::fs;

use crate::support::program::program;
use crate::support::servers::{Faults, Response};

/// What steers: a terminal, the direction of reading, the eye, a line's end in JavaScript, GitHub's runner.
const ODD: &str = "\u{1b}[2J\u{9b}31m\u{202e}\u{2066}\u{200b}\u{2028}##[error]x";

/// Characters of which none may come out.
fn steers(text: &str) -> Option<char> {
    let invisible = |char: &char| {
        char.is_control() && !matches!(char, '\n' | '\t')
            || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    text.chars().find(invisible)
}

#[track_caller]
fn harmless(bytes: &[u8], what: &str) {
    let text = String::from_utf8_lossy(bytes);
    assert_eq!(steers(&text), None, "{what}: {text:?}");
    assert!(!text.contains("##[error]x"), "{what}: {text}");
    let command = |line: &&str| line.trim_start().starts_with("::") && !line.starts_with("::error file=");
    assert_eq!(text.lines().find(|line| command(line) && line.contains("add-mask")), None, "{what}");
}

/// A manifest whose every part is odd, with a placeholder that cannot be filled.
fn manifest() -> String {
    let odd = ODD.replace('\u{1b}', "\\e").replace('\u{9b}', "\\x9b").replace('\u{2028}', "\\L");
    format!(
        "apiVersion: v1\nkind: \"Config{odd}\"\nmetadata: {{name: \"n{odd}\", namespace: \"{odd}\"}}\ndata:\n  \"k{odd}\": \
         <path:secret/app#no{}>\n  l: <path:secret/app#key | nope> {ODD}\n  m: |\n    a\n     ::add-mask::x\n",
        ODD.replace(['\u{1b}', '\u{9b}', '#', '['], "")
    )
    .replace(['\u{1b}', '\u{9b}'], "")
}

#[test]
fn nothing_that_is_quoted_steers_who_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("a{ODD}\n::add-mask::x.yaml").replace('/', "");
    fs::write(folder.path().join(&name), manifest()).unwrap();
    fs::write(folder.path().join("old.yaml"), manifest().replace("    a\n", "    b\n")).unwrap();
    fs::write(folder.path().join("secrets.yml"), "secret/app: {key: value}\n").unwrap();
    let secrets = ["--secrets", "secrets.yml"];
    for arguments in [
        &["check", &name][..],
        &["check", &name, "--online", secrets[0], secrets[1]],
        &["check", &name, "--format", "json"],
        &["check", &name, "--format", "sarif"],
        &["check", &name, "--format", "github"],
        &["generate", &name, secrets[0], secrets[1]],
        &["plan", &name, secrets[0], secrets[1]],
        &["plan", &name, "--format", "json", secrets[0], secrets[1]],
        &["plan", &name, "--format", "hcl"],
        &["diff", &name, "--base", "old.yaml", secrets[0], secrets[1]],
        &["diff", &name, "--base", "old.yaml", "--format", "markdown", secrets[0], secrets[1]],
        &["diff", &name, "--base", "old.yaml", "--format", "html", secrets[0], secrets[1]],
        &["record", &name, "-o", "-", secrets[0], secrets[1]],
        &["generate", &format!("none{ODD}")],
        &["generate", &format!("--{ODD}")],
        &[&format!("none{ODD}")],
    ] {
        let run = program(arguments.iter().copied()).folder(folder.path());
        let output = run.env("VAULT_ADDR", "http://127.0.0.1:9").output();
        harmless(&output.stdout, &format!("stdout of {arguments:?}"));
        harmless(&output.stderr, &format!("stderr of {arguments:?}"));
        assert!(!output.stdout.is_empty() || !output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn what_a_store_says_steers_nobody() {
    let text = serde_json::to_string(&format!("{ODD}\n::add-mask::x")).unwrap();
    let server = Faults::script(vec![Response::json(400, &format!("{{\"errors\": [{text}]}}"))]);
    let manifest = crate::support::render::secret(&["<path:secret/app#password>"]);
    let run = crate::support::render::render(&server.address, &manifest).env("VAULT_TOKEN", "t");
    harmless(&run.env("VAULT_MAX_RETRIES", "0").output().stderr, "stderr");
}

#[test]
fn settings_show_nothing_that_steers() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("avp{}.yaml", ODD.replace('/', ""));
    fs::write(folder.path().join(&file), "AVP_KV_VERSION: 1\n").unwrap();
    for format in ["text", "json"] {
        let run = program(["settings", "--format", format, "-c", &file]).folder(folder.path());
        let run = run.env("ARGOCD_ENV_AVP_K8S_ROLE", ODD).env("ARGOCD_ENV_VAULT_NAMESPACE", ODD);
        let output = run.env("ARGOCD_ENV_AVP_PATH_VALIDATION", ODD).output();
        harmless(&output.stdout, format);
        harmless(&output.stderr, format);
        assert!(String::from_utf8_lossy(&output.stdout).contains("202e"), "{format}");
    }
}
