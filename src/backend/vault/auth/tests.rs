//! Each login's request, and the table.

use super::*;
use crate::backend;

fn source(settings: &[(&str, &str)]) -> String {
    let settings = backend::config_for_test(settings).view(crate::backend::vault::settings::SETTINGS.settings);
    match choose(&settings).and_then(|login| (login.source)(&settings.of_login(login.settings.settings))) {
        Ok(TokenSource::Settings(token)) => format!("token {}", token.reveal()),
        Ok(TokenSource::File(token, _)) => format!("file {}", token.reveal()),
        Ok(TokenSource::Agent) => "agent".to_owned(),
        Ok(TokenSource::Login(login)) => format!("{}/{} {}", login.mount, login.action, login.body.json().reveal()),
        Err(error) => error.detail,
    }
}

#[test]
fn each_login_asks_at_its_mount_with_its_credential() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "jwt\n").unwrap();
    let jwt = file.path().to_str().unwrap();
    let body_file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(body_file.path(), "{\"a\":{\"b\":1}}\n").unwrap();
    let body = body_file.path().to_str().unwrap();
    let approle = [("AVP_AUTH_TYPE", "approle"), ("AVP_ROLE_ID", "r"), ("AVP_SECRET_ID", "s\"")];
    let of_project = [("AVP_AUTH_TYPE", "k8s"), ("AVP_K8S_ROLE", "app-{project}"), ("AVP_K8S_TOKEN_PATH", jwt)];
    let kubernetes = [("AVP_AUTH_TYPE", "kubernetes"), ("AVP_K8S_ROLE", "demo"), ("AVP_K8S_TOKEN_PATH", jwt)];
    for (settings, more, expected) in [
        (&[("VAULT_TOKEN", "t\n")][..], None, "token t"),
        (&approle, None, r#"auth/approle/login {"role_id":"r","secret_id":"s\""}"#),
        (&approle, Some(("AVP_MOUNT_PATH", "auth/team/")), r#"auth/team/login {"role_id":"r","secret_id":"s\""}"#),
        (&approle, Some(("AVP_MOUNT_PATH", "/team")), r#"auth/team/login {"role_id":"r","secret_id":"s\""}"#),
        (&kubernetes, None, r#"auth/kubernetes/login {"role":"demo","jwt":"jwt"}"#),
        (&kubernetes, Some(("AVP_K8S_MOUNT_PATH", "a/b")), r#"auth/a/b/login {"role":"demo","jwt":"jwt"}"#),
        (&kubernetes, Some(("AVP_MOUNT_PATH", "auth/k8s-prod")), r#"auth/k8s-prod/login {"role":"demo","jwt":"jwt"}"#),
        (
            &[("AVP_AUTH_TYPE", "userpass"), ("AVP_USERNAME", "ann"), ("AVP_PASSWORD", "p")],
            None,
            r#"auth/userpass/login/ann {"password":"p"}"#,
        ),
        (&[("AVP_AUTH_TYPE", "github"), ("AVP_GITHUB_TOKEN", "g")], None, r#"auth/github/login {"token":"g"}"#),
        (&approle[..2], None, r#"auth/approle/login {"role_id":"r"}"#),
        (
            &[("AVP_AUTH_TYPE", "ldap"), ("AVP_USERNAME", "ann"), ("AVP_PASSWORD", "p")],
            Some(("AVP_MOUNT_PATH", "people")),
            r#"auth/people/login/ann {"password":"p"}"#,
        ),
        (&[("AVP_AUTH_TYPE", "jwt"), ("AVP_JWT", "j")], None, r#"auth/jwt/login {"jwt":"j"}"#),
        (
            &[("AVP_AUTH_TYPE", "jwt"), ("AVP_JWT_FILE", jwt), ("AVP_AUTH_ROLE", "web-{project}")],
            Some(("ARGOCD_APP_PROJECT_NAME", "team-a")),
            r#"auth/jwt/login {"role":"web-team-a","jwt":"jwt"}"#,
        ),
        (
            &[("AVP_AUTH_TYPE", "jwt"), ("AVP_JWT", "j"), ("AVP_AUTH_ROLE", "web-{project}")],
            None,
            "`AVP_AUTH_ROLE` (environment) names the project, which is not known",
        ),
        (&kubernetes, Some(("AVP_AUTH_ROLE", "own")), r#"auth/kubernetes/login {"role":"own","jwt":"jwt"}"#),
        (&of_project, None, "`AVP_K8S_ROLE` (environment) names the project, which is not known"),
        (
            &of_project,
            Some(("ARGOCD_APP_PROJECT_NAME", "shop")),
            r#"auth/kubernetes/login {"role":"app-shop","jwt":"jwt"}"#,
        ),
        (
            &of_project,
            Some(("ARGOCD_APP_PROJECT_NAME", "../x")),
            "`AVP_K8S_ROLE` (environment) names the project, and `../x` (`ARGOCD_APP_PROJECT_NAME`) is not a plain name",
        ),
        (
            &[("AVP_AUTH_TYPE", "kubernetes"), ("AVP_K8S_TOKEN_PATH", jwt)],
            Some(("AVP_K8S_ROLE", "app-{projct}")),
            "`AVP_K8S_ROLE` (environment) has `{projct}`, which stands for nothing",
        ),
        (
            &[("AVP_AUTH_TYPE", "kubernetes"), ("AVP_K8S_TOKEN_PATH", jwt), ("ARGOCD_APP_PROJECT_NAME", "shop")],
            Some(("ARGOCD_ENV_AVP_K8S_ROLE", "app-{project}")),
            r#"auth/kubernetes/login {"role":"app-{project}","jwt":"jwt"}"#,
        ),
        (
            &[("AVP_AUTH_TYPE", "userpass"), ("AVP_USERNAME", "app-{project}"), ("AVP_PASSWORD", "p")],
            None,
            "`AVP_USERNAME` (environment) has a word in braces, which only a role may have",
        ),
        (
            &[("AVP_AUTH_TYPE", "approle"), ("AVP_ROLE_ID", "{project}")],
            None,
            "`AVP_ROLE_ID` (environment) has a word in braces, which only a role may have",
        ),
        (&[("AVP_AUTH_TYPE", "cert")], None, "the login `cert` needs `VAULT_CLIENT_CERT` and `VAULT_CLIENT_KEY`"),
        (&[("AVP_TOKEN_FILE", jwt)], None, "file jwt"),
        (&[("AVP_AUTH_TYPE", "none")], None, "agent"),
        (
            &[("AVP_AUTH_TYPE", "custom"), ("AVP_LOGIN_PATH", "/auth/sso/login/"), ("AVP_LOGIN_BODY_FILE", body)],
            None,
            r#"auth/sso/login {"a":{"b":1}}"#,
        ),
        (
            &[("AVP_AUTH_TYPE", "custom"), ("AVP_LOGIN_PATH", "sso"), ("AVP_LOGIN_BODY_FILE", body)],
            None,
            "`AVP_LOGIN_PATH` (environment) lacks the method's own path",
        ),
        (&[("AVP_AUTH_TYPE", "userpass")], None, "the login `userpass` needs `AVP_USERNAME` and `AVP_PASSWORD`"),
        (&[], None, "Vault needs a login, and there is neither a token nor a service account"),
    ] {
        let settings: Vec<_> = settings.iter().copied().chain(more).collect();
        assert_eq!(source(&settings), expected);
    }
}

#[test]
fn the_choices_are_listed() {
    let error =
        choose(&backend::config_for_test(&[]).view(crate::backend::vault::settings::SETTINGS.settings)).unwrap_err();
    let hint = error.hint.unwrap_or_default();
    assert!(
        hint.contains(
            "`token` (VAULT_TOKEN), `token_file` (AVP_TOKEN_FILE), `approle` (AVP_ROLE_ID), `k8s` (AVP_K8S_ROLE)"
        ),
        "{hint}"
    );
}

#[test]
fn every_row_is_documented_and_none_is_there_twice() {
    for (index, login) in LOGINS.iter().enumerate() {
        let (of_login, mut needed): (Vec<_>, _) = (login.setting_names().collect(), login.needed().flatten());
        assert!(!login.doc.is_empty() && needed.all(|name| of_login.contains(&name)), "{}", login.name());
        assert!(LOGINS[..index].iter().all(|other| other.name() != login.name()), "{}", login.name());
    }
}
