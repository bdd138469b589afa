//! Large inputs are planned and filled in parts, which must not show in the output.

use std::fmt::Write;

use serde_json::json;

use crate::support::program::{Program, program};
use crate::support::servers;

/// Enough for a dozen parts, with [`PADDING`] in each document: parts are measured in bytes.
const DOCUMENTS: usize = 5_000;
const PADDING: usize = 350;

/// A stream of ConfigMaps; `path` says what the document of a number reads.
fn stream(path: impl Fn(usize) -> String) -> String {
    (0..DOCUMENTS).fold(String::new(), |mut text, number| {
        let _ = write!(
            text,
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c{number}\ndata:\n  value: <path:{}>\n  # {number} {}\n---\n",
            path(number),
            "x".repeat(PADDING)
        );
        text
    })
}

fn generate(text: &str, flags: &[&str]) -> (Program, tempfile::NamedTempFile) {
    let secrets = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secrets.path(), "app: {k: one, n: 7}\nother: {k: two}\n").unwrap();
    let program = program(["generate", "-"]).args(flags).args(["--secrets".as_ref(), secrets.path().as_os_str()]);
    (program.stdin(text), secrets)
}

#[test]
fn a_large_stream_comes_out_as_every_other() {
    let text = stream(|number| if number % 3 == 0 { "app#k | base64encode" } else { "other#k" }.to_owned());
    let filled = text.replace("<path:app#k | base64encode>", "b25l").replace("<path:other#k>", "two");
    for flags in [&[][..], &["--strict"], &["--stream"]] {
        generate(&text, flags).0.stdout(filled.clone()).check();
    }
}

#[test]
fn errors_of_all_parts_are_placed_and_nothing_is_printed() {
    let text = stream(|number| match number {
        3 | 2_500 | 4_999 => "app#missing".to_owned(),
        3_750 => "nowhere#k".to_owned(),
        _ => "app#k".to_owned(),
    });
    let (program, _secrets) = generate(&text, &[]);
    let output = program.output();
    let stderr = String::from_utf8_lossy(&output.stderr);
    let places = |start: &str| -> Vec<&str> {
        stderr
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix(start))
            .flat_map(|line| line.split(", "))
            .collect()
    };
    let line = |number: usize| format!("stdin:{}:10", 8 * number + 6);
    assert_eq!(places("--> "), [3, 3_750].map(line));
    assert_eq!(places("= also: "), [2_500, 4_999].map(line), "the key is missing three times");
    assert!(stderr.ends_with("\n4 errors\n") && stderr.contains("  = resource: ConfigMap c3750\n"), "{stderr}");
    assert_eq!((output.stdout.len(), output.status.code()), (0, Some(1)));
}

#[test]
fn a_secret_is_read_and_warned_of_once_for_all_parts() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("large", 2);
    for name in ["a", "b"] {
        vault.write("large", name, &json!({"k": "v"}));
    }
    let text = stream(|number| if number % 2 == 0 { "large/a#k" } else { "large/data/b#k" }.to_owned());
    let output = program(["generate", "-"])
        .env("VAULT_ADDR", &vault.address)
        .env("VAULT_TOKEN", &vault.root)
        .stdin(text.clone())
        .output();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let filled = text.replace("<path:large/a#k>", "v").replace("<path:large/data/b#k>", "v");
    assert!(output.stdout == filled.as_bytes(), "something else was printed");
    assert_eq!(stderr.matches("warning: ").count(), 1, "{stderr}");
    let reads = vault.reads("large/data/");
    assert_eq!(reads.len(), 2, "{reads:?}");
}
