//! The schemas of a cluster: `--schema live`, and those that `diff --base live` asks for by itself.

use serde_json::json;

use super::{DEFINITION, TYPED, WIDGET, folder, printed, run};
use crate::support::servers::{self, Kubernetes};

/// The cluster with the kind installed.
fn cluster() -> Option<&'static Kubernetes> {
    let cluster = servers::kubernetes()?;
    let definition: serde_json::Value = serde_yaml::from_str(DEFINITION).unwrap();
    let path = "apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    cluster.api().apply(&format!("{path}/widgets.example.com"), "tests", &definition).ok();
    let is_listed = || cluster.api().get("openapi/v3").ok()["paths"].get("apis/example.com/v1").is_some();
    let has_schema = || is_listed() && cluster.api().get("openapi/v3/apis/example.com/v1").text.contains("certificate");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !has_schema() {
        assert!(std::time::Instant::now() < deadline, "the cluster does not publish the schema");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Some(cluster)
}

#[test]
fn the_cluster_s_kinds_are_known_if_it_is_named() {
    let Some(cluster) = cluster() else { return };
    let folder = folder();
    let kubeconfig = cluster.kubeconfig("schemas", cluster.admin);
    let live = run(folder.path(), &["generate", "-", "--schema", "live"]).env("KUBECONFIG", kubeconfig).stdin(WIDGET);
    assert!(printed(live).ends_with(TYPED));
}

#[test]
fn a_diff_with_the_cluster_knows_its_kinds_by_itself() {
    let Some(cluster) = cluster() else { return };
    let folder = folder();
    cluster.namespace("schemas");
    let size =
        json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": {"size": 3}});
    cluster.api().post("apis/example.com/v1/namespaces/schemas/widgets", &size).ok();
    let manifest = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w, namespace: schemas}\nspec: {size: <path:app#three>}\n";
    let kubeconfig = cluster.kubeconfig("schemas-diff", cluster.admin);
    let output =
        run(folder.path(), &["diff", "-", "--base", "live"]).env("KUBECONFIG", kubeconfig).stdin(manifest).output();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn without_a_cluster_or_the_right_to_ask_it_the_way_out_is_told() {
    let Some(cluster) = cluster() else { return };
    let folder = folder();
    let live = || run(folder.path(), &["generate", "-", "--schema", "live"]).stdin(WIDGET);
    let told = String::from_utf8(live().output().stderr).unwrap();
    assert!(told.starts_with("error: cannot find a Kubernetes cluster"), "{told}");
    let kubeconfig = cluster.kubeconfig("schemas-nobody", "nobody");
    let told = String::from_utf8(live().env("KUBECONFIG", kubeconfig).output().stderr).unwrap();
    assert!(told.starts_with("error: the Kubernetes cluster does not know who asks (401)"), "{told}");
}
