//! Random streams, read and edited, against Kubernetes' own decoder: what it reads in the edited stream must be what it read
//! in the source with the changes. `DIFFERENTIAL_STREAMS` says how many, `DIFFERENTIAL_SEED` which.

mod generate;
pub(crate) mod oracle;
mod random;
mod real;
mod values;

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;
use vault_render::internals::value::Value;
use vault_render::internals::yaml::edit::{Change, edit};
use vault_render::internals::yaml::reader::read;
use vault_render::internals::yaml::splice::{Edit, splice};
use vault_render::internals::yaml::split::split;
use vault_render::internals::yaml::tree::{Content, NodeId, Tree};

use self::oracle::{Answer, ask};
use self::random::Random;
use crate::support::servers::{binary, setting};

#[test]
fn kubernetes_reads_what_was_meant() {
    let Some(oracle) = binary("oracle") else { return };
    let count: u64 = number("DIFFERENTIAL_STREAMS").unwrap_or(2_000);
    let first: u64 = number("DIFFERENTIAL_SEED").unwrap_or(1);

    let trials: Vec<Trial> = (first..first + count).map(Trial::new).collect();
    let before = ask(&oracle, &trials.iter().map(|trial| trial.source.clone()).collect::<Vec<_>>());
    let after = ask(&oracle, &trials.iter().map(|trial| trial.edited.clone()).collect::<Vec<_>>());

    let mut refused = 0;
    let mut failures = Vec::new();
    for (trial, (before, after)) in trials.iter().zip(before.iter().zip(&after)) {
        refused += usize::from(trial.refused.is_some() && before.error.is_none());
        if let Err(why) = trial.judge(before, after) {
            failures.push(format!("seed {}: {why}\n{}", trial.seed, trial.show()));
        }
    }
    failures.sort_by_key(String::len);
    let shown = failures.iter().take(12).cloned().collect::<Vec<_>>().join("\n");
    assert!(failures.is_empty(), "{} of {count} streams failed\n{shown}", failures.len());
    assert!(refused * 50 <= count as usize, "{refused} of {count} streams that Kubernetes accepts were refused");
}

/// A setting of these tests.
fn number(name: &str) -> Option<u64> {
    setting(name)?.parse().ok()
}

/// One stream, edited.
struct Trial {
    seed: u64,
    source: Vec<u8>,
    edited: Vec<u8>,
    /// Why it was not edited.
    refused: Option<String>,
    /// The documents as we read them.
    documents: Vec<Json>,
    /// What becomes of the scalar with that token.
    fates: HashMap<String, ChangeKind>,
}

#[derive(Debug)]
enum ChangeKind {
    Becomes { old: String, new: Json },
    Goes,
}

impl Trial {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut stream = generate::stream(&mut random);
        if is_mutated(seed) {
            mutate(&mut stream, &mut random);
        }
        let mut trial = Self {
            seed,
            source: stream.clone().into_bytes(),
            edited: stream.clone().into_bytes(),
            refused: None,
            documents: Vec::new(),
            fates: HashMap::new(),
        };
        match trial.edit(&stream, &mut random) {
            Ok(edits) => trial.edited = splice(stream.as_bytes(), &edits).to_vec(),
            Err(why) => trial.refused = Some(why),
        }
        trial
    }

    fn edit(&mut self, text: &str, random: &mut Random) -> Result<Vec<Edit>, String> {
        let mut edits = Vec::new();
        let repeated = if is_mutated(self.seed) { repeated(text) } else { HashSet::new() };
        for document in split(text.as_bytes()) {
            let tree = read(text, document).map_err(|flaw| format!("{:?}", flaw.error.detail))?;
            let Some(root) = tree.root() else { continue };
            let value =
                vault_render::internals::yaml::value(&tree, root).map_err(|flaw| format!("{:?}", flaw.error.detail))?;
            if !matches!(value, Value::Null) {
                self.documents.push(serde_json::from_str(&value.to_json().unwrap()).unwrap());
            }
            let changes = self.changes(&tree, &repeated, random);
            match edit(&tree, document, &changes) {
                Ok(more) => edits.extend(more),
                Err(flaw) => return Err(format!("EDIT {:?}: {}", flaw.error.kind, flaw.error.detail)),
            }
        }
        Ok(edits)
    }

    fn changes(&mut self, tree: &Tree, repeated: &HashSet<String>, random: &mut Random) -> Vec<Change> {
        let aliased = aliased(tree);
        let mut changes = Vec::new();
        for node in scalars(tree) {
            let Some((token, old)) = tree.text(node).and_then(|text| Some((token(text)?, text.to_owned()))) else {
                continue;
            };
            if repeated.contains(&token) {
                continue;
            }
            let goes = random.chance(20) && tree.parent(node).is_some() && !aliased.contains(&node);
            if goes && removable(tree, node, &aliased) {
                self.fates.insert(token, ChangeKind::Goes);
                changes.push(Change::Remove { node });
                continue;
            }
            if random.chance(20) {
                continue;
            }
            let is_text = tree.node(node).tag().is_some() || random.chance(70);
            let new = match is_text {
                true if random.chance(50) => Json::String(values::text(random)),
                true => Json::String(old.replace(&token, &values::text(random))),
                false => values::native(random, 0),
            };
            let value = Value::from_json(new.to_string().as_bytes()).unwrap();
            self.fates.insert(token, ChangeKind::Becomes { old, new });
            changes.push(Change::Set { node, value });
        }
        changes
    }

    fn judge(&self, before: &Answer, after: &Answer) -> Result<(), String> {
        // The decoder takes a lone `\r` for a line break in scalars only, and `---#` for text at a stream's start only.
        let is_lone = |pair: &[u8]| pair[0] == b'\r' && pair[1] != b'\n';
        let is_mixed = self.source.contains(&b'\n') && self.source.windows(2).any(is_lone);
        let is_odd = is_mixed || self.source.starts_with(b"---#");
        if before.error.is_some() || is_odd {
            return Ok(());
        }
        if let Some(why) = &self.refused {
            return if why.starts_with("EDIT") { Err(why.clone()) } else { Ok(()) };
        }
        // A stream that starts with JSON is decoded as JSON up to its first error: a marker that is no `---` line, or a line break that
        // JSON does not know.
        if self.edited.starts_with(b"{}") && (self.documents.len() > 1 || !self.edited.is_ascii()) {
            return Ok(());
        }
        // Where YAML 1.1 and 1.2 differ, Kubernetes must still read the edits as they were meant.
        if !is_mutated(self.seed) && !same_all(&self.documents, &before.documents) {
            return Err(format!(
                "the source is read differently\nours:  {:?}\ntheirs: {:?}",
                self.documents, before.documents
            ));
        }
        if let Some(error) = &after.error {
            return Err(format!("Kubernetes refuses the edited stream: {error}"));
        }
        let meant: Vec<Json> = before.documents.iter().filter_map(|document| self.meant(document)).collect();
        let meant: Vec<Json> = meant.into_iter().filter(|document| !document.is_null()).collect();
        if !is_mutated(self.seed) && comments(&self.source) != comments(&self.edited) {
            return Err("a comment on a line of its own is lost".to_owned());
        }
        if !same_all(&meant, &after.documents) {
            return Err(format!(
                "the edited stream is read differently\nmeant: {meant:?}\nread:  {:?}",
                after.documents
            ));
        }
        Ok(())
    }

    /// What was read in the source, with the changes; None where it goes.
    fn meant(&self, value: &Json) -> Option<Json> {
        Some(match value {
            Json::String(text) => match token(text).and_then(|token| self.fates.get(&token)) {
                Some(ChangeKind::Goes) => return None,
                Some(ChangeKind::Becomes { old, new }) if old == text => new.clone(),
                Some(ChangeKind::Becomes { .. }) => Json::String(format!("a token in another text than ours: {text}")),
                None => value.clone(),
            },
            Json::Array(items) => items.iter().filter_map(|item| self.meant(item)).collect(),
            Json::Object(entries) => {
                let entries = entries.iter().filter_map(|(key, value)| Some((self.meant_key(key), self.meant(value)?)));
                Json::Object(entries.collect())
            }
            value => value.clone(),
        })
    }

    /// An alias can be a key.
    fn meant_key(&self, key: &str) -> String {
        match token(key).and_then(|token| self.fates.get(&token)) {
            Some(ChangeKind::Becomes { old, new: Json::String(new) }) if old == key => new.clone(),
            _ => key.to_owned(),
        }
    }

    fn show(&self) -> String {
        let text = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            text.split_inclusive('\n').map(|line| format!("{}\n", line.escape_debug())).collect::<String>()
        };
        format!("--- source\n{}\n--- edited\n{}\n--- fates\n{:?}\n", text(&self.source), text(&self.edited), self.fates)
    }
}

/// Every fourth stream is broken a little.
fn is_mutated(seed: u64) -> bool {
    seed.is_multiple_of(4)
}

/// Takes out, doubles or exchanges a few pieces.
fn mutate(stream: &mut String, random: &mut Random) {
    for _ in 0..1 + random.below(3) {
        let mut ends: Vec<usize> = stream.char_indices().map(|(at, _)| at).collect();
        ends.push(stream.len());
        let start = random.below(ends.len());
        let end = (start + random.below(6)).min(ends.len() - 1);
        let range = ends[start]..ends[end];
        let piece = stream[range.clone()].to_owned();
        let pieces = [
            "", " ", "  ", "\n", "\t", ":", ": ", "-", "- ", "#", " #", "'", "\"", "|", ">", "{", "}", "[", "]", ",",
            "&a ", "*a", "!!str ", "---\n", "\r", "?", "\\", "%", "@", "~", "#c\n", "\n\t", "\u{85}", "\u{2028}",
        ];
        match random.below(3) {
            0 => stream.replace_range(range, ""),
            1 => stream.insert_str(ends[end], &piece),
            _ => stream.replace_range(range, random.pick(&pieces)),
        }
    }
}

/// The comments on lines of their own, as the generator writes them.
fn comments(text: &[u8]) -> usize {
    let text = String::from_utf8_lossy(text);
    ["# <T99> at column 0", "# a comment"].iter().map(|comment| text.matches(comment).count()).sum()
}

/// The tokens that stand in more than one scalar.
fn repeated(text: &str) -> HashSet<String> {
    let (mut once, mut twice) = (HashSet::new(), HashSet::new());
    for document in split(text.as_bytes()) {
        let Ok(tree) = read(text, document) else { continue };
        for token in scalars(&tree).into_iter().filter_map(|node| token(tree.text(node)?)) {
            if !once.insert(token.clone()) {
                twice.insert(token);
            }
        }
    }
    twice
}

/// The first token in a text.
fn token(text: &str) -> Option<String> {
    let start = text.find("<T")?;
    let end = start + text[start..].find('>')?;
    Some(text[start..=end].to_owned())
}

/// The scalars that are not keys.
fn scalars(tree: &Tree) -> Vec<NodeId> {
    let mut open: Vec<NodeId> = tree.root().into_iter().collect();
    let mut found = Vec::new();
    while let Some(id) = open.pop() {
        match tree.node(id).content {
            Content::Scalar(..) => found.push(id),
            Content::Map => open.extend(tree.entries(id).map(|(_, value)| value)),
            Content::List => open.extend(tree.items(id)),
            Content::Alias(_) => {}
        }
    }
    found
}

/// The nodes that aliases name.
fn aliased(tree: &Tree) -> Vec<NodeId> {
    let mut open: Vec<NodeId> = tree.root().into_iter().collect();
    let mut found = Vec::new();
    while let Some(id) = open.pop() {
        open.extend(tree.children(id));
        found.extend((tree.target(id) != id).then(|| tree.target(id)));
    }
    found
}

/// Whether the scalar's disappearance changes nothing but its own entry.
fn removable(tree: &Tree, node: NodeId, aliased: &[NodeId]) -> bool {
    let Some(parent) = tree.parent(node) else { return false };
    let Some((key, _)) = tree.entries(parent).find(|(_, value)| *value == node) else { return true };
    let twins = tree.entries(parent).filter(|(other, _)| tree.text(*other) == tree.text(key)).count();
    twins == 1 && !aliased.contains(&key)
}

fn same_all(left: &[Json], right: &[Json]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
}

/// Equal, numbers by their value as a double.
fn same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left.as_f64() == right.as_f64(),
        (Json::Array(left), Json::Array(right)) => same_all(left, right),
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        (left, right) => left == right,
    }
}
