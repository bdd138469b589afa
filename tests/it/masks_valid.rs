//! What the API server takes, it takes masked: a placeholder stands in place of each value of real objects, one value at a time, and both
//! renderings go through the server's dry run.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value as Json, json};
use walkdir::WalkDir;

use crate::support::program::{program, root};
use crate::support::servers::{self, Kubernetes};

/// The fields by which the server knows what an object is.
const IDENTITY: [&str; 2] = ["apiVersion", "kind"];

/// Keys under which masks are made: no mask may be valid by chance.
const KEYS: [&str; 2] = ["the first key of two", "the second key of two"];

const FILES: [&str; 4] = [
    "tests/masks/objects.yaml",
    "examples/plain/rendered.yaml",
    "examples/helm/rendered.yaml",
    "examples/kustomize/rendered.yaml",
];

/// An object with a placeholder in place of one value, wherever it stands.
struct Variant {
    object: Json,
    /// Where the value stands first.
    field: String,
}

/// The objects of a file.
fn objects(text: &str) -> Vec<Json> {
    let documents = serde_yaml::Deserializer::from_str(text).map_while(|document| Json::deserialize(document).ok());
    documents.filter(|object| object.get("kind").is_some()).collect()
}

/// The variants of an object, and the values that stand behind their placeholders, by key.
fn variants(object: &Json, values: &mut Vec<Json>) -> Vec<Variant> {
    let mut fields: BTreeMap<String, (Json, String)> = BTreeMap::new();
    let mut order = Vec::new();
    scalars(object, String::new(), &mut |field, value| {
        let entry = fields.entry(value.to_string());
        entry.or_insert_with(|| {
            order.push(value.to_string());
            (value.clone(), field.to_owned())
        });
    });
    let mut out = Vec::new();
    for text in order {
        let (value, field) = &fields[&text];
        let placeholder = json!(format!("<path:s#k{}>", values.len()));
        out.push(Variant { object: replaced(object, value, &placeholder), field: field.clone() });
        values.push(value.clone());
    }
    out
}

fn scalars(value: &Json, field: String, found: &mut dyn FnMut(&str, &Json)) {
    match value {
        Json::Object(entries) => {
            for (key, value) in entries.iter().filter(|(key, _)| !field.is_empty() || !IDENTITY.contains(&key.as_str()))
            {
                scalars(value, format!("{field}/{key}"), found);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| scalars(item, format!("{field}/#"), found)),
        Json::Null => {}
        scalar => found(&field, scalar),
    }
}

/// A value with `placeholder` for each scalar that equals `wanted`: what has to be equal in an object stays so.
fn replaced(value: &Json, wanted: &Json, placeholder: &Json) -> Json {
    match value {
        Json::Object(entries) => {
            let entry = |(key, value): (&String, &Json)| {
                let is_identity = IDENTITY.contains(&key.as_str());
                (key.clone(), if is_identity { value.clone() } else { replaced(value, wanted, placeholder) })
            };
            Json::Object(entries.iter().map(entry).collect())
        }
        Json::Array(items) => items.iter().map(|item| replaced(item, wanted, placeholder)).collect(),
        scalar if scalar == wanted => placeholder.clone(),
        scalar => scalar.clone(),
    }
}

/// The objects rendered, clear or masked, in the order of the variants. The definition of their kind may stand before them.
fn rendered(variants: &[Variant], values: &[Json], definition: &str, mask_key: Option<&str>) -> Vec<Json> {
    let secrets = tempfile::NamedTempFile::with_suffix(".json").unwrap();
    let data: serde_json::Map<String, Json> =
        values.iter().enumerate().map(|(index, value)| (format!("k{index}"), value.clone())).collect();
    fs::write(secrets.path(), json!({ "s": data }).to_string()).unwrap();
    let documents: Vec<String> = variants.iter().map(|variant| variant.object.to_string()).collect();
    let run = program(["generate", "-", "--secrets"])
        .args([secrets.path()])
        .stdin(definition.to_owned() + &documents.join("\n---\n"));
    let run = match mask_key {
        Some(key) => run.args(["--mask"]).env("VAULT_RENDER_MASK_KEY", key),
        None => run,
    };
    let output = run.output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut objects = objects(&String::from_utf8(output.stdout).unwrap());
    objects.split_off(objects.len() - variants.len())
}

/// The cluster's answers about objects that are created as a dry run.
struct DryRuns<'c> {
    cluster: &'c Kubernetes,
    resources: HashMap<String, Json>,
}

impl DryRuns<'_> {
    /// The refusal of an object; `None` if the server takes it. `Some` of nothing if it does not know its kind.
    fn refusal(&mut self, object: &Json) -> Option<String> {
        let version = object["apiVersion"].as_str().unwrap_or_default();
        let group = if version.contains('/') { format!("apis/{version}") } else { format!("api/{version}") };
        let cluster = self.cluster;
        let known = self.resources.entry(group.clone()).or_insert_with(|| cluster.api().get(&group).body);
        let resources = known["resources"].as_array().cloned().unwrap_or_default();
        let is = |one: &&Json| one["kind"] == object["kind"] && !one["name"].as_str().unwrap_or("/").contains('/');
        let Some(resource) = resources.iter().find(is) else { return Some(String::new()) };
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or("default");
        let within = match resource["namespaced"].as_bool() {
            Some(true) => {
                let _ = cluster.api().post("api/v1/namespaces", &json!({"metadata": {"name": namespace}}));
                format!("namespaces/{namespace}/")
            }
            _ => String::new(),
        };
        let path = format!("{group}/{within}{}?dryRun=All", resource["name"].as_str().unwrap_or_default());
        let answer = cluster.api().post(&path, object);
        let is_taken = (200..300).contains(&answer.status) || answer.status == 409;
        (!is_taken).then(|| answer.body["message"].as_str().unwrap_or(&answer.text).to_owned())
    }
}

/// What the server refuses masked and not in clear, of the objects in a text.
fn broken(text: &str, definition: &str, cluster: &Kubernetes) -> Vec<String> {
    let (mut values, mut all) = (Vec::new(), Vec::new());
    for object in objects(text) {
        all.extend(variants(&object, &mut values));
    }
    let clear = rendered(&all, &values, definition, None);
    let mut dry_runs = DryRuns { cluster, resources: HashMap::new() };
    let is_taken: Vec<bool> = clear.iter().map(|object| dry_runs.refusal(object).is_none()).collect();
    let mut out = Vec::new();
    for key in KEYS {
        for ((variant, object), is_taken) in
            all.iter().zip(rendered(&all, &values, definition, Some(key))).zip(&is_taken)
        {
            if let Some(refusal) = dry_runs.refusal(&object).filter(|_| *is_taken) {
                out.push(format!("{} {}: {refusal}", object["kind"], variant.field));
            }
        }
    }
    out
}

/// `MASKS=FILE cargo test masks_valid` tries the objects of a further file.
#[expect(clippy::disallowed_methods, reason = "which objects are tried is a setting of the tests, not of the program")]
#[test]
fn what_the_server_takes_it_takes_masked() {
    let Some(cluster) = servers::kubernetes() else { return };
    let further = std::env::var("MASKS").ok();
    for file in FILES.into_iter().chain(further.as_deref()) {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let broken = broken(&text, "", cluster);
        assert!(broken.is_empty(), "{} in {file}:\n{}", broken.len(), broken.join("\n"));
    }
}

#[test]
fn masks_keep_to_the_schema_of_a_custom_kind() {
    let Some(cluster) = servers::kubernetes() else { return };
    let read = |file: &str| fs::read_to_string(root().join("tests/masks").join(file)).unwrap();
    let (definition, gadget) = (read("definition.yaml"), read("gadget.yaml"));
    let created =
        cluster.api().post("apis/apiextensions.k8s.io/v1/customresourcedefinitions", &objects(&definition)[0]);
    created.ok();
    let mut dry_runs = DryRuns { cluster, resources: HashMap::new() };
    let deadline = Instant::now() + Duration::from_secs(30);
    while let Some(refusal) = dry_runs.refusal(&objects(&gadget)[0]) {
        assert!(Instant::now() < deadline, "{refusal}");
        dry_runs.resources.clear();
        std::thread::sleep(Duration::from_millis(100));
    }
    let broken = broken(&gadget, &format!("{definition}---\n"), cluster);
    assert!(broken.is_empty(), "{} fields:\n{}", broken.len(), broken.join("\n"));
}

/// The cases that render without flags: what the server takes of their outputs it takes masked.
#[test]
fn what_the_cases_render_the_server_takes_masked() {
    let Some(cluster) = servers::kubernetes() else { return };
    let mut dry_runs = DryRuns { cluster, resources: HashMap::new() };
    let (mut tried, mut broken) = (0, Vec::new());
    for entry in WalkDir::new(root().join("tests/cases")).sort_by_file_name().into_iter().filter_map(Result::ok) {
        let Ok(text) = fs::read_to_string(entry.path()) else { continue };
        let Some([secrets, input, output]) = rendering(&text) else { continue };
        let is_taken: Vec<bool> = objects(output).iter().map(|object| dry_runs.refusal(object).is_none()).collect();
        if !is_taken.contains(&true) {
            continue;
        }
        for (object, _) in masked(secrets, input).iter().zip(&is_taken).filter(|(_, is_taken)| **is_taken) {
            tried += 1;
            broken.extend(dry_runs.refusal(object).map(|refusal| format!("{}: {refusal}", entry.path().display())));
        }
    }
    assert!(tried > 10, "the server takes only {tried} objects of the cases");
    assert!(broken.is_empty(), "{} of {tried}:\n{}", broken.len(), broken.join("\n"));
}

/// The secrets, the input and the output of a case that renders without flags.
fn rendering(case: &str) -> Option<[&str; 3]> {
    let mut parts = case.split("+++\n");
    let [secrets, input, output] = [parts.next()?, parts.next()?, parts.next()?];
    let has_header = ["# flags:", "# env:", "# stdin"].iter().any(|header| secrets.contains(header));
    (!has_header && !output.starts_with("ERROR")).then_some([secrets, input, output])
}

/// The objects of a manifest with masks.
fn masked(secrets: &str, manifest: &str) -> Vec<Json> {
    let file = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    fs::write(file.path(), secrets).unwrap();
    let run = program(["generate", "-", "--mask", "--quiet", "--secrets"]).args([file.path()]).stdin(manifest);
    let output = run.output();
    assert!(output.status.success(), "{manifest}{}", String::from_utf8_lossy(&output.stderr));
    objects(&String::from_utf8(output.stdout).unwrap())
}
