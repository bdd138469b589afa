//! Rules about YAML itself.

use std::collections::HashMap;

use super::{Detector, Rule};
use crate::error::{Error, Kind, Level};
use crate::render::Document;
use crate::source::Place;
use crate::yaml::tree::{Content, NodeId};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "syntax",
        level: Level::Error,
        doc: "YAML or JSON that does not parse",
        explanation: "`generate` passes a document that does not parse and holds no placeholder on as it is; Kubernetes refuses it.",
        example: "apiVersion: v1
kind: ConfigMap
metadata: {name: app
",
        detector: Detector::Pass,
    },
    Rule {
        id: "duplicate-key",
        level: Level::Error,
        doc: "a key that appears twice in its map",
        explanation: "Kubernetes takes the last one or refuses the manifest, and a reader may have meant the first.",
        example: "apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data:
  level: info
  level: debug
",
        detector: Detector::Document(duplicate_keys),
    },
    Rule {
        id: "not-text",
        level: Level::Error,
        doc: "a manifest that is not text",
        explanation: "It holds a NUL byte, which no text does: nothing in it is parsed or searched. Name only YAML and JSON, or rename the file.",
        example: "",
        detector: Detector::Pass,
    },
    Rule {
        id: "glued-separator",
        level: Level::Warning,
        doc: "a `---` with text directly behind it",
        explanation: "YAML reads `---apiVersion` as a key, and one document where two were meant. Kubernetes takes the `---` for a separator \
                      and refuses the file. Put a line break behind it.",
        example: "---apiVersion: v1
kind: ConfigMap
metadata: {name: app}
",
        detector: Detector::Pass,
    },
];

fn duplicate_keys(document: &Document<'_>, found: &mut Vec<Error>) {
    let maps = document.tree.nodes().filter(|(_, node)| node.content == Content::Map);
    let mut first = HashMap::new();
    for (map, _) in maps {
        first.clear();
        for (key, _) in document.tree.entries(map).filter(|(key, _)| !document.tree.is_merge_key(*key)) {
            let Some(name) = document.tree.text(key) else { continue };
            if let Some(first) = first.insert(name, key) {
                found.push(twice(document, name, first, key));
            }
        }
    }
}

fn twice(document: &Document<'_>, name: &str, first: NodeId, key: NodeId) -> Error {
    let (line, _) = document.source.line_column(document.tree.node(first).span.start);
    Error::new(Kind::Syntax, format!("the key `{name}` appears twice"))
        .rule("duplicate-key")
        .hint(format!("line {line} has it too: take one of them out"))
        .at(Place { span: document.tree.node(key).span, ..document.place(key) })
        .hidden()
}
