//! The documents of a source one by one, each with its edits: for whoever looks at them rather than prints them. Pure.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::Rendered;
use crate::source::Source;
use crate::yaml::split::split;

/// A document as it is rendered.
#[derive(Debug)]
pub struct Written {
    /// The line of the source where it starts.
    pub line: usize,
    /// Its text, the marker before it included.
    pub text: Zeroizing<Vec<u8>>,
}

/// The documents of `source`, in order.
pub fn written<'r>(source: &'r Arc<Source>, rendered: &'r Rendered) -> impl Iterator<Item = Written> + 'r {
    let mut edits = rendered.of(source).peekable();
    let mut line = source.first_line;
    split(&source.bytes).map(move |document| {
        let mut text = Zeroizing::new(Vec::with_capacity(document.span.range().len()));
        let mut at = document.span.start;
        while let Some(edit) = edits.next_if(|edit| edit.span.start < document.span.end) {
            text.extend_from_slice(&source.bytes[at..edit.span.start]);
            text.extend_from_slice(edit.text.as_bytes());
            at = edit.span.end;
        }
        text.extend_from_slice(&source.bytes[at..document.span.end]);
        let first = line;
        line += memchr::memchr_iter(b'\n', &source.bytes[document.span.range()]).count();
        Written { line: first, text }
    })
}
