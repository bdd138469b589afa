//! The documents of a source one by one, each with its edits, to compare or inspect rather than print. Pure.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::Edits;
use crate::source::{Source, Span};
use crate::yaml::splice::{self, Edit};
use crate::yaml::split::split;

/// A document with its edits made.
#[derive(Debug)]
pub(crate) struct RenderedDocument {
    /// Its span in the source.
    pub span: Span,
    /// The line of the source where it starts.
    pub line: usize,
    /// Its text, the marker before it included.
    pub text: Zeroizing<Vec<u8>>,
}

/// The documents of `source`, in order.
pub(crate) fn rendered_documents<'r>(
    source: &'r Arc<Source>,
    edits: &'r Edits,
) -> impl Iterator<Item = RenderedDocument> + 'r {
    let mut edits = edits.of(source).peekable();
    let mut lines = source.lines();
    split(&source.bytes).map(move |span| {
        let own = std::iter::from_fn(|| edits.next_if(|edit| edit.span.start < span.end)).map(Edit::replacement);
        let text = splice::joined(splice::slices(&source.bytes, span, own));
        RenderedDocument { span, line: lines.number(span.start), text }
    })
}
