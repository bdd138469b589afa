//! What is told where a login is refused: its cause and its fix, and no credential.

use std::fs;

use serde_json::json;

use crate::auth::secrets;
use crate::support::program::Program;
use crate::support::render::{render, secret};
use crate::support::servers::{self, Issuer, Setup, Vault};

/// A text that no message may show.
const CANARY: &str = "s3cret-canary-of-a-login";

fn login(vault: &Vault, manifest: &str, settings: &[(&str, &str)]) -> Program {
    settings.iter().fold(render(&vault.address, manifest), |run, (name, value)| run.env(name, value))
}

/// The login fails with these words, without the canary.
fn refused(run: Program, words: &[&str]) {
    let output = run.output();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!((output.status.code(), &*stdout), (Some(1), ""), "{stderr}");
    assert!(!stderr.contains(CANARY) && !stderr.contains(&CANARY[8..]), "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "{word}: {stderr}");
    }
}

#[test]
fn a_wrong_password_of_a_directory_and_a_directory_that_is_away() {
    let (Some(vault), Some(directory)) = (servers::vault(), servers::directory()) else { return };
    let (manifest, filled) = secrets(vault, "ldap-refused", 1);
    vault.ldap("ldap-refused", &directory.address, &["ldap-refused"]);
    let run = |password: &str| {
        let settings = [
            ("AVP_AUTH_TYPE", "ldap"),
            ("AVP_MOUNT_PATH", "auth/ldap-refused/"),
            ("AVP_USERNAME", "ann"),
            ("AVP_PASSWORD", password),
        ];
        login(vault, &manifest, &settings)
    };
    run(servers::Directory::PASSWORD).stdout(filled).check();
    refused(run(CANARY), &["`ldap` at `auth/ldap-refused`", "the user name or the password is wrong"]);
    drop(directory);
    refused(run(CANARY), &["Vault cannot reach the directory"]);
}

#[test]
fn a_signed_token_for_somebody_else_or_of_yesterday() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, filled) = secrets(vault, "jwt-refused", 1);
    let (issuer, other) = (Issuer::new(), Issuer::new());
    vault.jwt(
        "jwt-refused",
        &issuer,
        json!({"bound_audiences": ["vault"], "bound_subject": "me", "token_policies": ["jwt-refused"]}),
    );
    let run = |role: &str, jwt: &str| {
        let settings =
            [("AVP_AUTH_TYPE", "jwt"), ("AVP_MOUNT_PATH", "jwt-refused"), ("AVP_AUTH_ROLE", role), ("AVP_JWT", jwt)];
        login(vault, &manifest, &settings)
    };
    let right = json!({"sub": "me", "aud": "vault", "note": CANARY});
    run("web", &issuer.token(&right, 60)).stdout(filled.clone()).check();
    run("web-{project}", &issuer.token(&right, 60))
        .status(1)
        .stderr_holds(["names the project, which is not known"])
        .check();
    for (token, hint) in [
        (issuer.token(&json!({"sub": "me", "aud": "other"}), 60), "another audience"),
        (issuer.token(&json!({"sub": "you", "aud": "vault"}), 60), "claims are not those of the role"),
        (issuer.token(&right, -600), "the token has expired"),
        (other.token(&right, 60), "does not know who signed the token"),
    ] {
        let output = run("web", &token).output();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && stderr.contains(hint), "{hint}: {stderr}");
        assert!(!stderr.contains(&token), "{stderr}");
    }
    refused(run("nope", &issuer.token(&right, 60)), &["`AVP_AUTH_ROLE` names no role of this mount"]);
    // The file of the pod's token is read where no token is set.
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), issuer.token(&right, 60)).unwrap();
    run("web", "").env("AVP_JWT_FILE", file.path()).stdout(filled).check();
}

/// The role follows Argo CD's project, and no Application has another.
#[test]
fn the_role_of_a_project_is_not_an_applications_to_choose() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, filled) = secrets(vault, "projects", 1);
    let issuer = Issuer::new();
    vault.jwt("projects", &issuer, json!({"bound_audiences": ["vault"], "token_policies": ["projects"]}));
    let jwt = issuer.token(&json!({"sub": "pod", "aud": "vault"}), 60);
    let run = |project: &str| {
        let settings = [
            ("AVP_AUTH_TYPE", "jwt"),
            ("AVP_MOUNT_PATH", "projects"),
            ("AVP_AUTH_ROLE", "w{project}"),
            ("AVP_JWT", &*jwt),
            ("ARGOCD_APP_PROJECT_NAME", project),
        ];
        login(vault, &manifest, &settings)
    };
    run("eb").stdout(filled).check();
    refused(run("rong"), &["wrong", "names no role of this mount"]);
    refused(run("../../x"), &["is not a plain name"]);
    refused(
        run("eb").env("ARGOCD_ENV_AVP_AUTH_ROLE", "web"),
        &["`ARGOCD_ENV_AVP_AUTH_ROLE` differs from `AVP_AUTH_ROLE`"],
    );
}

#[test]
fn a_certificate_that_is_not_shown_or_that_no_role_trusts() {
    let Some(vault) = servers::own_vault(Setup { tls: vec!["127.0.0.1"], ..Setup::default() }) else { return };
    let (manifest, filled) = secrets(&vault, "cert", 1);
    vault.enable("cert", "cert");
    let role = json!({"certificate": vault.authority.pem, "allowed_common_names": "web", "token_policies": ["cert"]});
    vault.api().post("auth/cert/certs/web", &role).ok();
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str| {
        let identity = vault.authority.client(name);
        let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
        fs::write(&certificate, identity.certificate).unwrap();
        fs::write(&key, identity.key).unwrap();
        let run = render(&vault.address, &manifest).env("VAULT_CACERT", &vault.ca_file).env("AVP_AUTH_TYPE", "cert");
        run.env("VAULT_CLIENT_CERT", certificate).env("VAULT_CLIENT_KEY", key)
    };
    run("web").stdout(filled).check();
    refused(run("stranger"), &["no role of the mount trusts this certificate"]);
    refused(run("web").env("AVP_AUTH_ROLE", "nope"), &["no role of the mount trusts this certificate"]);
    refused(
        run("web").env("VAULT_CLIENT_CERT", "").env("VAULT_CLIENT_KEY", ""),
        &["needs `VAULT_CLIENT_CERT` and `VAULT_CLIENT_KEY`"],
    );
}

#[test]
fn a_custom_login_shows_nothing_of_its_body() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, filled) = secrets(vault, "custom", 1);
    vault.userpass("custom-sso", "ann", "right-password", &["custom"]);
    let body = tempfile::NamedTempFile::new().unwrap();
    let run = |text: &str, path: &str| {
        fs::write(body.path(), text).unwrap();
        login(vault, &manifest, &[("AVP_AUTH_TYPE", "custom"), ("AVP_LOGIN_PATH", path)])
            .env("AVP_LOGIN_BODY_FILE", body.path())
    };
    let right = r#"{"password": "right-password", "more": [{"of": "it"}]}"#;
    for path in ["auth/custom-sso/login/ann", "/custom-sso/login/ann/"] {
        run(right, path).stdout(filled.clone()).check();
    }
    let wrong = format!(r#"{{"password": "{CANARY}"}}"#);
    refused(run(&wrong, "custom-sso/login/ann"), &["`custom` at `auth/custom-sso/login`", "`AVP_LOGIN_BODY_FILE`"]);
    refused(run(&format!("{CANARY} is no JSON"), "custom-sso/login/ann"), &["is not a JSON object"]);
    refused(run(right, "../sys/seal"), &["is not a path below `auth/`"]);
    // What Vault repeats of the body is not shown either.
    let faults =
        servers::Faults::script(vec![servers::Response::json(400, &format!(r#"{{"errors": ["bad {CANARY}"]}}"#))]);
    let run = render(&faults.address, &secret(&["<path:a/b#c>"])).env("AVP_AUTH_TYPE", "custom");
    fs::write(body.path(), wrong).unwrap();
    refused(run.env("AVP_LOGIN_PATH", "x/login").env("AVP_LOGIN_BODY_FILE", body.path()), &["[redacted]"]);
}

#[test]
fn a_token_file_without_a_token() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, _) = secrets(vault, "empty-file", 1);
    let file = tempfile::NamedTempFile::new().unwrap();
    let run = |text: &str| {
        fs::write(file.path(), text).unwrap();
        render(&vault.address, &manifest).env("AVP_TOKEN_FILE", file.path())
    };
    refused(run(""), &["holds no token", "does the agent run"]);
    refused(run(&format!("{{\"token\": \"{CANARY}\"}}")), &["holds no token", "`wrap_ttl`"]);
    refused(run(&format!("hvs.{CANARY}")), &["Vault refuses the token", "does the agent run?"]);
}

#[test]
fn an_approle_without_a_secret_id() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, filled) = secrets(vault, "unbound", 1);
    let role = json!({"token_policies": ["unbound"], "bind_secret_id": false, "token_bound_cidrs": ["127.0.0.0/8"]});
    vault.enable("unbound", "approle");
    vault.api().post("auth/unbound/role/web", &role).ok();
    let role_id = vault.api().get("auth/unbound/role/web/role-id").ok()["data"]["role_id"].as_str().unwrap().to_owned();
    let run = |mount: &str, id: &str| {
        login(vault, &manifest, &[("AVP_AUTH_TYPE", "approle"), ("AVP_MOUNT_PATH", mount), ("AVP_ROLE_ID", id)])
    };
    run("unbound", &role_id).stdout(filled).check();
    let bound = vault.approle("bound", &json!({"token_policies": ["unbound"]}));
    refused(run("bound", &bound.role_id), &["set `AVP_SECRET_ID`"]);
}
