//! Every field of every kind that a real API server serves: what spells the field's type in the store is not refused for its type, and
//! what cannot be of it is our error.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use super::fields::{Fields, store};
use super::run;
use crate::support::files::write;
use crate::support::servers::{self, Kubernetes};

/// A kind, and where its objects are created.
struct Kind {
    path: String,
    api_version: String,
    kind: String,
    schema: Value,
}

/// What the server fills in or refuses to take, and what no placeholder may stand in.
const LEFT_OUT: [&str; 4] = ["apiVersion", "kind", "metadata", "status"];

/// The kinds whose objects can be created, by the server's own document.
fn kinds(document: &Value) -> Vec<Kind> {
    let creating = document["paths"].as_object().unwrap().iter().filter(|(path, _)| !path.contains("{name}"));
    let mut kinds: BTreeMap<(String, String), Kind> = BTreeMap::new();
    for (path, item) in creating {
        let Value::Object(of) = &item["post"]["x-kubernetes-group-version-kind"] else { continue };
        let text = |key: &str| of[key].as_str().unwrap().to_owned();
        let (group, version, kind) = (text("group"), text("version"), text("kind"));
        let api_version = if group.is_empty() { version } else { format!("{group}/{version}") };
        let body =
            item["post"]["parameters"].as_array().into_iter().flatten().find(|parameter| parameter["in"] == "body");
        let Some(schema) = body.map(|body| body["schema"].clone()) else { continue };
        let path = path.trim_start_matches('/').replace("{namespace}", "default");
        kinds.insert((api_version.clone(), kind.clone()), Kind { path, api_version, kind, schema });
    }
    kinds.into_values().collect()
}

/// An object of a kind with a placeholder in every field.
fn object(kind: &Kind, fields: &mut Fields<'_>) -> Value {
    let name = kind.schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
    let schema = name.map_or(&kind.schema, |name| &fields.definitions[name]);
    let mut object = json!({"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": "web"}});
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        if !LEFT_OUT.contains(&&**name)
            && let Some(value) = fields.of(field)
        {
            object[name] = value;
        }
    }
    object
}

/// The objects as documents, in the order of the kinds.
fn documents(kinds: &[Kind], fields: &mut Fields<'_>) -> String {
    let texts: Vec<String> = kinds.iter().map(|kind| serde_yaml::to_string(&object(kind, fields)).unwrap()).collect();
    texts.join("---\n")
}

/// Why the server refuses an object for the type of a field, if it does.
fn refusal(cluster: &Kubernetes, kind: &Kind, yaml: &str) -> Option<String> {
    let answer = cluster.api().try_out(&kind.path, yaml.to_owned());
    let message = answer.body["message"].as_str().unwrap_or(&answer.text);
    let names_type =
        ["must be of type", ", got ", "cannot unmarshal", "illegal base64"].map(|words| message.contains(words));
    let is_refused = answer.status == 400 || answer.status >= 400 && names_type.contains(&true);
    is_refused.then(|| format!("{} {}: {} {message}", kind.api_version, kind.kind, answer.status))
}

/// Renders an object of each kind, and asks the server and ourselves about it.
fn judge(cluster: &Kubernetes, kinds: &[Kind], definitions: &Value, more: &[&str]) -> usize {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "secrets.yaml", &store());
    let mut fields = Fields::new(definitions, false);
    write(folder.path(), "right.yaml", &documents(kinds, &mut fields));
    let output = run(folder.path(), &[&["generate", "right.yaml"], more].concat()).output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let refused: Vec<String> =
        kinds.iter().zip(text.split("\n---\n")).filter_map(|(kind, yaml)| refusal(cluster, kind, yaml)).collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    let mut wrong = Fields::new(definitions, true);
    write(folder.path(), "wrong.yaml", &documents(kinds, &mut wrong));
    let output =
        run(folder.path(), &[&["check", "wrong.yaml", "--online", "--format", "json"], more].concat()).output();
    let found = String::from_utf8(output.stdout).unwrap();
    let errors = found.lines().filter(|line| line.contains("\"wrong-type\"")).count();
    assert_eq!(errors, wrong.count, "{}", String::from_utf8_lossy(&output.stderr));
    fields.count
}

#[test]
fn no_field_of_a_built_in_kind_is_refused_for_its_type() {
    let Some(cluster) = servers::kubernetes() else { return };
    let document = cluster.api().get("openapi/v2").ok();
    let mut kinds = kinds(&document);
    kinds.retain(|kind| !kind.api_version.contains("example."));
    let fields = judge(cluster, &kinds, &document["definitions"], &[]);
    assert!(kinds.len() > 60 && fields > 7_000, "{} kinds, {fields} fields", kinds.len());
}

/// The definitions in a file, without the webhooks that would convert between their versions.
fn definitions(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    let documents = serde_yaml::Deserializer::from_str(&text).map(|document| Value::deserialize(document).unwrap());
    let mut definitions: Vec<Value> =
        documents.filter(|document| document["kind"] == "CustomResourceDefinition").collect();
    definitions
        .iter_mut()
        .for_each(|definition| drop(definition["spec"].as_object_mut().unwrap().remove("conversion")));
    definitions
}

/// Installs a definition. Returns its kinds, one for each version that is served.
fn install(cluster: &Kubernetes, definition: &Value) -> Vec<Kind> {
    let (api, spec) = (cluster.api(), &definition["spec"]);
    let path = format!(
        "apis/apiextensions.k8s.io/v1/customresourcedefinitions/{}",
        definition["metadata"]["name"].as_str().unwrap()
    );
    api.apply(&path, "tests", definition).ok();
    let served = spec["versions"].as_array().unwrap().iter().filter(|version| version["served"] == true);
    let kind = |version: &Value| {
        let api_version = format!("{}/{}", spec["group"].as_str().unwrap(), version["name"].as_str().unwrap());
        let within = if spec["scope"] == "Namespaced" { "/namespaces/default" } else { "" };
        let path = format!("apis/{api_version}{within}/{}", spec["names"]["plural"].as_str().unwrap());
        let until = Instant::now() + Duration::from_secs(30);
        while api.get(&path).status == 404 {
            assert!(Instant::now() < until, "the cluster does not serve {path}");
            std::thread::sleep(Duration::from_millis(50));
        }
        let kind = spec["names"]["kind"].as_str().unwrap().to_owned();
        Kind { path, api_version, kind, schema: version["schema"]["openAPIV3Schema"].clone() }
    };
    served.map(kind).collect()
}

/// Judges the kinds that the files define, which `more` flags or this program bring the schemas of.
fn judge_definitions(files: &[PathBuf], more: &[&str]) -> usize {
    let Some(cluster) = servers::kubernetes() else { return usize::MAX };
    let all: Vec<Value> = files.iter().flat_map(|file| definitions(file)).collect();
    let kinds: Vec<Kind> = all.iter().flat_map(|definition| install(cluster, definition)).collect();
    judge(cluster, &kinds, &Value::Null, more)
}

#[test]
fn no_field_of_a_named_definition_is_refused_for_its_type() {
    let Some(manifests) = servers::manifests() else { return };
    let files = [
        "k8s.io/apiextensions-apiserver@v0.36.3/test/integration/ratcheting_test_cases/crds/standard-install.yaml",
        "k8s.io/kubernetes@v1.36.3/cluster/addons/calico-policy-controller/felixconfigurations-crd.yaml",
        "k8s.io/kubernetes@v1.36.3/cluster/addons/calico-policy-controller/globalnetworkpolicy-crd.yaml",
        "k8s.io/kubernetes@v1.36.3/cluster/addons/volumesnapshots/crd/snapshot.storage.k8s.io_volumesnapshotcontents.yaml",
    ];
    let files = files.map(|file| manifests.join(file));
    let names = files.each_ref().map(|file| file.to_str().unwrap());
    let more: Vec<&str> = names.iter().flat_map(|name| ["--schema", name]).collect();
    let fields = judge_definitions(&files, &more);
    assert!(fields > 300, "{fields} fields");
}

/// By hand: `TEST_DEFINITIONS=FOLDER` judges the kinds that are defined in the files of the folder.
#[test]
fn no_field_of_a_definition_that_is_brought_is_refused_for_its_type() {
    let Some(folder) = servers::setting("TEST_DEFINITIONS") else { return };
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|end| end == "yaml")).collect();
    assert!(judge_definitions(&files, &["--schema", &folder]) > 0);
}
