//! The id of a finding, which stays when lines move: a digest of its rule, file, resource, field and message, and of its number
//! among equal findings. No secret goes into it, so that none can be guessed from it.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::error::Error;

/// How many hex digits an id has.
const DIGITS: usize = 32;

/// The id of each finding; the findings must come in the order of the input.
pub(crate) fn finding_ids(findings: &[Error]) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    findings
        .iter()
        .map(|error| {
            let lasting = lasting(error);
            let number = seen.entry(lasting.clone()).or_default();
            *number += 1;
            digest(&format!("{lasting}\0{number}"))
        })
        .collect()
}

/// Everything about a finding that stays when lines move.
fn lasting(error: &Error) -> String {
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
    fn an_id_stays_when_lines_move_and_equal_findings_are_numbered() {
        let before = finding_ids(&[finding("a: b", 3), finding("a: b\nc: d", 8)]);
        let after = finding_ids(&[finding("\n\na: b", 5), finding("\n\na: b\nc: d", 10)]);
        assert_eq!(before, after);
        assert_ne!(before[0], before[1]);
        assert_eq!(before[0].len(), DIGITS);
    }
}
