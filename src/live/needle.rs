//! Finds secret values in any text. It is the last safety net, for copies of a secret where the manifest has no placeholder.

use std::fmt;

use aho_corasick::{AhoCorasick, MatchKind};
use zeroize::Zeroizing;

use crate::placeholder::ENCODINGS;
use crate::source::Span;
use crate::value::Value;

/// Secret values to find in texts.
#[derive(Default)]
pub(super) struct Needles {
    /// Sorted, to find a whole text.
    equal: Vec<Zeroizing<String>>,
    within: Option<AhoCorasick>,
}

impl Needles {
    /// Finds a value that is a whole text, and inside longer texts the values of at least `shortest` bytes, in every encoding.
    pub(super) fn new<'v>(values: impl Iterator<Item = &'v Zeroizing<String>>, shortest: usize) -> Self {
        let mut equal: Vec<Zeroizing<String>> = values.filter(|value| !value.is_empty()).cloned().collect();
        equal.sort_by(|a, b| a.as_str().cmp(b));
        equal.dedup();
        let mut patterns: Vec<Zeroizing<String>> = Vec::new();
        for value in equal.iter().filter(|value| value.len() >= shortest) {
            patterns.push(value.clone());
            patterns
                .extend(ENCODINGS.iter().filter_map(|encoding| encoding.encode(value.as_bytes())).map(Zeroizing::new));
        }
        let patterns: Vec<&str> = patterns.iter().map(|pattern| pattern.as_str()).collect();
        let build = || AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns).ok();
        Self { within: if patterns.is_empty() { None } else { build() }, equal }
    }

    /// The spans of `text` that hold a value.
    pub(super) fn find(&self, text: &str) -> Vec<Span> {
        if self.equal.binary_search_by(|value| value.as_str().cmp(text)).is_ok() {
            return vec![Span::new(0, text.len())];
        }
        let found = self.within.iter().flat_map(|within| within.find_iter(text));
        found.map(|found| Span::new(found.start(), found.end())).collect()
    }
}

impl fmt::Debug for Needles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The texts and numbers in a value. Booleans and null are no secrets.
pub(super) fn texts(value: &Value, out: &mut Vec<Zeroizing<String>>) {
    match value {
        Value::Text(text) | Value::Number(text) => out.push(text.clone()),
        Value::List(items) => items.iter().for_each(|item| texts(item, out)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| texts(value, out)),
        Value::Bytes(_) | Value::Bool(_) | Value::Null => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_whole_within_and_encoded() {
        let values = ["canary/1", "abc"].map(|value| Zeroizing::new(value.to_owned()));
        let needles = Needles::new(values.iter(), 4);
        for (text, found) in [
            ("canary/1", vec![(0, 8)]),
            ("abc", vec![(0, 3)]),
            ("x abc", vec![]),
            ("a canary/1, canary/1", vec![(2, 10), (12, 20)]),
            ("x: Y2FuYXJ5LzE=", vec![(3, 15)]),
            ("u=canary%2F1", vec![(2, 12)]),
            ("canary/2", vec![]),
        ] {
            let spans: Vec<_> = needles.find(text).into_iter().map(|span| (span.start, span.end)).collect();
            assert_eq!(spans, found, "{text}");
        }
        assert_eq!(format!("{needles:?}"), "[redacted]");
    }
}
