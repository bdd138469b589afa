//! An index of a document's nodes, resources and gaps. It is made once, on first use, and spares each lookup a search.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::gap::Gap;
use super::resource_context::ResourceContext;
use crate::manifest::Step;
use crate::source::Span;
use crate::yaml::tree::{NodeId, Siblings, Tree};

/// The nodes, resources and gaps of a document by their position.
#[derive(Debug)]
pub(super) struct Index {
    siblings: Siblings,
    /// The resource of each map that holds one.
    owners: HashMap<NodeId, usize>,
    /// The map of each resource.
    maps: HashMap<*const ResourceContext, NodeId>,
    filled: HashSet<NodeId>,
    with_gaps: HashSet<*const ResourceContext>,
    /// The nodes by their first byte, each before its children.
    starts: Vec<(usize, NodeId)>,
}

impl Index {
    pub(super) fn new(tree: &Tree<'_>, resources: &[(NodeId, Arc<ResourceContext>)], gaps: &[Gap]) -> Self {
        let mut starts: Vec<(usize, NodeId)> = tree.nodes().map(|(id, node)| (node.span.start, id)).collect();
        starts.sort_by_key(|(start, _)| *start);
        // If several resources share a map, the first counts.
        let numbered = || resources.iter().enumerate().rev();
        Self {
            siblings: tree.siblings(),
            owners: numbered().map(|(number, (map, _))| (*map, number)).collect(),
            maps: numbered().map(|(_, (map, resource))| (Arc::as_ptr(resource), *map)).collect(),
            filled: gaps.iter().map(|gap| gap.node).collect(),
            with_gaps: gaps.iter().map(|gap| Arc::as_ptr(&gap.resource)).collect(),
            starts,
        }
    }

    /// The resource whose map a node is.
    pub(super) fn owner(&self, node: NodeId) -> Option<usize> {
        self.owners.get(&node).copied()
    }

    /// The step from the parent of `child` to it.
    pub(super) fn step<'d>(&self, tree: &'d Tree<'_>, child: NodeId) -> Option<Step<'d>> {
        match self.siblings.key(child) {
            Some(key) => tree.text(key).map(|key| Step::Key(key.into())),
            None => Some(Step::Item(self.siblings.number(child))),
        }
    }

    /// The map of a resource.
    pub(super) fn map(&self, resource: &Arc<ResourceContext>) -> Option<NodeId> {
        self.maps.get(&Arc::as_ptr(resource)).copied()
    }

    /// Whether a scalar is filled.
    pub(super) fn is_filled(&self, node: NodeId) -> bool {
        self.filled.contains(&node)
    }

    /// Whether a resource has a gap.
    pub(super) fn has_gaps(&self, resource: &Arc<ResourceContext>) -> bool {
        self.with_gaps.contains(&Arc::as_ptr(resource))
    }

    /// The nodes that begin in `line`.
    pub(super) fn nodes_that_begin_in(&self, line: Span) -> impl Iterator<Item = NodeId> {
        let begin = |at: usize| self.starts.partition_point(|(start, _)| *start < at);
        self.starts[begin(line.start)..begin(line.end)].iter().map(|(_, id)| *id)
    }

    /// The last node that begins at `offset` or before it.
    pub(super) fn last_node_before(&self, offset: usize) -> Option<NodeId> {
        let before = self.starts.partition_point(|(start, _)| *start <= offset);
        before.checked_sub(1).map(|last| self.starts[last].1)
    }
}
