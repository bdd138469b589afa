//! Failures, refusals and redirects that a real Vault does not show on demand, in an order that the test chooses.

use std::time::{Duration, Instant};

use super::{assert_holds, id, open, read, read_all, read_in, told, try_open};
use crate::support::servers::{Faults, Request, Response};

const FOUND: &str = r#"{"data":{"k":"v"}}"#;
const PERMISSION: &str = r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#;
const INVALID: &str = r#"{"errors":["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]}"#;

fn status(status: u16) -> Response {
    Response::json(status, r#"{"errors":["failure"]}"#)
}

fn found() -> Response {
    Response::json(200, FOUND)
}

fn with_token(address: &str) -> Vec<(&str, &str)> {
    vec![("VAULT_ADDR", address), ("VAULT_TOKEN", "canary-token")]
}

fn with_approle(address: &str) -> Vec<(&str, &str)> {
    vec![
        ("VAULT_ADDR", address),
        ("AVP_AUTH_TYPE", "approle"),
        ("AVP_ROLE_ID", "canary-role"),
        ("AVP_SECRET_ID", "canary-secret"),
    ]
}

/// A Vault whose logins give `token-1`, `token-2`, …, and where reading asks `reading` with the token.
fn logins(uses: u32, reading: impl Fn(&str) -> Response + Send + Sync + 'static) -> Faults {
    let given = std::sync::atomic::AtomicUsize::new(0);
    Faults::start(move |_, request| match request.path.ends_with("/login") {
        true => {
            let number = given.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
            let auth = format!(r#"{{"client_token":"token-{number}","lease_duration":3600,"num_uses":{uses}}}"#);
            Response::json(200, &format!(r#"{{"auth":{auth}}}"#))
        }
        false => reading(request.header("x-vault-token").unwrap_or_default()),
    })
}

fn count(faults: &Faults, of: impl Fn(&Request) -> bool) -> usize {
    faults.requests().iter().filter(|request| of(request)).count()
}

fn login(request: &Request) -> bool {
    request.path.ends_with("/login")
}

#[test]
fn what_passes_is_read_again() {
    let torn = Response::Torn(FOUND[..5].to_owned());
    for (answers, requests, expected) in [
        (vec![status(503), status(502), found()], 3, r#"{"k":"v"}"#),
        (vec![status(504), status(504), status(504)], 3, "failed: cannot read `a/data/b`: Vault failed (504)"),
        (vec![status(500), found()], 2, r#"{"k":"v"}"#),
        (vec![status(500), status(500), found()], 2, "failed: cannot read `a/data/b`: Vault failed (500)"),
        (
            vec![Response::too_many(None), Response::too_many(None), Response::too_many(None), found()],
            4,
            r#"{"k":"v"}"#,
        ),
        (vec![Response::Cut, found()], 2, r#"{"k":"v"}"#),
        (vec![torn, found()], 2, r#"{"k":"v"}"#),
        (vec![status(400), found()], 1, "failed: cannot read `a/data/b`: Vault refuses the request (400)"),
        (vec![Response::Huge(40 << 20), found()], 1, "failed: the response of"),
    ] {
        let faults = Faults::script(answers);
        let outcome = read(&with_token(&faults.address), "a/data/b");
        assert!(outcome.starts_with(expected), "{outcome}");
        assert_eq!(faults.requests().len(), requests, "{outcome}");
    }
}

#[test]
fn retry_after_is_respected() {
    let faults = Faults::script(vec![Response::too_many(Some(1)), found()]);
    let start = Instant::now();
    assert_eq!(read(&with_token(&faults.address), "a/data/b"), r#"{"k":"v"}"#);
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[test]
fn no_retries_means_none() {
    let faults = Faults::script(vec![status(503)]);
    let settings = [with_token(&faults.address), vec![("VAULT_MAX_RETRIES", "0")]].concat();
    read(&settings, "a/data/b");
    assert_eq!(faults.requests().len(), 1);
}

#[test]
fn a_server_that_hangs_is_left_after_the_timeout_by_all() {
    for answer in [Response::Silent, Response::Slow] {
        let faults = Faults::script(vec![answer]);
        let settings = [with_token(&faults.address), vec![("VAULT_CLIENT_TIMEOUT", "1s")]].concat();
        let store = open(&settings);
        let round = store.begin();
        let start = Instant::now();
        let outcome = read_in(&store, &*round, &["a/data/b"]).remove(0);
        assert_holds(&outcome, &["failed: no response from", "within 1s", "VAULT_CLIENT_TIMEOUT"]);
        read_in(&store, &*round, &["a/data/c"]);
        assert!(start.elapsed() < Duration::from_secs(2), "the second reading does not wait again");
        assert_eq!(faults.requests().len(), 1);
    }
}

#[test]
fn nobody_there_is_said_once_and_quickly() {
    let outcome = read(&with_token("http://127.0.0.1:1"), "a/data/b");
    assert_holds(&outcome, &["failed: cannot connect to `http://127.0.0.1:1`", "refused", "is `VAULT_ADDR` right"]);
}

#[test]
fn readings_share_one_login() {
    let faults = logins(0, |_| found());
    let paths: Vec<String> = (0..40).map(|number| format!("a/data/{number}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let outcomes = read_all(&open(&with_approle(&faults.address)), &paths);
    assert!(outcomes.iter().all(|outcome| outcome == r#"{"k":"v"}"#));
    assert_eq!((faults.requests().len(), count(&faults, login)), (41, 1));
    let body = &faults.requests()[0].body;
    assert_eq!(body, r#"{"role_id":"canary-role","secret_id":"canary-secret"}"#);
    assert!(faults.requests().iter().all(|request| request.header("x-vault-request") == Some("true")));
}

#[test]
fn a_token_that_is_used_up_is_replaced_once_for_all() {
    let faults = logins(20, |token| if token == "token-1" { Response::json(403, INVALID) } else { found() });
    let outcomes = read_all(&open(&with_approle(&faults.address)), &["a/data/1", "a/data/2", "a/data/3", "a/data/4"]);
    assert_eq!(outcomes, [r#"{"k":"v"}"#; 4]);
    assert_eq!(count(&faults, login), 2);
}

#[test]
fn two_useless_logins_are_enough() {
    let faults = logins(5, |_| Response::json(403, INVALID));
    let outcomes = read_all(&open(&with_approle(&faults.address)), &["a/data/1", "a/data/2", "a/data/3"]);
    for outcome in outcomes {
        assert_holds(
            &outcome,
            &["denied: Vault refuses the token (403)", "invalid token", "5 times", "`token_num_uses`"],
        );
    }
    assert_eq!(count(&faults, login), 2);
}

#[test]
fn a_policys_refusal_is_no_reason_to_log_in_again() {
    let faults = logins(0, |_| Response::json(403, PERMISSION));
    let outcome = read(&with_approle(&faults.address), "a/data/1");
    assert_holds(&outcome, &["denied: Vault denies reading `a/data/1` (403) | permission denied; asked `", "policies"]);
    assert_eq!(count(&faults, login), 1);
}

#[test]
fn a_given_token_has_no_login() {
    let faults = Faults::script(vec![Response::json(403, INVALID)]);
    let outcome = read(&with_token(&faults.address), "a/data/b");
    assert_holds(&outcome, &["denied: ", "the login `token` has no way to get another"]);
    assert_eq!(faults.requests().len(), 1);
}

#[test]
fn a_login_is_sent_once() {
    for (answer, expected) in [
        (status(500), "Vault failed (500): failure"),
        (Response::json(503, r#"{"errors":["Vault is sealed"]}"#), "Vault is sealed"),
        (Response::Cut, "broke"),
        (
            Response::json(400, r#"{"errors":["invalid role or secret ID: canary-secret"]}"#),
            "invalid role or secret ID: [redacted]",
        ),
    ] {
        let faults = Faults::script(vec![answer]);
        let outcomes = read_all(&open(&with_approle(&faults.address)), &["a/data/1", "a/data/2"]);
        for outcome in outcomes {
            assert_holds(&outcome, &[expected]);
            assert!(!outcome.contains("canary"), "{outcome}");
        }
        assert_eq!(faults.requests().len(), 1);
    }
}

#[test]
fn a_token_lives_between_runs() {
    let home = tempfile::tempdir().unwrap();
    let faults = logins(0, |token| if token == "token-1" { found() } else { Response::json(403, PERMISSION) });
    let mut settings = with_approle(&faults.address);
    settings.push(("HOME", home.path().to_str().unwrap()));
    for _ in 0..3 {
        assert_eq!(read(&settings, "a/data/b"), r#"{"k":"v"}"#);
    }
    assert_eq!(count(&faults, login), 1);
    settings.push(("AVP_DISABLE_TOKEN_CACHE", "true"));
    assert_holds(&read(&settings, "a/data/b"), &["denied"]);
    assert_eq!(count(&faults, login), 2);
}

#[test]
fn a_cached_token_that_is_refused_is_replaced() {
    let home = tempfile::tempdir().unwrap();
    let settings = |address| [with_approle(address), vec![("HOME", home.path().to_str().unwrap())]].concat();
    let over = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let flag = std::sync::Arc::clone(&over);
    let faults = logins(0, move |token| match flag.load(std::sync::atomic::Ordering::SeqCst) && token == "token-1" {
        true => Response::json(403, PERMISSION), // as older Vaults say it
        false => found(),
    });
    for (gone, logins) in [(false, 1), (true, 2), (true, 2)] {
        over.store(gone, std::sync::atomic::Ordering::SeqCst);
        assert_eq!(read(&settings(&faults.address), "a/data/b"), r#"{"k":"v"}"#);
        assert_eq!(count(&faults, login), logins);
    }
}

#[test]
fn a_redirect_without_tls_is_named_and_not_followed() {
    let elsewhere = Faults::script(vec![found()]);
    for path in ["/v1/a/data/b", "/login"] {
        let location = format!("{}{path}", elsewhere.address);
        let standby = Faults::script(vec![Response::Plain(307, vec![("Location", location)], String::new())]);
        let outcome = read(&with_token(&standby.address), "a/data/b");
        assert_holds(&outcome, &["failed: ", "redirects to", elsewhere.address.as_str(), "`VAULT_ADDR`"]);
    }
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn a_namespace_travels_as_a_header() {
    let faults = Faults::script(vec![found()]);
    let store = open(&[with_token(&faults.address), vec![("VAULT_NAMESPACE", "admin/")]].concat());
    let (own, other) = (
        id("a/data/b"),
        vault_render::internals::secret::SecretId { scope: Some("admin/team".into()), ..id("a/data/b") },
    );
    for id in [own, other] {
        let outcome = store.outcomes(&*store.begin(), &[id]).remove(0);
        assert_eq!(told(outcome), r#"{"k":"v"}"#);
    }
    let sent: Vec<_> =
        faults.requests().iter().map(|request| request.header("x-vault-namespace").unwrap().to_owned()).collect();
    assert_eq!(sent, ["admin", "admin/team"]);
}

#[test]
fn an_answer_that_is_not_vaults_is_not_a_missing_secret() {
    for (status, body) in [(404, "<html>not found</html>"), (404, "{}"), (200, "<html>welcome</html>")] {
        let faults = Faults::script(vec![Response::Plain(status, vec![], body.to_owned())]);
        assert_holds(
            &read(&with_token(&faults.address), "a/data/b"),
            &["failed: ", "the response did not come from Vault", "`VAULT_ADDR`"],
        );
    }
}

#[test]
fn the_rate_is_kept() {
    let faults = Faults::script(vec![found()]);
    let settings = [with_token(&faults.address), vec![("VAULT_RATE_LIMIT", "10:1")]].concat();
    let start = Instant::now();
    read_all(&open(&settings), &["a/data/1", "a/data/2", "a/data/3", "a/data/4"]);
    assert!(start.elapsed() >= Duration::from_millis(290), "{:?}", start.elapsed());
}

#[test]
fn a_token_that_no_header_can_hold_is_named_and_not_shown() {
    let faults = Faults::script(vec![found()]);
    let outcome = read(&[("VAULT_ADDR", faults.address.as_str()), ("VAULT_TOKEN", "canary\nb")], "a/data/b");
    assert_holds(&outcome, &["failed: cannot make a request to", "line break"]);
    assert!(!outcome.contains("canary") && faults.requests().is_empty());
}

/// A server that asks for any delay: the run ends in time, without a panic.
#[test]
fn no_wait_that_a_server_asks_for_outlasts_the_run() {
    for wait in [
        "18446744073709551615",
        "18446744073709551616",
        "3600",
        "-1",
        "1e308",
        "99999999999999999999999999999999",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ] {
        for status in [429, 503] {
            let body = r#"{"errors":["busy"]}"#.to_owned();
            let faults = Faults::script(vec![Response::Plain(status, vec![("Retry-After", wait.to_owned())], body)]);
            let settings = [with_token(&faults.address), vec![("AVP_TIMEOUT", "2s")]].concat();
            let start = Instant::now();
            let outcome = read(&settings, "a/data/b");
            assert!(outcome.starts_with("failed: ") && outcome.contains("busy"), "{wait}: {outcome}");
            assert!(start.elapsed() < Duration::from_secs(4), "{wait}: {:?}", start.elapsed());
        }
    }
}

#[test]
fn no_number_of_the_settings_panics() {
    const DURATIONS: [&str; 6] =
        ["5000000000000000h", "18446744073709551615s", "5124095576030431h", "4294967295", "1ns", "9999999999d"];
    const TOO_LONG: [&str; 2] = [DURATIONS[1], DURATIONS[2]];
    const RATES: [&str; 4] = ["1e308:18446744073709551615", "1e308", "1e18:1", "179769313486231570000:5"];
    let timeouts = DURATIONS.map(|value| ("VAULT_CLIENT_TIMEOUT", value));
    let runs = DURATIONS.map(|value| ("AVP_TIMEOUT", value));
    let rates = RATES.map(|value| ("VAULT_RATE_LIMIT", value));
    let retries = ["18446744073709551615", "4294967296"].map(|value| ("VAULT_MAX_RETRIES", value));
    for setting in timeouts.into_iter().chain(runs).chain(rates).chain(retries) {
        let faults = Faults::script(vec![found()]);
        let opened = try_open(&[with_token(&faults.address), vec![setting]].concat());
        assert_eq!(opened.is_err(), TOO_LONG.contains(&setting.1), "{setting:?}");
        let Ok(store) = opened else { continue };
        let outcome = read_all(&store, &["a/data/b"]).remove(0);
        assert!(outcome == r#"{"k":"v"}"# || setting.1 == "1ns", "{setting:?}: {outcome}");
    }
}

#[test]
fn all_readings_of_a_run_end_in_its_time() {
    for answer in [Response::Silent, Response::Slow, Response::json(503, r#"{"errors":["away"]}"#)] {
        let faults = Faults::script(vec![answer.clone()]);
        let more = [("VAULT_CLIENT_TIMEOUT", "0"), ("AVP_TIMEOUT", "1s"), ("VAULT_MAX_RETRIES", "1000000")];
        let settings = [with_token(&faults.address), more.to_vec()].concat();
        let start = Instant::now();
        let paths: Vec<String> = (0..50).map(|number| format!("a/data/{number}")).collect();
        let outcomes = read_all(&open(&settings), &paths.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(outcomes.iter().all(|outcome| outcome.starts_with("failed: ")), "{outcomes:?}");
        assert!(start.elapsed() < Duration::from_secs(3), "{answer:?} {:?}", start.elapsed());
        let hangs = !matches!(answer, Response::Plain(..));
        assert!(!hangs || outcomes.iter().any(|outcome| outcome.contains("AVP_TIMEOUT")), "{outcomes:?}");
    }
}

#[test]
fn numbers_of_a_login_that_cannot_be_read_keep_no_token() {
    for number in ["-1", "1e400", "18446744073709551616", "\"1h\"", "[]"] {
        let home = tempfile::tempdir().unwrap();
        let auth = format!(r#"{{"auth":{{"client_token":"t","lease_duration":{number},"num_uses":{number}}}}}"#);
        let faults = Faults::start(move |_, request| match request.path.ends_with("/login") {
            true => Response::json(200, &auth),
            false => found(),
        });
        let home_path = home.path().to_str().unwrap();
        let settings = [with_approle(&faults.address), vec![("HOME", home_path)]].concat();
        for _ in 0..2 {
            assert_eq!(read(&settings, "a/data/b"), r#"{"k":"v"}"#, "{number}");
        }
        assert_eq!(count(&faults, login), 2, "{number}");
    }
}

#[test]
fn a_token_that_no_header_can_hold_is_not_kept() {
    let home = tempfile::tempdir().unwrap();
    let given = std::sync::atomic::AtomicUsize::new(0);
    let faults = Faults::start(move |_, request| match request.path.ends_with("/login") {
        true if given.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 => {
            Response::json(200, r#"{"auth":{"client_token":"canary\ntoken","lease_duration":3600}}"#)
        }
        true => Response::json(200, r#"{"auth":{"client_token":"fine","lease_duration":3600}}"#),
        false => found(),
    });
    let settings = [with_approle(&faults.address), vec![("HOME", home.path().to_str().unwrap())]].concat();
    assert_holds(&read(&settings, "a/data/b"), &["failed: ", "the response did not come from Vault"]);
    assert_eq!(read(&settings, "a/data/b"), r#"{"k":"v"}"#);
}

#[test]
fn two_paths_of_one_host_share_no_token() {
    let home = tempfile::tempdir().unwrap();
    let faults = logins(0, |_| found());
    for path in ["", "/one", "/two", "/one"] {
        let address = format!("{}{path}", faults.address);
        let settings = [with_approle(&address), vec![("HOME", home.path().to_str().unwrap())]].concat();
        assert_eq!(read(&settings, "a/data/b"), r#"{"k":"v"}"#);
    }
    assert_eq!(count(&faults, login), 3);
}

#[test]
fn a_gateways_404_is_a_failure_and_not_a_missing_secret() {
    for body in [
        r#"{"errors":[{"code":"X"}]}"#,
        r#"{"errors":["no route"]}"#,
        r#"{"errors":[],"message":"no route"}"#,
        r#"{"message":"no Route matched with those values","request_id":"r"}"#,
        r#"{"data":{"metadata":{}}}"#,
    ] {
        let faults = Faults::script(vec![Response::json(404, body)]);
        let outcome = read(&with_token(&faults.address), "a/data/b");
        assert_holds(&outcome, &["failed: ", "the response did not come from Vault (status 404)", "`VAULT_ADDR`"]);
    }
}
