//! Tokens that run out, files that change and credentials that open once.

use std::fs;

use serde_json::json;

use crate::auth::{approle, secrets};
use crate::support::render::render;
use crate::support::servers::{self, Faults, Response};

#[test]
fn a_token_of_few_uses_gets_a_render_of_any_size_through() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, filled) = secrets(vault, "few-uses", 10);
    for (uses, logins) in [(1, 10), (3, 4), (4, 3), (10, 1), (50, 1)] {
        let mount = format!("few-uses-{uses}");
        let role = vault.approle(&mount, &json!({"token_policies": ["few-uses"], "token_num_uses": uses}));
        approle(vault, &mount, &role.role_id, &role.secret_id, &manifest).stdout(filled.clone()).check();
        assert_eq!(vault.logins(&mount).len(), logins, "{uses}");
    }
    // The secret id gives no more logins than that.
    let role = vault
        .approle("few-ids", &json!({"token_policies": ["few-uses"], "token_num_uses": 3, "secret_id_num_uses": 2}));
    let run = approle(vault, "few-ids", &role.role_id, &role.secret_id, &manifest).status(1);
    run.stderr_holds(["the secret id has expired or is used up", "`token_num_uses`"]).check();
}

#[test]
fn a_wrapped_secret_id_is_looked_at_and_opened_once() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, filled) = secrets(vault, "wrapped", 4);
    let role = vault.approle("wrapped", &json!({"token_policies": ["wrapped"], "token_num_uses": 2}));
    let path = "auth/wrapped/role/web/secret-id";
    let run = |token: &str, path: &str| {
        approle(vault, "wrapped", &role.role_id, token, &manifest).env("AVP_SECRET_ID_WRAPPING_PATH", path)
    };
    // Two logins, of which the second takes what the first has unwrapped.
    let token = vault.wrapped(path);
    run(&token, path).stdout(filled.clone()).check();
    assert_eq!(vault.logins("wrapped").len(), 2);
    let again = run(&token, path).output();
    let stderr = String::from_utf8_lossy(&again.stderr);
    assert!(stderr.contains("does not open") && stderr.contains("may have been stolen"), "{stderr}");
    assert!(again.status.code() == Some(1) && !stderr.contains(&token), "{stderr}");
    // One that was made elsewhere is not opened: it still works where it belongs.
    let token = vault.wrapped(path);
    let elsewhere = "auth/wrapped/role/other/secret-id";
    run(&token, elsewhere).status(1).stderr_holds([path, elsewhere, "somebody may have put another token"]).check();
    run(&token, "wrapped/role/web/secret-id").stdout(filled).check();
}

/// The second run finds the token of the first, so that it needs nothing of what was wrapped.
#[test]
fn a_kept_token_needs_no_unwrapping() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, filled) = secrets(vault, "wrapped-kept", 1);
    let role = vault.approle("wrapped-kept", &json!({"token_policies": ["wrapped-kept"]}));
    let (path, home) = ("auth/wrapped-kept/role/web/secret-id", tempfile::tempdir().unwrap());
    let token = vault.wrapped(path);
    for _ in 0..2 {
        let run = approle(vault, "wrapped-kept", &role.role_id, &token, &manifest).env("HOME", home.path());
        run.env("AVP_SECRET_ID_WRAPPING_PATH", path).stdout(filled.clone()).check();
    }
    assert_eq!(vault.logins("wrapped-kept").len(), 1);
}

#[test]
fn a_token_file_is_read_again_when_the_token_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_owned();
    fs::write(&path, "hvs.old").unwrap();
    let renewed = path.clone();
    // Whoever renews the file does so while the first reading is under way.
    let server = Faults::start(move |number, request| {
        if number == 0 {
            fs::write(&renewed, "hvs.new").unwrap();
        }
        match request.header("x-vault-token") {
            Some("hvs.new") => Response::json(200, r#"{"data": {"c": "fine"}}"#),
            _ => Response::json(403, r#"{"errors": ["permission denied", "invalid token"]}"#),
        }
    });
    let manifest = crate::support::render::secret(&["<path:a/b#c>"]);
    let run = render(&server.address, &manifest).env("AVP_AUTH_TYPE", "token_file").env("AVP_TOKEN_FILE", &path);
    run.stdout(crate::support::render::secret(&["fine"])).check();
    let tokens: Vec<String> = server
        .requests()
        .iter()
        .map(|request| request.header("x-vault-token").unwrap_or_default().to_owned())
        .collect();
    assert_eq!(tokens, ["hvs.old", "hvs.new"]);
}

/// The old token still works: the file alone tells that there is a newer one.
#[test]
fn a_token_file_is_read_again_when_it_changes() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_owned();
    fs::write(&path, "hvs.old").unwrap();
    let renewed = path.clone();
    let server = Faults::start(move |number, _| {
        if number == 0 {
            fs::write(&renewed, "hvs.newer").unwrap();
        }
        // The secret is not there, so the mount is asked for next.
        Response::json(404, r#"{"errors": []}"#)
    });
    let manifest = crate::support::render::secret(&["<path:a/b#c>"]);
    render(&server.address, &manifest).env("AVP_TOKEN_FILE", &path).env("AVP_AUTH_TYPE", "token_file").output();
    let requests = server.requests();
    let tokens: Vec<_> = requests.iter().map(|request| request.header("x-vault-token").unwrap_or_default()).collect();
    assert!(tokens.len() > 1 && tokens[0] == "hvs.old", "{tokens:?}");
    assert!(tokens[1..].iter().all(|token| *token == "hvs.newer"), "{tokens:?}");
}

#[test]
fn without_a_login_no_token_is_sent() {
    let server = Faults::script(vec![Response::json(200, r#"{"data": {"c": "fine"}}"#)]);
    let manifest = crate::support::render::secret(&["<path:a/b#c>"]);
    render(&server.address, &manifest).env("AVP_AUTH_TYPE", "none").env("VAULT_TOKEN", "hvs.own").output();
    let requests = server.requests();
    assert_eq!(requests[0].header("x-vault-token"), None);
    assert_eq!(requests[0].header("x-vault-request"), Some("true"));
}
