//! Changes to a document as edits of its text; every other byte stays. Each edit is checked by reading the result.

use std::collections::HashMap;

use super::flaw::Flaw;
use super::remove::Removal;
use super::splice::Edit;
use super::tree::{NodeId, Tree};
use super::{set, verify};
use crate::source::Span;
use crate::value::Value;

/// What becomes of a node.
#[derive(Clone, Debug)]
pub enum Change {
    /// The scalar or alias `node` becomes `value`.
    Set {
        /// A scalar or an alias, not a key.
        node: NodeId,
        /// What to write.
        value: Value,
    },
    /// The map entry or list item goes.
    Remove {
        /// The map's value or the list's item.
        node: NodeId,
    },
}

/// The edits that make `changes` to the document at `document`, in order; none where the result would not mean just that.
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
