//! The documents of a source one by one, each with its edits: for whoever looks at them rather than prints them. Pure.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::Edits;
use crate::source::{Source, Span};
use crate::yaml::split::split;

/// A document as it is rendered.
#[derive(Debug)]
pub struct RenderedDocument {
    /// Where the source has it.
    pub span: Span,
    /// The line of the source where it starts.
    pub line: usize,
    /// Its text, the marker before it included.
    pub text: Zeroizing<Vec<u8>>,
}

/// The documents of `source`, in order.
pub fn rendered_documents<'r>(
    source: &'r Arc<Source>,
    edits: &'r Edits,
) -> impl Iterator<Item = RenderedDocument> + 'r {
    let mut edits = edits.of(source).peekable();
    let mut line = source.first_line;
    split(&source.bytes).map(move |document| {
        let mut text = Zeroizing::new(Vec::with_capacity(document.range().len()));
        let mut at = document.start;
        while let Some(edit) = edits.next_if(|edit| edit.span.start < document.end) {
            text.extend_from_slice(&source.bytes[at..edit.span.start]);
            text.extend_from_slice(edit.text.as_bytes());
            at = edit.span.end;
        }
        text.extend_from_slice(&source.bytes[at..document.end]);
        let first = line;
        line += memchr::memchr_iter(b'\n', &source.bytes[document.range()]).count();
        RenderedDocument { span: document, line: first, text }
    })
}
