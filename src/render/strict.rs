//! `--strict`: no inline placeholder may stay in the output, well-formed or not, in any encoding or in a map key. Pure.

use super::plan::fills;
use crate::error::{Error, Kind};
use crate::placeholder::{Base64, Context, Found, What, find};
use crate::source::Place;

const EVERYWHERE: Context = Context { generic: false, base64: Base64::Anywhere };

/// The inline placeholders in a map key.
pub(super) fn in_key(key: &str, place: impl Fn() -> Place) -> Option<Error> {
    let found = !find(key, EVERYWHERE).is_empty();
    found.then(|| {
        Error::new(Kind::Placeholder, "a placeholder in a map key is never filled")
            .hint("fill a value instead, or write `<raw:…>` if the text is meant")
            .at(place())
    })
}

/// The inline placeholders in a scalar that filling leaves: `found` is what filling sees.
pub(super) fn in_text(text: &str, found: &[Found], place: impl Fn() -> Place) -> Vec<Error> {
    let filled: Vec<_> = found.iter().filter(|found| fills(found)).collect();
    let mut left = Vec::new();
    for one in &filled {
        malformed_within(one, &mut left);
    }
    let covered = |one: &Found| {
        filled.iter().any(|filled| filled.span.start <= one.span.start && one.span.end <= filled.span.end)
    };
    for one in find(text, EVERYWHERE).iter().filter(|one| !covered(one)) {
        match &one.what {
            What::Malformed(reason) => left.push(reason.clone()),
            What::Encoded { encoding, .. } => left.push(format!("{} is not looked into here", encoding.name)),
            _ => left.push("it is not filled here".to_owned()),
        }
    }
    let error = |reason: String| {
        Error::new(Kind::Placeholder, format!("a placeholder would stay in the output: {reason}"))
            .hint("mend it, or write `<raw:…>` if the text is meant")
            .at(place())
    };
    left.into_iter().map(error).collect()
}

fn malformed_within(found: &Found, out: &mut Vec<String>) {
    if let What::Encoded { found, .. } = &found.what {
        for inner in found {
            match &inner.what {
                What::Malformed(reason) => out.push(reason.clone()),
                _ => malformed_within(inner, out),
            }
        }
    }
}
