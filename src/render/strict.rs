//! `--strict`: no inline placeholder may stay in the output, well-formed or not, in any encoding or in a map key. Else a warning. Pure.

use crate::error::{Error, Kind, Level};
use crate::placeholder::{Base64, Context, Match, MatchKind, find};
use crate::source::{Place, Span};

const EVERYWHERE: Context = Context { generic: false, base64: Base64::Anywhere };

/// The inline placeholders in a map key.
pub(super) fn in_key(key: &str, place: impl Fn() -> Place) -> Option<Error> {
    let found = !find(key, EVERYWHERE).is_empty();
    found.then(|| {
        Error::new(Kind::Placeholder, "a placeholder in a map key is never filled")
            .rule("placeholder-in-key")
            .hint("fill a value instead")
            .at(place())
    })
}

/// The inline placeholders in a scalar that filling leaves. `filled` are the matches that filling sees; `places` gives the
/// scalar's start and the literal place of each match.
pub(super) fn in_text(
    text: &str,
    filled: &[Match],
    places: impl Fn(&[Match]) -> (Place, Vec<Option<Span>>),
) -> Vec<Error> {
    among(&find(text, EVERYWHERE), text, filled, places)
}

/// The inline placeholders among `found` that filling leaves.
pub(super) fn among(
    found: &[Match],
    text: &str,
    filled: &[Match],
    places: impl Fn(&[Match]) -> (Place, Vec<Option<Span>>),
) -> Vec<Error> {
    if found.is_empty() {
        return Vec::new();
    }
    let (start, spans) = places(found);
    let mut errors = Vec::new();
    for (one, span) in found.iter().zip(spans) {
        let before = filled.partition_point(|filled| filled.span.start <= one.span.start);
        let sees = before.checked_sub(1).map(|at| &filled[at]).filter(|filled| one.span.end <= filled.span.end);
        let mut left = Vec::new();
        leftovers(sees.unwrap_or(one), text, sees.is_some(), &mut left);
        let place = Place { span: span.unwrap_or(start.span), ..start.clone() };
        errors.extend(left.into_iter().map(|(rule, reason)| leftover(&reason).rule(rule).at(place.clone())));
    }
    errors
}

/// Adds the matches in `text` that stay, with the rule that each breaks; `seen` says whether filling looks there.
fn leftovers(found: &Match, text: &str, seen: bool, out: &mut Vec<(&'static str, String)>) {
    let written = text.get(found.span.range()).unwrap_or_default().lines().next().unwrap_or_default();
    match &found.kind {
        MatchKind::Malformed(reason) => out.push(("malformed-placeholder", format!("`{written}`: {reason}"))),
        MatchKind::Encoded { text, matches, .. } => matches.iter().for_each(|inner| leftovers(inner, text, seen, out)),
        MatchKind::Raw(_) | MatchKind::Placeholder(_) | MatchKind::Wrong(_) if seen => {}
        _ => {
            let reason = format!("`{written}` stands in an encoding that is not looked into here");
            out.push(("hidden-placeholder", reason));
        }
    }
}

/// What is refused under `--strict` alone.
pub(super) fn as_warning(leftover: Error) -> Error {
    let hint = leftover.hint.as_deref().map_or_else(String::new, |hint| format!("{hint}; "));
    Error { level: Level::Warning, ..leftover }.hint(format!("{hint}`--strict` makes it an error"))
}

fn leftover(reason: &str) -> Error {
    Error::new(Kind::Placeholder, format!("a placeholder would stay in the output: {reason}"))
        .hint("mend it, or write `<raw:…>` if the text is meant")
}
