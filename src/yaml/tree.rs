//! A document as a tree of nodes in an arena; an alias is an edge. Knows no Kubernetes and no placeholder.

use std::borrow::Cow;

use crate::source::Span;

/// A node of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(in crate::yaml) u32);

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `text`
    Plain,
    /// `'text'`
    Single,
    /// `"text"`
    Double,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content<'s> {
    /// Its style and its decoded text; an empty plain scalar is null.
    Scalar(Style, Cow<'s, str>),
    /// Entries: see [`Tree::entries`].
    Map,
    /// Items: see [`Tree::items`].
    List,
    /// A use of an anchored node.
    Alias(NodeId),
}

/// A node with everything that is known of it.
#[derive(Clone, Debug)]
pub struct Node<'s> {
    /// What it is.
    pub content: Content<'s>,
    /// Its bytes in the source, without tag and anchor; a block scalar's begin at its header.
    pub span: Span,
    /// Its tag as it resolves: `tag:yaml.org,2002:str`, `!local`.
    pub tag: Option<Cow<'s, str>>,
    /// Its anchor's name.
    pub anchor: Option<Cow<'s, str>>,
    /// Whether it is written in, or inside of, `{…}` or `[…]`.
    pub flow: bool,
    pub(in crate::yaml) first: Option<NodeId>,
    pub(in crate::yaml) next: Option<NodeId>,
}

/// A document's nodes.
#[derive(Clone, Debug)]
pub struct Tree<'s> {
    /// The source's whole text; spans index it.
    pub(in crate::yaml) text: &'s str,
    pub(in crate::yaml) nodes: Vec<Node<'s>>,
    pub(in crate::yaml) root: Option<NodeId>,
}

impl<'s> Tree<'s> {
    /// The document's node; none where it holds comments alone.
    pub fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// The node `id`.
    pub fn node(&self, id: NodeId) -> &Node<'s> {
        &self.nodes[id.0 as usize]
    }

    /// `id`, or the node that it is an alias of.
    pub fn target(&self, id: NodeId) -> NodeId {
        match self.node(id).content {
            Content::Alias(target) => target,
            _ => id,
        }
    }

    /// The decoded text of a scalar (through an alias).
    pub fn text(&self, id: NodeId) -> Option<&str> {
        match &self.node(self.target(id)).content {
            Content::Scalar(_, text) => Some(text),
            _ => None,
        }
    }

    /// The children of a map (key, value, key, value…) or a list, not through an alias.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.node(id).first, |child| self.node(*child).next)
    }

    /// The entries of a map (not through an alias), merge keys as they stand; none for other nodes.
    pub fn entries(&self, id: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        let first = matches!(self.node(id).content, Content::Map).then(|| self.node(id).first).flatten();
        std::iter::successors(first, |key| self.node(*key).next.and_then(|value| self.node(value).next))
            .filter_map(|key| self.node(key).next.map(|value| (key, value)))
    }

    /// The items of a list (not through an alias); none for other nodes.
    pub fn items(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let first = matches!(self.node(id).content, Content::List).then(|| self.node(id).first).flatten();
        std::iter::successors(first, |item| self.node(*item).next)
    }

    /// The value under `key` as Kubernetes reads it: through aliases, the last of equal keys, else from merge keys.
    pub fn get(&self, map: NodeId, key: &str) -> Option<NodeId> {
        let map = self.target(map);
        let own = self.entries(map).filter(|(name, _)| self.text(*name) == Some(key)).last();
        own.map(|(_, value)| value).or_else(|| self.merged(map).find_map(|merged| self.get(merged, key)))
    }

    /// The maps that a map's merge keys (`<<`) bring in, the strongest first.
    pub fn merged(&self, map: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.entries(map).filter(|(key, _)| self.is_merge_key(*key)).flat_map(|(_, value)| {
            let value = self.target(value);
            let list: Vec<NodeId> = self.items(value).map(|item| self.target(item)).collect();
            if list.is_empty() { vec![value] } else { list }
        })
    }

    /// Whether a key is `<<` as a merge key: plain, untagged.
    pub fn is_merge_key(&self, key: NodeId) -> bool {
        matches!(&self.node(key).content, Content::Scalar(Style::Plain, text) if text == "<<")
    }
}
