//! Reads a `ResourceList`: checks that it is one, and finds its items.

use std::sync::Arc;

use crate::error::{Error, Errors, Kind};
use crate::source::{Place, Source, Span};
use crate::words::list;
use crate::yaml::reader;
use crate::yaml::split::split;
use crate::yaml::tree::{Content, NodeId, Tree};

/// The versions that kustomize and kpt write. They do not differ in the fields that are read here.
const VERSIONS: [&str; 3] =
    ["config.kubernetes.io/v1", "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1"];

/// The annotations in which kustomize and kpt keep the number of an item in its file.
const INDEX: [&str; 2] = ["internal.config.kubernetes.io/index", "config.kubernetes.io/index"];

/// A list of objects that a function receives.
#[derive(Debug)]
pub(crate) struct ResourceList<'s> {
    pub(super) source: &'s Arc<Source>,
    /// The bytes of the document in its source.
    pub(super) span: Span,
    pub(super) tree: Tree<'s>,
    pub(super) root: NodeId,
    pub(super) items: Vec<Item>,
}

/// An item, with what results say of it beyond its kind and name.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) span: Span,
    pub(super) api_version: String,
    /// Its number in its file.
    pub(super) index: Option<u64>,
}

impl<'s> ResourceList<'s> {
    /// Reads the list in a source, or returns everything that is wrong with it.
    pub(crate) fn read(source: &'s Arc<Source>) -> Result<Self, Errors> {
        let (span, tree, root) = document(source)?;
        let mut list = Self { source, span, tree, root, items: Vec::new() };
        list.check_kind()?;
        let items = list.item_nodes()?;
        let read: Vec<Result<Item, Error>> =
            items.into_iter().enumerate().map(|(index, node)| list.item(node, index)).collect();
        let mut errors = Errors::new();
        for item in read {
            match item {
                Ok(item) => list.items.push(item),
                Err(error) => errors.push(error),
            }
        }
        if errors.any() { Err(errors) } else { Ok(list) }
    }

    /// Whether the list has no items.
    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The item in which a span lies.
    pub(super) fn item_at(&self, span: Span) -> Option<&Item> {
        self.items.iter().find(|item| item.span.range().contains(&span.start))
    }

    /// The place of a node, with the path of its field.
    pub(super) fn place(&self, node: NodeId, field: impl Into<String>) -> Place {
        let place = Place::new(self.source.clone(), self.tree.node(node).span);
        Place { field: Some(field.into()), ..place }
    }

    fn text(&self, map: NodeId, key: &str) -> Option<&str> {
        self.tree.text(self.tree.get(map, key)?)
    }

    /// Checks that the document is a list of a known version.
    fn check_kind(&self) -> Result<(), Error> {
        let start = Place::new(self.source.clone(), Span::new(self.span.start, self.span.start));
        match self.text(self.root, "kind") {
            Some("ResourceList") => {}
            Some(kind) => return Err(no_list(&format!("its kind is `{kind}`")).at(start)),
            None => return Err(no_list("it has no `kind`").at(start)),
        }
        let version = self.text(self.root, "apiVersion").unwrap_or_default();
        if VERSIONS.contains(&version) {
            return Ok(());
        }
        let error = Error::new(Kind::Syntax, format!("`{version}` is not a supported version of a ResourceList"));
        Err(error.hint(format!("supported are {}", list::quoted(VERSIONS))).hidden().at(start))
    }

    fn item_nodes(&self) -> Result<Vec<NodeId>, Error> {
        let Some(items) = self.tree.get(self.root, "items") else {
            let start = Place::new(self.source.clone(), Span::new(self.span.start, self.span.start));
            return Err(Error::new(Kind::Syntax, "the ResourceList has no `items`")
                .hint("a list without objects is `items: []`")
                .hidden()
                .at(start));
        };
        let node = self.tree.target(items);
        match &self.tree.node(node).content {
            Content::List => Ok(self.tree.items(node).collect()),
            Content::Scalar(_, text) if matches!(&**text, "" | "~" | "null") => Ok(Vec::new()),
            _ => Err(Error::new(Kind::Syntax, "the `items` of the ResourceList are not a list")
                .hint("write each object below `items` behind a dash")
                .hidden()
                .at(self.place(items, "items"))),
        }
    }

    fn item(&self, node: NodeId, number: usize) -> Result<Item, Error> {
        let map = self.tree.target(node);
        if map != node {
            let place = self.place(node, format!("items[{number}]"));
            return Err(Error::new(Kind::Syntax, format!("`items[{number}]` is an alias"))
                .hint("write the object out: what an alias stands for is filled where it is written, and only there")
                .at(place));
        }
        let text = |key| self.text(map, key).filter(|text| !text.is_empty());
        let (Some(_), Some(api_version)) = (text("kind"), text("apiVersion")) else {
            let detail = format!("`items[{number}]` is not a Kubernetes object: it has no `apiVersion` or no `kind`");
            let place = self.place(node, format!("items[{number}]"));
            return Err(Error::new(Kind::NotKubernetes, detail)
                .hint("give it both, or take it out of the list")
                .at(place));
        };
        let annotations = self.tree.get(map, "metadata").and_then(|map| self.tree.get(map, "annotations"));
        let annotation = |name: &&str| self.text(annotations?, name)?.parse().ok();
        Ok(Item {
            span: self.tree.node(node).span,
            api_version: api_version.to_owned(),
            index: INDEX.iter().find_map(annotation),
        })
    }
}

/// The only document that is not empty, and its node. Nothing is shown of input that is not a list: it may be a file of secrets.
fn document(source: &Source) -> Result<(Span, Tree<'_>, NodeId), Error> {
    let owned = || Arc::new(source.clone());
    let text = std::str::from_utf8(&source.bytes).map_err(|error| {
        let at = Span::new(error.valid_up_to(), error.valid_up_to() + 1);
        let error = Error::new(Kind::Syntax, "the ResourceList is not UTF-8 here").hint("save it as UTF-8");
        error.hidden().at(Place::new(owned(), at))
    })?;
    let mut found = Vec::new();
    for document in split(&source.bytes) {
        let tree =
            reader::read(text, document).map_err(|flaw| flaw.error.hidden().at(Place::new(owned(), flaw.span)))?;
        found.extend(tree.root().map(|root| (document, tree, root)));
    }
    let count = found.len();
    match found.pop() {
        Some(document) if count == 1 => Ok(document),
        Some(_) => Err(no_list(&format!("it holds {count} documents"))),
        None => Err(no_list("it is empty")),
    }
}

fn no_list(why: &str) -> Error {
    Error::new(Kind::Syntax, format!("stdin is not a ResourceList: {why}"))
        .hint("kustomize and kpt call `fn`; to render manifests from a pipe, `vault-render generate -`")
        .hidden()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, expected: &[&str]) {
        let source = Arc::new(Source::new("stdin", text));
        let errors = ResourceList::read(&source).expect_err(text);
        let details: Vec<&str> = errors.iter().map(|error| &*error.detail).collect();
        assert_eq!(details, expected, "{text}");
        assert!(errors.iter().all(|error| error.hidden || error.detail.starts_with("`items[")), "{text}");
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for (text, why) in [
            ("", "it is empty"),
            ("# nothing\n", "it is empty"),
            ("kind: Deployment\n", "its kind is `Deployment`"),
            ("a: 1\n", "it has no `kind`"),
            ("kind: [ResourceList]\n", "it has no `kind`"),
            ("- kind: ResourceList\n", "it has no `kind`"),
            ("text", "it has no `kind`"),
            ("a: 1\n---\nb: 2\n", "it holds 2 documents"),
        ] {
            refused(text, &[&format!("stdin is not a ResourceList: {why}")]);
        }
    }

    #[test]
    fn a_list_that_is_none_of_ours_is_refused() {
        let list = |version: &str, rest: &str| format!("apiVersion: {version}\nkind: ResourceList\n{rest}");
        refused(&list("v1", "items: []\n"), &["`v1` is not a supported version of a ResourceList"]);
        for (rest, expected) in [
            ("", &["the ResourceList has no `items`"][..]),
            ("items: {}\n", &["the `items` of the ResourceList are not a list"]),
            ("items: text\n", &["the `items` of the ResourceList are not a list"]),
            ("a: &a {apiVersion: v1, kind: X}\nitems: [*a]\n", &["`items[0]` is an alias"]),
            (
                "items: [1, {apiVersion: v1, kind: X}, {kind: X}]\n",
                &[
                    "`items[0]` is not a Kubernetes object: it has no `apiVersion` or no `kind`",
                    "`items[2]` is not a Kubernetes object: it has no `apiVersion` or no `kind`",
                ],
            ),
        ] {
            refused(&list("config.kubernetes.io/v1", rest), expected);
        }
    }

    #[test]
    fn every_version_is_read_and_an_empty_list_check_kind() {
        for version in VERSIONS {
            for items in ["[]", "null", ""] {
                let text = format!("# comment\n---\napiVersion: {version}\nkind: ResourceList\nitems: {items}\n");
                let source = Arc::new(Source::new("stdin", text));
                assert!(ResourceList::read(&source).unwrap().is_empty());
            }
        }
    }
}
