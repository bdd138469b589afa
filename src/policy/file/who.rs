//! The requesters of a rule: patterns for the parts that it names.

use super::fields::Reader;
use super::glob::Glob;
use crate::policy::requester::{PARTS, Part, Requester};
use crate::yaml::tree::NodeId;

/// Selects requesters. Without a part it selects everybody.
#[derive(Clone, Debug, Default)]
pub(super) struct Who {
    parts: Vec<(&'static Part, Vec<Glob>)>,
}

impl Who {
    /// Reads the `who` of a rule.
    pub(super) fn read(reader: &mut Reader<'_>, node: NodeId) -> Self {
        let words: Vec<&str> = PARTS.iter().map(|part| part.word).collect();
        let mut parts = Vec::new();
        for (word, value) in reader.fields(node, "`who`", &words) {
            let globs = globs(reader, value, word);
            parts.extend(PARTS.iter().find(|part| part.word == word).map(|part| (part, globs)));
        }
        Self { parts }
    }

    /// Whether a rule is about `requester`: every part that it names must be known, and match one of the patterns.
    pub(super) fn matches(&self, requester: &Requester) -> bool {
        let is_match =
            |text: &str, glob: &Glob| glob.matcher(requester, None).is_some_and(|matcher| matcher.is_match(text));
        let mut parts = self.parts.iter();
        parts.all(|(part, globs)| part.of(requester).is_some_and(|text| globs.iter().any(|glob| is_match(text, glob))))
    }
}

/// The patterns of a field.
pub(super) fn globs(reader: &mut Reader<'_>, node: NodeId, word: &str) -> Vec<Glob> {
    let texts = reader.texts(node, &format!("`{word}`"));
    texts.into_iter().filter_map(|(text, at)| reader.parsed(at, Glob::parse(&text))).collect()
}
