//! Where a placeholder stands in the source.

use super::plan::Gap;
use crate::placeholder::Found;
use crate::source::{Place, Span};
use crate::yaml::tree::Tree;

/// A scalar's first byte: where something stands that does not stand literally in the source.
pub(super) fn start(scalar: Span) -> Span {
    Span::new(scalar.start, scalar.start)
}

/// Where `found` stands; `bare` says that its span is in the scalar's own text, in no encoding.
pub(super) fn of(gap: &Gap, tree: &Tree<'_>, found: &Found, bare: bool) -> Place {
    let literal = bare.then(|| literal(gap, tree, found)).flatten();
    Place { span: literal.unwrap_or(gap.place.span), ..gap.place.clone() }
}

/// The bytes of `found` in the source, if they stand there as in the decoded text.
fn literal(gap: &Gap, tree: &Tree<'_>, found: &Found) -> Option<Span> {
    let scalar = tree.node(gap.node).span;
    let source = std::str::from_utf8(gap.place.source.bytes.get(scalar.range())?).ok()?;
    let text = tree.text(gap.node)?;
    let written = text.get(found.span.range())?;
    let before = text[..found.span.start].matches(written).count();
    let same = source.matches(written).count() == text.matches(written).count();
    let (at, _) = same.then(|| source.match_indices(written).nth(before)).flatten()?;
    Some(Span::new(at, at + written.len()).shifted(scalar.start))
}
