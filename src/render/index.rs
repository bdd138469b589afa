//! What answers questions about a document's nodes without a walk through their neighbours: made once, when somebody asks.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::plan::{Gap, ResourceContext};
use super::survey::Document;
use crate::manifest::Step;
use crate::source::Span;
use crate::yaml::tree::{NodeId, Siblings, Tree};

/// Where the nodes, resources and gaps of a document are.
#[derive(Debug)]
pub(super) struct Index {
    siblings: Siblings,
    /// The resource of each map that is one.
    owners: HashMap<NodeId, usize>,
    /// The map of each resource.
    maps: HashMap<*const ResourceContext, NodeId>,
    filled: HashSet<NodeId>,
    asking: HashSet<*const ResourceContext>,
    /// The nodes by their first byte, each before its children.
    starts: Vec<(usize, NodeId)>,
}

impl Index {
    pub(super) fn new(tree: &Tree<'_>, resources: &[(NodeId, Arc<ResourceContext>)], gaps: &[Gap]) -> Self {
        let mut starts: Vec<(usize, NodeId)> = tree.nodes().map(|(id, node)| (node.span.start, id)).collect();
        starts.sort_by_key(|(start, _)| *start);
        // Of equal maps the first counts.
        let numbered = || resources.iter().enumerate().rev();
        Self {
            siblings: tree.siblings(),
            owners: numbered().map(|(number, (map, _))| (*map, number)).collect(),
            maps: numbered().map(|(_, (map, resource))| (Arc::as_ptr(resource), *map)).collect(),
            filled: gaps.iter().map(|gap| gap.node).collect(),
            asking: gaps.iter().map(|gap| Arc::as_ptr(&gap.resource)).collect(),
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
}

impl Document<'_> {
    /// Whether a scalar is filled.
    pub fn fills(&self, node: NodeId) -> bool {
        self.index().filled.contains(&node)
    }

    /// Whether something of a resource is filled.
    pub fn asks(&self, resource: &Arc<ResourceContext>) -> bool {
        self.index().asking.contains(&Arc::as_ptr(resource))
    }

    /// The map of a resource.
    pub fn map(&self, resource: &Arc<ResourceContext>) -> Option<NodeId> {
        self.index().maps.get(&Arc::as_ptr(resource)).copied()
    }

    /// Where the last of the scalars ends that begin in `line`.
    pub fn end_of_scalars(&self, line: Span) -> Option<usize> {
        let starts = &self.index().starts;
        let begin = |at: usize| starts.partition_point(|(start, _)| *start < at);
        let scalars = starts[begin(line.start)..begin(line.end)].iter().filter(|(_, id)| self.tree.text(*id).is_some());
        scalars.map(|(_, id)| self.tree.node(*id).span.end).max()
    }

    /// The innermost node around the byte at `offset`, else the root.
    pub fn node_at(&self, offset: usize) -> Option<NodeId> {
        let starts = &self.index().starts;
        let before = starts.partition_point(|(start, _)| *start <= offset);
        let mut at = before.checked_sub(1).map(|last| starts[last].1).or(self.tree.root())?;
        while let Some(parent) = self.tree.parent(at)
            && !self.tree.node(at).span.range().contains(&offset)
        {
            at = parent;
        }
        Some(at)
    }
}
