//! Rules about a Secret's `data`: Kubernetes takes only base64 there.

use super::{Detector, Rule};
use crate::error::{Error, Kind, Level};
use crate::manifest::FieldType;
use crate::placeholder::{Base64, Context, MatchKind, Placeholder, find};
use crate::render::{Document, is_base64};
use crate::yaml::resolve::{Plain, resolve};
use crate::yaml::tree::{Content, NodeId, Style};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "not-base64",
        level: Level::Error,
        doc: "a value in a Secret's `data` that is not base64",
        explanation: "Kubernetes refuses the Secret. Encode the value, or write it under `stringData` as it is.",
        example: "apiVersion: v1
kind: Secret
metadata: {name: app}
data:
  level: in fo
",
        detector: Detector::Document(not_base64),
    },
    Rule {
        id: "unencoded-data",
        level: Level::Warning,
        doc: "a placeholder in a Secret's `data` that will not give base64",
        explanation: "What is filled in is written as it is, so it must be base64: `| base64encode` makes it so. Under `stringData` \
                      it needs none. If the store itself holds base64, `| base64decode | base64encode` says so and checks it.",
        example: "apiVersion: v1
kind: Secret
metadata: {name: app}
data:
  password: <path:secret/data/app#password>
",
        detector: Detector::Document(unencoded),
    },
];

fn not_base64(document: &Document<'_>, found: &mut Vec<Error>) {
    let tree = &document.tree;
    for (map, resource) in document.resources.iter().filter(|(_, resource)| resource.id.kind == "Secret") {
        let Some(data) = tree.get(*map, "data") else { continue };
        let data = tree.target(data);
        for (key, value) in tree.entries(data).filter(|(key, _)| !tree.is_merge_key(*key)) {
            let value = tree.target(value);
            let filled = document.is_filled(value);
            if let Some(why) = flaw(document, value).filter(|_| !filled) {
                let name = tree.text(key).unwrap_or_default();
                let error = Error::new(Kind::Value, format!("the value of `{name}` in a Secret's `data` {why}"))
                    .rule("not-base64")
                    .hint("encode it, or write it under `stringData` as it is");
                found.push(error.at(resource.place(document.place(value))).hidden());
            }
        }
    }
}

/// Why Kubernetes would refuse the value. Malformed placeholders and values that other tools fill are not examined.
fn flaw(document: &Document<'_>, value: NodeId) -> Option<&'static str> {
    let node = document.tree.node(value);
    let Content::Scalar(style, text) = &node.content else { return Some("is not text") };
    if *style == Style::Plain && node.tag().is_none() {
        match resolve(text) {
            Plain::Null => return None,
            Plain::Text => {}
            _ => return Some("is not text"),
        }
    }
    let is_others = text.starts_with("ENC[") || text.contains("${") || text.contains("{{");
    let inline = Context { generic: false, base64: Base64::No };
    if is_others || (text.contains('<') && !find(text, inline).is_empty()) {
        return None;
    }
    (!is_base64(text)).then_some("is not base64")
}

fn unencoded(document: &Document<'_>, found: &mut Vec<Error>) {
    for gap in document.gaps.iter().filter(|gap| gap.field_type == FieldType::Data) {
        let text = document.tree.text(gap.node).unwrap_or_default().trim();
        for (index, one) in gap.matches.iter().enumerate() {
            if let MatchKind::Placeholder(placeholder) = &one.kind {
                let is_all = text.len() == one.span.end - one.span.start;
                found.extend(not_encoded(placeholder, is_all).map(|error| error.at(gap.place_of(index))));
            }
        }
    }
}

fn not_encoded(placeholder: &Placeholder, is_all: bool) -> Option<Error> {
    let encodes = placeholder.chain.names().any(|name| name == "base64encode");
    let what = match (encodes, is_all) {
        (true, true) => return None,
        (true, false) => "there is text beside it: base64 in parts does not decode",
        (false, _) => "nothing encodes it",
    };
    let error = Error::warning(
        Kind::Value,
        format!("`{}` will not give base64 in a Secret's `data`: {what}", placeholder.written),
    );
    Some(error.rule("unencoded-data").hint("end it with `| base64encode`, or write it under `stringData`"))
}
