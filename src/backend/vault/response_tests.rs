//! Responses of a real Vault 1.21, and their meaning.

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::*;
use crate::backend::vault::failure::LONGEST_CAUSE;
use crate::backend::vault::login_response::granted_token;
use crate::backend::vault::mount::Mount;

fn response(status: u16, body: &str) -> Response {
    Response { status, body: Zeroizing::new(body.as_bytes().to_vec()), retry_after: None, date: None }
}

/// A result in words: the secret as JSON, or what is wrong.
fn told(result: ReadResult) -> String {
    match result {
        ReadResult::Secret(secret) => secret.data.to_json().unwrap().to_string(),
        ReadResult::Deleted(error) => format!("deleted: {error}"),
        ReadResult::Absent => "absent".to_owned(),
        ReadResult::NoMount(_) => "no mount".to_owned(),
        ReadResult::Denied(causes) => format!("denied: {causes}"),
        ReadResult::Refused(error) | ReadResult::Failed(error) => format!("failed: {error}"),
    }
}

fn query(version: Option<u64>, engine: Option<Engine>) -> Query<'static> {
    Query { path: "secret/data/a", version, engine }
}

const V2: &str = r#"{"request_id":"r","data":{"data":{"port":5432,"n":1.50},"metadata":{"created_time":"2026-01-01T00:00:00Z","custom_metadata":null,"deletion_time":"","destroyed":false,"version":4}}}"#;
const V1: &str = r#"{"request_id":"r","lease_duration":2764800,"data":{"n":18446744073709551615,"x":1.50}}"#;
const V1_LIKE_V2: &str = r#"{"data":{"data":{"k":1},"metadata":{"version":1}}}"#;
const DYNAMIC: &str =
    r#"{"lease_id":"database/creds/ro/x","lease_duration":60,"data":{"username":"u","password":"p"}}"#;
const DELETED: &str = r#"{"data":{"data":null,"metadata":{"created_time":"t","deletion_time":"2026-02-02T00:00:00Z","destroyed":false,"version":2}}}"#;
const DESTROYED: &str =
    r#"{"data":{"data":null,"metadata":{"created_time":"t","deletion_time":"","destroyed":true,"version":2}}}"#;

#[test]
fn the_shape_or_the_engine_tells_where_the_secret_is() {
    for (body, version, engine, expected) in [
        (V2, None, None, r#"{"port":5432,"n":1.50}"#),
        (V2, Some(4), None, r#"{"port":5432,"n":1.50}"#),
        (V2, None, Some(Engine::V2), r#"{"port":5432,"n":1.50}"#),
        (V1, None, None, r#"{"n":18446744073709551615,"x":1.50}"#),
        (V1, None, Some(Engine::V1), r#"{"n":18446744073709551615,"x":1.50}"#),
        (V1_LIKE_V2, None, None, r#"{"data":{"k":1},"metadata":{"version":1}}"#),
        (V1_LIKE_V2, None, Some(Engine::V2), r#"{"k":1}"#),
        (DYNAMIC, None, None, r#"{"username":"u","password":"p"}"#),
        (
            V1,
            None,
            Some(Engine::V2),
            "failed: `secret/data/a` is not a KV version 2 secret: Vault's response has no inner `data`",
        ),
        (V1, Some(3), None, "failed: version 3 of `secret/data/a` was asked for, but its engine keeps no versions"),
        (
            V2,
            Some(3),
            Some(Engine::V1),
            "failed: version 3 of `secret/data/a` was asked for, but its engine keeps no versions",
        ),
        (r#"{"data":{}}"#, None, None, "{}"),
        (r#"{"data":null}"#, None, None, "failed: Vault's response to `secret/data/a` has no `data`"),
        ("<html>", None, None, "failed: the response did not come from Vault (status 200)"),
    ] {
        assert_eq!(told(read(query(version, engine), &response(200, body))), expected, "{body}");
    }
}

#[test]
fn a_secret_knows_its_version_and_its_lease() {
    let lease = |seconds, is_renewable| {
        Some(Lease { id: "database/creds/ro/x".into(), duration: Duration::from_secs(seconds), is_renewable })
    };
    let renewable = DYNAMIC.replace("\"lease_duration\"", "\"renewable\":true,\"lease_duration\"");
    let odd = DYNAMIC.replace("60", "-1");
    for (body, version, expected) in [
        (V2, Some("4"), None),
        (V1, None, None),
        (V1_LIKE_V2, None, None),
        (DYNAMIC, None, lease(60, false)),
        (&*renewable, None, lease(60, true)),
        (&*odd, None, lease(0, false)),
    ] {
        let ReadResult::Secret(secret) = read(query(None, None), &response(200, body)) else { panic!("{body}") };
        assert_eq!((secret.version.as_ref().map(Version::text), secret.lease), (version, expected), "{body}");
    }
}

#[test]
fn what_is_not_there_is_told_apart() {
    for (status, body, version, expected) in [
        (404, r#"{"errors":[]}"#, None, "absent"),
        (
            404,
            r#"{"data":null,"warnings":["Invalid path for a versioned K/V secrets engine."],"request_id":"r"}"#,
            None,
            "absent",
        ),
        (404, DELETED, None, "deleted: the newest version (2) of `secret/data/a` is deleted"),
        (404, DELETED, Some(2), "deleted: version 2 of `secret/data/a` is deleted"),
        (404, DESTROYED, Some(2), "deleted: version 2 of `secret/data/a` is destroyed"),
        (404, "404 page not found", None, "failed: the response did not come from Vault (status 404)"),
        (404, "{}", None, "failed: the response did not come from Vault (status 404)"),
        (403, r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#, None, "denied: permission denied"),
        (
            403,
            r#"{"errors":["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]}"#,
            None,
            "denied: permission denied, invalid token",
        ),
        (503, r#"{"errors":["Vault is sealed"]}"#, None, "failed: Vault is sealed"),
        (
            500,
            r#"{"errors":["local node not active but active cluster node not found"]}"#,
            None,
            "failed: this Vault is a standby node without an active one",
        ),
        (400, "Client sent an HTTP request to an HTTPS server.\n", None, "failed: Vault speaks TLS on this port"),
        (
            429,
            r#"{"errors":["request path \"secret/data/a\": rate limit quota exceeded"]}"#,
            None,
            "failed: Vault's rate limit was exceeded by every attempt (429)",
        ),
        (
            405,
            r#"{"errors":["1 error occurred:\n\t* unsupported operation\n\n"]}"#,
            None,
            "failed: Vault cannot read this path, only write to it",
        ),
        (502, "<html>bad gateway</html>", None, "failed: a web page in place of Vault's response (status 502)"),
    ] {
        assert_eq!(told(read(query(version, None), &response(status, body))), expected, "{body}");
    }
}

#[test]
fn vaults_words_fit_one_line() {
    let long = format!(r#"{{"errors":["a\u0007b\n{}"]}}"#, "x".repeat(1000));
    let causes = causes(&response(500, &long));
    assert!(causes.starts_with("ab, xxx") && causes.len() == LONGEST_CAUSE, "{causes}");
}

#[test]
fn a_mount_has_a_type_and_perhaps_an_engine() {
    for (body, expected) in [
        (
            r#"{"data":{"path":"secret/","type":"kv","options":{"version":"2"}}}"#,
            Some(("secret/", "kv", Some(Engine::V2))),
        ),
        (r#"{"data":{"path":"old/","type":"kv","options":null}}"#, Some(("old/", "kv", Some(Engine::V1)))),
        (r#"{"data":{"path":"db/","type":"database","options":null}}"#, Some(("db/", "database", None))),
        (r#"{"errors":["permission denied"]}"#, None),
    ] {
        let expected = expected.map(|(path, mount_type, engine)| Mount {
            path: path.into(),
            mount_type: mount_type.into(),
            engine,
        });
        assert_eq!(Mount::parse(&response(200, body)), expected);
    }
    assert_eq!(Mount::parse(&response(403, r#"{"errors":[]}"#)), None);
}

#[test]
fn a_login_gives_a_token_with_its_limits() {
    let body = r#"{"auth":{"client_token":"t","lease_duration":3600,"num_uses":10}}"#;
    let auth = granted_token(&response(200, body)).unwrap();
    assert_eq!(
        (auth.text.reveal(), auth.facts.life, auth.facts.uses),
        ("t", Some(Duration::from_secs(3600)), Some(10))
    );
    let auth =
        granted_token(&response(200, r#"{"auth":{"client_token":"t","lease_duration":0,"num_uses":0}}"#)).unwrap();
    assert_eq!((auth.facts.life, auth.facts.uses), (None, None));
    for number in ["-1", "1e400", "18446744073709551616", "0.5", "\"1h\"", "[]", "true"] {
        let body = format!(r#"{{"auth":{{"client_token":"t","lease_duration":{number},"num_uses":{number}}}}}"#);
        let auth = granted_token(&response(200, &body)).unwrap();
        assert_eq!((auth.facts.life, auth.facts.uses), (Some(Duration::from_secs(1)), Some(1)), "{number}");
    }
    for (status, body, expected) in [
        (400, r#"{"errors":["invalid role or secret ID"]}"#, "Vault refuses the request (400)"),
        (
            200,
            r#"{"auth":{"client_token":"","mfa_requirement":{}}}"#,
            "the login needs a second factor, which the renderer does not have",
        ),
        (200, r#"{"auth":{"client_token":"a\nb"}}"#, "the response did not come from Vault (status 200)"),
        (200, r#"{"auth":null}"#, "the response did not come from Vault (status 200)"),
    ] {
        assert_eq!(granted_token(&response(status, body)).unwrap_err().detail, expected);
    }
}

#[test]
fn data_is_put_after_the_mount() {
    let mount = |engine| Mount { path: "team/kv/".into(), mount_type: "kv".into(), engine };
    for (engine, path, expected) in [
        (Some(Engine::V2), "team/kv/app/db", Some("team/kv/data/app/db")),
        (Some(Engine::V2), "team/kv/data", None),
        (Some(Engine::V2), "team/kv/metadata/app", None),
        (Some(Engine::V2), "team/kv", None),
        (Some(Engine::V1), "team/kv/app", None),
        (None, "team/kv/app", None),
    ] {
        assert_eq!(mount(engine).path_with_data(path).as_deref(), expected, "{path}");
    }
}

/// JSON values that a server may send where a number is expected.
fn odd_numbers() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?[0-9]{1,40}",
        "-?[0-9]{1,5}\\.[0-9]{1,5}e[+-]?[0-9]{1,5}",
        Just("null".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        "\"[ -!#-\\[\\]-~]{0,20}\"",
    ]
}

proptest! {
    #[test]
    fn no_answer_panics(status in 100u16..600, n in odd_numbers(), m in odd_numbers(), noise in ".{0,40}") {
        for body in [
            format!(r#"{{"auth":{{"client_token":{n},"accessor":{m},"lease_duration":{n},"num_uses":{m}}}}}"#),
            format!(r#"{{"data":{{"data":null,"metadata":{{"version":{n},"created_time":{m},"deletion_time":{n},"destroyed":{m}}}}}}}"#),
            format!(r#"{{"data":{{"path":{n},"type":{m},"options":{{"version":{n}}}}},"mount_type":{m}}}"#),
            format!(r#"{{"errors":[{n},{m}],"warnings":{n},"request_id":{m}}}"#),
            noise,
        ] {
            let response = response(status, &body);
            for engine in [None, Some(Engine::V1), Some(Engine::V2)] {
                let _ = read(query(Some(u64::MAX), engine), &response);
            }
            let (_, _, _) = (Mount::parse(&response), granted_token(&response).is_ok(), failed(&response));
        }
    }
}
