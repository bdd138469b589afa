//! Rules about the `avp.kubernetes.io/…` annotations.

use std::collections::{HashMap, HashSet};

use memchr::memmem;

use super::{Detector, Rule};
use crate::error::{Error, Kind, Level};
use crate::manifest::{PREFIX, Step, annotation_names};
use crate::render::Document;
use crate::source::Place;
use crate::words::{list, suggestion};
use crate::yaml::tree::NodeId;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "annotation",
        level: Level::Error,
        doc: "an annotation of vault-render with a wrong value or type",
        explanation: "Annotations are text, so numbers and booleans are quoted. A switch is `\"true\"` or `\"false\"`; a value that \
                      is neither counts as false, with a warning.",
        example: "apiVersion: v1
kind: ConfigMap
metadata:
  name: app
  annotations:
    avp.kubernetes.io/kv-version: \"3\"
",
        detector: Detector::Document(unfilled),
    },
    Rule {
        id: "unknown-annotation",
        level: Level::Warning,
        doc: "an unknown annotation that looks like one of vault-render",
        explanation: "It has no effect. There are `path`, `kv-version`, `secret-version`, `ignore`, `remove-missing` and \
                      `namespace`, each after `avp.kubernetes.io/`.",
        example: "apiVersion: v1
kind: ConfigMap
metadata:
  name: app
  annotations:
    avp.kubernetes.io/paht: secret/data/app
",
        detector: Detector::Document(unknown),
    },
    Rule {
        id: "misplaced-annotation",
        level: Level::Warning,
        doc: "an annotation of vault-render where it has no effect",
        explanation: "Annotations count in the `metadata.annotations` of the resource itself: not among its labels, not in a pod template, \
                      not on a List for its items.",
        example: "apiVersion: v1
kind: ConfigMap
metadata:
  name: app
  labels:
    avp.kubernetes.io/path: secret/data/app
",
        detector: Detector::Document(misplaced),
    },
];

/// Whether a resource has an annotation of vault-render, even a mistyped one.
pub(super) fn has_any(document: &Document<'_>, map: NodeId) -> bool {
    entries(document, map).any(|(_, name)| name.starts_with(PREFIX) || mistyped(name).is_some())
}

/// Reports wrong annotations of resources in which nothing is filled, as the pass does not look at them.
fn unfilled(document: &Document<'_>, found: &mut Vec<Error>) {
    for (_, resource) in &document.resources {
        if !document.has_gaps(resource) {
            let findings = resource.annotations.findings.iter().filter(|(_, error)| error.level == Level::Error);
            let place = |span| resource.place(Place::new(document.source.clone(), span));
            found.extend(findings.map(|(span, error)| error.clone().at(place(*span))));
        }
    }
}

fn unknown(document: &Document<'_>, found: &mut Vec<Error>) {
    for (map, _) in &document.resources {
        for (key, name) in entries(document, *map) {
            let own = name.strip_prefix(PREFIX);
            if own.is_some_and(|own| annotation_names().any(|known| known == own)) {
                continue;
            }
            let meant = match own {
                Some(own) => nearest(own).map(|known| format!("{PREFIX}{known}")),
                None => match mistyped(name) {
                    Some(meant) => Some(meant),
                    None => continue,
                },
            };
            let error =
                Error::warning(Kind::Annotation, format!("unknown annotation `{name}`")).rule("unknown-annotation");
            let error = match meant {
                Some(meant) => error.hint(suggestion::did_you_mean(meant)),
                None => error.hint(format!(
                    "there are {}",
                    list::quoted(annotation_names().map(|name| format!("{PREFIX}{name}")))
                )),
            };
            found.push(error.at(at(document, key)));
        }
    }
}

fn misplaced(document: &Document<'_>, found: &mut Vec<Error>) {
    if memmem::find(&document.source.bytes[document.span.range()], PREFIX.trim_end_matches('/').as_bytes()).is_none() {
        return;
    }
    let mut own: HashMap<NodeId, HashSet<&str>> = HashMap::new();
    for (key, _) in document.tree.nodes().filter(|(key, _)| document.tree.is_key(*key)) {
        let Some(name) = document.tree.text(key).filter(|name| name.starts_with(PREFIX)) else { continue };
        let (Some(resource), field) = document.field(key) else { continue };
        let is_list = resource.id.kind.ends_with("List") && !name.ends_with("/ignore");
        let Some(map) = document.map(resource) else { continue };
        let own = own.entry(map).or_insert_with(|| entries(document, map).map(|(_, name)| name).collect());
        let has_it = own.contains(name);
        let why = match field.steps.as_slice() {
            [Step::Key(metadata), Step::Key(map), _] if metadata == "metadata" && map == "annotations" => match is_list
            {
                true => "a List's annotations are not its items'",
                false => continue,
            },
            [.., Step::Key(map), _] if map == "labels" && !has_it => "a label is not an annotation",
            [.., Step::Key(map), _] if map == "annotations" && !has_it => "only the resource's own annotations count",
            [.., Step::Key(map), _] if map == "metadata" => "it belongs below `annotations`",
            _ => continue,
        };
        let error = Error::warning(Kind::Annotation, format!("`{name}` has no effect here: {why}"));
        found.push(
            error
                .rule("misplaced-annotation")
                .hint("write it in `metadata.annotations` of the resource")
                .at(at(document, key)),
        );
    }
}

/// The annotations of a resource: their nodes and names.
fn entries<'d>(document: &'d Document<'_>, map: NodeId) -> impl Iterator<Item = (NodeId, &'d str)> {
    let tree = &document.tree;
    let annotations = tree.get(map, "metadata").and_then(|metadata| tree.get(metadata, "annotations"));
    let annotations = annotations.map(|map| tree.target(map)).into_iter();
    annotations.flat_map(|map| tree.entries(map)).filter_map(|(key, _)| tree.text(key).map(|name| (key, name)))
}

/// The annotation that is meant by a name with a typo in the prefix.
fn mistyped(name: &str) -> Option<String> {
    const TYPOS: usize = 2;
    let (prefix, rest) = name.split_once('/')?;
    let ours = PREFIX.trim_end_matches('/');
    let near = prefix != ours && suggestion::is_within(prefix, ours, TYPOS);
    (near && annotation_names().any(|known| known == rest)).then(|| format!("{PREFIX}{rest}"))
}

fn nearest(name: &str) -> Option<&'static str> {
    const ALIKE: f64 = 0.75;
    suggestion::by_likeness(name, annotation_names(), ALIKE, str::to_lowercase).first().copied()
}

fn at(document: &Document<'_>, key: NodeId) -> Place {
    Place { span: document.tree.node(key).span, ..document.place(key) }
}
