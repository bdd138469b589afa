//! What a tenant can and cannot make the operator's renderer do. `ARGOCD_ENV_X` is the tenant's.

use std::fs;

use serde_json::json;

use crate::support::program::{Program, program};
use crate::support::render::{render, secret};
use crate::support::servers::{self, Faults, Response};

/// An address of the tenant, which only a proxy finds.
const TENANTS_VAULT: &str = "http://vault.tenants.example";

/// A server of the tenant: it answers every request, and records what it received.
fn tenants_server() -> Faults {
    Faults::start(|_, request| match request.path.trim_start_matches(TENANTS_VAULT) {
        "/v1/auth/approle/login" => {
            Response::json(200, r#"{"auth": {"client_token": "tenants", "lease_duration": 60}}"#)
        }
        _ => Response::json(200, r#"{"data": {"password": "tenants-value"}}"#),
    })
}

fn placeholder() -> String {
    secret(&["<path:secret/app#password>"])
}

/// A run of the operator's: his server answers `operators-value`.
fn operators_run() -> (Faults, Program) {
    let server = Faults::script(vec![Response::json(200, r#"{"data": {"password": "operators-value"}}"#)]);
    let program = render(&server.address, &placeholder()).env("VAULT_TOKEN", "operators-token");
    (server, program.env("ARGOCD_APP_NAME", "app").env("VAULT_MAX_RETRIES", "0"))
}

/// It failed, and neither server has seen anything.
#[track_caller]
fn refused(run: Program, parts: &[&str], servers: &[&Faults]) {
    run.status(1).stderr_holds(parts.iter().copied()).check();
    for server in servers {
        assert!(server.requests().is_empty(), "{:?}", server.requests());
    }
}

#[test]
fn the_operators_token_does_not_go_to_the_tenants_address() {
    let (operators, run) = operators_run();
    let tenants = tenants_server();
    let run = run.env("ARGOCD_ENV_VAULT_ADDR", &tenants.address);
    refused(run, &["VAULT_ADDR", "VAULT_TOKEN", "AVP_TENANT_SETTINGS"], &[&operators, &tenants]);
}

#[test]
fn nor_does_the_token_of_the_operators_home() {
    let tenants = tenants_server();
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join(".vault-token"), "operators-token").unwrap();
    let run = program(["generate", "-"]).stdin(placeholder()).env("HOME", home.path());
    refused(run.env("ARGOCD_ENV_VAULT_ADDR", &tenants.address), &["VAULT_ADDR"], &[&tenants]);
}

#[test]
fn nor_does_the_pods_service_account_token() {
    let tenants = tenants_server();
    let token = tempfile::NamedTempFile::new().unwrap();
    fs::write(token.path(), "operators-jwt").unwrap();
    let run = program(["generate", "-"]).stdin(placeholder()).env("AVP_AUTH_TYPE", "k8s").env("AVP_K8S_ROLE", "web");
    let run = run.env("AVP_K8S_TOKEN_PATH", token.path()).env("ARGOCD_ENV_VAULT_ADDR", &tenants.address);
    refused(run, &["VAULT_ADDR", "AVP_K8S_TOKEN_PATH"], &[&tenants]);
}

#[test]
fn nor_to_a_namespace_or_mount_of_the_tenants_choice() {
    let (operators, run) = operators_run();
    refused(run.env("ARGOCD_ENV_VAULT_NAMESPACE", "other"), &["VAULT_NAMESPACE"], &[&operators]);
    let (operators, run) = operators_run();
    let run = run.env("AVP_AUTH_TYPE", "approle").env("AVP_ROLE_ID", "role").env("AVP_SECRET_ID", "operators-secret");
    refused(run.env("ARGOCD_ENV_AVP_MOUNT_PATH", "auth/mine"), &["AVP_MOUNT_PATH"], &[&operators]);
    let token = tempfile::NamedTempFile::new().unwrap();
    fs::write(token.path(), "operators-jwt").unwrap();
    for name in ["ARGOCD_ENV_AVP_MOUNT_PATH", "ARGOCD_ENV_AVP_K8S_MOUNT_PATH", "ARGOCD_ENV_avp_mount_path"] {
        let (operators, run) = operators_run();
        let run = run.env("AVP_AUTH_TYPE", "k8s").env("AVP_K8S_ROLE", "r").env("AVP_K8S_TOKEN_PATH", token.path());
        refused(run.env(name, "auth/mine"), &["AVP_K8S_TOKEN_PATH", "mount that a tenant chose"], &[&operators]);
    }
}

#[test]
fn the_operator_can_allow_it() {
    let (operators, run) = operators_run();
    let tenants = tenants_server();
    run.env("ARGOCD_ENV_VAULT_ADDR", &tenants.address)
        .env("AVP_TENANT_SETTINGS", "VAULT_ADDR")
        .stdout(secret(&["tenants-value"]))
        .check();
    assert!(operators.requests().is_empty());
}

#[test]
fn the_tenant_cannot_allow_himself() {
    let (operators, run) = operators_run();
    let tenants = tenants_server();
    let run = run.env("ARGOCD_ENV_VAULT_ADDR", &tenants.address).env("ARGOCD_ENV_AVP_TENANT_SETTINGS", "VAULT_ADDR");
    refused(run, &["AVP_TENANT_SETTINGS"], &[&operators, &tenants]);
}

#[test]
fn repeating_the_operators_value_is_no_error() {
    let (operators, run) = operators_run();
    run.env("ARGOCD_ENV_VAULT_ADDR", &operators.address)
        .env("ARGOCD_ENV_VAULT_SKIP_VERIFY", "false")
        .stdout(secret(&["operators-value"]))
        .check();
}

#[test]
fn a_credential_of_the_tenants_own_goes_where_he_says() {
    let tenants = tenants_server();
    program(["generate", "-"])
        .stdin(placeholder())
        .env("ARGOCD_ENV_VAULT_ADDR", TENANTS_VAULT)
        .env("HTTP_PROXY", &tenants.address)
        .env("ARGOCD_ENV_AVP_AUTH_TYPE", "approle")
        .env("ARGOCD_ENV_AVP_ROLE_ID", "tenants-role")
        .env("ARGOCD_ENV_AVP_SECRET_ID", "tenants-secret")
        .stdout(secret(&["tenants-value"]))
        .stderr_holds(["is `http://`"])
        .check();
    assert_eq!(tenants.requests().len(), 2);
}

#[test]
fn a_tenants_address_never_leads_to_this_machine_or_its_link() {
    let tenants = tenants_server();
    let own = |address: &str| {
        let run = program(["generate", "-"]).stdin(placeholder()).env("ARGOCD_ENV_VAULT_ADDR", address);
        run.env("ARGOCD_ENV_VAULT_TOKEN", "tenants-token").env("VAULT_MAX_RETRIES", "0")
    };
    let port = tenants.address.rsplit(':').next().unwrap();
    for address in [
        format!("http://127.0.0.1:{port}"),
        format!("http://0x7f.1:{port}"),
        format!("http://[::ffff:127.0.0.1]:{port}"),
        format!("http://0.0.0.0:{port}"),
        // Only the lookup tells.
        format!("http://localhost:{port}"),
        "http://169.254.169.254".to_owned(),
        "unix:///run/vault/agent.sock".to_owned(),
    ] {
        refused(
            own(&address),
            &["must not lead to this machine or its link", "`AVP_TENANT_SETTINGS=VAULT_ADDR`"],
            &[&tenants],
        );
    }
    let allowed = own(&tenants.address).env("AVP_TENANT_SETTINGS", "VAULT_ADDR");
    allowed.stdout(secret(&["tenants-value"])).check();
}

#[test]
fn nor_does_a_tenant_choose_an_agent_or_a_proxy() {
    for name in ["VAULT_AGENT_ADDR", "VAULT_PROXY_ADDR"] {
        let (operators, run) = operators_run();
        let tenants = tenants_server();
        refused(run.env(&format!("ARGOCD_ENV_{name}"), &tenants.address), &[name], &[&operators, &tenants]);
    }
}

#[test]
fn what_narrows_stays() {
    let (operators, run) = operators_run();
    let run = run.env("AVP_PATH_VALIDATION", "^allowed/").env("ARGOCD_ENV_AVP_PATH_VALIDATION", ".*");
    refused(run, &["AVP_PATH_VALIDATION"], &[]);
    assert!(operators.requests().iter().all(|request| request.path.starts_with("/v1/allowed/")));
    let (operators, run) = operators_run();
    refused(run.env("ARGOCD_ENV_VAULT_SKIP_VERIFY", "true"), &["VAULT_SKIP_VERIFY"], &[]);
    assert!(operators.requests().is_empty() || operators.requests()[0].path == "/v1/secret/app");
}

#[test]
fn the_operators_limits_are_only_tightened() {
    for (name, own, looser) in [
        ("VAULT_CLIENT_TIMEOUT", "5s", "0"),
        ("VAULT_RATE_LIMIT", "10", "100000"),
        ("AVP_DISABLE_TOKEN_CACHE", "true", "false"),
        ("VAULT_MAX_RETRIES", "0", "1000"),
    ] {
        let (operators, run) = operators_run();
        let tenants = format!("ARGOCD_ENV_{name}");
        refused(run.env(name, own).env(&tenants, looser), &[&tenants, "may only tighten"], &[&operators]);
    }
    let (_operators, run) = operators_run();
    let run = run.env("VAULT_CLIENT_TIMEOUT", "1m").env("ARGOCD_ENV_VAULT_CLIENT_TIMEOUT", "5s");
    run.stdout(secret(&["operators-value"])).check();
}

#[test]
fn the_operators_password_is_for_the_operators_user() {
    let (operators, run) = operators_run();
    let run = run.env("AVP_AUTH_TYPE", "userpass").env("AVP_USERNAME", "argocd").env("AVP_PASSWORD", "operators");
    refused(run.env("ARGOCD_ENV_AVP_USERNAME", "admin"), &["ARGOCD_ENV_AVP_USERNAME", "AVP_PASSWORD"], &[&operators]);
}

#[test]
fn a_user_name_is_no_way_to_another_endpoint() {
    for user in ["..", ".", "argocd/../../../sys/x", "../../sys/seal", "a/b"] {
        let (operators, run) = operators_run();
        let run = run.env("AVP_AUTH_TYPE", "userpass").env("ARGOCD_ENV_AVP_PASSWORD", "own");
        refused(run.env("ARGOCD_ENV_AVP_USERNAME", user), &["AVP_USERNAME", "one segment of a path"], &[&operators]);
    }
    // What is left is one segment, whatever it holds.
    for (user, path) in [("%2e%2e", "%252e%252e"), ("a%2fb", "a%252fb"), ("a?b#c", "a%3Fb%23c"), ("a\\..", "a%5C..")] {
        let (operators, run) = operators_run();
        let run = run.env("AVP_AUTH_TYPE", "userpass").env("ARGOCD_ENV_AVP_PASSWORD", "own");
        run.env("ARGOCD_ENV_AVP_USERNAME", user).output();
        assert_eq!(operators.requests()[0].path, format!("/v1/auth/userpass/login/{path}"));
    }
}

#[test]
fn in_ci_a_setting_says_that_the_repository_is_a_tenants() {
    let (operators, tenants) = (operators_run().0, tenants_server());
    let repository = tempfile::tempdir().unwrap();
    fs::write(repository.path().join("avp.yaml"), format!("VAULT_ADDR: {}\n", tenants.address)).unwrap();
    let run = |manifest: String| {
        let run = program(["generate", "-"]).stdin(manifest).folder(repository.path());
        run.env("VAULT_TOKEN", "operators-token").env("AVP_TENANT", "1")
    };
    refused(run(placeholder()).args(["-c", "avp.yaml"]), &["avp.yaml", "VAULT_TOKEN"], &[&operators, &tenants]);
    let annotated =
        placeholder().replace("stringData:", "  annotations:\n    avp.kubernetes.io/namespace: other\nstringData:");
    refused(run(annotated).env("VAULT_ADDR", &operators.address), &["namespace"], &[&operators]);
    // Flags and the environment stay the operator's.
    run(placeholder()).env("VAULT_ADDR", &tenants.address).stdout(secret(&["tenants-value"])).check();
}

#[test]
fn validation_sees_the_path_that_is_read() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("walls", 1);
    vault.write("walls", "team-a/app", &json!({"password": "a"}));
    vault.write("walls", "team-b/app", &json!({"password": "s3cret-b"}));
    let run = |path: &str| {
        render(&vault.address, &secret(&[&format!("<path:{path}#password>")]))
            .env("VAULT_TOKEN", &vault.root)
            .env("AVP_PATH_VALIDATION", "^walls/team-a/")
    };
    run("walls/team-a//./app/").stdout(secret(&["a"])).check();
    for path in ["walls/team-a/../team-b/app", "walls/team-b/app", "walls//team-b/app"] {
        let output = run(path).output();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), b"".as_slice()), "{path}");
    }
    assert!(vault.reads("walls/").iter().all(|read| !read.contains("team-b")));
}

#[test]
fn the_tenant_names_no_file_outside_the_repository() {
    let outside = tempfile::NamedTempFile::new().unwrap();
    fs::write(outside.path(), "secret/app: {password: s3cret-file}\n").unwrap();
    let repository = tempfile::tempdir().unwrap();
    let (operators, run) = operators_run();
    let run =
        run.folder(repository.path()).env("ARGOCD_ENV_AVP_TYPE", "file").env("ARGOCD_ENV_AVP_FILE", outside.path());
    refused(run, &["AVP_FILE"], &[]);
    let (_, run) = operators_run();
    refused(run.folder(repository.path()).env("ARGOCD_ENV_VAULT_CACERT", outside.path()), &["VAULT_CACERT"], &[]);
    drop(operators);
}

#[test]
fn a_settings_file_of_the_repository_is_the_tenants() {
    let (operators, run) = operators_run();
    let tenants = tenants_server();
    let repository = tempfile::tempdir().unwrap();
    fs::write(repository.path().join("avp.yaml"), format!("VAULT_ADDR: {}\n", tenants.address)).unwrap();
    // The operator has not said where his token goes; the repository may not either.
    let run = run.folder(repository.path()).args(["-c", "avp.yaml"]).env("VAULT_ADDR", "");
    refused(run, &["VAULT_ADDR"], &[&operators, &tenants]);
}

#[test]
fn the_annotation_for_the_namespace_is_the_tenants() {
    let (operators, run) = operators_run();
    let annotated =
        placeholder().replace("stringData:", "  annotations:\n    avp.kubernetes.io/namespace: other\nstringData:");
    refused(run.stdin(annotated), &["namespace"], &[&operators]);
}

#[test]
fn no_annotation_names_an_address_or_a_login() {
    let (operators, run) = operators_run();
    let tenants = tenants_server();
    let names =
        ["address", "vault-addr", "url", "token", "auth-type", "role", "k8s-role", "mount-path", "policy", "audit"];
    let annotations: Vec<String> = names
        .iter()
        .flat_map(|name| {
            ["avp.kubernetes.io", "vault-render.io", "vault.security.banzaicloud.io"].map(|group| (group, name))
        })
        .map(|(group, name)| format!("    {group}/{name}: \"{}\"\n", tenants.address))
        .collect();
    let annotated =
        placeholder().replace("  name: app\n", &format!("  name: app\n  annotations:\n{}", annotations.concat()));
    let output = run.stdin(annotated.clone()).output();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        annotated.replace("<path:secret/app#password>", "operators-value")
    );
    let tokens: Vec<_> =
        operators.requests().iter().map(|request| request.header("x-vault-token").map(str::to_owned)).collect();
    assert_eq!(tokens, [Some("operators-token".to_owned())]);
    assert!(tenants.requests().is_empty(), "{:?}", tenants.requests());
}

#[test]
fn a_command_that_hangs_before_the_pipe_holds_no_turn() {
    let (_operators, run) = operators_run();
    let slots = tempfile::tempdir().unwrap();
    let mut hanging = std::process::Command::new(crate::support::program::binary());
    hanging.args(["generate", "-"]).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::null());
    hanging.env("TMPDIR", slots.path()).env("AVP_PARALLEL_RENDERS", "1").env_remove("XDG_RUNTIME_DIR");
    let mut hanging = hanging.spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let began = std::time::Instant::now();
    let run = run.env("TMPDIR", slots.path()).env("AVP_PARALLEL_RENDERS", "1");
    // Its slot would have to be waited for until the first one ends.
    let second = std::thread::spawn(move || run.output());
    while !second.is_finished() && began.elapsed() < std::time::Duration::from_secs(20) {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let is_finished = second.is_finished();
    hanging.kill().unwrap();
    hanging.wait().unwrap();
    assert!(is_finished, "the second run waited for the first");
    assert_eq!(second.join().unwrap().status.code(), Some(0));
}
