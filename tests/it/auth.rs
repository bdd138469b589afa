//! Logging in to a real Vault, by every method.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::support::program::Program;
use crate::support::render::{render, secret};
use crate::support::servers::{self, Faults, GithubStub, Kubernetes, Response, Setup, Vault};

/// A KV v1 mount with secrets `app0` to `app9`, a policy of the same name that may read them, and the manifest of `count`
/// of them.
pub(super) fn secrets(vault: &Vault, mount: &str, count: usize) -> (String, String) {
    vault.mount(mount, 1);
    vault.policy(mount, &[&format!("{mount}/*")]);
    let (mut placeholders, mut values) = (Vec::new(), Vec::new());
    for number in 0..count {
        vault.write(mount, &format!("app{number}"), &json!({"password": format!("pw{number}")}));
        placeholders.push(format!("<path:{mount}/app{number}#password>"));
        values.push(format!("pw{number}"));
    }
    let text = |lines: &[String]| secret(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    (text(&placeholders), text(&values))
}

pub(super) fn approle(vault: &Vault, mount: &str, role_id: &str, secret_id: &str, manifest: &str) -> Program {
    render(&vault.address, manifest)
        .env("AVP_AUTH_TYPE", "approle")
        .env("AVP_MOUNT_PATH", format!("auth/{mount}"))
        .env("AVP_ROLE_ID", role_id)
        .env("AVP_SECRET_ID", secret_id)
}

#[test]
fn a_token_comes_from_the_environment_or_from_the_vault_clis_file() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, filled) = secrets(vault, "token", 1);
    let token = vault.token(&["token"]);
    render(&vault.address, &manifest).env("VAULT_TOKEN", &token).stdout(filled.clone()).check();
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join(".vault-token"), format!("{token}\n")).unwrap();
    render(&vault.address, &manifest).env("HOME", home.path()).stdout(filled.clone()).check();
    // The variable wins.
    fs::write(home.path().join(".vault-token"), "hvs.wrong").unwrap();
    render(&vault.address, &manifest).env("HOME", home.path()).env("VAULT_TOKEN", &token).stdout(filled).check();
}

#[test]
fn a_wrong_token_is_an_error_that_does_not_show_it() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, _) = secrets(vault, "wrong-token", 1);
    let output = render(&vault.address, &manifest).env("VAULT_TOKEN", "hvs.s3cretwrong").output();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("permission denied") && stderr.contains("VAULT_TOKEN"), "{stderr}");
    assert!(!stderr.contains("s3cretwrong"), "{stderr}");
}

#[test]
fn without_any_login_the_choices_are_listed() {
    let faults = Faults::script(vec![Response::Cut]);
    render(&faults.address, &secret(&["<path:a/b#c>"]))
        .status(1)
        .stderr_holds(["VAULT_TOKEN", "approle", "k8s", "userpass", "github"])
        .check();
    assert!(faults.requests().is_empty());
}

#[test]
fn a_wrong_token_is_said_once_for_all_secrets() {
    let refusal = r#"{"errors":["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]}"#;
    let faults = Faults::script(vec![Response::json(403, refusal)]);
    let paths: Vec<String> = (0..60).map(|number| format!("<path:a/data/{number}#k>")).collect();
    let manifest = secret(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    let run = render(&faults.address, &manifest).env("VAULT_TOKEN", "hvs.wrong").status(1);
    let stderr = String::from_utf8(run.output().stderr).unwrap();
    assert!(stderr.lines().count() < 20, "{stderr}");
    for part in
        ["error: Vault refuses the token (403)", "= also: stdin:7:7, ", "and 56 more", "invalid token", "60 errors"]
    {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
}

#[test]
fn a_used_up_token_says_that_it_cannot_log_in_again() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, _) = secrets(vault, "used-token", 5);
    let token = vault.token_with(json!({"policies": ["used-token"], "num_uses": 2}));
    let run = render(&vault.address, &manifest).env("VAULT_TOKEN", token).status(1);
    run.stderr_holds(["Vault refuses the token", "used up", "the login `token` has no way to get another"]).check();
}

#[test]
fn approle_logs_in_once() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, filled) = secrets(vault, "role-once", 5);
    let role = vault.approle("role-once", &json!({"token_policies": ["role-once"]}));
    approle(vault, "role-once", &role.role_id, &role.secret_id, &manifest).stdout(filled).check();
    assert_eq!(vault.logins("role-once").len(), 1);
}

#[test]
fn a_used_up_secret_id_is_sent_once_and_not_shown() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, filled) = secrets(vault, "role-used", 1);
    let role = vault.approle("role-used", &json!({"token_policies": ["role-used"], "secret_id_num_uses": 1}));
    let run = || approle(vault, "role-used", &role.role_id, &role.secret_id, &manifest);
    run().stdout(filled).check();
    let output = run().output();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), b"".as_slice()));
    assert!(stderr.contains("approle") && stderr.contains("invalid role or secret ID"), "{stderr}");
    assert!(!stderr.contains(&role.secret_id), "{stderr}");
    assert_eq!(vault.logins("role-used").len(), 2);
}

#[test]
fn a_denied_path_is_no_reason_to_log_in_again() {
    let Some(vault) = servers::vault() else { return };
    let (_, _) = secrets(vault, "role-denied", 1);
    let role = vault.approle("role-denied", &json!({"token_policies": ["role-denied"]}));
    let manifest = secret(&["<path:elsewhere/app#password>", "<path:elsewhere/other#password>"]);
    let output = approle(vault, "role-denied", &role.role_id, &role.secret_id, &manifest).output();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(vault.logins("role-denied").len(), 1);
}

#[test]
fn userpass_logs_in_and_a_wrong_password_is_sent_once() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, filled) = secrets(vault, "userpass", 1);
    vault.userpass("people", "ann", "right", &["userpass"]);
    let run = |password: &str| {
        let program = render(&vault.address, &manifest).env("AVP_AUTH_TYPE", "userpass");
        program.env("AVP_MOUNT_PATH", "auth/people").env("AVP_USERNAME", "ann").env("AVP_PASSWORD", password)
    };
    run("right").stdout(filled).check();
    run("s3cretwrong").status(1).stderr_holds(["userpass", "invalid username or password"]).check();
    assert_eq!(vault.logins("people").len(), 2);
}

#[test]
fn github_logs_in_and_a_wrong_token_is_named_although_vault_says_500() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, filled) = secrets(vault, "github", 1);
    let stub = GithubStub::start();
    vault.github("hub", &stub, &["github"]);
    let run = |token: &str| {
        let program = render(&vault.address, &manifest).env("AVP_AUTH_TYPE", "github");
        program.env("AVP_MOUNT_PATH", "auth/hub").env("AVP_GITHUB_TOKEN", token)
    };
    run(GithubStub::TOKEN).stdout(filled).check();
    run("ghp_s3cretwrong").status(1).stderr_holds(["github", "AVP_GITHUB_TOKEN"]).check();
    assert_eq!(vault.logins("hub").len(), 2, "a login is sent once");
}

#[test]
fn kubernetes_logs_in_with_a_real_service_account_token() {
    let (Some(vault), Some(cluster)) = (servers::vault(), servers::kubernetes()) else { return };
    let (manifest, filled) = secrets(vault, "pods", 1);
    cluster.namespace("pods");
    cluster.service_account("pods", "renderer");
    cluster.service_account("pods", "stranger");
    vault.kubernetes("cluster", "web", cluster, ("pods", "renderer"), &["pods"]);
    let folder = tempfile::tempdir().unwrap();
    let run = |account: &str, audience: Option<&str>, role: &str| {
        let token = folder.path().join("token");
        fs::write(&token, cluster.token("pods", account, audience)).unwrap();
        let program = render(&vault.address, &manifest).env("AVP_K8S_MOUNT_PATH", "auth/cluster");
        program.env("AVP_K8S_ROLE", role).env("AVP_K8S_TOKEN_PATH", token)
    };
    let audience = Some(Kubernetes::AUDIENCE);
    for name in ["k8s", "kubernetes"] {
        run("renderer", audience, "web").env("AVP_AUTH_TYPE", name).stdout(filled.clone()).check();
    }
    // Nothing else said: the token's file is there.
    run("renderer", audience, "web").stdout(filled).check();
    run("stranger", audience, "web").status(1).stderr_holds(["service account name not authorized"]).check();
    run("renderer", None, "web").status(1).stderr_holds(["audience"]).check();
    run("renderer", audience, "nope").status(1).stderr_holds(["nope"]).check();
    assert_eq!(vault.logins("cluster").len(), 6);
}

/// As argocd-vault-plugin has it: the service account's token goes to the mount of any login, where its own is not said.
#[test]
fn a_kubernetes_login_goes_to_the_mount_of_any_login() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    fs::write(&token, "jwt").unwrap();
    for (mounts, path) in [
        (&[("AVP_MOUNT_PATH", "auth/k8s-prod")][..], "/v1/auth/k8s-prod/login"),
        (&[("AVP_MOUNT_PATH", "any"), ("AVP_K8S_MOUNT_PATH", "own")], "/v1/auth/own/login"),
        (&[], "/v1/auth/kubernetes/login"),
    ] {
        let faults = Faults::script(vec![Response::json(400, r#"{"errors": ["no"]}"#)]);
        let run = render(&faults.address, &secret(&["<path:a/b#c>"])).env("AVP_AUTH_TYPE", "k8s");
        let run = run.env("AVP_K8S_ROLE", "r").env("AVP_K8S_TOKEN_PATH", &token);
        mounts.iter().fold(run, |run, (name, value)| run.env(name, value)).output();
        assert_eq!(faults.requests()[0].path, path);
    }
}

#[test]
fn a_login_is_repeated_only_where_it_cannot_have_run() {
    let lags = Response::json(412, r#"{"errors": ["required index state not present"]}"#);
    for (fault, logins) in [
        (Response::json(502, ""), 1),
        (Response::json(500, r#"{"errors": ["cannot write to readonly storage"]}"#), 1),
        (Response::json(503, r#"{"errors": ["Vault is sealed"]}"#), 1),
        (Response::Cut, 1),
        (Response::too_many(None), 9),
        (lags, 3),
    ] {
        let faults = Faults::script(vec![fault.clone()]);
        let program = render(&faults.address, &secret(&["<path:a/b#c>"])).env("AVP_AUTH_TYPE", "approle");
        let output = program.env("AVP_ROLE_ID", "role").env("AVP_SECRET_ID", "s3cret-id").output();
        assert_eq!(output.status.code(), Some(1), "{fault:?}");
        assert_eq!(faults.requests().len(), logins, "{fault:?}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains("s3cret-id"));
    }
}

#[test]
fn a_cached_token_is_used_again_and_nobody_else_can_read_it() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, filled) = secrets(vault, "cached", 2);
    let role = vault.approle("cached", &json!({"token_policies": ["cached"], "token_ttl": "1h"}));
    let home = tempfile::tempdir().unwrap();
    let run = || approle(vault, "cached", &role.role_id, &role.secret_id, &manifest).env("HOME", home.path());
    run().stdout(filled.clone()).check();
    run().stdout(filled.clone()).check();
    assert_eq!(vault.logins("cached").len(), 1);
    assert_private(home.path());
    // Another secret id is another login.
    let other = vault.secret_id("cached");
    approle(vault, "cached", &role.role_id, &other, &manifest).env("HOME", home.path()).stdout(filled.clone()).check();
    assert_eq!(vault.logins("cached").len(), 2);
    run().args(["--disable-token-cache"]).stdout(filled).check();
    assert_eq!(vault.logins("cached").len(), 3);
}

#[test]
fn a_cached_token_that_was_revoked_costs_one_login() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    let (manifest, filled) = secrets(&vault, "revoked", 4);
    let role = vault.approle("revoked-role", &json!({"token_policies": ["revoked"]}));
    let home = tempfile::tempdir().unwrap();
    let run = || approle(&vault, "revoked-role", &role.role_id, &role.secret_id, &manifest).env("HOME", home.path());
    run().stdout(filled.clone()).check();
    vault.api().put("sys/leases/revoke-prefix/auth/revoked-role/login", &json!({"sync": true})).ok();
    run().stdout(filled).check();
    assert_eq!(vault.logins("revoked-role").len(), 2);
}

#[test]
fn many_processes_share_a_cache_and_a_read_only_home_has_none() {
    let Some(vault) = servers::vault() else { return };
    let (manifest, filled) = secrets(vault, "shared", 2);
    let role = vault.approle("shared", &json!({"token_policies": ["shared"]}));
    let home = tempfile::tempdir().unwrap();
    let run = |home: &Path| approle(vault, "shared", &role.role_id, &role.secret_id, &manifest).env("HOME", home);
    let six_at_once = || {
        std::thread::scope(|scope| {
            for _ in 0..6 {
                let run = run(home.path()).stdout(filled.clone());
                scope.spawn(|| run.check());
            }
        });
        vault.logins("shared").len()
    };
    // Nobody has a token yet: each process may log in before the first has kept its own.
    let logins = six_at_once();
    assert!((1..=6).contains(&logins), "{logins}");
    assert_eq!(six_at_once(), logins, "the token is there");
    run(Path::new("/proc")).stdout(filled).check();
    assert_eq!(vault.logins("shared").len(), logins + 1);
}

/// Every file below is its owner's alone, and so is the folder that it is in.
fn assert_private(home: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let files: Vec<_> = walkdir::WalkDir::new(home).into_iter().flatten().filter(|e| e.file_type().is_file()).collect();
    assert!(!files.is_empty());
    for file in files {
        assert_eq!(mode(file.path()), 0o600, "{}", file.path().display());
        assert_eq!(mode(file.path().parent().unwrap()), 0o700, "{}", file.path().display());
    }
}
