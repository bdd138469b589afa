//! The resources of a document: the object itself, and each item of a List as one of its own.

use std::sync::Arc;

use super::annotations::{self, Annotations};
use super::origin;
use crate::source::ResourceId;
use crate::yaml::resolve::{Plain, resolve};
use crate::yaml::tree::{Content, NodeId, Style, Tree};

/// A Kubernetes object in a document.
#[derive(Debug)]
pub(crate) struct Resource {
    /// The node of its map.
    pub node: NodeId,
    /// Its identity in a cluster.
    pub id: Arc<ResourceId>,
    /// Its apiVersion, which an item may inherit from its List.
    pub api_version: String,
    /// Whether it has a kind and an apiVersion.
    pub is_object: bool,
    /// Its annotations, parsed.
    pub annotations: Annotations,
    /// The template it came from.
    pub origin: Option<Arc<str>>,
    /// Its items, if it is a List; they are resources of their own.
    pub items: Vec<Resource>,
}

/// The properties that an item inherits from its List.
#[derive(Clone, Copy)]
struct Heritage<'t> {
    kind: &'t str,
    api_version: &'t str,
    ignored: bool,
}

/// The resource in a document, with its items below it; `text` is the document's text.
pub(crate) fn resources(tree: &Tree<'_>, text: &str) -> Option<Resource> {
    let root = tree.root()?;
    let source = origin::of_comment(text);
    Some(resource(tree, root, Heritage { kind: "", api_version: "", ignored: false }, source.as_ref()))
}

/// The objects in a document: its resource, or the items of a List and of the Lists inside it. A List with an item that is an
/// alias counts as one object.
pub(crate) fn objects(tree: &Tree<'_>, text: &str) -> Vec<Resource> {
    let mut objects = Vec::new();
    resources(tree, text).into_iter().for_each(|resource| collect(tree, resource, &mut objects));
    objects
}

fn collect(tree: &Tree<'_>, mut resource: Resource, out: &mut Vec<Resource>) {
    match !resource.items.is_empty() && is_list(tree, &resource) {
        true => resource.items.drain(..).for_each(|item| collect(tree, item, out)),
        false => out.push(resource),
    }
}

fn resource(tree: &Tree<'_>, node: NodeId, list: Heritage<'_>, source: Option<&Arc<str>>) -> Resource {
    let node = tree.target(node);
    let text = |key| tree.get(node, key).and_then(|value| string(tree, value));
    let own_kind = text("kind");
    let own_version = text("apiVersion");
    let untyped = tree.get(node, "kind").is_none() && tree.get(node, "apiVersion").is_none();
    let kind = own_kind.unwrap_or(if untyped { list.kind } else { "" });
    let api_version = own_version.unwrap_or(if untyped { list.api_version } else { "" });
    let metadata = tree.get(node, "metadata");
    let named = |key| metadata.and_then(|map| tree.get(map, key)).and_then(|value| tree.text(value)).map(str::to_owned);
    let mut annotations = annotations::read(tree, metadata.and_then(|map| tree.get(map, "annotations")));
    annotations.ignore |= list.ignored;
    let origin = origin::of_annotations(tree, metadata).or_else(|| source.cloned());
    let heritage = match is_envelope(kind, api_version) {
        true => Heritage { kind: "", api_version: "", ignored: annotations.ignore },
        false => Heritage { kind: kind.strip_suffix("List").unwrap_or(""), api_version, ignored: annotations.ignore },
    };
    annotations.ignore |= is_envelope(kind, api_version);
    let items = items(tree, node, kind).map(|item| resource(tree, item, heritage, origin.as_ref())).collect();
    Resource {
        node,
        id: Arc::new(ResourceId {
            kind: kind.to_owned(),
            group: api_version.rsplit_once('/').map_or("", |(group, _)| group).to_owned(),
            namespace: named("namespace"),
            name: named("name"),
        }),
        api_version: api_version.to_owned(),
        is_object: !kind.is_empty() && !api_version.is_empty(),
        annotations,
        origin,
        items,
    }
}

/// A scalar's text, if Kubernetes reads a string there.
fn string<'t>(tree: &'t Tree<'_>, node: NodeId) -> Option<&'t str> {
    let node = tree.node(tree.target(node));
    match &node.content {
        Content::Scalar(Style::Plain, text) if node.tag().is_none() && resolve(text) != Plain::Text => None,
        Content::Scalar(_, text) => Some(text),
        _ => None,
    }
}

/// Whether a resource is a List all of whose items are written in place.
pub(crate) fn is_list(tree: &Tree<'_>, resource: &Resource) -> bool {
    let items = tree.get(resource.node, "items").map(|items| tree.items(tree.target(items)).count());
    resource.id.kind.ends_with("List") && items == Some(resource.items.len())
}

/// Whether it is the `ResourceList` that kustomize and kpt pass to a function: only its items are objects, of any kind.
fn is_envelope(kind: &str, api_version: &str) -> bool {
    kind == "ResourceList" && api_version.starts_with("config.kubernetes.io/")
}

/// The items of a `…List`, except aliases: their content is written elsewhere.
fn items<'t>(tree: &'t Tree<'_>, node: NodeId, kind: &str) -> impl Iterator<Item = NodeId> + 't {
    let list = kind.ends_with("List").then(|| tree.get(node, "items")).flatten().map(|items| tree.target(items));
    list.into_iter().flat_map(|list| tree.items(list)).filter(|item| tree.target(*item) == *item)
}
