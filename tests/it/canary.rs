//! A secret's value leaves the program on a successful stdout and nowhere else: not on stderr, not in a failing run, not in a file.

use std::path::Path;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use walkdir::WalkDir;

use crate::support::program::{Program, program};

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

/// One process reads all manifests with all chains, as a run reports every error; the plain chain is also read from stdin, where some runs succeed.
#[test]
fn no_run_shows_anything_of_a_secret() {
    let home = tempfile::tempdir().unwrap();
    let (file, folder) = (home.path().join("secrets.yaml"), home.path().join("manifests"));
    std::fs::write(&file, secrets()).unwrap();
    std::fs::create_dir(&folder).unwrap();
    for (number, (manifest, chain)) in pairs().enumerate() {
        std::fs::write(folder.join(format!("{number}.yaml")), manifests(manifest, chain)).unwrap();
    }
    let findings = run(&Input::Folder(&folder), &file, home.path()).unwrap();
    assert!(findings > 3 * 2000, "only {findings} findings");
    for manifest in MANIFESTS {
        run(&Input::Stdin(&manifests(manifest, "")), &file, home.path()).unwrap();
    }
    assert!(home.path().join("audit.jsonl").exists());
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
        run(&Input::Stdin(&manifests(MANIFESTS[0], "")), &file, home.path()).unwrap();
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
    let commands: [&[&str]; 7] = [
        &["settings"],
        &["settings", "--format", "json"],
        &["doctor", "examples"],
        &["doctor", "--format", "json"],
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

fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    MANIFESTS.iter().flat_map(|manifest| CHAINS.iter().map(|chain| (*manifest, *chain)))
}

/// What the program reads.
enum Input<'i> {
    Folder(&'i Path),
    Stdin(&'i str),
}

impl Input<'_> {
    fn program(&self, command: &str) -> Program {
        match self {
            Self::Folder(folder) => program([command.as_ref(), folder.as_os_str()]),
            Self::Stdin(text) => program([command, "-"]).stdin(*text),
        }
    }
}

/// Renders in several ways, and returns the number of findings; an error says what was seen.
fn run(input: &Input<'_>, secrets: &Path, home: &Path) -> Result<usize, String> {
    let mut findings = 0;
    for flags in [&["--any"][..], &["--strict", "--verbose-sensitive-output"], &["--stream"]] {
        let run = input.program("generate").args(flags).args(["--secrets".as_ref(), secrets.as_os_str()]);
        let output = run.env("HOME", home).env("AVP_AUDIT", home.join("audit.jsonl")).output();
        let (code, stderr) = (output.status.code(), String::from_utf8_lossy(&output.stderr));
        if !matches!(code, Some(0 | 1)) {
            return Err(format!("{flags:?} ends with {:?}:\n{stderr}", output.status));
        }
        if let Some(piece) = piece(&output.stderr) {
            return Err(format!("stderr holds {piece:?} with {flags:?}:\n{}", around(&stderr, &piece)));
        }
        if code == Some(1) && flags != ["--stream"] && !output.stdout.is_empty() {
            return Err(format!("stdout is not empty with {flags:?}"));
        }
        // One block stands for what is wrong in several places; the last line counts each.
        let counted = stderr.lines().last().and_then(|line| line.split_once(" errors")?.0.parse::<usize>().ok());
        findings += counted.unwrap_or_else(|| stderr.matches("error: ").count());
    }
    let record = input.program("record").args(["-o", "-", "--any"]).args(["--secrets".as_ref(), secrets.as_os_str()]);
    let output = record.env("HOME", home).env("VAULT_RENDER_MASK_KEY", "key").output();
    // One key is called so: names are no secrets.
    let recorded = String::from_utf8_lossy(&output.stdout).replace(&format!("\"{CANARY}\":"), "");
    match piece(&output.stderr).or(piece(recorded.as_bytes())) {
        Some(piece) => Err(format!("record shows {piece:?}:\n{}", String::from_utf8_lossy(&output.stderr))),
        None => Ok(findings),
    }
}

/// The finding that shows a piece, whatever its case.
fn around<'t>(stderr: &'t str, piece: &str) -> &'t str {
    let shows = |finding: &&str| self::piece(finding.as_bytes()).is_some_and(|found| found == piece);
    stderr.split("\n\n").find(shows).unwrap_or(stderr)
}

/// Eight bytes of the canary, plain, as base64 or as hex digits, if they are in `bytes`, in letters of either case.
pub(crate) fn piece(bytes: &[u8]) -> Option<String> {
    static PIECES: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let builder = AhoCorasick::builder().ascii_case_insensitive(true).build(pieces());
        builder.expect("the pieces are short")
    });
    PIECES.find(bytes).map(|found| String::from_utf8_lossy(&bytes[found.range()]).into_owned())
}

fn pieces() -> Vec<String> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let encoded = (0..3).map(|skip| STANDARD.encode(&CANARY.as_bytes()[skip..]).trim_end_matches('=').to_owned());
    let whole = encoded.chain([CANARY.to_owned(), hex(CANARY.as_bytes())]);
    whole
        .flat_map(|whole| (0..=whole.len() - 8).map(move |at| whole[at..at + 8].to_owned()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn a_piece_of_the_canary_is_seen() {
    assert_eq!(piece(b"no such thing"), None);
    assert!(piece(&CANARY.as_bytes()[3..12]).is_some());
    assert!(piece(STANDARD.encode(CANARY).as_bytes()).is_some());
    assert!(piece(CANARY.to_uppercase().as_bytes()).is_some());
}
