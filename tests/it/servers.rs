//! The servers that the other tests talk to do what those tests rely on.

use std::path::Path;

use serde_json::json;

use crate::support::servers::{self, Faults, GithubStub, Kubernetes, Response, Setup};

#[test]
fn vault_reads_what_was_written_and_counts_it() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("count", 2);
    vault.write("count", "app", &json!({"user": "bob"}));
    vault.policy("count", &["count/data/*"]);
    let api = vault.api().with_token(&vault.token(&["count"]));

    assert_eq!(api.get("count/data/app").ok()["data"]["data"]["user"], "bob");
    assert_eq!(api.get("count/app").status, 403, "the path without data/, under least privilege");
    assert_eq!(vault.reads("count/"), ["read count/data/app", "read count/app"]);
}

#[test]
fn vault_keeps_the_numbers_of_version_1() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("kv1", 1);
    vault.write("kv1", "app", &json!({"port": 5432}));
    assert_eq!(vault.api().get("kv1/app").ok()["data"]["port"], 5432);
}

#[test]
fn vault_seals_and_unseals() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    vault.seal();
    assert_eq!(vault.api().get("sys/internal/ui/mounts").status, 503);
    vault.unseal().unwrap();
    assert_eq!(vault.api().get("sys/internal/ui/mounts").status, 200);
}

#[test]
fn vault_speaks_tls() {
    let Some(vault) = servers::own_vault(Setup { tls: vec!["127.0.0.1"], ..Setup::default() }) else { return };
    assert!(vault.address.starts_with("https://"));
    assert_eq!(vault.api().get("sys/health").status, 200);
}

#[test]
fn vault_limits_the_rate() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("quota", 1);
    vault.write("quota", "app", &json!({"a": "b"}));
    vault.limit("quota/", 1, false);
    let statuses: Vec<u16> = (0..5).map(|_| vault.api().get("quota/app").status).collect();
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[test]
fn vault_knows_its_auth_methods() {
    let Some(vault) = servers::vault() else { return };
    let approle = vault.approle("smoke-approle", &json!({"secret_id_num_uses": 1}));
    let login = json!({"role_id": approle.role_id, "secret_id": approle.secret_id});
    vault.api().post("auth/smoke-approle/login", &login).ok();
    assert_eq!(vault.api().post("auth/smoke-approle/login", &login).status, 400, "the secret id is used up");
    assert_eq!(vault.logins("smoke-approle").len(), 2);

    vault.userpass("smoke-userpass", "ann", "pw", &[]);
    vault.api().post("auth/smoke-userpass/login/ann", &json!({"password": "pw"})).ok();

    let github = GithubStub::start();
    vault.github("smoke-github", &github, &["default"]);
    vault.api().post("auth/smoke-github/login", &json!({"token": GithubStub::TOKEN})).ok();
    assert_eq!(vault.api().post("auth/smoke-github/login", &json!({"token": "no"})).status, 500);
}

#[test]
fn openbao_has_namespaces() {
    let Some(bao) = servers::openbao() else { return };
    bao.namespace("smoke");
    bao.mount_in("smoke/", "secret", 2);
    bao.write("smoke/secret", "app", &json!({"a": "b"}));
    assert_eq!(bao.api().get("smoke/secret/data/app").ok()["data"]["data"]["a"], "b");
    assert_eq!(bao.api().get("secret/data/app").status, 404, "the root namespace has it not");
}

#[test]
fn a_cluster_elects_another_leader() {
    let Some(mut cluster) = servers::cluster("bao") else { return };
    assert_eq!(cluster.addresses().split(',').count(), 3);
    cluster.stop_the_leader();
    let leader = || cluster.nodes.iter().any(|node| node.api().get("sys/health").status == 200);
    let elected = (0..300).any(|_| {
        leader() || {
            std::thread::sleep(std::time::Duration::from_millis(100));
            false
        }
    });
    assert!(elected, "nobody leads after half a minute");
}

#[test]
fn vault_asks_the_real_token_review() {
    let (Some(vault), Some(cluster)) = (servers::vault(), servers::kubernetes()) else { return };
    cluster.namespace("smoke");
    cluster.service_account("smoke", "renderer");
    vault.kubernetes("smoke-kubernetes", "web", cluster, ("smoke", "renderer"), &["default"]);
    let jwt = cluster.token("smoke", "renderer", Some(Kubernetes::AUDIENCE));
    let login = vault.api().post("auth/smoke-kubernetes/login", &json!({"role": "web", "jwt": jwt})).ok();
    assert_eq!(login["auth"]["metadata"]["service_account_name"], "renderer");
}

#[test]
fn kubernetes_is_ready_and_guards_its_secrets() {
    let Some(cluster) = servers::kubernetes() else { return };
    assert_eq!(cluster.api().get("readyz").text, "ok");
    cluster.namespace("guard");
    cluster.service_account("guard", "reader");
    cluster.secret("guard", "settings", &json!({"VAULT_ADDR": "http://127.0.0.1:1"}));
    let reader = cluster.api().with_token(&cluster.token("guard", "reader", None));
    assert_eq!(reader.get("api/v1/namespaces/guard/secrets/settings").status, 403);
    cluster.may_read_secret("guard", "reader", "settings");
    assert_eq!(reader.get("api/v1/namespaces/guard/secrets/settings").status, 200);
}

#[test]
fn a_server_goes_when_its_guard_goes() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    let home = vault.ca_file.parent().unwrap().to_owned();
    assert!(home.is_dir());
    drop(vault);
    assert!(!Path::new(&home).exists());
}

#[test]
fn faults_follow_their_script() {
    let faults = Faults::script(vec![Response::too_many(Some(1)), Response::json(200, r#"{"a": 1}"#), Response::Cut]);
    let api = servers::Api::new(&faults.address, None, None).with_token("t");
    assert_eq!(api.get("v1/secret/a").status, 429);
    assert_eq!(api.get("v1/secret/a").ok()["a"], 1);
    assert!(api.try_get("v1/secret/a").is_none());
    let requests = faults.requests();
    assert_eq!(requests[0].path, "/v1/secret/a");
    assert_eq!(requests[0].header("authorization"), Some("Bearer t"));
}
