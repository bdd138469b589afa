//! `vault-render keep`: what it prints, and what it refuses.

use std::io::{BufRead as _, BufReader};

use super::*;
use crate::support::program::{Program, binary, program};

/// `vault-render keep` with these arguments and the keep in `home`.
fn run(home: &Path, arguments: &[&str]) -> Program {
    program([&["keep"], arguments].concat())
        .env("AVP_KEEP", home.join("keep"))
        .env("AVP_KEEP_KEY_FILE", home.join("key"))
}

#[tokio::test]
async fn what_is_kept_is_listed_without_its_content() {
    let home = home();
    let keep = keep(home.path().join("keep").to_str().unwrap(), home.path(), &[]);
    let made = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let entry = |path: &str, namespace: Option<&str>| {
        let label = EntryLabel {
            path: path.to_owned(),
            namespace: namespace.map(str::to_owned),
            accessor: namespace.map(|_| "acc\u{1b}[1m".to_owned()),
        };
        let ends = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
        Entry { made, ends, label, body: Zeroizing::new(b"hunter2".to_vec()) }
    };
    for (path, namespace) in [("pki/issue/web", Some("team-a")), ("database/creds/app", None)] {
        keep.store(&name(path), &entry(path, namespace), deadline()).await.unwrap();
    }
    run(home.path(), &["list"])
        .stdout(
            "\
KIND   PATH                NAMESPACE  ACCESSOR      MADE                  ENDS
lease  database/creds/app  -          -             2023-11-14 22:13 UTC  2096-10-02 07:06 UTC
lease  pki/issue/web       team-a     acc\\u{1b}[1m  2023-11-14 22:13 UTC  2096-10-02 07:06 UTC
",
        )
        .check();
    let lines = run(home.path(), &["list", "--format", "json"]).output().stdout;
    let first = String::from_utf8(lines).unwrap().lines().next().unwrap().to_owned();
    let expected = serde_json::json!({
        "kind": "lease", "path": "database/creds/app", "made": 1_700_000_000, "ends": 4_000_000_000_u64,
    });
    assert_eq!(serde_json::from_str::<serde_json::Value>(&first).unwrap(), expected);
}

#[tokio::test]
async fn a_key_is_rotated_and_what_no_key_opens_is_counted() {
    let home = home();
    let keep = keep(home.path().join("keep").to_str().unwrap(), home.path(), &[]);
    put(&keep, "a").await.unwrap();
    let new_key = "Kysr".repeat(10) + "Kys=";
    std::fs::write(home.path().join("key"), &new_key).unwrap();
    run(home.path(), &["list"])
        .stdout("KIND  PATH  NAMESPACE  ACCESSOR  MADE  ENDS\n")
        .stderr_holds(["1 entry cannot be opened by any key"])
        .check();
    std::fs::write(home.path().join("key"), format!("{new_key}\n{KEY}\n")).unwrap();
    for expected in ["sealed anew with the first key: 1 entry\n", "sealed anew with the first key: 0 entries\n"] {
        run(home.path(), &["rotate-key"]).stdout(expected).check();
    }
    std::fs::write(home.path().join("key"), &new_key).unwrap();
    let listed = run(home.path(), &["list"]).output();
    assert!(listed.stderr.is_empty() && String::from_utf8(listed.stdout).unwrap().lines().count() == 2);
}

#[test]
fn without_a_keep_or_with_one_that_is_away_it_fails() {
    let home = home();
    std::fs::write(home.path().join("key"), KEY).unwrap();
    for action in ["list", "rotate-key"] {
        program(["keep", action]).stderr_holds(["`AVP_KEEP` is not set", "docs/keep.md"]).status(2).check();
    }
    program(["keep", "list"])
        .env("AVP_KEEP", "redis://127.0.0.1:1")
        .env("AVP_KEEP_KEY_FILE", home.path().join("key"))
        .stderr_holds(["error: the keep at `redis://127.0.0.1:1` cannot be used", "refused"])
        .status(2)
        .check();
    program(["keep", "list"])
        .env("AVP_KEEP", "redis://user:hunter2@redis")
        .stderr_holds(["`AVP_KEEP` (environment) holds a user or password", "`AVP_KEEP_PASSWORD_FILE`"])
        .status(2)
        .check();
    program(["keep", "list"])
        .env("AVP_KEEP", home.path().join("keep"))
        .stderr_holds(["`AVP_KEEP` needs `AVP_KEEP_KEY_FILE`", "head -c 32 /dev/urandom | base64"])
        .status(2)
        .check();
}

#[test]
fn renewing_goes_on_until_a_signal_ends_it() {
    let home = home();
    std::fs::write(home.path().join("key"), KEY).unwrap();
    let mut renewing = std::process::Command::new(binary())
        .args(["keep", "renew", "--every", "1s", "-v"])
        .env_clear()
        .env("HOME", "/dev/null")
        .env("VAULT_ADDR", "http://127.0.0.1:1")
        .env("VAULT_TOKEN", "x")
        .env("AVP_KEEP", home.path().join("keep"))
        .env("AVP_KEEP_KEY_FILE", home.path().join("key"))
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(renewing.stderr.take().unwrap()).lines().map_while(Result::ok);
    for time in 0..2 {
        assert!(lines.any(|line| line.starts_with("info: renewing what is kept")), "time {time}");
    }
    let killed = std::process::Command::new("kill").arg(renewing.id().to_string()).status().unwrap();
    assert!(killed.success());
    assert_eq!(renewing.wait().unwrap().code(), Some(143));
}

#[test]
fn what_does_not_go_together_is_wrong_usage() {
    let home = home();
    for (arguments, expected) in [
        (&["revoke"][..], "`revoke` takes the paths of secrets, or `--all`"),
        (&["revoke", "a", "--all"], "`revoke` takes the paths of secrets, or `--all`"),
        (&["list", "a"], "are for `revoke` alone"),
        (&["rotate-key", "--all"], "are for `revoke` alone"),
        (&["list", "--every", "1m"], "`--every` is for `renew` alone"),
        (&["renew", "--format", "json"], "`--format` is for `list` alone"),
        (&["renew", "--every", "soon"], "is not a duration"),
    ] {
        run(home.path(), arguments).stderr_holds([expected]).status(2).check();
    }
}
