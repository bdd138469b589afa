//! Set-ups that are broken in one way each. `doctor` must name the way and its fix, and must blame nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::json;

use super::setup::{CANARY, SetUp};
use crate::support::files;
use crate::support::servers::{self, Authority, Faults, Kubernetes, Response, Setup, Vault};

/// A Secret with one placeholder, in a folder of its own.
fn manifests(folder: &Path, placeholder: &str) -> String {
    let text = format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\nstringData:\n  k: {placeholder}\n");
    files::write(folder, "manifests/app.yaml", &text);
    folder.join("manifests").display().to_string()
}

fn file(folder: &Path, name: &str, text: &str) -> String {
    files::write(folder, name, text);
    folder.join(name).display().to_string()
}

/// A set-up with a token for a Vault at `address`.
fn token(name: &'static str, address: &str, token: &str) -> SetUp {
    SetUp::new(name).env("VAULT_ADDR", address).env("VAULT_TOKEN", token).env("VAULT_MAX_RETRIES", "0")
}

#[test]
fn settings_and_files() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let base = |name| token(name, "https://vault.invalid:8200", CANARY);
    let login =
        |name, method: &str| SetUp::new(name).env("VAULT_ADDR", "https://vault.invalid").env("AVP_AUTH_TYPE", method);

    SetUp::new("no address")
        .env("VAULT_TOKEN", CANARY)
        .is_wrong("settings", &["`VAULT_ADDR` is not set", "VAULT_ADDR=https"]);
    SetUp::new("no login")
        .env("VAULT_ADDR", "https://vault.invalid")
        .is_wrong("settings", &["needs a login", "AVP_AUTH_TYPE"]);
    login("half a login", "approle")
        .env("AVP_SECRET_ID", CANARY)
        .is_wrong("settings", &["needs `AVP_ROLE_ID`", "set it"]);
    login("an unknown login", "kerberos").is_wrong("settings", &["`AVP_AUTH_TYPE`", "is not one of", "approle"]);
    base("an unknown store").env("AVP_TYPE", "vaultt").is_wrong("settings", &["`AVP_TYPE`", "did you mean `vault`"]);
    base("a store that is not there yet").env("AVP_TYPE", "sops").is_wrong("settings", &["sops"]);
    base("no policy file").env("AVP_POLICY", "x").is_wrong("settings", &["cannot read the policy file `x`"]);
    base("a broken number")
        .env("VAULT_MAX_RETRIES", "few")
        .is_wrong("settings", &["VAULT_MAX_RETRIES", "whole number"]);
    base("no settings file")
        .argument("-c")
        .argument(at("nowhere.yaml"))
        .is_wrong("settings", &["nowhere.yaml", "cannot read"]);
    let odd = file(folder.path(), "odd.yaml", "VAULT_ADDR: [\n");
    base("a broken settings file").argument("-c").argument(odd).is_wrong("settings", &["odd.yaml"]);
    base("no cluster for `-s`").argument("-s").argument("argocd:vault").is_wrong("settings", &["argocd", "KUBECONFIG"]);

    let key = file(folder.path(), "key", "hunter2\n");
    base("a keep without a key")
        .env("AVP_KEEP", at("keep"))
        .is_wrong("settings", &["`AVP_KEEP` needs `AVP_KEEP_KEY_FILE`", "head -c 32 /dev/urandom | base64"]);
    base("a keep with a broken key")
        .env("AVP_KEEP", at("keep"))
        .env("AVP_KEEP_KEY_FILE", key)
        .is_wrong("settings", &["`AVP_KEEP_KEY_FILE`", "is not base64 in line 1"]);

    base("an address that is none").env("VAULT_ADDR", "vault:8200").is_wrong("settings", &["VAULT_ADDR", "https://"]);
    base("no authority file").env("VAULT_CACERT", at("ca.pem")).is_wrong("files", &["ca.pem", "`VAULT_CACERT`"]);
    let broken = file(folder.path(), "broken.pem", "-----BEGIN CERTIFICATE-----\n!\n");
    base("a broken authority").env("VAULT_CACERT", broken).is_wrong("files", &["broken.pem", "VAULT_CACERT"]);
    let kubernetes = |name| login(name, "k8s").env("AVP_K8S_ROLE", "argocd");
    kubernetes("no token file")
        .env("AVP_K8S_TOKEN_PATH", at("token"))
        .is_wrong("files", &["token", "projected volume"]);
    let empty = file(folder.path(), "empty", "\n");
    kubernetes("an empty token file").env("AVP_K8S_TOKEN_PATH", empty).is_wrong("files", &["is empty"]);
}

#[test]
fn an_unknown_setting_is_named_beside_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let settings = file(folder.path(), "avp.yaml", "AVP_AUTHTYPE: approle\n");
    let (_, answers) = token("a typo", "https://vault.invalid", CANARY).argument("-c").argument(settings).answers();
    let warning = answers.iter().find(|answer| answer[1] == "warning").expect("a warning");
    assert_eq!(warning[0], "settings");
    assert!(warning[2].contains("did you mean `AVP_AUTH_TYPE`?"), "{warning:?}");
}

#[test]
fn the_way_to_vault() {
    let way = |name, address: &str| token(name, address, CANARY);
    way("an unknown name", "https://vault.invalid:8200")
        .is_wrong("dns", &["`vault.invalid`", "`VAULT_ADDR`", "resolv.conf"]);
    way("a closed port", "http://127.0.0.1:1").is_wrong("tcp", &["127.0.0.1", "port 1", "refused", "`VAULT_ADDR`"]);
    way("a dead proxy", "https://vault.invalid:8200")
        .env("HTTPS_PROXY", "http://ann:canary-of-a-credential@127.0.0.1:1")
        .is_wrong("tcp", &["the proxy `127.0.0.1`", "`HTTPS_PROXY`", "`NO_PROXY`"]);
    way("an unknown proxy", "https://vault.invalid")
        .env("ALL_PROXY", "http://proxy.invalid")
        .is_wrong("dns", &["`ALL_PROXY`"]);
    let refusing = Faults::script(vec![Response::json(403, "")]);
    way("a proxy that refuses", "https://vault.invalid:8200")
        .env("HTTPS_PROXY", &refusing.address)
        .is_wrong("tls", &["`HTTPS_PROXY`", "before TLS began"]);
    assert_eq!(
        refusing.requests().iter().map(|request| request.path.as_str()).collect::<Vec<_>>(),
        ["vault.invalid:8200"]
    );
    let other = Faults::script(vec![Response::json(200, "<html>")]);
    way("another server", &other.address).is_wrong("health", &["did not come from Vault", "VAULT_ADDR"]);
    way("https to something", &other.address.replace("http:", "https:"))
        .is_wrong("tls", &["before TLS began", "`http://`"]);
    let Some(vault) = servers::vault() else { return };
    way("https to http", &vault.address.replace("http:", "https:"))
        .is_wrong("tls", &["does not speak TLS", "`http://`"]);
}

#[test]
fn tls_and_the_state_of_vault() {
    let Some(vault) = servers::own_vault(Setup { tls: vec!["vault.internal"], ..Setup::default() }) else { return };
    let folder = tempfile::tempdir().unwrap();
    let with = |name, ca: &Path| token(name, &vault.address, &vault.root).env("VAULT_CACERT", ca.display().to_string());
    let other = PathBuf::from(file(folder.path(), "other.pem", &Authority::new("another").pem));
    token("no authority", &vault.address, CANARY).is_wrong("tls", &["trusting", "VAULT_CACERT"]);
    with("another authority", &other).is_wrong("tls", &["other.pem", "name the authority"]);
    with("another name", &vault.ca_file).is_wrong("tls", &["bears another name", "VAULT_TLS_SERVER_NAME"]);
    token("http to https", &vault.address.replace("https:", "http:"), CANARY)
        .is_wrong("health", &["speaks TLS", "https://"]);
    let right = || with("right", &vault.ca_file).env("VAULT_TLS_SERVER_NAME", "vault.internal");
    right().is_healthy();
    vault.seal();
    right().is_wrong("health", &["is sealed", "vault operator unseal"]);
    vault.unseal().unwrap();

    let Some(new) = servers::own_vault(Setup { is_new: true, ..Setup::default() }) else { return };
    token("not initialised", &new.address, CANARY).is_wrong("health", &["not initialised", "vault operator init"]);
}

#[test]
fn a_servers_certificate_out_of_its_time() {
    let authority = Authority::new("the tests' authority");
    let folder = tempfile::tempdir().unwrap();
    let ca = file(folder.path(), "ca.pem", &authority.pem);
    for (year, words) in
        [(2001, ["expired", "the server needs a new certificate"]), (2090, ["not valid yet", "clock is behind"])]
    {
        let server =
            Faults::start_tls(&authority.server_of_year(&["127.0.0.1"], year), |_, _| Response::json(200, "{}"));
        token("a certificate out of its time", &server.address, CANARY)
            .env("VAULT_CACERT", &ca)
            .is_wrong("tls", &words);
    }
}

/// Vault asks a real API server about the tokens.
#[test]
fn kubernetes_logins() {
    let (Some(vault), Some(cluster)) = (servers::vault(), servers::kubernetes()) else { return };
    cluster.namespace("doctor");
    ["renderer", "other"].iter().for_each(|account| cluster.service_account("doctor", account));
    vault.policy("doctor-k8s", &["doctor-k8s/*"]);
    vault.kubernetes("doctor-k8s", "argocd", cluster, ("doctor", "renderer"), &["doctor-k8s"]);
    let folder = tempfile::tempdir().unwrap();
    let login = |name, account: &str, audience: Option<&str>, role: &str| {
        let jwt = file(folder.path(), "jwt", &cluster.token("doctor", account, audience));
        SetUp::new(name)
            .env("VAULT_ADDR", &vault.address)
            .env("AVP_AUTH_TYPE", "k8s")
            .env("AVP_K8S_MOUNT_PATH", "doctor-k8s")
            .env("AVP_K8S_ROLE", role)
            .env("AVP_K8S_TOKEN_PATH", jwt)
    };
    let vaults = Some(Kubernetes::AUDIENCE);
    login("right", "renderer", vaults, "argocd").is_healthy();
    login("a wrong role", "renderer", vaults, "argo")
        .is_wrong("login", &["`AVP_K8S_ROLE` names no role", "auth/doctor-k8s"]);
    login("another account", "other", vaults, "argocd")
        .is_wrong("login", &["another service account", "bound_service_account_names"]);
    login("another audience", "renderer", None, "argocd").is_wrong("login", &["audience"]);
    login("a wrong mount", "renderer", vaults, "argocd")
        .env("AVP_K8S_MOUNT_PATH", "doctor-none")
        .is_wrong("login", &["auth/doctor-none", "`AVP_K8S_MOUNT_PATH`"]);
}

#[test]
fn a_vault_that_hangs_takes_no_more_than_ten_seconds() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    vault.pause();
    let silent = Faults::script(vec![Response::Silent]);
    let slow = Faults::script(vec![Response::Slow]);
    let https = vault.address.replace("http:", "https:");
    for (name, address, check) in [
        ("a Vault that stands still", &vault.address, "health"),
        ("a server that says nothing", &silent.address, "health"),
        ("a server that takes for ever", &slow.address, "health"),
        ("a server that never shakes hands", &https, "tls"),
    ] {
        let start = Instant::now();
        token(name, address, CANARY).is_wrong(check, &["was not answered within", "hangs"]);
        assert!(start.elapsed() < Duration::from_secs(10), "{name}: {:?}", start.elapsed());
    }
    vault.resume();
}

#[test]
fn a_file_that_hangs_takes_no_more_than_ten_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("token");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let start = Instant::now();
    SetUp::new("a pipe that nobody writes to")
        .env("VAULT_ADDR", "http://127.0.0.1:1")
        .env("AVP_AUTH_TYPE", "k8s")
        .env("AVP_K8S_ROLE", "argocd")
        .env("AVP_K8S_TOKEN_PATH", pipe.display().to_string())
        .is_wrong("files", &["cannot be read within", "token", "a pipe"]);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn clocks_that_disagree() {
    let health = r#"{"initialized":true,"sealed":false,"version":"1.21.0"}"#;
    for (date, direction) in
        [("Mon, 01 Jan 2001 00:00:00 GMT", "ahead of"), ("Fri, 01 Jan 2100 00:00:00 GMT", "behind")]
    {
        let server = Faults::start(move |_, request| match request.path.as_str() {
            "/v1/sys/health" => Response::Plain(200, vec![("Date", date.to_owned())], health.to_owned()),
            _ => Response::json(200, r#"{"data":{"policies":["apps"],"ttl":60}}"#),
        });
        token("a clock", &server.address, CANARY).is_wrong("clock", &[direction, "NTP"]);
    }
}

#[test]
fn a_token_or_a_certificate_out_of_its_time() {
    let health = Faults::script(vec![
        Response::json(200, r#"{"version":"1.21.0"}"#),
        Response::json(200, r#"{"auth":{"client_token":"t","policies":["a"]}}"#),
    ]);
    let folder = tempfile::tempdir().unwrap();
    // {"exp":1000000000}, which is in 2001.
    let jwt = file(folder.path(), "jwt", "e30.eyJleHAiOjEwMDAwMDAwMDB9.canary-of-a-credential");
    SetUp::new("an old token")
        .env("VAULT_ADDR", &health.address)
        .env("AVP_AUTH_TYPE", "k8s")
        .env("AVP_K8S_ROLE", "argocd")
        .env("AVP_K8S_TOKEN_PATH", jwt)
        .is_wrong("clock", &["expired", "2001-09-09", "subPath"]);
}

/// The shared Vault with two engines, and a policy `doctor` that reads `doctor-kv/data/app` and all of `doctor-old`.
fn with_engines() -> Option<&'static Vault> {
    static READY: OnceLock<()> = OnceLock::new();
    let vault = servers::vault()?;
    READY.get_or_init(|| {
        vault.mount("doctor-kv", 2);
        vault.mount("doctor-old", 1);
        vault.policy("doctor", &["doctor-kv/data/app", "doctor-old/*"]);
    });
    Some(vault)
}

#[test]
fn logins_policies_and_paths() {
    let Some(vault) = with_engines() else { return };
    let role = vault.approle("doctor-approle", &json!({"token_policies": ["doctor"]}));
    let approle = |name, mount: &str, role_id: &str, secret_id: &str| {
        SetUp::new(name)
            .env("VAULT_ADDR", &vault.address)
            .env("AVP_AUTH_TYPE", "approle")
            .env("AVP_MOUNT_PATH", mount)
            .env("AVP_ROLE_ID", role_id)
            .env("AVP_SECRET_ID", secret_id)
    };
    let right = |name| approle(name, "doctor-approle", &role.role_id, &role.secret_id);
    approle("a wrong mount", "doctor-nowhere", &role.role_id, &role.secret_id)
        .is_wrong("login", &["auth/doctor-nowhere", "`AVP_MOUNT_PATH`", "vault auth list"]);
    approle("a wrong role", "doctor-approle", "nobody", &role.secret_id)
        .is_wrong("login", &["the role id or the secret id is wrong"]);
    approle("a wrong secret id", "doctor-approle", &role.role_id, CANARY)
        .is_wrong("login", &["the role id or the secret id is wrong"]);
    vault.userpass("doctor-users", "ann", "right", &["doctor"]);
    SetUp::new("a wrong password")
        .env("VAULT_ADDR", &vault.address)
        .env("AVP_AUTH_TYPE", "userpass")
        .env("AVP_MOUNT_PATH", "doctor-users")
        .env("AVP_USERNAME", "ann")
        .env("AVP_PASSWORD", CANARY)
        .is_wrong("login", &["the user name or the password is wrong"]);
    token("a wrong token", &vault.address, CANARY).is_wrong("login", &["refuses the token", "VAULT_TOKEN"]);
    let short = vault.token_with(json!({"policies": ["doctor"], "ttl": "1s"}));
    std::thread::sleep(Duration::from_millis(1500));
    token("an expired token", &vault.address, &short).is_wrong("login", &["expired", "VAULT_TOKEN"]);
    let bare = vault.token_with(json!({"policies": ["default"]}));
    token("no policy", &vault.address, &bare).is_wrong("policies", &["no policy but `default`", "token_policies"]);

    let folder = tempfile::tempdir().unwrap();
    let read = |name, placeholder: &str| right(name).argument(manifests(folder.path(), placeholder));
    read("no permission", "<path:doctor-kv/data/other#k>").is_wrong(
        "may-read",
        &["do not allow reading `doctor-kv/data/other`", r#"path "doctor-kv/data/other" { capabilities = ["read"] }"#],
    );
    read("an unknown mount", "<path:doctor-vk/data/app#k>")
        .is_wrong("may-read", &["no engine is mounted at `doctor-vk/`", "did you mean `doctor-kv/data/app`?"]);
    read("`data/` in version 1", "<path:doctor-old/data/app#k>")
        .is_wrong("may-read", &["KV version 1", "take `data/` out"]);
    read("the wrong version", "<path:doctor-kv/data/app#k>")
        .env("AVP_KV_VERSION", "1")
        .is_wrong("may-read", &["is KV version 2", "AVP_KV_VERSION"]);
    read("a path of others", "<path:doctor-kv/data/app#k>")
        .env("AVP_PATH_VALIDATION", "^team/")
        .is_wrong("plan", &["is not allowed", "AVP_PATH_VALIDATION", "app.yaml:6:6"]);
    read("a broken placeholder", "<path:doctor-kv/data/app#k | nothing>").is_wrong("plan", &["nothing", "app.yaml:6"]);
    right("no manifests").argument("/nowhere/manifests").is_wrong("plan", &["/nowhere/manifests"]);
    read("all is well", "<path:doctor-kv/app#k>").is_healthy();
}

#[test]
fn tools() {
    let Some(vault) = with_engines() else { return };
    let reader = vault.token_with(json!({"policies": ["doctor"]}));
    let folder = tempfile::tempdir().unwrap();
    files::write(folder.path(), "chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 0.1.0\n");
    files::write(
        folder.path(),
        "chart/templates/a.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: <path:doctor-kv/data/app#k>}\n",
    );
    files::write(folder.path(), "kust/kustomization.yaml", "resources: []\n");
    let base = |name, folder: &str| {
        let set_up = SetUp::with_tools(name).env("VAULT_ADDR", &vault.address).env("VAULT_TOKEN", &reader);
        if folder.is_empty() { set_up } else { set_up.argument(folder) }
    };
    let at = |name: &str| folder.path().join(name).display().to_string();
    let wrong = |set_up: SetUp, check: &str, words: &[&str]| {
        let (code, answers) = set_up.answers();
        let (state, text) = super::setup::answer(&answers, check);
        assert_eq!((code, state), (Some(1), "wrong"), "{answers:#?}");
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    };
    wrong(base("no helm", ""), "helm", &["there is no `helm` in PATH", "--helm PATH", "--no-build"]);
    wrong(base("no kustomize", ""), "kustomize", &["there is no `kustomize` in PATH", "--kustomize PATH"]);
    wrong(base("no helm for a chart", &at("chart")), "helm", &["there is no `helm`"]);
    wrong(base("no kustomize for a kustomization", &at("kust")), "kustomize", &["there is no `kustomize`"]);
    files::write(folder.path(), "bin/helm", "#!/bin/sh\necho broken >&2\nexit 3\n");
    let broken = folder.path().join("bin/helm");
    fs::set_permissions(&broken, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    wrong(
        base("a helm that fails", "").argument("--helm").argument(broken.display().to_string()),
        "helm",
        &["helm version", "broken"],
    );
    let (Some(helm), Some(kustomize)) = (servers::binary("helm4"), servers::binary("kustomize")) else { return };
    let answers = base("both", &at("chart"))
        .argument("--helm")
        .argument(helm.display().to_string())
        .argument("--kustomize")
        .argument(kustomize.display().to_string())
        .is_healthy();
    assert!(super::setup::answer(&answers, "helm").1.contains("is v4."), "{answers:#?}");
    assert_eq!(super::setup::answer(&answers, "kustomize"), ("not tried", "no folder of the manifests needs it"));
    assert!(super::setup::answer(&answers, "may-read").1.contains("doctor-kv/data/app"), "{answers:#?}");
}

#[test]
fn a_secrets_file() {
    let folder = tempfile::tempdir().unwrap();
    let manifests = manifests(folder.path(), "<path:secret/data/app#k>");
    let at = |name| folder.path().join(name).display().to_string();
    let with = |name, file: String| SetUp::new(name).argument("--secrets").argument(file).argument(manifests.clone());
    with("no file", at("nowhere.yaml")).is_wrong("files", &["nowhere.yaml", "mounted"]);
    with("no map", file(folder.path(), "list.yaml", "[canary-of-a-credential]\n"))
        .is_wrong("files", &["list.yaml", "maps each path"]);
    let other = file(folder.path(), "other.yaml", "secret/data/ap: {k: canary-of-a-credential}\n");
    with("another path", other)
        .is_wrong("may-read", &["no secret at `secret/data/app`", "did you mean `secret/data/ap`?"]);
    let right = file(folder.path(), "right.yaml", "secret/data/app: {k: canary-of-a-credential}\n");
    with("right", right).is_healthy();
}
