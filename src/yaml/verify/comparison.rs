//! Two trees: one as it was, and one that must be it with the changes and nothing else.

use std::borrow::Cow;
use std::collections::HashMap;

use super::super::remove::Removal;
use super::super::resolve::{Plain, resolve};
use super::super::tree::{Content, NodeId, Style, Tree};
use crate::source::Span;
use crate::value::Value;

/// The values that nodes become.
pub(in crate::yaml) type NewValues<'v> = HashMap<NodeId, Cow<'v, Value>>;

pub(super) struct Comparison<'c, 's, 'a> {
    tree: &'c Tree<'s>,
    after: &'c Tree<'a>,
    values: &'c NewValues<'c>,
    removal: &'c Removal,
    /// The node of the new tree for each node of the old one: aliases must follow.
    twins: Vec<Option<NodeId>>,
}

/// Where the trees differ, if that is known.
pub(super) type Difference = Option<Span>;

impl<'c, 's, 'a> Comparison<'c, 's, 'a> {
    /// `after` must be `tree` with `values` in the place of nodes, and without what is removed.
    pub(super) fn new(
        tree: &'c Tree<'s>,
        after: &'c Tree<'a>,
        values: &'c NewValues<'c>,
        removal: &'c Removal,
    ) -> Self {
        Self { tree, after, values, removal, twins: vec![None; tree.nodes.len()] }
    }

    /// Compares all of the trees.
    pub(super) fn roots(&mut self) -> Result<(), Difference> {
        match (self.tree.root, self.after.root) {
            (Some(before), Some(after)) => self.nodes(before, after),
            (None, None) => Ok(()),
            _ => Err(None),
        }
    }

    fn nodes(&mut self, before: NodeId, after: NodeId) -> Result<(), Difference> {
        self.twins[before.index()] = Some(after);
        let (old, new) = (self.tree.node(before), self.after.node(after));
        let same = old.tag() == new.tag() && old.anchor() == new.anchor();
        let same = same
            && match (self.values.get(&before), &old.content, &new.content) {
                (Some(value), ..) => is_value(self.after, after, value),
                (None, Content::Scalar(old, text), Content::Scalar(new, same)) => {
                    text == same && (*old == Style::Plain) == (*new == Style::Plain)
                }
                (None, Content::Alias(old), Content::Alias(new)) => self.twins[old.index()] == Some(*new),
                (None, Content::Map, Content::Map) | (None, Content::List, Content::List) => {
                    return self.children(before, after);
                }
                _ => false,
            };
        if same { Ok(()) } else { Err(Some(old.span)) }
    }

    fn children(&mut self, before: NodeId, after: NodeId) -> Result<(), Difference> {
        let (tree, new, removal) = (self.tree, self.after, self.removal);
        let mut left = new.children(after);
        for child in tree.children(before).filter(|child| !removal.takes(*child)) {
            let twin = left.next().ok_or(Some(tree.node(child).span))?;
            self.nodes(child, twin)?;
        }
        if left.next().is_none() { Ok(()) } else { Err(Some(tree.node(before).span)) }
    }
}

/// Whether every reader takes the node for `value`.
fn is_value(tree: &Tree, id: NodeId, value: &Value) -> bool {
    let node = tree.node(id);
    match (value, &node.content) {
        (Value::Text(value), Content::Scalar(style, text)) => {
            value.as_str() == text && (*style != Style::Plain || node.tag().is_some() || resolve(text) == Plain::Text)
        }
        (Value::Number(digits), Content::Scalar(Style::Plain, text)) => {
            digits.as_str() == text && matches!(resolve(text), Plain::Number(_))
        }
        (Value::Bool(value), Content::Scalar(Style::Plain, text)) => resolve(text) == Plain::Bool(*value),
        (Value::Null, Content::Scalar(Style::Plain, text)) => resolve(text) == Plain::Null,
        (Value::List(items), Content::List) => {
            let mut nodes = tree.items(id);
            items.iter().all(|item| nodes.next().is_some_and(|node| is_value(tree, node, item)))
                && nodes.next().is_none()
        }
        (Value::Map(entries), Content::Map) => {
            let mut nodes = tree.entries(id);
            let same = entries.iter().all(|(name, value)| {
                nodes.next().is_some_and(|(key, node)| is_key(tree, key, name) && is_value(tree, node, value))
            });
            same && nodes.next().is_none()
        }
        _ => false,
    }
}

fn is_key(tree: &Tree, id: NodeId, name: &str) -> bool {
    match &tree.node(id).content {
        Content::Scalar(style, text) => text == name && (*style != Style::Plain || resolve(text) == Plain::Text),
        _ => false,
    }
}
