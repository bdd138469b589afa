//! A document as a tree of nodes in an arena; an alias is an edge. Knows no Kubernetes and no placeholder.

use std::borrow::Cow;
use std::collections::HashMap;
use std::num::NonZeroU32;

use crate::source::Span;

/// A node of a [`Tree`]: its index and one, so that `Option<NodeId>` is as small as `NodeId`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(NonZeroU32);

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node<'s> {
    /// What it is.
    pub content: Content<'s>,
    /// Its bytes in the source, without tag and anchor; a block scalar's begin at its header.
    pub span: Span,
    /// Its tag and anchor: few have any, and the nodes of a whole stream are in memory.
    marks: Option<Box<Marks<'s>>>,
    /// Whether it is written in, or inside of, `{…}` or `[…]`.
    pub flow: bool,
    /// Whether it is a map's key.
    pub(in crate::yaml) is_key: bool,
    /// Where it starts with its tag and anchor.
    pub(in crate::yaml) start: usize,
    pub(in crate::yaml) parent: Option<NodeId>,
    pub(in crate::yaml) first: Option<NodeId>,
    pub(in crate::yaml) next: Option<NodeId>,
}

/// What may stand before a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Marks<'s> {
    tag: Option<Cow<'s, str>>,
    anchor: Option<Cow<'s, str>>,
}

/// The readers of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::yaml) enum ReadBy {
    /// The reader of JSON.
    Json,
    /// The quick reader of what most manifests are written in.
    Subset,
    /// The parser crate.
    Parser,
}

/// A document's nodes, each before its children, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree<'s> {
    /// The source's whole text; spans index it.
    pub(in crate::yaml) text: &'s str,
    pub(in crate::yaml) nodes: Vec<Node<'s>>,
    pub(in crate::yaml) root: Option<NodeId>,
    /// Which reader has read it. What was read as JSON must be JSON after an edit too.
    pub(in crate::yaml) read_by: ReadBy,
}

impl<'s> Tree<'s> {
    /// The document's node; none where it holds comments alone.
    pub fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// Every node, in the order of the text.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node<'s>)> + '_ {
        self.nodes.iter().enumerate().map(|(index, node)| (NodeId::at(index), node))
    }

    /// The key of a map's value: the last of the map's nodes before it.
    pub(in crate::yaml) fn key_of(&self, value: NodeId) -> Option<NodeId> {
        let parent = self.node(value).parent?;
        let mut before = (parent.index() + 1..value.index()).rev().map(NodeId::at);
        before.find(|id| self.node(*id).parent == Some(parent)).filter(|id| self.is_key(*id))
    }

    /// Whether `id` is a map's key.
    pub fn is_key(&self, id: NodeId) -> bool {
        self.node(id).is_key
    }

    /// The node `id`.
    pub fn node(&self, id: NodeId) -> &Node<'s> {
        &self.nodes[id.index()]
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

    /// The value under `key` as Kubernetes reads it, through aliases: of equal keys, own or merged, the last one counts.
    pub fn get(&self, map: NodeId, key: &str) -> Option<NodeId> {
        let map = self.target(map);
        match self.entries(map).any(|(name, _)| self.is_merge_key(name)) {
            true => self.find(map, key, &mut HashMap::new()),
            false => self.entries(map).filter(|(name, _)| self.text(*name) == Some(key)).last().map(|(_, value)| value),
        }
    }

    /// The maps that a map's merge keys (`<<`) bring in, the strongest first.
    pub fn merged(&self, map: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let keys = self.entries(map).filter(|(key, _)| self.is_merge_key(*key));
        let values: Vec<NodeId> = keys.map(|(_, value)| value).collect();
        values.into_iter().rev().flat_map(|value| self.merged_by(value))
    }

    /// Whether a key is `<<` as a merge key: plain, untagged.
    pub fn is_merge_key(&self, key: NodeId) -> bool {
        let node = self.node(key);
        matches!(&node.content, Content::Scalar(Style::Plain, text) if text == "<<") && node.tag().is_none()
    }

    /// The map or list that holds `id`.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).parent
    }

    /// Where each node stands among its siblings.
    pub fn siblings(&self) -> Siblings {
        let (mut of, mut last) = (vec![Sibling::Item(0); self.nodes.len()], vec![0; self.nodes.len()]);
        for (index, node) in self.nodes.iter().enumerate() {
            let Some(parent) = node.parent.map(NodeId::index) else { continue };
            of[index] = match self.nodes[parent].content {
                Content::Map if node.is_key => {
                    last[parent] = index;
                    Sibling::Entry(NodeId::at(index))
                }
                Content::Map => Sibling::Entry(NodeId::at(last[parent])),
                _ => {
                    last[parent] += 1;
                    Sibling::Item(last[parent] - 1)
                }
            };
        }
        Siblings { of }
    }

    /// The maps that the value of a merge key names: itself, or its items, the first of them the strongest.
    pub(in crate::yaml) fn merged_by(&self, value: NodeId) -> Vec<NodeId> {
        let value = self.target(value);
        match self.node(value).content {
            Content::List => self.items(value).map(|item| self.target(item)).collect(),
            _ => vec![value],
        }
    }

    /// Looks into each merged map once, so that maps merged over and over end soon.
    fn find(&self, map: NodeId, key: &str, known: &mut HashMap<NodeId, Option<NodeId>>) -> Option<NodeId> {
        let map = self.target(map);
        if let Some(found) = known.get(&map) {
            return *found;
        }
        let mut found = None;
        for (name, value) in self.entries(map) {
            if self.is_merge_key(name) {
                let merged = self.merged_by(value).into_iter().find_map(|merged| self.find(merged, key, known));
                found = merged.or(found);
            } else if self.text(name) == Some(key) {
                found = Some(value);
            }
        }
        known.insert(map, found);
        found
    }
}

/// Where each node of a tree stands among its siblings.
#[derive(Debug)]
pub struct Siblings {
    of: Vec<Sibling>,
}

/// Where a node stands among its siblings.
#[derive(Clone, Copy, Debug)]
enum Sibling {
    /// In a list: after so many others.
    Item(usize),
    /// In a map: under this key, or as it.
    Entry(NodeId),
}

impl Siblings {
    /// The key of an entry that `node` is a part of; none for items.
    pub fn key(&self, node: NodeId) -> Option<NodeId> {
        match self.of[node.index()] {
            Sibling::Entry(key) => Some(key),
            Sibling::Item(_) => None,
        }
    }

    /// How many items stand before `node` in its list.
    pub fn number(&self, node: NodeId) -> usize {
        match self.of[node.index()] {
            Sibling::Item(number) => number,
            Sibling::Entry(_) => 0,
        }
    }
}

impl<'s> Node<'s> {
    /// A node of which only the content and its bytes are known.
    pub(in crate::yaml) fn new(content: Content<'s>, span: Span) -> Self {
        Self {
            content,
            span,
            marks: None,
            flow: false,
            is_key: false,
            start: span.start,
            parent: None,
            first: None,
            next: None,
        }
    }

    /// Its tag as it resolves: `tag:yaml.org,2002:str`, `!local`.
    pub fn tag(&self) -> Option<&str> {
        self.marks.as_ref()?.tag.as_deref()
    }

    /// Its anchor's name.
    pub fn anchor(&self) -> Option<&str> {
        self.marks.as_ref()?.anchor.as_deref()
    }

    pub(in crate::yaml) fn set_tag(&mut self, tag: Cow<'s, str>) {
        self.marks.get_or_insert_default().tag = Some(tag);
    }

    pub(in crate::yaml) fn set_anchor(&mut self, name: Cow<'s, str>) {
        self.marks.get_or_insert_default().anchor = Some(name);
    }
}

impl NodeId {
    /// The node of an index.
    pub(in crate::yaml) fn at(index: usize) -> Self {
        Self(NonZeroU32::MIN.saturating_add(index as u32))
    }

    /// Where it is among the nodes.
    pub(in crate::yaml) fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}
