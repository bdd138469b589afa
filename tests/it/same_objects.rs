//! One chart through every kind of call: Kubernetes reads the same objects from each output.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value as Json;

use crate::differential::oracle;
use crate::helm::{helm, install, post_renderer};
use crate::krm::kustomize_build;
use crate::support::files::write;
use crate::support::program::program;
use crate::support::servers;

/// Values of every kind: text, a number, JSON, several lines.
const SECRETS: &str = r##"secret/data/app: { password: "p@ss: 'word' #1", replicas: 3, json: '{"a":[1,"<b>"]}', cert: "A\nB\n", yes: "yes" }"##;

const TEMPLATES: [(&str, &str); 5] = [
    (
        "templates/deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\n  labels: {a: <path:secret/data/app#yes>}\nspec:\n  \
         replicas: <path:secret/data/app#replicas>\n  template:\n    spec:\n      containers:\n        - name: web # a comment\n          \
         image: web\n          env: [{name: COUNT, value: \"<path:secret/data/app#replicas>\"}]\n",
    ),
    (
        "templates/secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}\n  annotations: {avp.kubernetes.io/path: secret/data/app}\nstringData:\n  \
         plain: {{ .Values.password | quote }}\n  generic: <password>\n  cert: |\n    <path:secret/data/app#cert>\ndata:\n  \
         encoded: {{ .Values.password | b64enc }}\n",
    ),
    (
        "templates/config.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata:\n  url: {{ printf \"https://x/?p=%s\" \
         (.Values.password | urlquery) | quote }}\n  json: {{ dict \"p\" .Values.password | toJson | quote }}\n  text: {{ .Values.json | quote }}\n",
    ),
    (
        "templates/hook.yaml",
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\n  annotations: {helm.sh/hook: pre-install}\nspec:\n  template:\n    \
         spec:\n      restartPolicy: Never\n      containers: [{name: m, image: m, args: [{{ .Values.password | quote }}]}]\n",
    ),
    (
        "charts/sub/templates/plain.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: sub}\nspec:\n  ports: [{port: 80}]\n",
    ),
];

fn chart(folder: &Path) {
    write(folder, "secrets.yaml", &format!("{SECRETS}\n"));
    write(folder, "chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n");
    write(folder, "chart/charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 0.1.0\n");
    let values = "password: <path:secret/data/app#password>\njson: <path:secret/data/app#json>\n";
    write(folder, "chart/values.yaml", values);
    TEMPLATES.iter().for_each(|(name, text)| write(folder, &format!("chart/{name}"), text));
}

/// What helm prints.
fn templated(binary: &Path, folder: &Path, flags: &[String]) -> Vec<u8> {
    let output = helm(binary, folder).args(["template", "web", "chart"]).args(flags).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn generated(folder: &Path, stdin: Vec<u8>) -> Vec<u8> {
    let output = program(["generate", "-", "--secrets", "secrets.yaml"]).folder(folder).stdin(stdin).output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What `build` makes of the chart.
fn built(folder: &Path, helm: &Path) -> Vec<u8> {
    let args = ["build", "chart", "--release-name", "web", "--secrets", "secrets.yaml", "--helm"];
    let output = program(args).args([helm]).folder(folder).output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What kustomize builds of what helm printed, with the function.
fn through_kustomize(kustomize: &Path, folder: &Path, manifests: &[u8]) -> Vec<u8> {
    write(folder, "kustomized/all.yaml", std::str::from_utf8(manifests).unwrap());
    write(folder, "kustomized/kustomization.yaml", "resources: [all.yaml]\ntransformers: [vault-render.yaml]\n");
    let transformer = crate::krm::transformer(&["fn", "--secrets", "../secrets.yaml"]);
    write(folder, "kustomized/vault-render.yaml", &transformer);
    let built = kustomize_build(kustomize, &folder.join("kustomized"));
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    built.stdout
}

/// The objects of a stream by kind and name, as Kubernetes reads them.
fn objects(decoder: &Path, stream: Vec<u8>) -> BTreeMap<String, Json> {
    let answer = oracle::ask(decoder, &[stream]).remove(0);
    assert_eq!(answer.error, None);
    let key = |object: &Json| format!("{} {}", object["kind"], object["metadata"]["name"]);
    answer.documents.into_iter().map(|object| (key(&object), object)).collect()
}

fn is_hook(object: &Json) -> bool {
    object["metadata"]["annotations"]["helm.sh/hook"].is_string()
}

#[test]
fn every_way_gives_the_same_objects() {
    let tools = ["oracle", "helm3", "helm4", "kustomize"].map(servers::binary);
    let [Some(decoder), Some(helm3), Some(helm4), Some(kustomize)] = tools else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    chart(folder);
    install(&helm4, "helm4", folder);
    let plain = templated(&helm3, folder, &[]);
    let expected = objects(&decoder, generated(folder, plain.clone()));
    assert_eq!(expected.len(), TEMPLATES.len());
    assert_eq!(expected[r#""Secret" "web""#]["stringData"]["plain"], "p@ss: 'word' #1");
    let ways = [
        ("`build` with helm 3", built(folder, &helm3)),
        ("`build` with helm 4", built(folder, &helm4)),
        ("helm 4 in a pipe", generated(folder, templated(&helm4, folder, &[]))),
        ("helm 4's plugin", templated(&helm4, folder, &post_renderer("vault-render", &[]))),
        ("the KRM function", through_kustomize(&kustomize, folder, &plain)),
    ];
    for (way, stream) in ways {
        assert_eq!(objects(&decoder, stream), expected, "{way}");
    }
    // helm 3 gives its post-renderer no hooks: they ship as they are.
    let flags = post_renderer("vault-render", &["generate", "-"]);
    let mut helm_3 = objects(&decoder, templated(&helm3, folder, &flags));
    let hook = helm_3.remove(r#""Job" "migrate""#).expect("the hook");
    assert!(is_hook(&hook) && hook.to_string().contains("<path:secret/data/app#password>"), "{hook}");
    let without_hooks = expected.into_iter().filter(|(_, object)| !is_hook(object)).collect();
    assert_eq!(helm_3, without_hooks);
}
