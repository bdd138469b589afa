//! A secret's value leaves the program on a successful stdout and nowhere else: not on stderr, not in a failing run, not in a file.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use walkdir::WalkDir;

use crate::support::program::program;

/// What must never be seen, nor any eight bytes of it. No common word is in it.
pub(crate) const CANARY: &str = "zq7Xk3vWn9Rb5Tg2";

/// Every kind of value, each holding the canary.
fn secrets() -> String {
    let binary = STANDARD.encode([b"\xff\xfe", CANARY.as_bytes()].concat());
    format!(
        "a/b:\n  text: {CANARY}\n  lines: \"{CANARY}\\n{CANARY}\\n\"\n  control: \"{CANARY}\\u0001\"\n  json: '{{\"x\":\"{CANARY}\"}}'\n  \
         broken: '{{\"x\": {CANARY}'\n  yaml: 'x: [{CANARY}'\n  binary: {binary}\n  half: '{CANARY}!!=='\n  map: {{x: {CANARY}}}\n  \
         list: [{CANARY}]\n  {CANARY}: here\n  null: ~\n  placeholder: '<path:a/b#text>{CANARY}'\n"
    )
}

const KEYS: &[&str] = &[
    "text",
    "lines",
    "control",
    "json",
    "broken",
    "yaml",
    "binary",
    "half",
    "map",
    "list",
    "null",
    "placeholder",
    "texd",
    "*",
];

pub(crate) const CHAINS: &[&str] = &[
    "",
    "base64decode",
    "base64encode",
    "jsonParse",
    "yamlParse",
    "jsonPath {.x.y}",
    "jsonPath {.x[?(@ > 1)]}",
    "jsonPath {",
    "jsonPath",
    "indent x",
    "indent",
    "indent 2",
    "sha256sum 1",
    "default",
    "default x",
    "toString",
    "toJson",
    "urlencode",
    "jsonEscape",
    "nope",
    "base64decode | jsonParse",
    "base64decode | toString",
    "jsonParse | indent 2",
    "jsonParse | base64decode",
    "yamlParse | sha256sum",
    "",
];

/// Manifests with `@` where a placeholder stands.
pub(crate) const MANIFESTS: &[&str] = &[
    "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  k: @\n",
    "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  k: 'x @ y'\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s}\ndata:\n  k: |\n    @\n  l: >-\n    {\"a\": \"@\"}\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: @}\ndata: @\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  labels: {a: &a @}\ndata: {b: *a, ? @ : 1}\n",
    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"@\"}}\n",
    "values: @\n",
    "apiVersion: v1\nkind: ConfigMap\ndata: {k: @\n",
];

#[test]
fn a_failing_run_shows_nothing_of_a_secret() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("secrets.yaml");
    std::fs::write(&file, secrets()).unwrap();
    let failures: Vec<String> = std::thread::scope(|scope| {
        let (file, home) = (&file, home.path());
        let run = |manifest| {
            move || CHAINS.iter().filter_map(|chain| run(&manifests(manifest, chain), file, home).err()).collect()
        };
        let runs: Vec<_> = MANIFESTS.iter().map(|manifest| scope.spawn(run(*manifest))).collect();
        runs.into_iter().flat_map(|run| -> Vec<String> { run.join().unwrap() }).collect()
    });
    assert!(failures.is_empty(), "{} runs show a piece of a secret:\n{}", failures.len(), failures.join("\n"));
    std::fs::remove_file(&file).unwrap();
    let written = WalkDir::new(home.path()).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let leaking = written.filter(|entry| piece(&std::fs::read(entry.path()).unwrap()).is_some());
    assert_eq!(leaking.map(|entry| entry.into_path()).collect::<Vec<_>>(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_wrong_secrets_file_shows_nothing_of_itself() {
    for text in [
        format!("a/b: {{k: {CANARY}"),
        format!("a/b: {CANARY}\n"),
        format!("{{\"a/b\": {{\"k\": \"{CANARY}\"}},}}"),
        format!("a/b: {{k: {CANARY}}}\na//b: {{k: {CANARY}}}\n"),
        format!("- {CANARY}\n"),
        format!("a/b: {{k: !!int {CANARY}}}\n"),
        format!("a/b: {{k: *{CANARY}}}\n"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("secrets.yaml");
        std::fs::write(&file, &text).unwrap();
        run(&manifests(MANIFESTS[0], ""), &file, home.path()).unwrap();
    }
}

#[test]
fn no_command_shows_a_credential() {
    let credentials = [
        "VAULT_TOKEN",
        "AVP_ROLE_ID",
        "AVP_SECRET_ID",
        "AVP_GITHUB_TOKEN",
        "AVP_PASSWORD",
        "ARGOCD_ENV_VAULT_TOKEN",
        "ARGOCD_ENV_AVP_SECRET_ID",
    ];
    let commands: [&[&str]; 5] = [
        &["settings"],
        &["settings", "--format", "json"],
        &["plan", "examples", "--format", "json"],
        &["generate", "examples/broken.yaml"],
        &["generate", "examples/broken.yaml", "--strict", "--any"],
    ];
    for (name, login) in
        credentials.iter().flat_map(|name| ["token", "approle", "github", "userpass"].map(|login| (name, login)))
    {
        for command in commands {
            // Nobody listens there: the login fails.
            let run =
                program(command).env(name, CANARY).env("AVP_AUTH_TYPE", login).env("VAULT_ADDR", "http://127.0.0.1:9");
            let output = run.env("AVP_USERNAME", "argocd").env("VAULT_MAX_RETRIES", "0").output();
            assert_eq!(piece(&output.stderr), None, "{name} {command:?}: {}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(piece(&output.stdout), None, "{name} {command:?}: {}", String::from_utf8_lossy(&output.stdout));
        }
    }
}

/// One manifest for each key.
fn manifests(manifest: &str, chain: &str) -> String {
    let bar = if chain.is_empty() { "" } else { " | " };
    let placeholders = KEYS.iter().map(|key| format!("<path:a/b#{key}{bar}{chain}>"));
    placeholders.map(|placeholder| manifest.replace('@', &placeholder)).collect::<Vec<_>>().join("---\n")
}

/// Renders, in several ways; an error says what was seen.
fn run(text: &str, secrets: &Path, home: &Path) -> Result<(), String> {
    for flags in [&["--any"][..], &["--strict", "--verbose-sensitive-output"], &["--stream"]] {
        let run = program(["generate", "-"]).args(flags).args(["--secrets".as_ref(), secrets.as_os_str()]);
        let output = run.env("HOME", home).stdin(text).output();
        let (code, stderr) = (output.status.code(), String::from_utf8_lossy(&output.stderr));
        if !matches!(code, Some(0 | 1)) {
            return Err(format!("{flags:?} ends with {:?}:\n{text}\n{stderr}", output.status));
        }
        if let Some(piece) = piece(&output.stderr) {
            return Err(format!("stderr holds {piece:?} with {flags:?}:\n{text}\n{stderr}"));
        }
        if code == Some(1) && flags != ["--stream"] && !output.stdout.is_empty() {
            return Err(format!("stdout is not empty with {flags:?}:\n{text}"));
        }
    }
    let record = program(["record", "-", "-o", "-", "--any"]).args(["--secrets".as_ref(), secrets.as_os_str()]);
    let output = record.env("HOME", home).env("VAULT_RENDER_MASK_KEY", "key").stdin(text).output();
    // One key is called so: names are no secrets.
    let recorded = String::from_utf8_lossy(&output.stdout).replace(&format!("\"{CANARY}\":"), "");
    match piece(&output.stderr).or(piece(recorded.as_bytes())) {
        Some(piece) => Err(format!("record shows {piece:?}:\n{text}\n{}", String::from_utf8_lossy(&output.stderr))),
        None => Ok(()),
    }
}

/// Eight bytes of the canary, plain, as base64 or as hex digits, if they are in `bytes`.
pub(crate) fn piece(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let encoded = (0..3).map(|skip| STANDARD.encode(&CANARY.as_bytes()[skip..]).trim_end_matches('=').to_owned());
    let whole = encoded.chain([CANARY.to_owned(), hex(CANARY.as_bytes())]);
    let pieces: Vec<String> = whole
        .flat_map(|whole| (0..=whole.len() - 8).map(move |at| whole[at..at + 8].to_lowercase()).collect::<Vec<_>>())
        .collect();
    pieces.into_iter().find(|piece| text.contains(piece))
}

#[test]
fn a_piece_of_the_canary_is_seen() {
    assert_eq!(piece(b"no such thing"), None);
    assert!(piece(&CANARY.as_bytes()[3..12]).is_some());
    assert!(piece(STANDARD.encode(CANARY).as_bytes()).is_some());
}
