//! Rules about the fields of resources with placeholders, as far as the schema of their kind is sure. What else is wrong in them, the
//! API server says.

use std::sync::Arc;

use super::{Detector, Rule};
use crate::error::{Error, Kind, Level};
use crate::manifest::{Bits, Facets, Field, FieldType, Known, PREFIX, Scalar, Step};
use crate::render::{Document, ResourceContext};
use crate::words::{list, suggestion};
use crate::yaml::resolve::{Plain, resolve};
use crate::yaml::tree::{Content, NodeId, Style};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "refused-literal",
        level: Level::Warning,
        doc: "a value in a resource with placeholders that its field does not take",
        explanation: "The schema of the kind refuses the value, so nothing of the resource reaches the cluster. Kubernetes changes no types: \
                      `\"3\"` is text, and `3` a number.",
        example: "apiVersion: apps/v1
kind: Deployment
metadata: {name: app, annotations: {a: <path:secret/data/app#a>}}
spec: {replicas: three}
",
        detector: Detector::Document(literals),
    },
    Rule {
        id: "unknown-field",
        level: Level::Note,
        doc: "a field in a resource with placeholders that its kind does not have",
        explanation: "Kubernetes drops a field that it does not know, often one with a letter too many or in the wrong place.",
        example: "apiVersion: apps/v1
kind: Deployment
metadata: {name: app, annotations: {a: <path:secret/data/app#a>}}
spec: {replica: 3}
",
        detector: Detector::Document(unknown_fields),
    },
];

/// The fields that every object has, whatever the schema of its kind lists.
const OF_EVERY_OBJECT: [&str; 4] = ["apiVersion", "kind", "metadata", "status"];

/// How many letters a mistyped field may differ in.
const TYPOS: usize = 2;

/// How many members of an enumeration a finding names.
const MOST: usize = 6;

fn literals(document: &Document<'_>, found: &mut Vec<Error>) {
    each_field(document, &mut |resource, steps, node| {
        let known = resource.known(steps).filter(|_| !is_annotation_of_ours(steps)).unwrap_or(Known::Anything);
        let Some(what) = Literal::of(document, node).and_then(|literal| literal.refused_by(known, resource)) else {
            return;
        };
        let field = Field { steps: steps.to_vec() };
        let field_type = resource.field_type(steps);
        let takes = field_type.in_words();
        let hint = hint(field_type, &what);
        let detail = match what {
            Refusal::Type(is) => format!("`{field}` takes {takes}, and {is} stands here"),
            Refusal::Member(members) => format!("`{field}` takes one of {members}, and something else stands here"),
        };
        let error = Error::warning(Kind::Value, detail).rule("refused-literal").at(document.place(node));
        found.push(hint.into_iter().fold(error, Error::hint));
    });
}

/// How a literal is written as its field takes it, where quotes decide.
fn hint(takes: FieldType, refusal: &Refusal) -> Option<&'static str> {
    match (takes, refusal) {
        (FieldType::Integer(_) | FieldType::Number | FieldType::Boolean, Refusal::Type("text")) => {
            Some("numbers and booleans stand without quotes")
        }
        (FieldType::Text | FieldType::String, Refusal::Type("a number" | "a boolean")) => Some("in quotes it is text"),
        _ => None,
    }
}

fn unknown_fields(document: &Document<'_>, found: &mut Vec<Error>) {
    each_field(document, &mut |resource, steps, node| {
        let Some(Known::NoField(object)) = resource.known(steps) else { return };
        let Some((Step::Key(name), above)) = steps.split_last() else { return };
        if above.is_empty() && OF_EVERY_OBJECT.contains(&&**name) {
            return;
        }
        let near = suggestion::by_edits(name, object.fields.keys().map(|field| &**field), TYPOS);
        // A later release of an operator may have further fields.
        if near.is_none() && resource.has_bundled_schema() {
            return;
        }
        let detail = format!("{} has no field `{}`", resource.id.kind, Field { steps: steps.to_vec() });
        let error = Error::note(Kind::Value, detail).rule("unknown-field").at(document.place(node));
        found.push(near.into_iter().fold(error, |error, near| error.hint(suggestion::did_you_mean(near))));
    });
}

/// Whether other rules judge the value.
fn is_annotation_of_ours(steps: &[Step<'_>]) -> bool {
    matches!(steps, [.., Step::Key(map), Step::Key(name)] if map == "annotations" && name.starts_with(PREFIX))
}

/// What visits a field: its resource, its steps and its value.
type Visit<'v, 't> = &'v mut dyn FnMut(&Arc<ResourceContext>, &[Step<'t>], NodeId);

/// Visits the fields of the resources with placeholders whose schema is known, down to where it ends. Aliases and merged maps are left out.
fn each_field<'t>(document: &'t Document<'_>, visit: Visit<'_, 't>) {
    for (map, resource) in &document.resources {
        if document.has_gaps(resource) && resource.known(&[]).is_some() {
            below(document, resource, *map, &mut Vec::new(), visit);
        }
    }
}

fn below<'t>(
    document: &'t Document<'_>,
    resource: &Arc<ResourceContext>,
    node: NodeId,
    steps: &mut Vec<Step<'t>>,
    visit: Visit<'_, 't>,
) {
    let tree = &document.tree;
    let mut field = |step, value, visit: Visit<'_, 't>| {
        steps.push(step);
        visit(resource, steps, value);
        let ends = matches!(resource.known(steps), None | Some(Known::Anything | Known::NoField(_) | Known::NoMembers));
        if !ends {
            below(document, resource, value, steps, visit);
        }
        steps.pop();
    };
    match tree.node(node).content {
        Content::Map => {
            for (key, value) in tree.entries(node).filter(|(key, _)| !tree.is_merge_key(*key)) {
                let Some(name) = tree.text(key) else { continue };
                field(Step::Key(name.into()), value, visit);
            }
        }
        Content::List => {
            for (index, item) in tree.items(node).enumerate() {
                field(Step::Item(index), item, visit);
            }
        }
        _ => {}
    }
}

/// A value that stands in a manifest.
enum Literal<'t> {
    Map,
    List,
    Text(&'t str),
    Number(String),
    Bool,
}

/// Why a field does not take a value.
enum Refusal {
    /// It is of another type, which is named here.
    Type(&'static str),
    /// It is not one of these.
    Member(String),
}

impl<'t> Literal<'t> {
    /// The literal at a node; `None` for null, for what is filled here or by others, and for what is tagged or an alias.
    fn of(document: &'t Document<'_>, node: NodeId) -> Option<Self> {
        let tree = &document.tree;
        let is_others = |text: &str| ["<", "{{", "${", "$(", "ENC["].iter().any(|mark| text.contains(mark));
        match &tree.node(node).content {
            _ if document.is_filled(node) || tree.node(node).tag().is_some() || is_template(document, node) => None,
            Content::Map => Some(Self::Map),
            Content::List => Some(Self::List),
            Content::Scalar(_, text) if is_others(text) => None,
            Content::Scalar(Style::Plain, text) => match resolve(text) {
                Plain::Null | Plain::Infinite => None,
                Plain::Bool(_) => Some(Self::Bool),
                Plain::Number(digits) => Some(Self::Number(digits)),
                Plain::Text => Some(Self::Text(text)),
            },
            Content::Scalar(_, text) => Some(Self::Text(text)),
            Content::Alias(_) => None,
        }
    }

    /// Why a field does not take it, if that is sure.
    fn refused_by(&self, known: Known<'_>, resource: &ResourceContext) -> Option<Refusal> {
        let is_refused = match (known, self) {
            (Known::Anything | Known::NoField(_) | Known::NoMembers, _) => false,
            (Known::List, literal) => !matches!(literal, Self::List),
            (Known::Map, literal) => !matches!(literal, Self::Map),
            (Known::Scalar(..), Self::Map | Self::List) => true,
            (Known::Scalar(Scalar::Integer(bits), _), literal) => !literal.is_integer(bits),
            (Known::Scalar(Scalar::Boolean, _), literal) => !matches!(literal, Self::Bool),
            (Known::Scalar(Scalar::Number, _), literal) => !matches!(literal, Self::Number(_)),
            (Known::Scalar(Scalar::IntOrString | Scalar::Quantity, _), literal) => matches!(literal, Self::Bool),
            // What no decoder reads in a Secret's `data` is another rule's.
            (Known::Scalar(Scalar::String, _), literal) => !matches!(literal, Self::Text(_)),
            (Known::Scalar(Scalar::Base64, _), _) => false,
        };
        if is_refused {
            return Some(Refusal::Type(self.in_words()));
        }
        match (known, self) {
            // Another release of an operator may have further members.
            (Known::Scalar(Scalar::String, Facets { members, .. }), Self::Text(text))
                if !members.is_empty() && !resource.has_bundled_schema() =>
            {
                let is_member = members.iter().any(|member| **member == **text);
                (!is_member).then(|| Refusal::Member(list::few_quoted(members, MOST)))
            }
            _ => None,
        }
    }

    /// Whether it is a whole number that fits. A number in any spelling may be whole.
    fn is_integer(&self, bits: Bits) -> bool {
        let Self::Number(digits) = self else { return false };
        match (digits.parse::<i64>(), digits.parse::<f64>()) {
            (Ok(number), _) => bits == Bits::Of64 || i32::try_from(number).is_ok(),
            (_, Ok(number)) => number.fract() == 0.0,
            _ => true,
        }
    }

    fn in_words(&self) -> &'static str {
        match self {
            Self::Map => "a map",
            Self::List => "a list",
            Self::Text(_) => "text",
            Self::Number(_) => "a number",
            Self::Bool => "a boolean",
        }
    }
}

/// Whether a node is what helm would fill: `{{ … }}` without quotes is a map in a map.
fn is_template(document: &Document<'_>, node: NodeId) -> bool {
    document.source.bytes[document.tree.node(node).span.range()].starts_with(b"{{")
}
