//! Settings from a Kubernetes Secret (`-s`), read from a real apiserver.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::support::program::{Program, binary, program};
use crate::support::render::secret;
use crate::support::servers::{self, Kubernetes, Vault};

/// A namespace with a Secret `vault` that knows how to read `MOUNT/app`, an account that may read it, and the manifest.
fn cluster_with(vault: &Vault, cluster: &Kubernetes, name: &str) -> (String, String) {
    vault.mount(name, 1);
    vault.write(name, "app", &json!({"password": "from-vault"}));
    vault.policy(name, &[&format!("{name}/*")]);
    cluster.namespace(name);
    cluster.service_account(name, "renderer");
    let settings = json!({"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.token(&[name])});
    cluster.secret(name, "vault", &settings);
    cluster.may_read_secret(name, "renderer", "vault");
    (secret(&[&format!("<path:{name}/app#password>")]), secret(&["from-vault"]))
}

fn generate(secret_name: &str, manifest: &str) -> Program {
    program(["generate", "-", "-s", secret_name]).stdin(manifest)
}

#[test]
fn a_kubeconfig_leads_to_the_secret() {
    let (Some(vault), Some(cluster)) = (servers::vault(), servers::kubernetes()) else { return };
    let (manifest, filled) = cluster_with(vault, cluster, "by-kubeconfig");
    let token = cluster.token("by-kubeconfig", "renderer", None);
    let config = cluster.kubeconfig("by-kubeconfig.yaml", &token);
    generate("by-kubeconfig:vault", &manifest).env("KUBECONFIG", &config).stdout(filled.clone()).check();

    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".kube")).unwrap();
    fs::copy(&config, home.path().join(".kube/config")).unwrap();
    generate("by-kubeconfig:vault", &manifest).env("HOME", home.path()).stdout(filled).check();
}

#[test]
fn the_environment_wins_over_the_secret() {
    let (Some(vault), Some(cluster)) = (servers::vault(), servers::kubernetes()) else { return };
    let (manifest, _) = cluster_with(vault, cluster, "loses");
    let config = cluster.kubeconfig("loses.yaml", &cluster.token("loses", "renderer", None));
    generate("loses:vault", &manifest)
        .env("KUBECONFIG", &config)
        .env("VAULT_ADDR", "http://127.0.0.1:1")
        .env("VAULT_MAX_RETRIES", "0")
        .status(1)
        .stderr_holds(["127.0.0.1:1"])
        .check();
}

#[test]
fn a_secret_that_is_denied_or_missing_is_named_and_a_wrong_token_too() {
    let (Some(vault), Some(cluster)) = (servers::vault(), servers::kubernetes()) else { return };
    let (manifest, _) = cluster_with(vault, cluster, "refused");
    let config = cluster.kubeconfig("refused.yaml", &cluster.token("refused", "renderer", None));
    let admin = cluster.kubeconfig("refused-admin.yaml", cluster.admin);
    let nobody = cluster.kubeconfig("refused-nobody.yaml", "s3cretwrong");
    for (config, name, parts) in [
        (&config, "refused:other", vec!["refused:other", "denies"]),
        (&admin, "refused:other", vec!["refused", "other", "not found"]),
        (&admin, "vault", vec!["argocd", "vault", "not found"]),
        (&nobody, "refused:vault", vec!["refused:vault", "Unauthorized"]),
    ] {
        generate(name, &manifest).env("KUBECONFIG", config).status(1).stderr_holds(parts).check();
    }
}

#[test]
fn without_a_cluster_the_ways_to_one_are_named() {
    generate("argocd:vault", &secret(&["<path:a/b#c>"]))
        .status(1)
        .stderr_holds(["argocd", "vault", "KUBECONFIG"])
        .check();
}

#[test]
fn in_a_pod_the_service_account_leads_to_the_secret_of_its_own_namespace() {
    let (Some(vault), Some(cluster)) = (servers::vault(), servers::kubernetes()) else { return };
    let (manifest, filled) = cluster_with(vault, cluster, "in-pod");
    let account = tempfile::tempdir().unwrap();
    fs::write(account.path().join("token"), cluster.token("in-pod", "renderer", None)).unwrap();
    fs::write(account.path().join("namespace"), "in-pod").unwrap();
    fs::copy(cluster.ca_file(), account.path().join("ca.crt")).unwrap();
    let (host, port) = cluster.address.trim_start_matches("https://").split_once(':').unwrap();

    // A pod has its files at a fixed place: in mounts of the child's own, so that nothing of the machine changes.
    let mounts = "mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io && \
                  cp -r \"$1\" /run/secrets/kubernetes.io/serviceaccount && shift && exec \"$@\"";
    let input = tempfile::NamedTempFile::new().unwrap();
    fs::write(input.path(), &manifest).unwrap();
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", mounts, "sh"])
        .arg(account.path())
        .args([binary(), "generate", "-", "-s", "vault"])
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("HOME", "/dev/null")
        .env("KUBERNETES_SERVICE_HOST", host)
        .env("KUBERNETES_SERVICE_PORT", port)
        .stdin(Stdio::from(fs::File::open(input.path()).unwrap()))
        .output()
        .expect("unshare starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), filled, "{stderr}");
}
