//! One login for hundreds of calls: renewed before it ends, made once however many need it, and once more where Vault has forgotten it.

use std::time::Duration;

use serde_json::json;

use super::{Process, app, wait_for};
use crate::support::servers::{self, Faults, Response, Vault};

const FOUND: &str = r#"{"data":{"data":{"k":"v"},"metadata":{"created_time":"t","destroyed":false,"version":1}}}"#;

fn logins(faults: &Faults) -> usize {
    faults.requests().iter().filter(|request| request.path.ends_with("/login")).count()
}

/// A process that logs in at `mount` of a real Vault, where `role` limits its tokens.
fn process(vault: &Vault, mount: &str, role: &serde_json::Value) -> Process {
    vault.mount(&format!("{mount}-kv"), 2);
    vault.write(&format!("{mount}-kv"), "a", &json!({"k": "v"}));
    vault.policy(mount, &[&format!("{mount}-kv/*")]);
    let approle = vault.approle(mount, role);
    Process::new(&[
        ("VAULT_ADDR", &vault.address),
        ("AVP_AUTH_TYPE", "approle"),
        ("AVP_MOUNT_PATH", mount),
        ("AVP_ROLE_ID", &approle.role_id),
        ("AVP_SECRET_ID", &approle.secret_id),
    ])
}

#[test]
fn many_calls_at_once_log_in_once() {
    let faults = Faults::start(|_, request| match request.path.ends_with("/login") {
        true => Response::json(200, r#"{"auth":{"client_token":"t","lease_duration":3600}}"#),
        false => Response::json(200, FOUND),
    });
    let process = Process::new(&[
        ("VAULT_ADDR", &faults.address),
        ("AVP_AUTH_TYPE", "approle"),
        ("AVP_ROLE_ID", "role"),
        ("AVP_SECRET_ID", "canary-secret"),
    ]);
    std::thread::scope(|scope| {
        for number in 0..100 {
            let process = &process;
            scope.spawn(move || {
                let (name, path) = (format!("app-{number}"), format!("secret/data/{number}"));
                assert_eq!(process.call(&app(&name, "1"), &path), "v");
            });
        }
    });
    assert_eq!(logins(&faults), 1);
    let figures = process.shared.figures();
    assert_eq!(figures.reads, [("vault", "found", 100)]);
    assert!(figures.token_remaining.is_some_and(|left| left > Duration::from_secs(3000)));
}

#[test]
fn calls_that_wait_for_a_login_which_is_refused_do_not_try_it_again() {
    const CALLS: usize = 8;
    let faults = Faults::start(|_, _| {
        std::thread::sleep(Duration::from_millis(500));
        Response::json(400, r#"{"errors":["invalid role or secret ID"]}"#)
    });
    let process = Process::new(&[
        ("VAULT_ADDR", &faults.address),
        ("AVP_AUTH_TYPE", "approle"),
        ("AVP_ROLE_ID", "role"),
        ("AVP_SECRET_ID", "canary-secret"),
    ]);
    std::thread::scope(|scope| {
        for number in 0..CALLS {
            let process = &process;
            scope.spawn(move || {
                let name = format!("app-{number}");
                let output = process.call(&app(&name, "1"), &format!("secret/data/{number}"));
                assert!(output.contains("cannot log in to Vault"), "{output}");
            });
        }
    });
    assert!(logins(&faults) < CALLS / 2, "{}", logins(&faults));
    assert_eq!(Process::count(&process.shared.figures().logins, "failure"), logins(&faults) as u64);
}

#[test]
fn a_token_is_renewed_before_it_ends_and_replaced_at_its_last_end() {
    let Some(vault) = servers::vault() else { return };
    let role = json!({"token_policies": ["warm-renewed"], "token_ttl": "6s", "token_max_ttl": "12s"});
    let process = process(vault, "warm-renewed", &role);
    let count = |result: &str| Process::count(&process.shared.figures().logins, result);
    assert_eq!(process.call(&app("web", "1"), "warm-renewed-kv/data/a"), "v");
    wait_for("the token is renewed", || count("renewed") > 0);
    assert_eq!(count("success"), 1);
    wait_for("the token is replaced", || count("success") == 2);
    assert_eq!(process.call(&app("shop", "1"), "warm-renewed-kv/data/a"), "v");
    assert_eq!((count("success"), count("failure")), (2, 0), "nobody has waited for a login");
}

#[test]
fn a_token_that_vault_forgets_is_replaced_once() {
    let Some(vault) = servers::vault() else { return };
    let process = process(vault, "warm-revoked", &json!({"token_policies": ["warm-revoked"]}));
    let count = |result: &str| Process::count(&process.shared.figures().logins, result);
    let call = |name: &str| process.call(&app(name, "1"), "warm-revoked-kv/data/a");
    assert_eq!(call("web"), "v");
    vault.api().put("sys/leases/revoke-prefix/auth/warm-revoked/login", &json!({"sync": true})).ok();
    assert_eq!(call("shop"), "v");
    assert_eq!(count("success"), 2);
    assert_eq!(call("blog"), "v");
    assert_eq!(count("success"), 2);
}
