//! No finding shows a secret in clear: not its own, and not one that another finding is about.

use std::sync::Arc;

use super::clear;
use crate::error::{Error, Errors};
use crate::source::{Place, Source, Span};

/// The shortest secret that is looked for in what findings say.
const SHORTEST: usize = 6;

/// Hides the lines of findings that hold a secret in clear, and takes the secret out of what they say.
/// All findings of a run belong here, also those that are accepted later.
pub fn hide(found: Errors) -> Errors {
    let mut found: Vec<Error> = found.into_iter().collect();
    let secrets: Vec<(Arc<Source>, Span)> = found
        .iter()
        .filter(|error| clear::is_about_a_secret(error.rule))
        .filter_map(|error| error.place.as_ref())
        .map(|place| (place.source.clone(), place.span))
        .collect();
    for error in &mut found {
        let Some(place) = error.place.clone() else { continue };
        for (source, secret) in secrets.iter().filter(|(source, _)| Arc::ptr_eq(source, &place.source)) {
            error.hidden |= shares_a_line(&place, *secret);
            take_out(error, &source.bytes[secret.range()]);
        }
    }
    let mut hidden = Errors::new();
    hidden.extend(found);
    hidden
}

/// Whether the line that a place is shown with holds a part of the secret.
fn shares_a_line(place: &Place, secret: Span) -> bool {
    let line = place.source.line_span(place.span.start);
    line.start < secret.end && secret.start <= line.end
}

fn take_out(error: &mut Error, secret: &[u8]) {
    let Ok(secret) = std::str::from_utf8(secret) else { return };
    let secret = secret.trim().trim_matches(['"', '\'']);
    if secret.len() < SHORTEST {
        return;
    }
    let field = error.place.as_mut().and_then(|place| place.field.as_mut());
    let texts = [Some(&mut error.detail), error.hint.as_mut(), error.cause.as_mut(), field];
    for text in texts.into_iter().flatten().filter(|text| text.contains(secret)) {
        *text = text.replace(secret, "…");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn a_secret_is_neither_shown_with_nor_named_by_another_finding() {
        let text = "a: <path:x#y | bas64> # hunter22\nb: <z>\n";
        let source = Arc::new(Source::new("x", text));
        let place = |part: &str| {
            let at = text.find(part).unwrap();
            Place::new(source.clone(), Span::new(at, at + part.len()))
        };
        let mut found = Errors::new();
        found.extend([
            Error::new(Kind::Modifier, "`hunter22`").hint("not hunter22").at(place("<path:x#y | bas64>")),
            Error::new(Kind::Value, "x").rule("known-token").at(place("hunter22")),
            Error::new(Kind::Modifier, "x").at(place("<z>")),
        ]);
        let found: Vec<Error> = hide(found).into_iter().collect();
        assert_eq!(found.iter().map(|error| error.hidden).collect::<Vec<_>>(), [true, true, false]);
        assert_eq!((found[0].detail.as_str(), found[0].hint.as_deref()), ("`…`", Some("not …")));
    }
}
