//! Placeholders that no value fits, as their fields take no text: found without a store.

use super::gap::Gap;
use crate::error::{Error, Kind};
use crate::manifest::{FieldType, RemoveMissing};
use crate::placeholder::{Key, Match, MatchKind};
use crate::yaml::tree::{Content, Style, Tree};

/// The rule that a value of another type than its field takes breaks.
pub(super) const WRONG_TYPE: &str = "wrong-type";

/// Whether one bare placeholder is all of the scalar, and the scalar may hold any type: block scalars are always text.
pub(super) fn is_whole(gap: &Gap, tree: &Tree<'_>) -> bool {
    let node = tree.node(gap.node);
    let Content::Scalar(style, text) = &node.content else { return false };
    let [one] = gap.matches.as_slice() else { return false };
    let all = one.span.start == 0 && one.span.end == text.len();
    let is_text =
        matches!(style, Style::Literal | Style::Folded) || node.tag().is_some_and(|tag| tag.ends_with(":str"));
    all && matches!(one.kind, MatchKind::Placeholder(_)) && !is_text
}

/// Why no value of the placeholder fits. What may be removed instead is not judged, nor what is wrong in itself.
pub(super) fn misfit(gap: &Gap, tree: &Tree<'_>) -> Option<Error> {
    let is_removed = gap.resource.annotations.remove_missing != RemoveMissing::No;
    let is_wrong = gap.matches.iter().any(|found| matches!(found.kind, MatchKind::Wrong(_)));
    let error = match is_whole(gap, tree) {
        false => text_error(gap),
        true => map_error(gap),
    };
    error.filter(|_| !is_removed && !is_wrong).map(|error| error.at(gap.place_of(0)))
}

/// The error about a scalar in which not only a placeholder stands, if its field takes no text.
pub(super) fn text_error(gap: &Gap) -> Option<Error> {
    let takes_text = !matches!(
        gap.field_type,
        FieldType::Integer(_) | FieldType::Number | FieldType::Boolean | FieldType::List | FieldType::Map
    );
    let what = "the result is text, as not only the placeholder stands here";
    (!takes_text)
        .then(|| wrong_type(what, gap, gap.field_type).hint("let the placeholder be the whole value, in no block"))
}

/// The error about a whole secret in a field that takes a value without members.
fn map_error(gap: &Gap) -> Option<Error> {
    let is_whole_secret = |found: &Match| match &found.kind {
        MatchKind::Placeholder(placeholder) => {
            placeholder.key == Key::Whole && placeholder.chain.names().next().is_none()
        }
        _ => false,
    };
    let takes_none = matches!(
        gap.field_type,
        FieldType::Integer(_) | FieldType::Number | FieldType::Boolean | FieldType::IntOrString | FieldType::List
    );
    let error =
        || wrong_type("the whole secret is a map", gap, gap.field_type).hint("name a key of the secret instead of `*`");
    (takes_none && gap.matches.iter().any(is_whole_secret)).then(error)
}

/// The error about a value of another type than its field takes. The value itself is never in it.
pub(super) fn wrong_type(what: &str, gap: &Gap, takes: FieldType) -> Error {
    let detail = format!("{what}, and `{}` takes {}", gap.field, takes.in_words());
    Error::new(Kind::Value, detail).rule(WRONG_TYPE)
}
