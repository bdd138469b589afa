//! `--verbose`: what a run does, on stderr, and never a value.

use crate::canary::{CANARY, piece};
use crate::support::program::{Program, program};
use crate::support::servers::{Faults, Response};

const MANIFEST: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: x}
stringData: {password: <path:secret/data/app#password>, other: <path:secret/data/other#password>}
";

/// A Vault whose token and secrets are the canary; one path is denied, with the canary in its words.
fn vault() -> Faults {
    Faults::start(|_, request| {
        let path = request.path.as_str();
        let body = match path {
            _ if path.ends_with("/login") => {
                format!(
                    r#"{{"auth": {{"client_token": "{CANARY}-token", "accessor": "{CANARY}", "lease_duration": 60}}}}"#
                )
            }
            _ if path.contains("/sys/") => {
                r#"{"data": {"options": {"version": "2"}, "path": "secret/", "type": "kv"}}"#.to_owned()
            }
            "/v1/secret/data/other" => {
                return Response::json(403, &format!(r#"{{"errors": ["{CANARY}-token is denied"]}}"#));
            }
            _ => format!(r#"{{"data": {{"data": {{"password": "{CANARY}"}}, "metadata": {{}}}}}}"#),
        };
        Response::json(200, &body)
    })
}

/// A run with every credential that it may have.
fn run(vault: &Faults, args: &[&str]) -> Program {
    let run = program(args).stdin(MANIFEST).env("VAULT_ADDR", &vault.address).env("AVP_KV_VERSION", "2");
    let secrets = ["AVP_SECRET_ID", "AVP_ROLE_ID", "AVP_PASSWORD", "AVP_GITHUB_TOKEN", "VAULT_RENDER_MASK_KEY"];
    let run = secrets.iter().fold(run, |run, name| run.env(name, format!("{CANARY}-{name}")));
    run.env("AVP_AUTH_TYPE", "approle")
}

#[test]
fn verbose_tells_settings_logins_and_requests_and_no_value() {
    let vault = vault();
    let output = run(&vault, &["generate", "-", "-v"]).output();
    let stderr = String::from_utf8(output.stderr).unwrap();
    for part in [
        "info: setting `VAULT_ADDR`: environment\n",
        "info: setting `AVP_SECRET_ID`: environment\n",
        "info: login `approle` at `auth/approle`\n",
        &format!("info: POST {}/v1/auth/approle/login: 200, 0.", vault.address),
        &format!("info: GET {}/v1/secret/data/app: 200, 0.", vault.address),
        &format!("info: GET {}/v1/secret/data/other: 403, 0.", vault.address),
        "info: reading 2 secrets, 0.",
    ] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    assert_eq!((output.status.code(), piece(stderr.as_bytes())), (Some(1), None), "{stderr}");
    assert!(output.stdout.is_empty());
}

#[test]
fn every_command_can_be_followed_and_shows_nothing() {
    let vault = vault();
    for args in [
        &["check", "-", "--online", "-v"][..],
        &["-v", "plan", "-"],
        &["record", "-", "-o", "-", "--verbose"],
        &["settings", "-v"],
        &["diff", "-", "--base", "examples/broken.yaml", "-v"],
        &["generate", "-v", "--stream"],
    ] {
        let output = run(&vault, args).output();
        assert!(String::from_utf8_lossy(&output.stderr).contains("info: setting `VAULT_ADDR`"), "{args:?}");
        assert_eq!(piece(&[output.stdout, output.stderr].concat()), None, "{args:?}");
    }
}

#[test]
fn without_the_flag_nothing_is_told() {
    let vault = vault();
    let output = run(&vault, &["generate", "-"]).output();
    assert!(!String::from_utf8(output.stderr).unwrap().contains("info:"));
    program(["generate", "-v", "-q"]).status(2).stderr_holds(["cannot be used with"]).check();
}

#[test]
fn a_kept_token_is_told() {
    let (vault, home) = (vault(), tempfile::tempdir().unwrap());
    let manifest = MANIFEST.replace("/other#", "/app#");
    let run = || run(&vault, &["generate", "-", "-v"]).env("HOME", home.path()).stdin(&*manifest).output();
    run();
    let second = run();
    let stderr = String::from_utf8(second.stderr).unwrap();
    assert!(stderr.contains("info: no login: a token was kept\n") && !stderr.contains("POST"), "{stderr}");
    assert_eq!((second.status.code(), piece(stderr.as_bytes())), (Some(1), None), "{stderr}");
}
