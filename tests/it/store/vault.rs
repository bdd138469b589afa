//! The Vault store against a real Vault.

use serde_json::json;

use super::{assert_holds, open, read, read_all};
use crate::support::servers::{self, GithubStub, Kubernetes, Setup, Vault};

fn settings<'a>(vault: &'a Vault, token: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("VAULT_ADDR", &vault.address), ("VAULT_TOKEN", token)]
}

/// What a message says of a reading with a token of the settings.
fn asked(vault: &Vault) -> String {
    format!("asked `{}` with the login `token`", vault.address)
}

#[test]
fn both_engines_and_their_versions_are_read() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("store-one", 1);
    vault.mount("store-two", 2);
    vault.write(
        "store-one",
        "app",
        &json!({"n": 9_007_199_254_740_993_u64, "data": {"a": 1}, "metadata": {"version": 1}}),
    );
    for number in 1..=4 {
        vault.write("store-two", "app", &json!({"n": number}));
    }
    vault.delete_versions("store-two", "app", &[2]);
    vault.destroy_versions("store-two", "app", &[3]);
    let settings = settings(vault, &vault.root);
    for (path, expected) in [
        ("store-one/app", r#"{"data":{"a":1},"metadata":{"version":1},"n":9007199254740993}"#),
        ("store-one/app@1", "failed: cannot read `store-one/app`: version 1 of"),
        ("store-one/none", "no path: no secret at `store-one/none` | ASKED | its mount `store-one/` is KV version 1"),
        ("store-two/data/app", r#"{"n":4}"#),
        ("store-two/data/app@1", r#"{"n":1}"#),
        ("store-two/data/app@2", "no version: version 2 of `store-two/data/app` is deleted | deleted at 20"),
        ("store-two/data/app@3", "no version: version 3 of `store-two/data/app` is destroyed |"),
        ("store-two/data/app@9", "no version: no version 9 of `store-two/data/app`, or no secret at all"),
        ("store-two/data/none", "no path: no secret at `store-two/data/none`"),
        ("store-two/metadata/app", r#"{"cas_required":false,"#),
        ("nowhere/app", "no path: no secret at `nowhere/app`"),
    ] {
        let outcome = read(&settings, path).replace(&asked(vault), "ASKED");
        assert!(outcome.starts_with(expected), "{path}: {outcome}");
    }
    vault.delete_versions("store-two", "app", &[4]);
    assert_holds(
        &read(&settings, "store-two/data/app"),
        &["no version: the newest version (4) of `store-two/data/app` is deleted"],
    );
}

#[test]
fn a_path_without_data_is_understood_or_explained() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("store-slip", 2);
    vault.write("store-slip", "app", &json!({"k": "v"}));
    vault.policy("store-slip", &["store-slip/data/*"]);
    let token = vault.token(&["store-slip"]);
    let root = settings(vault, &vault.root);
    let least = settings(vault, &token);
    let warned =
        r#"{"k":"v"} (`store-slip/` is a KV version 2 mount: `store-slip/app` was read as `store-slip/data/app`)"#;
    let with = |name, value| [least.clone(), vec![(name, value)]].concat();
    for (settings, path, expected) in [
        (&root, "store-slip/app", warned),
        (&least, "store-slip/app", warned),
        (&least, "store-slip/app@1", warned),
        (&with("AVP_KV_VERSION", "2"), "store-slip/app", warned),
        (
            &least,
            "store-slip/none",
            "no path: no secret at `store-slip/data/none` | ASKED | `store-slip/` is a KV version 2 mount",
        ),
        (
            &with("AVP_KV_VERSION", "1"),
            "store-slip/app",
            "denied: Vault denies reading `store-slip/app` (403) | permission denied; ASKED | it was read as KV version 1, as requested",
        ),
        (
            &with("AVP_PATH_VALIDATION", "^store-slip/a"),
            "store-slip/app",
            "denied: Vault denies reading `store-slip/app` (403) | permission denied; ASKED | its mount is KV version 2, so `store-slip/data/app` is meant",
        ),
        (
            &least,
            "other/app",
            "denied: Vault denies reading `other/app` (403) | permission denied; ASKED | if its engine is KV version 2, the path is `other/data/app`",
        ),
        (
            &least,
            "other/data/app",
            "denied: Vault denies reading `other/data/app` (403) | permission denied; ASKED | the login's policies",
        ),
    ] {
        let outcome = read(settings, path).replace(&asked(vault), "ASKED");
        assert!(outcome.starts_with(expected), "{path}: {outcome}");
    }
}

#[test]
fn a_mount_is_asked_for_once() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("store-once", 2);
    let paths: Vec<String> = (0..8).map(|number| format!("store-once/{number}")).collect();
    paths.iter().for_each(|path| vault.write("store-once", path.split_once('/').unwrap().1, &json!({"k": path})));
    let outcomes =
        read_all(&open(&settings(vault, &vault.root)), &paths.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(outcomes.iter().all(|outcome| outcome.starts_with(r#"{"k":"store-once/"#)), "{outcomes:?}");
    assert_eq!(vault.reads("sys/internal/ui/mounts/store-once/").len(), 1);
    assert_eq!(vault.reads("store-once/data/").len(), 8);
}

#[test]
fn every_login_reads() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("store-login", 2);
    vault.write("store-login", "app", &json!({"k": "v"}));
    vault.policy("store-login", &["store-login/data/*"]);
    let approle = vault.approle("store-approle", &json!({"token_policies": ["store-login"]}));
    vault.userpass("store-userpass", "ann", "pw", &["store-login"]);
    let github = GithubStub::start();
    vault.github("store-github", &github, &["store-login"]);
    let login = |name| vec![("VAULT_ADDR", vault.address.as_str()), ("AVP_AUTH_TYPE", name)];
    for (name, more, wrong, hint) in [
        (
            "approle",
            vec![("AVP_ROLE_ID", approle.role_id.as_str()), ("AVP_MOUNT_PATH", "auth/store-approle")],
            ("AVP_SECRET_ID", approle.secret_id.as_str()),
            "the role id or the secret id is wrong",
        ),
        (
            "userpass",
            vec![("AVP_USERNAME", "ann"), ("AVP_MOUNT_PATH", "store-userpass")],
            ("AVP_PASSWORD", "pw"),
            "the user name or the password is wrong",
        ),
        (
            "github",
            vec![("AVP_MOUNT_PATH", "/store-github/")],
            ("AVP_GITHUB_TOKEN", GithubStub::TOKEN),
            "GitHub does not know the token",
        ),
    ] {
        let right = [login(name), more.clone(), vec![wrong]].concat();
        assert_eq!(read(&right, "store-login/data/app"), r#"{"k":"v"}"#, "{name}");
        let outcome = read(&[login(name), more, vec![(wrong.0, "canary")]].concat(), "store-login/data/app");
        assert_holds(&outcome, &["denied: cannot log in to Vault: `", name, hint]);
        assert!(!outcome.contains("canary"), "{outcome}");
    }
}

#[test]
fn a_service_account_reads() {
    let (Some(vault), Some(cluster)) = (servers::vault(), servers::kubernetes()) else { return };
    vault.mount("store-k8s", 2);
    vault.write("store-k8s", "app", &json!({"k": "v"}));
    vault.policy("store-k8s", &["store-k8s/data/*"]);
    cluster.namespace("store");
    cluster.service_account("store", "renderer");
    cluster.service_account("store", "stranger");
    vault.kubernetes("store-k8s", "web", cluster, ("store", "renderer"), &["store-k8s"]);
    let folder = tempfile::tempdir().unwrap();
    let jwt = folder.path().join("token");
    for (token, role, expected) in [
        (cluster.token("store", "renderer", Some(Kubernetes::AUDIENCE)), "web", &[r#"{"k":"v"}"#][..]),
        (
            cluster.token("store", "stranger", Some(Kubernetes::AUDIENCE)),
            "web",
            &["denied: ", "bound to another service account"],
        ),
        (cluster.token("store", "renderer", None), "web", &["denied: ", "audience"]),
        (
            cluster.token("store", "renderer", Some(Kubernetes::AUDIENCE)),
            "nope",
            &["denied: ", "`AVP_K8S_ROLE` names no role", "nope"],
        ),
        ("rubbish".to_owned(), "web", &["denied: ", "four causes", "system:auth-delegator"]),
        (String::new(), "web", &["failed: ", "`AVP_K8S_TOKEN_PATH` is empty"]),
    ] {
        std::fs::write(&jwt, &token).unwrap();
        let settings = [
            ("VAULT_ADDR", vault.address.as_str()),
            ("AVP_AUTH_TYPE", "k8s"),
            ("AVP_K8S_ROLE", role),
            ("AVP_K8S_TOKEN_PATH", jwt.to_str().unwrap()),
            ("AVP_K8S_MOUNT_PATH", "auth/store-k8s"),
        ];
        let outcome = read(&settings, "store-k8s/data/app");
        assert_holds(&outcome, expected);
        assert!(token.is_empty() || !outcome.contains(&token), "{outcome}");
    }
}

#[test]
fn limited_tokens_are_replaced_once() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("store-uses", 2);
    vault.policy("store-uses", &["store-uses/data/*"]);
    let paths: Vec<String> = (0..8).map(|number| format!("store-uses/data/{number}")).collect();
    (0..8).for_each(|number| vault.write("store-uses", &number.to_string(), &json!({"k": number})));
    let approle = vault.approle("store-uses", &json!({"token_policies": ["store-uses"], "token_num_uses": 5}));
    let settings = [
        ("VAULT_ADDR", vault.address.as_str()),
        ("AVP_AUTH_TYPE", "approle"),
        ("AVP_ROLE_ID", &approle.role_id),
        ("AVP_SECRET_ID", &approle.secret_id),
        ("AVP_MOUNT_PATH", "store-uses"),
    ];
    let outcomes = read_all(&open(&settings), &paths.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(outcomes.iter().all(|outcome| outcome.starts_with(r#"{"k":"#)), "{outcomes:?}");
    assert_eq!(vault.logins("store-uses").len(), 2);
}

#[test]
fn a_sealed_vault_is_named() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    vault.mount("store", 2);
    vault.seal();
    let outcome = read(&settings(&vault, &vault.root), "store/data/app");
    assert_holds(&outcome, &["failed: ", "Vault is sealed", "`vault operator unseal`"]);
}

#[test]
fn a_busy_vault_is_waited_for() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("store-busy", 1);
    let paths: Vec<String> = (0..6).map(|number| format!("store-busy/{number}")).collect();
    (0..6).for_each(|number| vault.write("store-busy", &number.to_string(), &json!({"k": number})));
    vault.limit("store-busy/", 2, false);
    let outcomes =
        read_all(&open(&settings(vault, &vault.root)), &paths.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(outcomes.iter().all(|outcome| outcome.starts_with(r#"{"k":"#)), "{outcomes:?}");
}

#[test]
fn tls_trusts_whom_the_settings_say() {
    let Some(vault) = servers::own_vault(Setup { tls: vec!["127.0.0.1"], ..Setup::default() }) else { return };
    vault.mount("store", 1);
    vault.write("store", "app", &json!({"k": "v"}));
    let base = settings(&vault, &vault.root);
    let ca = vault.ca_file.to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(ca, folder.path().join("ca.pem")).unwrap();
    let identity = vault.authority.client("renderer");
    let (certificate, key) = (folder.path().join("c"), folder.path().join("k"));
    let certificates = tempfile::tempdir().unwrap();
    std::fs::copy(ca, certificates.path().join("ca.pem")).unwrap();
    std::fs::write(&certificate, identity.certificate).unwrap();
    std::fs::write(&key, identity.key).unwrap();
    let plain = vault.address.replace("https", "http");
    for (more, expected) in [
        (vec![("VAULT_CACERT", ca)], &[r#"{"k":"v"}"#][..]),
        (vec![("VAULT_CACERT_BYTES", vault.authority.pem.as_str())], &[r#"{"k":"v"}"#]),
        (vec![("VAULT_CAPATH", certificates.path().to_str().unwrap())], &[r#"{"k":"v"}"#]),
        (vec![("VAULT_SKIP_VERIFY", "1")], &[r#"{"k":"v"}"#]),
        (
            vec![
                ("VAULT_CACERT", ca),
                ("VAULT_CLIENT_CERT", certificate.to_str().unwrap()),
                ("VAULT_CLIENT_KEY", key.to_str().unwrap()),
            ],
            &[r#"{"k":"v"}"#],
        ),
        (
            vec![],
            &[
                "failed: cannot make a TLS connection to `https://127.0.0.1",
                "authorities",
                "UnknownIssuer",
                "`VAULT_CACERT`",
            ],
        ),
        (
            vec![("VAULT_CACERT", ca), ("VAULT_TLS_SERVER_NAME", "vault.test")],
            &["failed: cannot make a TLS connection", "trusting `VAULT_CACERT`", "`VAULT_TLS_SERVER_NAME`"],
        ),
        (
            vec![("VAULT_CACERT", "/nowhere/ca.pem")],
            &["failed: cannot read `/nowhere/ca.pem`, which `VAULT_CACERT` (environment) names"],
        ),
        (vec![("VAULT_CACERT", key.to_str().unwrap())], &["holds no certificate"]),
        (
            vec![("VAULT_CACERT", ca), ("VAULT_CLIENT_CERT", ca)],
            &["`VAULT_CLIENT_CERT` is set and `VAULT_CLIENT_KEY` is not"],
        ),
        (vec![("VAULT_ADDR", plain.as_str())], &["failed: ", "Vault speaks TLS on this port", "`https://`"]),
    ] {
        let outcome = read(&[base.clone(), more].concat(), "store/app");
        assert_holds(&outcome, expected);
    }
}

#[test]
fn over_tls_one_connection_carries_all_readings() {
    let Some(vault) = servers::own_vault(Setup { tls: vec!["127.0.0.1"], ..Setup::default() }) else { return };
    let base = [settings(&vault, &vault.root), vec![("VAULT_CACERT", vault.ca_file.to_str().unwrap())]].concat();
    // Where the handshake takes longer than the others wait, each makes its own: one machine is not always slow.
    let connections: Vec<usize> = (0..3)
        .map(|run| {
            let mount = format!("store-{run}");
            vault.mount(&mount, 1);
            let paths: Vec<String> = (0..20).map(|number| format!("{mount}/{number}")).collect();
            (0..20).for_each(|number| vault.write(&mount, &number.to_string(), &json!({"k": number})));
            let outcomes = read_all(&open(&base), &paths.iter().map(String::as_str).collect::<Vec<_>>());
            assert!(outcomes.iter().all(|outcome| outcome.starts_with(r#"{"k":"#)), "{outcomes:?}");
            vault.connections(&format!("{mount}/"))
        })
        .collect();
    assert!(connections.contains(&1), "{connections:?}");
}

#[test]
fn the_name_that_a_certificate_bears_can_be_given() {
    let Some(vault) = servers::own_vault(Setup { tls: vec!["localhost"], ..Setup::default() }) else { return };
    vault.mount("store", 1);
    vault.write("store", "app", &json!({"k": "v"}));
    let base = [settings(&vault, &vault.root), vec![("VAULT_CACERT", vault.ca_file.to_str().unwrap())]].concat();
    assert_holds(&read(&base, "store/app"), &["failed: cannot make a TLS connection", "bears another name"]);
    assert_eq!(read(&[base, vec![("VAULT_TLS_SERVER_NAME", "localhost")]].concat(), "store/app"), r#"{"k":"v"}"#);
}

#[test]
fn https_to_a_plain_port_is_hinted() {
    let Some(vault) = servers::vault() else { return };
    let address = vault.address.replace("http", "https");
    let outcome = read(&[("VAULT_ADDR", &address), ("VAULT_TOKEN", "t")], "store/app");
    assert_holds(&outcome, &["failed: cannot make a TLS connection", "begin with `http://`"]);
}
