//! What a finding is known by when lines move: its rule, file, resource, field and words, and its number among equal ones.
//! Nothing of a secret goes in, so that nothing can be guessed from it.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::error::Error;

/// How many hex digits a fingerprint has.
const DIGITS: usize = 32;

/// The fingerprint of each finding; findings must come in the order of the input.
pub fn fingerprints(found: &[Error]) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    found
        .iter()
        .map(|error| {
            let words = words(error);
            let number = seen.entry(words.clone()).or_default();
            *number += 1;
            digest(&format!("{words}\0{number}"))
        })
        .collect()
}

/// Everything that stays when lines move.
fn words(error: &Error) -> String {
    let place = error.place.as_ref();
    let file = place.map(|place| place.source.name.as_str());
    let resource = place.and_then(|place| place.resource.as_ref()).map(ToString::to_string);
    let field = place.and_then(|place| place.field.as_deref());
    let parts = [Some(error.rule), file, resource.as_deref(), field, Some(&error.to_string())];
    parts.map(Option::unwrap_or_default).join("\0")
}

fn digest(text: &str) -> String {
    let hex: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    hex[..DIGITS].to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::error::Kind;
    use crate::source::{Place, Source, Span};

    fn finding(text: &str, at: usize) -> Error {
        let source = Arc::new(Source::new("a.yaml", text));
        Error::new(Kind::Value, "x").at(Place::new(source, Span::new(at, at + 1)))
    }

    #[test]
    fn a_fingerprint_stays_when_lines_move_and_equal_findings_are_numbered() {
        let before = fingerprints(&[finding("a: b", 3), finding("a: b\nc: d", 8)]);
        let after = fingerprints(&[finding("\n\na: b", 5), finding("\n\na: b\nc: d", 10)]);
        assert_eq!(before, after);
        assert_ne!(before[0], before[1]);
        assert_eq!(before[0].len(), DIGITS);
    }
}
