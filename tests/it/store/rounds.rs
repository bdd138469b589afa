//! A store outlives a run: a failure ends with its round, and the next round uses what is still good.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{assert_holds, open, read_all, read_in};
use crate::support::servers::{self, Faults, Request, Response, Setup};

const FOUND: &str = r#"{"k":"v"}"#;
const SEALED: &str = r#"{"errors":["Vault is sealed"]}"#;
const INVALID: &str = r#"{"errors":["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]}"#;
const PERMISSION: &str = r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#;

fn found() -> Response {
    Response::json(200, r#"{"data":{"k":"v"}}"#)
}

fn with_approle(address: &str) -> Vec<(&str, &str)> {
    vec![
        ("VAULT_ADDR", address),
        ("AVP_AUTH_TYPE", "approle"),
        ("AVP_ROLE_ID", "role"),
        ("AVP_SECRET_ID", "canary-secret"),
        ("VAULT_MAX_RETRIES", "0"),
    ]
}

/// Gives `token-1`, `token-2`, … at a login; a reading is the `number`th, and comes with a token.
fn vault(reading: impl Fn(usize, &str) -> Response + Send + Sync + 'static) -> Faults {
    let (logins, readings) = (AtomicUsize::new(0), AtomicUsize::new(0));
    Faults::start(move |_, request| match is_login(request) {
        true => {
            let number = logins.fetch_add(1, Ordering::SeqCst) + 1;
            Response::json(200, &format!(r#"{{"auth":{{"client_token":"token-{number}","lease_duration":3600}}}}"#))
        }
        false => {
            let number = readings.fetch_add(1, Ordering::SeqCst) + 1;
            reading(number, request.header("x-vault-token").unwrap_or_default())
        }
    })
}

fn is_login(request: &Request) -> bool {
    request.path.ends_with("/login")
}

fn logins(faults: &Faults) -> usize {
    faults.requests().iter().filter(|request| is_login(request)).count()
}

#[test]
fn a_server_that_was_down_is_asked_again_by_the_next_round() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("http://127.0.0.1:{port}");
    let store = open(&[("VAULT_ADDR", &address), ("VAULT_TOKEN", "t"), ("VAULT_MAX_RETRIES", "0")]);
    let (first, second) = (store.begin(), store.begin());
    assert_holds(&read_in(&store, &*first, &["a/data/b"]).remove(0), &["failed: cannot connect to"]);
    let faults = Faults::script_at(port, vec![found()]);
    assert_holds(&read_in(&store, &*first, &["a/data/c"]).remove(0), &["failed: cannot connect to"]);
    assert_eq!(faults.requests().len(), 0, "the first round has given up");
    assert_eq!(read_in(&store, &*second, &["a/data/b"]), [FOUND]);
}

#[test]
fn a_token_outlives_a_sealed_vault() {
    let faults = vault(|number, _| if number == 1 { Response::json(503, SEALED) } else { found() });
    let store = open(&with_approle(&faults.address));
    assert_holds(&read_all(&store, &["a/data/b"]).remove(0), &["failed: ", "Vault is sealed"]);
    assert_eq!(read_all(&store, &["a/data/b"]), [FOUND]);
    assert_eq!(logins(&faults), 1, "the token is still good");
}

#[test]
fn a_real_vault_is_read_again_once_it_is_unsealed() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    vault.mount("store", 1);
    vault.write("store", "app", &serde_json::json!({"k": "v"}));
    let approle = vault.approle("rounds", &serde_json::json!({"token_policies": ["rounds"]}));
    vault.policy("rounds", &["store/*"]);
    let more =
        [("AVP_ROLE_ID", &*approle.role_id), ("AVP_SECRET_ID", &approle.secret_id), ("AVP_MOUNT_PATH", "rounds")];
    let store = open(&[&[("VAULT_ADDR", &*vault.address), ("AVP_AUTH_TYPE", "approle")][..], &more].concat());
    assert_eq!(read_all(&store, &["store/app"]), [FOUND]);
    vault.seal();
    assert_holds(&read_all(&store, &["store/app"]).remove(0), &["failed: ", "Vault is sealed"]);
    vault.unseal().unwrap();
    assert_eq!(read_all(&store, &["store/app"]), [FOUND]);
    assert_eq!(vault.logins("rounds").len(), 1);
}

#[test]
fn a_failed_login_is_tried_again_by_the_next_round() {
    let faults = Faults::script(vec![
        Response::json(503, SEALED),
        Response::json(200, r#"{"auth":{"client_token":"t","lease_duration":3600}}"#),
        found(),
    ]);
    let store = open(&with_approle(&faults.address));
    for outcome in read_all(&store, &["a/data/1", "a/data/2"]) {
        assert_holds(&outcome, &["failed: cannot log in to Vault", "Vault is sealed"]);
    }
    assert_eq!(read_all(&store, &["a/data/1", "a/data/2"]), [FOUND; 2]);
    assert_eq!(logins(&faults), 2);
}

#[test]
fn each_round_may_renew_the_token_once() {
    for refusal in [INVALID, PERMISSION] {
        // Each token is good for one round: its first reading comes after the one that refuses its predecessor.
        let faults = vault(move |number, token| match (number, token) {
            (1, "token-1") | (3, "token-2") | (5, "token-3") => found(),
            _ => Response::json(403, refusal),
        });
        let store = open(&with_approle(&faults.address));
        for round in 1..=3 {
            assert_eq!(read_all(&store, &["a/data/b"]), [FOUND], "{refusal} {round}");
            assert_eq!(logins(&faults), round, "{refusal}");
        }
    }
}

#[test]
fn a_round_has_its_own_time() {
    let faults = Faults::start(|number, _| if number == 0 { Response::Silent } else { found() });
    let settings = [("VAULT_ADDR", &*faults.address), ("VAULT_TOKEN", "t"), ("AVP_TIMEOUT", "1s")];
    let store = open(&settings);
    assert_holds(&read_all(&store, &["a/data/b"]).remove(0), &["failed: no response from", "AVP_TIMEOUT"]);
    assert_eq!(read_all(&store, &["a/data/b"]), [FOUND]);
}

#[test]
fn a_round_does_not_wait_for_ever_for_anothers_login() {
    let faults = Faults::script(vec![Response::Silent]);
    let settings = [with_approle(&faults.address), vec![("AVP_TIMEOUT", "1s")]].concat();
    let store = open(&settings);
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| assert_holds(&read_all(&store, &["a/data/b"]).remove(0), &["failed: ", "AVP_TIMEOUT"]));
        }
    });
    assert!(begin.elapsed() < Duration::from_millis(2500), "{:?}", begin.elapsed());
}

#[test]
fn a_mount_that_is_known_is_not_asked_for_by_the_next_round() {
    const SECRET: &str = r#"{"data":{"data":{"k":"v"},"metadata":{"created_time":"t","destroyed":false,"version":1}}}"#;
    const MOUNT: &str = r#"{"data":{"path":"a/","type":"kv","options":{"version":"2"}}}"#;
    let is_mount = |request: &Request| request.path.contains("/sys/internal/ui/mounts/");
    let faults = Faults::start(move |_, request| match &*request.path {
        "/v1/a/data/b" => Response::json(200, SECRET),
        _ if is_mount(request) => Response::json(200, MOUNT),
        _ => Response::json(404, r#"{"errors":[]}"#),
    });
    let store = open(&[("VAULT_ADDR", &faults.address), ("VAULT_TOKEN", "t")]);
    for _ in 0..2 {
        assert_holds(&read_all(&store, &["a/b"]).remove(0), &[FOUND, "`a/b` was read as `a/data/b`"]);
    }
    assert_eq!(faults.requests().iter().filter(|request| is_mount(request)).count(), 1);
}

#[test]
fn no_more_than_64_requests_of_a_process_are_under_way_at_once() {
    let (now, most) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let counts = (now.clone(), most.clone());
    let faults = Faults::start(move |_, _| {
        counts.1.fetch_max(counts.0.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        counts.0.fetch_sub(1, Ordering::SeqCst);
        found()
    });
    let paths: Vec<String> = (0..100).map(|number| format!("a/data/{number}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let stores = [(); 3].map(|()| open(&[("VAULT_ADDR", &faults.address), ("VAULT_TOKEN", "t")]));
    std::thread::scope(|scope| {
        for store in &stores {
            scope.spawn(|| assert_eq!(read_all(store, &paths), [FOUND; 100]));
        }
    });
    assert!((16..=64).contains(&most.load(Ordering::SeqCst)), "{most:?}");
}
