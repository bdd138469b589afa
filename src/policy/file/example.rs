//! The tests that a policy file brings: requesters, and the paths that they may and may not read.

use super::PolicyFile;
use super::fields::Reader;
use super::scope::Effect;
use crate::error::{Error, Kind};
use crate::policy::reading::RunSettings;
use crate::policy::requester::{PARTS, Requester};
use crate::secret::path::clean;
use crate::secret::{SecretId, Usage};
use crate::source::Place;
use crate::yaml::tree::NodeId;

/// A requester, and a path that they may or may not read.
#[derive(Clone, Debug)]
pub(super) struct Example {
    requester: Requester,
    expected: Effect,
    id: SecretId,
    usage: Usage,
    place: Place,
}

impl Example {
    /// Reads one item of `tests`.
    pub(super) fn read(reader: &mut Reader<'_>, node: NodeId, number: usize) -> Vec<Self> {
        let (mut requester, mut paths) = (Requester::default(), Vec::new());
        for (field, value) in reader.fields(node, &format!("test {number}"), &["as", "allow", "deny"]) {
            match field {
                "as" => requester = read_requester(reader, value),
                _ => {
                    let expected = if field == "allow" { Effect::Allow } else { Effect::Deny };
                    let texts = reader.texts(value, &format!("`{field}`"));
                    paths.extend(texts.into_iter().map(|(text, at)| (expected, text, at)));
                }
            }
        }
        if paths.is_empty() {
            reader.wrong(node, format!("test {number} names no path"), "e.g. `allow: [secret/data/shop/db]`");
        }
        let example = |(expected, text, at): (Effect, String, NodeId)| {
            let (path, key) = text.split_once('#').map_or((&*text, None), |(path, key)| (path, Some(key.to_owned())));
            let path = clean(path)
                .map_err(|fault| reader.wrong(at, format!("the path `{path}` {}", fault.detail), fault.hint))
                .ok()?;
            let (id, usage) = (SecretId { path, ..SecretId::default() }, Usage { key, modifiers: Vec::new() });
            Some(Self { requester: requester.clone(), expected, id, usage, place: reader.place(at) })
        };
        paths.into_iter().filter_map(example).collect()
    }

    /// What is wrong with the example, if the rules decide otherwise.
    pub(super) fn failure(&self, file: &PolicyFile) -> Option<Error> {
        let rules = file.rules_for(&self.requester);
        let settings = RunSettings::plain();
        let decision = rules.decide_either(|creates| settings.reading(&self.id, &self.usage, creates));
        let path = &self.id.path;
        let (detail, hint) = match (self.expected, decision) {
            (Effect::Allow, Ok(_)) | (Effect::Deny, Err(_)) => return None,
            (Effect::Allow, Err(Some(rule))) => {
                (format!("`{path}` is denied by {rule}"), "a deny refuses wherever it stands")
            }
            (Effect::Allow, Err(None)) => {
                (format!("no rule allows `{path}`"), "write a rule that allows it, or expect it below `deny`")
            }
            (Effect::Deny, Ok((rule, _))) => {
                (format!("`{path}` is allowed by {}", rule.id), "narrow that rule, or write one that denies it")
            }
        };
        let who = self.requester.to_string();
        Some(Error::new(Kind::Denied, format!("{detail} for {who}")).hint(hint).at(self.place.clone()))
    }
}

/// Reads the parts of a requester.
fn read_requester(reader: &mut Reader<'_>, node: NodeId) -> Requester {
    let words: Vec<&str> = PARTS.iter().map(|part| part.word).collect();
    let mut requester = Requester::default();
    for (word, value) in reader.fields(node, "`as`", &words) {
        let part = PARTS.iter().find(|part| part.word == word);
        if let (Some(part), Some(text)) = (part, reader.text(value, &format!("`{word}`"))) {
            part.set(&mut requester, &text);
        }
    }
    requester
}
