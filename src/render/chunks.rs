//! Sources in chunks of a bounded size, cut between documents. One chunk is planned and filled at a time. Pure.

use std::sync::Arc;

use crate::source::{Source, Span};
use crate::yaml::split::split;

/// `sources` in chunks of about `size` bytes, in order. A larger source becomes several, each with its first line's number.
pub(crate) fn chunks(sources: &[Arc<Source>], size: usize) -> impl Iterator<Item = Vec<Arc<Source>>> {
    let mut pieces = sources.iter().flat_map(move |source| cut(source, size)).peekable();
    std::iter::from_fn(move || {
        let first = pieces.next()?;
        let mut held = first.bytes.len();
        let mut chunk = vec![first];
        while let Some(next) = pieces.next_if(|next| held + next.bytes.len() <= size) {
            held += next.bytes.len();
            chunk.push(next);
        }
        Some(chunk)
    })
}

/// A source whole, or cut into several, each made on demand.
fn cut(source: &Arc<Source>, size: usize) -> Box<dyn Iterator<Item = Arc<Source>> + Send + '_> {
    // UTF-16 is not cut: only its byte-order mark at the start identifies it.
    if source.bytes.len() <= size || source.utf16().is_some() {
        return Box::new(std::iter::once(source.clone()));
    }
    let mut documents = split(&source.bytes).peekable();
    let (mut lines, mut end) = (source.lines(), 0);
    Box::new(std::iter::from_fn(move || {
        let start = documents.next()?;
        let mut span = Span { start: end, ..start };
        while let Some(next) = documents.next_if(|next| next.end - span.start <= size) {
            span.end = next.end;
        }
        if documents.peek().is_none() {
            span.end = source.bytes.len();
        }
        end = span.end;
        let bytes = &source.bytes[span.range()];
        if bytes.len() == source.bytes.len() {
            // One long document needs no copy.
            return Some(source.clone());
        }
        Some(Arc::new(Source::window(source.name.clone(), bytes, lines.number(span.start))))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chunks_together_are_the_sources_whatever_the_size() {
        let texts = [
            "a: 1\n---\nb: 2\n---\n# c\nc: 3\n",
            "",
            "d: 4",
            "{\"e\": 5}\n{\"f\": 6}\n",
            "\u{feff}---\ng: 7\n...\n---\nh: 8",
        ];
        let sources = texts.map(|text| Arc::new(Source::new("x", text)));
        for size in 0..80 {
            let chunks: Vec<Vec<Arc<Source>>> = chunks(&sources, size).collect();
            let bytes: Vec<u8> = chunks.iter().flatten().flat_map(|chunk| chunk.bytes.clone()).collect();
            assert_eq!(bytes, texts.concat().as_bytes(), "{size}");
            let fits = |chunk: &Vec<Arc<Source>>| {
                chunk.len() == 1 || chunk.iter().map(|one| one.bytes.len()).sum::<usize>() <= size
            };
            assert!(chunks.iter().all(fits), "{size}");
        }
    }

    #[test]
    fn a_chunk_knows_its_first_line() {
        let source = Arc::new(Source::window("x", "a: 1\n---\nb: 2\n---\nc: 3\n", 7));
        let lines: Vec<usize> = chunks(&[source], 10).flatten().map(|chunk| chunk.first_line).collect();
        assert_eq!(lines, [7, 8, 10]);
    }
}
