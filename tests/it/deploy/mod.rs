//! A real cluster accepts deploy/argocd as kustomize builds it, and the chart's values agree with it. This file has the sidecar under Argo
//! CD's own cmp-server, and what stands behind it.

mod monitoring;
mod server;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::support::program::{program, root};
use crate::support::servers::{self, Kubernetes};

const FOLDER: &str = "deploy/argocd";

#[test]
fn a_cluster_takes_what_kustomize_builds() {
    let (Some(built), Some(cluster)) = (built_with("[sidecar]"), servers::kubernetes()) else { return };
    assert_accepted(cluster, &objects(&built), &["ConfigMap", "ConfigMap", "Deployment"]);
}

#[test]
fn the_sidecar_is_confined_and_needs_no_shell() {
    let Some(built) = built_with("[sidecar]") else { return };
    let built = objects(&built);
    let pod = &deployment(&built)["spec"]["template"]["spec"];
    assert_eq!(list(&pod["containers"]).len(), 2, "the stock container stays");
    named(&pod["containers"], "argocd-repo-server");
    let sidecar = named(&pod["containers"], "vault-render");
    assert_confined(sidecar);
    assert_eq!(sidecar["command"], json!(["/var/run/argocd/argocd-cmp-server"]));
    for probe in ["livenessProbe", "readinessProbe"] {
        assert_eq!(sidecar[probe]["exec"]["command"][0], "vault-render", "{probe}");
    }
    assert_eq!(named(&pod["volumes"], "vault-render-tmp")["emptyDir"]["medium"], "Memory");
    let token = &named(&pod["volumes"], "vault-render-token")["projected"]["sources"][0]["serviceAccountToken"];
    assert_eq!(token["audience"], "vault");
    for mount in list(&sidecar["volumeMounts"]) {
        named(&pod["volumes"], text(&mount["name"]));
    }
}

/// What the readiness probe runs, with the token where the volume is. What would be missed first: a name that `vault-render` does not
/// know, a value that it does not take, a file or a setting that is missing.
fn probe(token: &Path, leave_out: &str) -> Output {
    let patch = yaml("sidecar/repo-server.yaml");
    let sidecar = named(&patch["spec"]["template"]["spec"]["containers"], "vault-render");
    let words = list(&sidecar["readinessProbe"]["exec"]["command"]).iter().skip(1).map(text);
    let settings =
        settings("sidecar").into_iter().filter(|(name, _)| name != leave_out).map(|(name, value)| match &*name {
            "AVP_K8S_TOKEN_PATH" => (name, token.display().to_string()),
            _ => (name, value),
        });
    settings.fold(program(words), |program, (name, value)| program.env(&name, value)).output()
}

#[test]
fn the_pod_gets_ready_with_the_operator_s_settings_and_only_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    let stderr = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let output = probe(&token, "");
    assert!(output.status.code() == Some(2) && stderr(&output).contains("cannot read"), "{}", stderr(&output));
    fs::write(&token, "jwt").unwrap();
    let output = probe(&token, "");
    assert!(output.status.success() && stderr(&output).is_empty(), "{}", stderr(&output));
    for missing in ["VAULT_ADDR", "AVP_K8S_ROLE"] {
        let output = probe(&token, missing);
        assert!(output.status.code() == Some(2) && stderr(&output).contains(missing), "{}", stderr(&output));
    }
}

/// kustomize reads no file outside its folder, so the text stands there, and once more where users look for it first.
#[test]
fn the_plugin_at_the_top_is_the_sidecar_s() {
    let [top, sidecar] =
        ["plugin.yaml", "deploy/argocd/sidecar/plugin.yaml"].map(|file| fs::read_to_string(root().join(file)).unwrap());
    assert_eq!(top, sidecar, "cp deploy/argocd/sidecar/plugin.yaml plugin.yaml");
    assert_eq!(
        yaml("sidecar/plugin.yaml")["spec"]["generate"]["command"],
        json!(["vault-render", "build", ".", "--strict"])
    );
}

#[test]
fn the_plugins_differ_in_their_discovery_alone() {
    let (plain, mut discovering) = (yaml("sidecar/plugin.yaml"), yaml("discover/plugin.yaml"));
    let discover = discovering["spec"].as_object_mut().unwrap().shift_remove("discover");
    assert_eq!(discover, Some(json!({"find": {"command": ["vault-render", "discover"]}})));
    assert_eq!(plain, discovering);
}

#[test]
fn the_chart_s_values_say_the_same() {
    let (values, patch) = (yaml("values.yaml"), yaml("sidecar/repo-server.yaml"));
    let pod = &patch["spec"]["template"]["spec"];
    assert_eq!(values["repoServer"]["extraContainers"], pod["containers"]);
    let mut volumes = values["repoServer"]["volumes"].clone();
    let config = json!({"name": "argocd-cmp-cm", "items": [{"key": "vault-render.yaml", "path": "plugin.yaml"}]});
    assert_eq!(volumes[0]["configMap"], config, "the chart puts each plugin into one ConfigMap");
    volumes[0]["configMap"] = pod["volumes"][0]["configMap"].clone();
    assert_eq!(volumes, pod["volumes"]);
    assert_eq!(values["configs"]["cmp"]["plugins"]["vault-render"], yaml("sidecar/plugin.yaml")["spec"]);
    let settings = settings("sidecar").into_iter().map(|(name, value)| (name, json!(value)));
    assert_eq!(values["extraObjects"][0]["data"], Value::Object(settings.collect()));
}

#[test]
fn the_stock_repo_server_is_argo_cd_s() {
    let Some(installation) = servers::argocd_installation() else { return };
    let objects = objects(&fs::read_to_string(installation).unwrap());
    let stock = objects
        .iter()
        .find(|object| object["kind"] == "Deployment" && object["metadata"]["name"] == "argocd-repo-server");
    assert_eq!(stock, Some(&yaml("stock/repo-server.yaml")));
}

#[test]
fn discovery_is_added_by_name() {
    let Some(built) = built_with("[sidecar, discover]") else { return };
    assert!(built.contains("command: [vault-render, discover]"));
}

/// docs/keep.md.
#[test]
fn the_keep_is_added_by_name_and_a_cluster_takes_it() {
    let (Some(built), Some(cluster)) = (built_with("[sidecar, keep]"), servers::kubernetes()) else { return };
    cluster.namespace("argocd-keep");
    let built = objects(&built);
    let mut deployment = deployment(&built).clone();
    deployment["metadata"]["namespace"] = json!("argocd-keep");
    let path = "apis/apps/v1/namespaces/argocd-keep/deployments?dryRun=All&fieldManager=tests&fieldValidation=Strict";
    cluster.api().post(path, &deployment).ok();
    let pod = &deployment["spec"]["template"]["spec"];
    let (sidecar, renewer) =
        (named(&pod["containers"], "vault-render"), named(&pod["containers"], "vault-render-keep"));
    let settings = list(&sidecar["env"]).iter().map(|variable| text(&variable["name"])).collect::<Vec<_>>();
    assert_eq!(settings, ["AVP_KEEP", "AVP_KEEP_PASSWORD_FILE", "AVP_KEEP_KEY_FILE"]);
    for field in ["env", "envFrom", "image", "securityContext"] {
        assert_eq!(sidecar[field], renewer[field], "{field}");
    }
    for container in [sidecar, renewer] {
        for mount in list(&container["volumeMounts"]) {
            named(&pod["volumes"], text(&mount["name"]));
        }
    }
    assert_eq!(renewer["command"], json!(["vault-render", "keep", "renew", "--every", "1m"]));
}

/// docs/audit.md and docs/tenants.md.
#[test]
fn the_audit_and_the_policy_are_added_by_name_and_a_cluster_takes_it() {
    let (Some(built), Some(cluster)) = (built_with("[sidecar, tenants, audit]"), servers::kubernetes()) else { return };
    cluster.namespace("argocd-audit");
    let built = objects(&built);
    let mut deployment = deployment(&built).clone();
    deployment["metadata"]["namespace"] = json!("argocd-audit");
    let path = "apis/apps/v1/namespaces/argocd-audit/deployments?dryRun=All&fieldManager=tests&fieldValidation=Strict";
    cluster.api().post(path, &deployment).ok();
    let pod = &deployment["spec"]["template"]["spec"];
    let (sidecar, printer) =
        (named(&pod["containers"], "vault-render"), named(&pod["containers"], "vault-render-audit"));
    assert_eq!(sidecar["securityContext"], printer["securityContext"], "both are the user who may read the file");
    named(&sidecar["env"], "AVP_POLICY");
    let file = text(&named(&sidecar["env"], "AVP_AUDIT")["value"]);
    assert_eq!(list(&printer["command"]).last().map(text), Some(file));
    let folder = Path::new(file).parent().and_then(Path::to_str);
    for container in [sidecar, printer] {
        let mount = named(&container["volumeMounts"], "vault-render-audit");
        assert_eq!(mount["mountPath"].as_str(), folder);
    }
    named(&pod["volumes"], "vault-render-audit");
}

/// A cluster takes the objects, which are of these kinds.
#[track_caller]
fn assert_accepted(cluster: &Kubernetes, objects: &[Value], kinds: &[&str]) {
    cluster.namespace("argocd");
    let mut found: Vec<_> = objects.iter().map(|object| text(&object["kind"])).collect();
    found.sort();
    assert_eq!(found, kinds);
    for object in objects {
        let (group, kind) = match text(&object["kind"]) {
            "Deployment" => ("apis/apps/v1", "deployments"),
            "ConfigMap" => ("api/v1", "configmaps"),
            "Service" => ("api/v1", "services"),
            other => panic!("a {other} is not expected"),
        };
        let path = format!("{group}/namespaces/argocd/{kind}?dryRun=All&fieldManager=tests&fieldValidation=Strict");
        cluster.api().post(&path, object).ok();
    }
}

/// A container has the rights of Argo CD's own, and no more.
#[track_caller]
fn assert_confined(container: &Value) {
    let expected = json!({
        "runAsNonRoot": true, "runAsUser": 999, "readOnlyRootFilesystem": true, "allowPrivilegeEscalation": false,
        "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"},
    });
    assert_eq!(container["securityContext"], expected);
}

/// What kustomize builds with these components.
fn built_with(components: &str) -> Option<String> {
    let kustomize = servers::binary("kustomize")?;
    let folder = tempfile::tempdir().unwrap();
    let copied = Command::new("cp").arg("-r").arg(root().join(FOLDER)).arg(folder.path()).status().unwrap();
    assert!(copied.success());
    let file = folder.path().join("argocd/kustomization.yaml");
    let kustomization = fs::read_to_string(&file).unwrap();
    fs::write(&file, kustomization.replace("components: [server]", &format!("components: {components}"))).unwrap();
    let output = Command::new(kustomize).arg("build").arg(folder.path().join("argocd")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("text"))
}

/// docs/argocd.md: the server beside a whole stock Argo CD.
#[test]
fn the_guide_s_kustomization_builds() {
    let (Some(kustomize), Some(installation)) = (servers::binary("kustomize"), servers::argocd_installation()) else {
        return;
    };
    let guide = fs::read_to_string(root().join("docs/argocd.md")).unwrap();
    let block = guide.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("its first block");
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("deploy")).unwrap();
    let copied = Command::new("cp").arg("-r").arg(root().join(FOLDER)).arg(folder.path().join("deploy")).status();
    assert!(copied.unwrap().success());
    fs::copy(installation, folder.path().join("argo-cd.yaml")).unwrap();
    fs::write(folder.path().join("kustomization.yaml"), block).unwrap();
    let output = Command::new(kustomize).arg("build").arg(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let built = objects(&String::from_utf8(output.stdout).unwrap());
    let repo_server =
        |object: &&Value| object["kind"] == "Deployment" && object["metadata"]["name"] == "argocd-repo-server";
    let found = built.iter().find(repo_server).expect("the repo-server");
    let sidecar = named(&found["spec"]["template"]["spec"]["containers"], "vault-render");
    assert_eq!(sidecar["image"], format!("registry.example.com/vault-render-tools:{}", env!("CARGO_PKG_VERSION")));
}

/// What is in the settings.env of a component.
fn settings(component: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join(FOLDER).join(component).join("settings.env")).expect("settings.env");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.split_once('=').expect("a setting"))
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

fn objects(yaml: &str) -> Vec<Value> {
    yaml.split("\n---\n").map(|document| serde_yaml::from_str(document).expect("YAML")).collect()
}

fn yaml(file: &str) -> Value {
    serde_yaml::from_str(&fs::read_to_string(root().join(FOLDER).join(file)).expect(file)).expect(file)
}

fn deployment(objects: &[Value]) -> &Value {
    objects.iter().find(|object| object["kind"] == "Deployment").expect("a Deployment")
}

fn named<'a>(items: &'a Value, name: &str) -> &'a Value {
    list(items).iter().find(|item| item["name"] == name).unwrap_or_else(|| panic!("there is no {name}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
