//! A document as a tree of nodes in an arena; an alias is an edge. Knows no Kubernetes and no placeholder.

use std::borrow::Cow;
use std::collections::HashMap;
use std::num::NonZeroU32;

use crate::source::Span;

/// A node of a [`Tree`]: its index plus one, so that `Option<NodeId>` is as small as `NodeId`.
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

/// A node's kind, with the style and text of a scalar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content<'s> {
    /// A scalar's style and decoded text. An empty plain scalar is null.
    Scalar(Style, Cow<'s, str>),
    /// A map: see [`Tree::entries`].
    Map,
    /// A list: see [`Tree::items`].
    List,
    /// A reference to an anchored node.
    Alias(NodeId),
}

/// A node of a document: its content, its bytes in the source, its tag and its anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node<'s> {
    /// Its kind, and the text of a scalar.
    pub content: Content<'s>,
    /// Its bytes in the source, without tag and anchor; a block scalar's begin at its header.
    pub span: Span,
    /// Its tag and anchor, boxed: few nodes have any, and a whole stream's nodes are in memory.
    marks: Option<Box<Marks<'s>>>,
    /// Whether it is a collection in brackets (`{…}`, `[…]`) or stands inside one.
    pub flow: bool,
    /// Whether it is a map's key.
    pub(in crate::yaml) is_key: bool,
    /// Where it starts with its tag and anchor.
    pub(in crate::yaml) start: usize,
    pub(in crate::yaml) parent: Option<NodeId>,
    pub(in crate::yaml) first: Option<NodeId>,
    pub(in crate::yaml) next: Option<NodeId>,
}

/// The tag and anchor before a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Marks<'s> {
    tag: Option<Cow<'s, str>>,
    anchor: Option<Cow<'s, str>>,
}

/// The reader that made a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::yaml) enum ReadBy {
    /// The reader of JSON.
    Json,
    /// The quick reader of the subset of YAML that most manifests are written in.
    Subset,
    /// The parser crate.
    Parser,
    /// The reader of YAML as Kubernetes' decoder reads it.
    Libyaml,
}

/// A document's nodes, each before its children, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree<'s> {
    /// The source's whole text; spans index it.
    pub(in crate::yaml) text: &'s str,
    pub(in crate::yaml) nodes: Vec<Node<'s>>,
    pub(in crate::yaml) root: Option<NodeId>,
    /// The reader that made the tree. A document that was read as JSON must stay JSON after an edit.
    pub(in crate::yaml) read_by: ReadBy,
}

impl<'s> Tree<'s> {
    /// The document's outermost node; `None` if the document holds only comments.
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

    /// The children of a map (key, value, key, value…) or a list. Does not follow an alias.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.node(id).first, |child| self.node(*child).next)
    }

    /// The entries of a map, with merge keys as they stand. Empty for other nodes; does not follow an alias.
    pub fn entries(&self, id: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        let first = matches!(self.node(id).content, Content::Map).then(|| self.node(id).first).flatten();
        std::iter::successors(first, |key| self.node(*key).next.and_then(|value| self.node(value).next))
            .filter_map(|key| self.node(key).next.map(|value| (key, value)))
    }

    /// The items of a list. Empty for other nodes; does not follow an alias.
    pub fn items(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let first = matches!(self.node(id).content, Content::List).then(|| self.node(id).first).flatten();
        std::iter::successors(first, |item| self.node(*item).next)
    }

    /// The value under `key` as Kubernetes reads it. Follows aliases; of equal keys, own or merged, the last one counts.
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

    /// Whether a key is a merge key: a plain, untagged `<<`.
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

    /// The maps in the value of a merge key: the value itself, or its items, of which the first is the strongest.
    pub(in crate::yaml) fn merged_by(&self, value: NodeId) -> Vec<NodeId> {
        let value = self.target(value);
        match self.node(value).content {
            Content::List => self.items(value).map(|item| self.target(item)).collect(),
            _ => vec![value],
        }
    }

    /// Searches each merged map only once, as a map may be merged very many times.
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

/// The position of one node among its siblings.
#[derive(Clone, Copy, Debug)]
enum Sibling {
    /// An item of a list, with the number of items before it.
    Item(usize),
    /// A part of a map's entry, with the entry's key.
    Entry(NodeId),
}

impl Siblings {
    /// The key of the entry that `node` is a part of; `None` for an item of a list.
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
    /// A node with its content and bytes, without tag, anchor or parent.
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

    /// Its resolved tag: `tag:yaml.org,2002:str`, `!local`.
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
    /// The node at an index.
    pub(in crate::yaml) fn at(index: usize) -> Self {
        Self(NonZeroU32::MIN.saturating_add(index as u32))
    }

    /// Its index among the tree's nodes.
    pub(in crate::yaml) fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}
