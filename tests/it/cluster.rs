//! A Secret read through a real Kubernetes API.

use std::path::Path;

use serde_json::json;
use vault_render::internals::client::kubernetes::secret;
use vault_render::internals::error::{Error, Kind};
use vault_render::internals::workspace::Workspace;

use crate::support::servers;

fn read(kubeconfig: &Path, name: &str) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let kubeconfig = ("KUBECONFIG".to_owned(), kubeconfig.display().to_string());
    let workspace = Workspace::new("/", [kubeconfig].into());
    runtime.block_on(secret(&workspace, "cluster", name))
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
    let read = |token: &str, name| read(&cluster.kubeconfig("cluster-reader", token), name);
    let data = read(&reader, "settings").unwrap();
    assert_eq!(data, [("B".to_owned(), "ü".as_bytes().to_vec()), ("VAULT_ADDR".to_owned(), b"http://vault".to_vec())]);
    for (token, name, kind, detail) in [
        (reader.as_str(), "others", Kind::Denied, "Kubernetes denies reading the Secret `cluster:others` (403)"),
        (cluster.admin, "nope", Kind::Missing, "there is no Secret `cluster:nope`"),
        (
            "rubbish",
            "settings",
            Kind::Denied,
            "Kubernetes does not know who asks for the Secret `cluster:settings` (401)",
        ),
    ] {
        let error = read(token, name).unwrap_err();
        assert_eq!((error.kind, error.detail.as_str()), (kind, detail));
        assert!(!format!("{error:?}").contains(token), "{error:?}");
    }
}

#[test]
fn nobody_there_is_an_error_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = folder.path().join("config");
    let config = json!({
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}], "current-context": "c",
        "users": [], "contexts": [{"name": "c", "context": {"cluster": "c"}}],
    });
    std::fs::write(&kubeconfig, config.to_string()).unwrap();
    let error = read(&kubeconfig, "s").unwrap_err();
    assert_eq!(
        (error.kind, error.detail.as_str()),
        (Kind::Store, "cannot read the Secret `cluster:s` from Kubernetes")
    );
    assert!(error.cause.unwrap().contains("refused"));
    let error = read(Path::new("/nowhere/config"), "s").unwrap_err();
    assert_eq!(
        (error.kind, error.detail.as_str()),
        (Kind::Setting, "cannot find a Kubernetes cluster to read the Secret `cluster:s` from")
    );
}
