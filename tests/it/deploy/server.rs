//! deploy/argocd/server: `vault-render serve` beside the repo-server.

use serde_json::{Value, json};

use super::{assert_accepted, assert_confined, built_with, deployment, list, named, objects, settings, text, yaml};
use crate::support::servers;
use crate::support::servers::plugin::PluginServer;

#[test]
fn a_cluster_takes_what_kustomize_builds() {
    let (Some(built), Some(cluster)) = (built_with("[server]"), servers::kubernetes()) else { return };
    assert_accepted(cluster, &objects(&built), &["ConfigMap", "Deployment", "Service"]);
}

#[test]
fn the_container_is_confined_and_needs_nothing_of_argo_cd_but_the_sockets_folder() {
    let Some(built) = built_with("[server]") else { return };
    let built = objects(&built);
    let pod = &deployment(&built)["spec"]["template"]["spec"];
    assert_eq!(list(&pod["containers"]).len(), 2, "the stock container stays");
    let container = named(&pod["containers"], "vault-render");
    assert_confined(container);
    assert_eq!(list(&container["command"])[..2], [json!("vault-render"), json!("serve")]);
    let mounts: Vec<_> = list(&container["volumeMounts"]).iter().map(|mount| text(&mount["mountPath"])).collect();
    assert_eq!(mounts, ["/home/argocd/cmp-server/plugins", "/tmp", "/var/run/secrets/vault"]);
    for mount in list(&container["volumeMounts"]) {
        named(&pod["volumes"], text(&mount["name"]));
    }
    assert_eq!(named(&container["env"], "ARGOCD_CMP_WORKDIR")["value"], "/tmp");
    assert_eq!(named(&pod["volumes"], "vault-render-tmp")["emptyDir"]["medium"], "Memory");
    let token = &named(&pod["volumes"], "vault-render-token")["projected"]["sources"][0]["serviceAccountToken"];
    assert_eq!(token["audience"], "vault");
}

/// Argo CD's Service is not touched: what has a name here has the same one in the other objects.
#[test]
fn probes_and_the_service_come_to_the_port_that_is_served() {
    let patch = yaml("server/repo-server.yaml");
    let container = named(&patch["spec"]["template"]["spec"]["containers"], "vault-render");
    let address = list(&container["command"]).last().map(text).unwrap();
    let port = named(&container["ports"], "vault-render");
    assert_eq!(address, format!("0.0.0.0:{}", port["containerPort"]), "the pod's address, not loopback");
    assert_eq!(container["readinessProbe"]["httpGet"], json!({"path": "/readyz", "port": port["name"]}));
    let service = yaml("server/metrics.yaml");
    assert_eq!(service["spec"]["ports"][0]["targetPort"], port["name"]);
    let labels = &yaml("stock/repo-server.yaml")["spec"]["template"]["metadata"]["labels"];
    for (name, value) in service["spec"]["selector"].as_object().unwrap() {
        assert_eq!(labels[name], *value, "the pods of the repo-server");
    }
}

#[test]
fn the_server_starts_with_the_operator_s_settings() {
    let patch = yaml("server/repo-server.yaml");
    let container = named(&patch["spec"]["template"]["spec"]["containers"], "vault-render");
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "jwt").unwrap();
    let settings = settings("server").into_iter().map(|(name, value)| match &*name {
        "AVP_K8S_TOKEN_PATH" => (name, token.display().to_string()),
        _ => (name, value),
    });
    let settings: Vec<_> = settings.collect();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // Its port may be taken on this machine.
    let words = list(&container["command"]).iter().skip(2).map(text);
    let flags: Vec<_> = words.map(|word| if word.ends_with(":8085") { "127.0.0.1:0" } else { word }).collect();
    let server = PluginServer::start(&flags, &settings);
    assert_eq!(server.socket().file_name().unwrap(), "vault-render.sock", "the name in Applications");
    let output = server.process().output();
    assert!(!output.contains("\"level\":\"warning\"") && !output.contains("\"level\":\"error\""), "{output}");
}

#[test]
fn the_chart_s_values_say_the_same() {
    let (values, patch) = (yaml("server/values.yaml"), yaml("server/repo-server.yaml"));
    let pod = &patch["spec"]["template"]["spec"];
    assert_eq!(values["repoServer"]["extraContainers"], pod["containers"]);
    assert_eq!(values["repoServer"]["volumes"], pod["volumes"]);
    let settings = settings("server").into_iter().map(|(name, value)| (name, json!(value)));
    assert_eq!(values["extraObjects"][0]["data"], Value::Object(settings.collect()));
    assert_eq!(values["extraObjects"][1], yaml("server/metrics.yaml"));
}

#[test]
fn the_other_components_stand_behind_it_as_behind_the_sidecar() {
    let (Some(built), Some(cluster)) = (built_with("[server, tenants, audit, keep]"), servers::kubernetes()) else {
        return;
    };
    let built = objects(&built);
    assert_accepted(cluster, &built, &["ConfigMap", "ConfigMap", "Deployment", "Service"]);
    let container = named(&deployment(&built)["spec"]["template"]["spec"]["containers"], "vault-render");
    for setting in ["AVP_POLICY", "AVP_AUDIT", "AVP_KEEP", "ARGOCD_CMP_WORKDIR"] {
        named(&container["env"], setting);
    }
    assert_eq!(list(&container["command"])[1], "serve");
}
