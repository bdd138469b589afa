//! A Secret read through a real Kubernetes API.

use std::path::PathBuf;

use serde_json::json;
use vault_render::client::kubernetes::secret;
use vault_render::error::{Error, Kind};

use crate::support::servers;

/// Reads as whoever has `token`.
fn read(
    folder: &tempfile::TempDir,
    address: &str,
    ca: &str,
    token: &str,
    name: &str,
) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let kubeconfig = kubeconfig(folder, address, ca, token);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(secret(Some(&kubeconfig), "cluster", name))
}

fn kubeconfig(folder: &tempfile::TempDir, address: &str, ca: &str, token: &str) -> PathBuf {
    let path = folder.path().join("config");
    let authority = folder.path().join("ca.pem");
    std::fs::write(&authority, ca).unwrap();
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": address, "certificate-authority": authority}}],
        "users": [{"name": "u", "user": {"token": token}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
    });
    std::fs::write(&path, config.to_string()).unwrap();
    path
}

#[test]
fn a_secret_is_read_or_it_is_said_why_not() {
    let Some(cluster) = servers::kubernetes() else { return };
    cluster.namespace("cluster");
    cluster.service_account("cluster", "reader");
    cluster.secret("cluster", "settings", &json!({"VAULT_ADDR": "http://vault", "B": "ü"}));
    cluster.secret("cluster", "others", &json!({"k": "canary"}));
    cluster.may_read_secret("cluster", "reader", "settings");
    let reader = cluster.token("cluster", "reader", None);
    let folder = tempfile::tempdir().unwrap();
    let read = |token: &str, name| read(&folder, &cluster.address, &cluster.authority.pem, token, name);
    let data = read(&reader, "settings").unwrap();
    assert_eq!(data, [("B".to_owned(), "ü".as_bytes().to_vec()), ("VAULT_ADDR".to_owned(), b"http://vault".to_vec())]);
    for (token, name, kind, detail) in [
        (reader.as_str(), "others", Kind::Denied, "Kubernetes denies reading the Secret `cluster:others`"),
        (cluster.admin, "nope", Kind::Missing, "there is no Secret `cluster:nope`"),
        ("rubbish", "settings", Kind::Denied, "Kubernetes does not know who asks for the Secret `cluster:settings`"),
    ] {
        let error = read(token, name).unwrap_err();
        assert_eq!((error.kind, error.detail.as_str()), (kind, detail));
        assert!(!format!("{error:?}").contains(token), "{error:?}");
    }
}

#[test]
fn nobody_there_is_an_error_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let authority = servers::Authority::new("nobody");
    let error = read(&folder, "https://127.0.0.1:1", &authority.pem, "t", "settings").unwrap_err();
    assert_eq!(
        (error.kind, error.detail.as_str()),
        (Kind::Store, "cannot read the Secret `cluster:settings` from Kubernetes")
    );
    assert!(error.cause.unwrap().contains("refused"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(secret(Some(std::path::Path::new("/nowhere/config")), "n", "s")).unwrap_err();
    assert_eq!(
        (error.kind, error.detail.as_str()),
        (Kind::Setting, "there is no Kubernetes to read the Secret `n:s` from")
    );
}
