//! A tree under construction: a reader adds its nodes in the order of the text. Knows no reader.

use super::tree::{Content, Node, NodeId, ReadBy, Tree};
use crate::budget::Limit;

/// A tree to which a reader adds nodes in the order of the text.
pub(in crate::yaml) struct Builder<'s> {
    tree: Tree<'s>,
    /// The open maps and lists, each with its last child and the number of its children.
    open: Vec<Open>,
}

/// How many nodes a tree has room for before anything is read.
const ROOM: usize = 1 << 16;

/// How many nodes a tree may have.
const NODES: usize = Limit::Made.most() as usize / size_of::<Node<'static>>();

struct Open {
    id: NodeId,
    last: Option<NodeId>,
    count: usize,
}

impl<'s> Builder<'s> {
    /// A tree without nodes, with room for a document of `bytes`.
    pub(in crate::yaml) fn new(text: &'s str, bytes: usize, read_by: ReadBy) -> Self {
        let nodes = Vec::with_capacity((bytes / 16 + 4).min(ROOM));
        Self { tree: Tree { text, nodes, root: None, read_by }, open: Vec::new() }
    }

    /// Adds a scalar or an alias.
    pub(in crate::yaml) fn leaf(&mut self, mut node: Node<'s>) -> NodeId {
        let id = NodeId::at(self.tree.nodes.len());
        match self.open.last_mut() {
            Some(open) => {
                node.parent = Some(open.id);
                let parent = &self.tree.nodes[open.id.index()];
                node.flow |= parent.flow;
                node.is_key = parent.content == Content::Map && open.count.is_multiple_of(2);
                match open.last.replace(id) {
                    Some(last) => self.tree.nodes[last.index()].next = Some(id),
                    None => self.tree.nodes[open.id.index()].first = Some(id),
                }
                open.count += 1;
            }
            None => self.tree.root = Some(id),
        }
        self.tree.nodes.push(node);
        id
    }

    /// Adds a map or list whose children follow.
    pub(in crate::yaml) fn open(&mut self, node: Node<'s>) -> NodeId {
        let id = self.leaf(node);
        self.open.push(Open { id, last: None, count: 0 });
        id
    }

    /// Ends the innermost map or list. Without a closing bracket it ends with its last child.
    pub(in crate::yaml) fn close(&mut self, bracket: Option<usize>) {
        let Some(open) = self.open.pop() else { return };
        let last = open.last.map(|last| self.tree.node(last).span.end);
        let span = &mut self.tree.nodes[open.id.index()].span;
        span.end = bracket.or(last).unwrap_or(span.end).max(span.start);
    }

    /// Whether the tree already has the largest number of nodes that it may have.
    pub(in crate::yaml) fn is_full(&self) -> bool {
        self.tree.nodes.len() >= NODES
    }

    /// How deep the next node is.
    pub(in crate::yaml) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Whether the next node is a map's value.
    pub(in crate::yaml) fn expects_value(&self) -> bool {
        self.open.last().is_some_and(|open| open.count % 2 == 1 && self.tree.node(open.id).content == Content::Map)
    }

    /// Whether `id` is a map or list that has not ended.
    pub(in crate::yaml) fn is_open(&self, id: NodeId) -> bool {
        self.open.iter().any(|open| open.id == id)
    }

    /// The node `id`, for parts that the parser reports after the node, such as its anchor.
    pub(in crate::yaml) fn node_mut(&mut self, id: NodeId) -> &mut Node<'s> {
        &mut self.tree.nodes[id.index()]
    }

    /// The finished tree.
    pub(in crate::yaml) fn finish(mut self) -> Tree<'s> {
        self.tree.nodes.shrink_to_fit();
        self.tree
    }
}
