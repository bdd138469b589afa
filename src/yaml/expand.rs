//! The size of a tree with its aliases resolved, counted before anybody follows them. One pass over the nodes is enough.

use super::flaw::Flaw;
use super::tree::{Content, Node, NodeId, Tree};
use crate::budget::{DEPTH, Limit};
use crate::error::Kind;
use crate::value::{bytes_of_entry, bytes_of_node};

/// The size of a node with its aliases resolved.
#[derive(Clone, Copy, Default)]
struct Extent {
    /// Its bytes in memory.
    bytes: u64,
    /// How many of these bytes come from aliases alone.
    added: u64,
    /// How deep its maps and lists nest.
    depth: usize,
}

/// Refuses a tree that is too large or too deep with its aliases resolved, so that following them ends.
pub(super) fn check(tree: &Tree<'_>) -> Result<(), Flaw> {
    if !tree.nodes().any(|(_, node)| matches!(node.content, Content::Alias(_))) {
        return Ok(());
    }
    let mut extents = vec![Extent::default(); tree.nodes.len()];
    let mut open: Vec<NodeId> = Vec::new();
    for (id, node) in tree.nodes() {
        close(tree, &mut open, &mut extents, node.parent)?;
        extents[id.index()] = own(node, &extents);
        open.push(id);
    }
    close(tree, &mut open, &mut extents, None)
}

/// The size of a node without its children. An alias is as large as its anchored node, which has ended before it.
fn own(node: &Node<'_>, extents: &[Extent]) -> Extent {
    let (bytes, depth) = match &node.content {
        Content::Scalar(_, text) => (bytes_of_node(text.len()), 0),
        Content::Map | Content::List => (bytes_of_node(0), 1),
        Content::Alias(target) => {
            let Extent { bytes, depth, .. } = extents[target.index()];
            return Extent { bytes, added: bytes, depth };
        }
    };
    let entry = if node.is_key { bytes_of_entry(0) } else { 0 };
    Extent { bytes: (bytes + entry) as u64, added: 0, depth }
}

/// Ends the open nodes up to `parent` and adds the size of each to the node around it.
fn close(tree: &Tree<'_>, open: &mut Vec<NodeId>, extents: &mut [Extent], parent: Option<NodeId>) -> Result<(), Flaw> {
    while let Some(id) = open.pop_if(|id| Some(*id) != parent) {
        let ended = extents[id.index()];
        let limit = if ended.added > Limit::Value.most() { Some(Limit::Value) } else { None };
        if let Some(limit) = limit.or((ended.depth > DEPTH).then_some(Limit::Depth)) {
            let flaw = Flaw::new(Kind::Syntax, tree.node(id).span, format!("its aliases expand to too much: {limit}"));
            return Err(flaw.hint("write some of them out, or split the document"));
        }
        let Some(around) = tree.node(id).parent else { continue };
        let around = &mut extents[around.index()];
        around.bytes = around.bytes.saturating_add(ended.bytes);
        around.added = around.added.saturating_add(ended.added);
        around.depth = around.depth.max(ended.depth + 1);
    }
    Ok(())
}
