//! The spans of placeholders that stand literally in the source.

use crate::placeholder::Match;
use crate::source::{Source, Span};
use crate::yaml::tree::{NodeId, Tree};

/// A scalar's first byte, which is the place of a placeholder that does not stand literally in the source.
pub(super) fn start(scalar: Span) -> Span {
    Span::new(scalar.start, scalar.start)
}

/// The span in the source of each of `found` (in order, with spans in the scalar's decoded text); `None` if escapes, folds or
/// an encoding hide it.
pub(super) fn spans(source: &Source, tree: &Tree<'_>, node: NodeId, found: &[Match]) -> Vec<Option<Span>> {
    let scalar = tree.node(node).span;
    let written =
        source.bytes.get(scalar.range()).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
    let decoded = tree.text(node).unwrap_or_default();
    let openings = |text: &str| memchr::memchr_iter(b'<', text.as_bytes()).count();
    if openings(written) != openings(decoded) {
        return vec![None; found.len()];
    }
    // Each `<` of the decoded text is one of the written text, in the same order.
    let mut pairs = memchr::memchr_iter(b'<', decoded.as_bytes()).zip(memchr::memchr_iter(b'<', written.as_bytes()));
    let mut pair = pairs.next();
    let mut literal = |found: &Match| {
        while pair.is_some_and(|(decoded, _)| decoded < found.span.start) {
            pair = pairs.next();
        }
        let (_, at) = pair.filter(|(decoded, _)| *decoded == found.span.start)?;
        let text = decoded.get(found.span.range()).filter(|text| written[at..].starts_with(text))?;
        Some(Span::new(at, at + text.len()).shifted(scalar.start))
    };
    found.iter().map(&mut literal).collect()
}
