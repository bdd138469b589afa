//! Changes to a document as edits of its text; every other byte stays. Each edit is checked by reading the result.

use std::collections::HashMap;
use std::fmt;

use zeroize::Zeroizing;

use super::flaw::Flaw;
use super::remove::Removal;
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

/// A span of a source and its new text.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace.
    pub span: Span,
    /// What replaces them.
    pub text: Zeroizing<String>,
}

/// The edits that make `changes` to the document at `document`, in order; none where the result would not mean just that.
pub fn edit(tree: &Tree, document: Span, changes: &[Change]) -> Result<Vec<Edit>, Flaw> {
    let removed = changes.iter().filter_map(|change| match change {
        Change::Remove { node } => Some(*node),
        Change::Set { .. } => None,
    });
    let removal = Removal::new(tree, removed)?;
    let mut edits = removal.edits(tree, document)?;
    let mut values = HashMap::new();
    for change in changes {
        if let Change::Set { node, value } = change
            && !removal.takes(*node)
        {
            let value = set::fitting(tree, *node, value)?;
            set::set(tree, document, *node, &value, &mut edits)?;
            values.insert(*node, value);
        }
    }
    edits.sort_by_key(|edit| edit.span);
    verify::verify(tree, document, &values, &removal, &edits)?;
    Ok(edits)
}

/// `bytes` with `edits`, which are in order and do not overlap.
pub fn splice(bytes: &[u8], edits: &[Edit]) -> Zeroizing<Vec<u8>> {
    let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut out = Zeroizing::new(Vec::with_capacity(bytes.len() + added));
    let mut at = 0;
    for edit in edits {
        out.extend_from_slice(&bytes[at.min(edit.span.start)..edit.span.start]);
        out.extend_from_slice(edit.text.as_bytes());
        at = edit.span.end;
    }
    out.extend_from_slice(&bytes[at..]);
    out
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Edit {{ span: {}..{}, text: [redacted] }}", self.span.start, self.span.end)
    }
}
