//! Rules against a real Vault: their logins, their limits, and reads that create something.

use std::time::{Duration, Instant};

use serde_json::json;

use super::Policy;
use crate::support::program::Program;
use crate::support::render::{render, secret};
use crate::support::servers::{self, Faults, Response};

fn run(address: &str, policy: &Policy, placeholders: &[&str]) -> Program {
    render(address, &secret(placeholders)).env("AVP_POLICY", &policy.path).env("ARGOCD_APP_PROJECT_NAME", "shop")
}

#[test]
fn each_rule_reads_with_its_own_login() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("policy-logins", 2);
    vault.write("policy-logins", "shop", &json!({"k": "of-shop"}));
    vault.write("policy-logins", "shared", &json!({"k": "of-all"}));
    vault.policy("policy-logins-shop", &["policy-logins/data/shop"]);
    vault.policy("policy-logins-shared", &["policy-logins/data/shared"]);
    let shop = vault.approle("policy-shop", &json!({"token_policies": ["policy-logins-shop"]}));
    let shared = vault.approle("policy-shared", &json!({"token_policies": ["policy-logins-shared"]}));
    let policy = Policy::new(&format!(
        "rules:\n\
         - {{allow: {{paths: [policy-logins/data/shared]}}, login: {{name: shared}}}}\n\
         - {{allow: {{paths: ['policy-logins/data/{{project}}']}}, login: {{name: shop}}}}\n\
         logins:\n\
         \x20 shop: {{AVP_AUTH_TYPE: approle, AVP_MOUNT_PATH: policy-shop, AVP_ROLE_ID: {}, AVP_SECRET_ID: {{env: SHOP}}}}\n\
         \x20 shared: {{AVP_AUTH_TYPE: approle, AVP_MOUNT_PATH: policy-shared, AVP_ROLE_ID: {}, AVP_SECRET_ID: {{env: SHARED}}}}\n",
        shop.role_id, shared.role_id,
    ));
    let run = |placeholders: &[&str]| {
        run(&vault.address, &policy, placeholders).env("SHOP", &shop.secret_id).env("SHARED", &shared.secret_id)
    };
    let both = ["<path:policy-logins/data/shop#k>", "<path:policy-logins/data/shared#k>"];
    let output = run(&both).output();
    let rendered = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(rendered.contains("of-shop") && rendered.contains("of-all"), "{output:?}");
    // `doctor` examines the login of the first secret, and says what another one reads.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("app.yaml"), secret(&both)).unwrap();
    let doctor = crate::support::program::program(["doctor", "app.yaml"]).folder(folder.path());
    let doctor = doctor.env("VAULT_ADDR", &vault.address).env("AVP_POLICY", &policy.path);
    let doctor =
        doctor.env("ARGOCD_APP_PROJECT_NAME", "shop").env("SHOP", &shop.secret_id).env("SHARED", &shared.secret_id);
    let told = String::from_utf8_lossy(&doctor.output().stdout).into_owned();
    assert!(told.contains("`policy-logins/data/shared` (KV version 2)"), "{told}");
    assert!(told.contains("`policy-logins/data/shop`, which is read with login shop"), "{told}");
    // One token could not have read both.
    let only = Policy::new("rules: [{allow: {}}]");
    let alone =
        render(&vault.address, &secret(&both)).env("AVP_POLICY", &only.path).env("ARGOCD_APP_PROJECT_NAME", "shop");
    let alone = alone.env("AVP_AUTH_TYPE", "approle").env("AVP_MOUNT_PATH", "policy-shop");
    alone
        .env("AVP_ROLE_ID", &shop.role_id)
        .env("AVP_SECRET_ID", &shop.secret_id)
        .status(1)
        .stderr_holds(["policy-logins/data/shared"])
        .check();
    // A login whose credential is not there fails what it reads, and says so.
    let missing = super::rules::run(&vault.address, &policy, &both).env("SHOP", &shop.secret_id);
    missing.status(1).stderr_holds(["a login of the policy file needs `SHARED`, which is not set"]).check();
}

#[test]
fn what_creates_something_is_known_before_it_is_read() {
    let Some(vault) = servers::vault() else { return };
    vault.api().post("sys/mounts/policy-totp", &json!({"type": "totp"})).ok();
    vault.api().post("policy-totp/keys/app", &json!({"generate": true, "issuer": "a", "account_name": "b"})).ok();
    let policy = Policy::new("rules: [{allow: {paths: ['policy-totp/**'], creates: false}}]");
    let read = |path: &str| run(&vault.address, &policy, &[path]).env("VAULT_TOKEN", &vault.root);
    assert!(read("<path:policy-totp/code/app#code>").output().status.success());
    let before = vault.reads("policy-totp/keys").len();
    read("<path:policy-totp/keys/app#issuer>").status(1).stderr_holds(["reading it creates something"]).check();
    assert_eq!(vault.reads("policy-totp/keys").len(), before, "it was not read");
}

#[test]
fn a_run_reads_no_more_and_no_longer_values_than_the_rule_allows() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("policy-limits", 2);
    for name in ["a", "b", "c"] {
        vault.write("policy-limits", name, &json!({"short": "123", "long": "x".repeat(100)}));
    }
    let policy = Policy::new("rules: [{allow: {}, limits: {secrets: 2, value_bytes: 10}}]");
    let read = |placeholders: &[&str]| run(&vault.address, &policy, placeholders).env("VAULT_TOKEN", &vault.root);
    let [a, b, c] = ["a", "b", "c"].map(|name| format!("<path:policy-limits/data/{name}#short>"));
    assert!(read(&[&a, &b, &a]).output().status.success());
    read(&[&a, &b, &c])
        .status(1)
        .stderr_holds(["no more than 2 of these secrets, and `policy-limits/data/c` is one more", "limits.secrets"])
        .check();
    read(&["<path:policy-limits/data/a#long>"])
        .status(1)
        .stderr_holds(["`long` has 100 bytes, and the policy allows 10"])
        .check();
}

#[test]
fn the_rules_seconds_end_a_run() {
    let faults = Faults::start(|_, _| Response::Silent);
    let policy = Policy::new(
        "rules: [{who: {project: shop}, allow: {}, limits: {seconds: 2}}, {who: {project: rival}, allow: {}, limits: {seconds: 1}}]",
    );
    let began = Instant::now();
    let run = run(&faults.address, &policy, &["<path:secret/data/a#k>"]).env("VAULT_TOKEN", "t");
    run.status(1).stderr_holds(["2s"]).check();
    assert!(began.elapsed() >= Duration::from_millis(1500) && began.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_projects_runs_wait_for_their_own_slots_alone() {
    let slots = tempfile::tempdir().unwrap();
    let policy = Policy::new("rules: [{allow: {stores: [vault]}, limits: {renders: 1}}]");
    let held = Faults::start(|_, _| Response::Silent);
    let quick = Faults::start(|_, _| Response::json(200, r#"{"data": {"k": "v"}}"#));
    let render = |address: &str, project: &str| {
        let run = run(address, &policy, &["<path:secret/a#k>"]).env("ARGOCD_APP_PROJECT_NAME", project);
        run.env("VAULT_TOKEN", "t")
            .env("TMPDIR", slots.path())
            .env("VAULT_CLIENT_TIMEOUT", "4s")
            .env("VAULT_MAX_RETRIES", "0")
    };
    let first = render(&held.address, "shop");
    let first = std::thread::spawn(move || first.output());
    while held.requests().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let other = render(&quick.address, "rival").output();
    assert!(other.status.success() && !first.is_finished(), "another project does not wait: {other:?}");
    let same = render(&quick.address, "shop").output();
    assert!(same.status.success() && first.is_finished(), "the same project waits for its turn");
    first.join().unwrap();
}
