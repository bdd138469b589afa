//! Changes to a document as edits of its text. Every other byte stays. The result of the edits is read again and checked.

use std::collections::HashMap;

use super::flaw::Flaw;
use super::remove::Removal;
use super::splice::Edit;
use super::tree::{NodeId, Tree};
use super::verify::EditedDocument;
use super::{set, verify, words};
use crate::source::Span;
use crate::value::Value;

/// A change to one node of a document.
#[derive(Clone, Debug)]
pub enum Change {
    /// Replaces the scalar or alias `node` by `value`.
    Set {
        /// A scalar or an alias, not a key, and not the nothing after `key:`.
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

/// A document and what is to become of its nodes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChangedDocument<'c> {
    /// The document, read.
    pub(crate) tree: &'c Tree<'c>,
    /// Its bytes in the text.
    pub(crate) document: Span,
    /// The changes of different nodes, in any order.
    pub(crate) changes: &'c [Change],
}

/// The edits that make `changes` to the document at `document`, in order; an error if the result would not mean just that.
pub fn edit(tree: &Tree, document: Span, changes: &[Change]) -> Result<Vec<Edit>, Flaw> {
    edit_all(&[ChangedDocument { tree, document, changes }]).remove(0)
}

/// The edits of each document, as [`edit`] makes them: several are checked in less time than one after the other.
pub(crate) fn edit_all(documents: &[ChangedDocument]) -> Vec<Result<Vec<Edit>, Flaw>> {
    let edited: Vec<_> = documents.iter().map(|changed| unchecked(changed, Lines::Stay)).collect();
    let checks = verify::verify(&edited.iter().flatten().collect::<Vec<_>>());
    let mut checks = checks.into_iter();
    let checked = edited.into_iter().zip(documents).map(|(edited, changed)| {
        let EditedDocument { edits, .. } = edited?;
        if checks.next().is_none_or(|check| check.is_ok()) {
            return Ok(edits);
        }
        let edited = unchecked(changed, Lines::Join)?;
        verify::verify(&[&edited]).remove(0)?;
        Ok(edited.edits)
    });
    checked.collect()
}

/// What becomes of the lines of a text of which some words change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    /// They stay where the words allow it.
    Stay,
    /// The text is written anew.
    Join,
}

fn unchecked<'c>(changed: &ChangedDocument<'c>, lines: Lines) -> Result<EditedDocument<'c>, Flaw> {
    let ChangedDocument { tree, document, changes } = *changed;
    let removal = Removal::new(tree, changes.iter().filter_map(Change::removed))?;
    let mut values = HashMap::new();
    for (node, value) in changes.iter().filter_map(Change::set).filter(|(node, _)| !removal.takes(*node)) {
        values.insert(node, set::coerce_to_tag(tree, node, value)?);
    }
    let mut edits = removal.edits(tree, document, &values.keys().copied().collect())?;
    for (node, value) in &values {
        match words::edits(tree, *node, value).filter(|_| lines == Lines::Stay) {
            Some(words) => edits.extend(words),
            None => set::set(tree, document, *node, value, &mut edits)?,
        }
    }
    edits.sort_by_key(|edit| edit.span);
    Ok(EditedDocument { tree, document, values, removal, edits })
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
