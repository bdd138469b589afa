//! Changes to a document as edits of its text. Every other byte stays. The result of the edits is read again and checked.

use std::collections::HashMap;

use super::flaw::Flaw;
use super::remove::Removal;
use super::splice::Edit;
use super::tree::{NodeId, Tree};
use super::{set, verify};
use crate::source::Span;
use crate::value::Value;

/// A change to one node of a document.
#[derive(Clone, Debug)]
pub enum Change {
    /// Replaces the scalar or alias `node` by `value`.
    Set {
        /// A scalar or an alias, not a key.
        node: NodeId,
        /// The value to write.
        value: Value,
    },
    /// Removes a map entry or list item.
    Remove {
        /// The map's value or the list's item.
        node: NodeId,
    },
}

/// The edits that make `changes` to the document at `document`, in order. An error if the result would mean anything else.
pub fn edit(tree: &Tree, document: Span, changes: &[Change]) -> Result<Vec<Edit>, Flaw> {
    let removal = Removal::new(tree, changes.iter().filter_map(Change::removed))?;
    let mut values = HashMap::new();
    for (node, value) in changes.iter().filter_map(Change::set).filter(|(node, _)| !removal.takes(*node)) {
        values.insert(node, set::coerce_to_tag(tree, node, value)?);
    }
    let mut edits = removal.edits(tree, document, &values.keys().copied().collect())?;
    for (node, value) in &values {
        set::set(tree, document, *node, value, &mut edits)?;
    }
    edits.sort_by_key(|edit| edit.span);
    verify::verify(tree, document, &values, &removal, &edits)?;
    Ok(edits)
}

impl Change {
    fn removed(&self) -> Option<NodeId> {
        match self {
            Self::Remove { node } => Some(*node),
            Self::Set { .. } => None,
        }
    }

    fn set(&self) -> Option<(NodeId, &Value)> {
        match self {
            Self::Set { node, value } => Some((*node, value)),
            Self::Remove { .. } => None,
        }
    }
}
