//! What the readings of several calls share, and what they do not.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::{Process, app};
use crate::support::servers::{Faults, Request, Response};

/// A secret of KV version 2 with this value.
fn versioned(value: &str) -> Response {
    let metadata = r#"{"created_time":"t","deletion_time":"","destroyed":false,"version":1}"#;
    Response::json(200, &format!(r#"{{"data":{{"data":{{"k":"{value}"}},"metadata":{metadata}}}}}"#))
}

fn denied() -> Response {
    Response::json(403, r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#)
}

/// A Vault that answers each reading with what `answer` holds, and each login with a token that is called as the role.
fn vault(answer: &Arc<Mutex<Response>>) -> Faults {
    let answer = answer.clone();
    Faults::start(move |_, request| match request.path.ends_with("/login") {
        true => {
            let role = if request.body.contains("role-a") { "token-a" } else { "token-b" };
            Response::json(200, &format!(r#"{{"auth":{{"client_token":"{role}","lease_duration":3600}}}}"#))
        }
        false => answer.lock().unwrap().clone(),
    })
}

fn readings(faults: &Faults) -> Vec<Request> {
    faults.requests().into_iter().filter(|request| request.path.contains("secret/data")).collect()
}

fn process(faults: &Faults, cache: &str) -> Process {
    Process::new(&[
        ("VAULT_ADDR", &faults.address),
        ("VAULT_TOKEN", "canary-token"),
        ("AVP_SERVER_CACHE", cache),
        ("VAULT_MAX_RETRIES", "0"),
    ])
}

#[test]
fn the_same_call_again_reads_anew_and_other_calls_take_what_it_found() {
    let answer = Arc::new(Mutex::new(versioned("old")));
    let faults = vault(&answer);
    let process = process(&faults, "1h");
    assert_eq!(process.call(&app("web", "1"), "secret/data/a"), "old");
    *answer.lock().unwrap() = versioned("new");
    assert_eq!(process.call(&app("shop", "1"), "secret/data/a"), "old", "the time is not over");
    assert_eq!(process.call(&app("web", "1"), "secret/data/a"), "new", "a hard refresh");
    assert_eq!(process.call(&app("shop", "2"), "secret/data/a"), "new");
    assert_eq!(readings(&faults).len(), 2);
    assert_eq!(Process::count(&process.shared.figures().cache_hits, "secrets"), 2);
}

#[test]
fn without_a_time_nothing_counts_for_the_next_call() {
    let answer = Arc::new(Mutex::new(versioned("old")));
    let faults = vault(&answer);
    let process = process(&faults, "0");
    assert_eq!(process.call(&app("web", "1"), "secret/data/a"), "old");
    *answer.lock().unwrap() = versioned("new");
    assert_eq!(process.call(&app("shop", "1"), "secret/data/a"), "new");
}

#[test]
fn a_refusal_drops_what_was_there() {
    let answer = Arc::new(Mutex::new(versioned("old")));
    let faults = vault(&answer);
    let process = process(&faults, "1h");
    assert_eq!(process.call(&app("web", "1"), "secret/data/a"), "old");
    *answer.lock().unwrap() = denied();
    assert!(process.call(&app("web", "1"), "secret/data/a").contains("Vault denies reading"));
    assert!(process.call(&app("shop", "1"), "secret/data/a").contains("Vault denies reading"), "it is gone");
    *answer.lock().unwrap() = versioned("new");
    assert_eq!(process.call(&app("blog", "1"), "secret/data/a"), "new", "a refusal is not kept");
}

#[test]
fn calls_with_different_roles_share_nothing() {
    let answer = Arc::new(Mutex::new(versioned("v")));
    let faults = vault(&answer);
    let process =
        Process::new(&[("VAULT_ADDR", &faults.address), ("AVP_AUTH_TYPE", "approle"), ("AVP_SERVER_CACHE", "1h")]);
    for role in ["role-a", "role-b", "role-a"] {
        let own = [("ARGOCD_ENV_AVP_ROLE_ID", role), ("ARGOCD_ENV_AVP_SECRET_ID", "canary-secret"), app("x", role)[1]];
        let app = format!("of-{role}-{}", readings(&faults).len());
        assert_eq!(process.call(&[own.as_slice(), &[("ARGOCD_APP_NAME", &app)]].concat(), "secret/data/a"), "v");
    }
    let tokens: Vec<_> = readings(&faults).iter().map(|one| one.header("x-vault-token").unwrap().to_owned()).collect();
    assert_eq!(tokens, ["token-a", "token-b"], "the third call takes what the first one found");
}

#[test]
fn what_the_own_grant_forbids_no_other_call_brings_in() {
    let answer = Arc::new(Mutex::new(versioned("v")));
    let faults = vault(&answer);
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.yaml");
    std::fs::write(&policy, "rules:\n- {allow: {paths: ['secret/data/{project}/**']}}\n").unwrap();
    let process = Process::new(&[
        ("VAULT_ADDR", &faults.address),
        ("VAULT_TOKEN", "canary-token"),
        ("AVP_SERVER_CACHE", "1h"),
        ("AVP_POLICY", policy.to_str().unwrap()),
    ]);
    let of = |project| [("ARGOCD_APP_PROJECT_NAME", project), ("ARGOCD_APP_NAME", project)];
    assert_eq!(process.call(&of("web"), "secret/data/web/a"), "v");
    assert!(process.call(&of("shop"), "secret/data/web/a").starts_with("error: "));
    assert_eq!(readings(&faults).len(), 1);
}

#[test]
fn what_vault_makes_for_its_reader_is_not_shared() {
    let made = AtomicUsize::new(0);
    let faults = Faults::start(move |_, request| match request.path.contains("/internal/") {
        true => Response::json(200, r#"{"data":{"path":"db/","type":"database"}}"#),
        false => {
            let number = made.fetch_add(1, Ordering::SeqCst);
            let lease = format!(r#""lease_id":"db/roles/app/{number}","lease_duration":3600"#);
            Response::json(200, &format!(r#"{{"data":{{"k":"user-{number}"}},{lease}}}"#))
        }
    });
    let process = process(&faults, "1h");
    for (name, path, user) in [("web", "db/creds/app", "user-0"), ("shop", "db/creds/app", "user-1")] {
        assert_eq!(process.call(&app(name, "1"), path), user);
    }
    for (name, user) in [("web", "user-2"), ("shop", "user-3")] {
        assert_eq!(process.call(&app(name, "2"), "db/roles/app"), user, "by its lease, not by its path");
    }
}

#[test]
fn calls_that_read_the_same_at_once_are_one_reading() {
    const CALLS: usize = 16;
    let faults = Faults::start(|_, _| {
        std::thread::sleep(std::time::Duration::from_millis(500));
        versioned("v")
    });
    let process = process(&faults, "0");
    std::thread::scope(|scope| {
        for number in 0..CALLS {
            let process = &process;
            scope.spawn(move || {
                let name = format!("app-{number}");
                assert_eq!(process.call(&app(&name, "1"), "secret/data/a"), "v");
            });
        }
    });
    assert!(readings(&faults).len() < CALLS / 2, "{}", readings(&faults).len());
}
