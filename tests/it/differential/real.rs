//! Manifests of real projects, read and edited at random, against Kubernetes' own decoder.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use vault_render::internals::value::Value;
use vault_render::internals::yaml::edit::{Change, edit};
use vault_render::internals::yaml::reader::read;
use vault_render::internals::yaml::splice::splice;
use vault_render::internals::yaml::split::split;
use vault_render::internals::yaml::tree::{NodeId, Tree};
use vault_render::internals::yaml::value;

use super::oracle::{Answer, ask};
use super::random::Random;
use super::{aliased, number, same_all, scalars, values};
use crate::support::servers::{binary, distinct_manifests};

/// Larger files cost time and show nothing that smaller ones do not.
const LIMIT: usize = 100_000;

/// What is put into a manifest, or in the place of something: what libyaml treats in its own way.
const PIECES: &[&str] = &[
    "", " ", "  ", "\n", "\n  ", "\n\n", "\t", "\n\t", "\n \t", " \t", "#", "# c", " # c\n", "\t# c\n", "'", "\"",
    "''", "'# c", "\"# c", "\\'", "\\\n", "\\", "{", "}", "[", "]", ",", ": ", ":", "- ", "? ", "|", "|# c\n", ">",
    ">-\n", "&a ", "*a", "!!str ", "<T7>", "\u{85}", "\u{2028}", "\u{a0}", "é", "~", "-", "@",
];

/// What may begin a document. It is put in nowhere else: whether go-yaml skips one there depends on where its buffer of 512 bytes
/// begins, as its `is_bom(b, i)` looks at `b[0]`.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Why a document cannot be compared: JSON holds no `!!binary` that is not text.
const BYTES: &str = "bytes that are not UTF-8";

/// Why we refuse a document that Kubernetes drops without a word.
const DROPPED: &str = "another document starts without a `---` line";

/// How many of the real manifests are mutated, each several times; `DIFFERENTIAL_MANIFESTS` says otherwise.
const MUTATED: usize = 400;

#[test]
fn real_manifests_are_read_and_edited_as_kubernetes_reads_them() {
    let (Some(oracle), Some(texts)) = (binary("oracle"), texts(LIMIT)) else { return };
    let comparison = Comparison::of(&oracle, &texts, 1);
    comparison.check();
    assert!(comparison.refused.is_empty(), "{:#?}", comparison.refused);
}

#[test]
fn mutated_manifests_are_read_and_edited_as_kubernetes_reads_them() {
    let (Some(oracle), Some(mut texts)) = (binary("oracle"), texts(4_000)) else { return };
    let seed = number("DIFFERENTIAL_SEED").unwrap_or(1);
    let manifests = number("DIFFERENTIAL_MANIFESTS").map_or(MUTATED, |count| count as usize);
    texts.sort_by_cached_key(|(_, text)| Random::of(text, seed).next());
    let mutated = texts.iter().take(manifests).flat_map(|(path, text)| {
        (0..8).map(move |round| (path.clone(), mutated(text, &mut Random::of(text, seed * 8 + round))))
    });
    let comparison = Comparison::of(&oracle, &mutated.collect::<Vec<_>>(), seed);
    comparison.check();
    let Comparison { refused, accepted, .. } = comparison;
    assert!(refused.is_empty(), "{} of {accepted}: {}", refused.len(), refused.join("\n\n"));
}

/// The real manifests, up to a length.
fn texts(limit: usize) -> Option<Vec<(PathBuf, String)>> {
    let texts =
        distinct_manifests()?.into_iter().filter_map(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?)));
    Some(texts.filter(|(_, text)| text.len() <= limit).collect())
}

/// A text with a few pieces put in or exchanged.
fn mutated(text: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..1 + random.below(3) {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let start = random.below(ends.len());
        let end = if random.chance(60) { start } else { (start + random.below(4)).min(ends.len() - 1) };
        text.replace_range(ends[start]..ends[end], random.pick(PIECES));
    }
    if random.chance(4) {
        let begins: Vec<usize> =
            text.match_indices("\n---\n").map(|(at, marker)| at + marker.len()).chain([0]).collect();
        let begin = begins[random.below(begins.len())];
        if !text[begin..].starts_with(BYTE_ORDER_MARK) {
            text.insert_str(begin, BYTE_ORDER_MARK);
        }
    }
    text
}

/// Texts as we and as Kubernetes read them, before and after edits.
struct Comparison {
    wrong: Vec<String>,
    refused: Vec<String>,
    accepted: usize,
}

impl Comparison {
    fn of(oracle: &Path, texts: &[(PathBuf, String)], seed: u64) -> Self {
        let edited: Vec<Result<Vec<u8>, String>> =
            texts.iter().map(|(_, text)| edited(text, &mut Random::of(text, seed))).collect();
        let sources: Vec<Vec<u8>> = texts.iter().map(|(_, text)| text.clone().into_bytes()).collect();
        let results: Vec<Vec<u8>> = edited.iter().map(|edited| edited.clone().unwrap_or_default()).collect();
        let (before, after) = (ask(oracle, &sources), ask(oracle, &results));
        let mut comparison = Self { wrong: Vec::new(), refused: Vec::new(), accepted: 0 };
        for (index, (path, text)) in texts.iter().enumerate() {
            // A stream's first line `---#` is text to YAML, and a marker to us. What follows a `...` line is a document to YAML, and nothing to Kubernetes. A `---` with a no-break space is a marker to
            // Kubernetes' splitter alone.
            let is_odd = text.contains("\n...\n") || text.contains("---\u{a0}") || text.starts_with("---#");
            // An emptied document begins with JSON, in which only ASCII breaks lines.
            let is_empty_map = |edited: &str| !edited.is_ascii() && edited.trim_start().starts_with("{}");
            let is_json = std::str::from_utf8(&results[index]).is_ok_and(is_empty_map);
            if before[index].error.is_some() || is_odd || is_json {
                continue;
            }
            comparison.accepted += 1;
            match &edited[index] {
                Ok(edited) => {
                    comparison.add(path, text, std::str::from_utf8(edited).unwrap(), &before[index], &after[index])
                }
                Err(why) => comparison.wrong.push(format!("{}: {why}\n{text}", path.display())),
            }
        }
        comparison
    }

    fn add(&mut self, path: &Path, text: &str, edited: &str, before: &Answer, after: &Answer) {
        let name = path.display();
        match documents(text) {
            // Of two values that no marker separates, Kubernetes drops the second: we refuse both.
            Err(why) if !why.contains(DROPPED) && why != BYTES && before.documents.iter().all(Json::is_object) => {
                self.refused.push(format!("{name}: {why}\n{text}"))
            }
            Err(_) => {}
            Ok(ours) if !same_all(&ours, &before.documents) => {
                self.wrong.push(format!("{name} is read differently\n{text}"));
            }
            Ok(_) => {
                let is_same = documents(edited).is_ok_and(|ours| same_all(&ours, &after.documents));
                if after.error.is_some() || !is_same {
                    self.wrong
                        .push(format!("{name}, edited, is read differently: {:?}\n{text}\n→\n{edited}", after.error));
                }
            }
        }
    }

    fn check(&self) {
        let Self { wrong, accepted, .. } = self;
        assert!(wrong.is_empty(), "{} of {accepted}: {}", wrong.len(), wrong[..wrong.len().min(8)].join("\n\n"));
    }
}

/// The documents that are not null.
fn documents(text: &str) -> Result<Vec<Json>, String> {
    let mut documents = Vec::new();
    for document in split(text.as_bytes()) {
        let tree = read(text, document).map_err(|flaw| flaw.error.detail)?;
        let Some(root) = tree.root() else { continue };
        let value = value(&tree, root).map_err(|flaw| flaw.error.detail)?;
        if !matches!(value, Value::Null) {
            let json = value.to_json().map_err(|_| BYTES.to_owned())?;
            documents.push(serde_json::from_str(&json).unwrap());
        }
    }
    Ok(documents)
}

/// The text with changes in the documents that can be read; an error if an edit's own check refuses it.
fn edited(text: &str, random: &mut Random) -> Result<Vec<u8>, String> {
    let mut edits = Vec::new();
    for document in split(text.as_bytes()) {
        let Ok(tree) = read(text, document) else { continue };
        let changes = changes(&tree, random);
        edits.extend(edit(&tree, document, &changes).map_err(|flaw| flaw.error.detail)?);
    }
    Ok(splice(text.as_bytes(), &edits).to_vec())
}

fn changes(tree: &Tree, random: &mut Random) -> Vec<Change> {
    let aliased = aliased(tree);
    let mut changes = Vec::new();
    // Nothing holds no placeholder.
    let is_something = |node: &NodeId| !tree.node(*node).span.range().is_empty();
    for node in scalars(tree).into_iter().filter(is_something) {
        let is_text = tree.node(node).tag().is_some();
        match random.below(20) {
            0..=2 => changes.push(Change::Set { node, value: Value::text(values::text(random)) }),
            3 if !is_text => {
                let value = Value::from_json(values::native(random, 0).to_string().as_bytes()).unwrap();
                changes.push(Change::Set { node, value });
            }
            4 if tree.parent(node).is_some() && !is_named(tree, node, &aliased) => {
                changes.push(Change::Remove { node })
            }
            _ => {}
        }
    }
    changes
}

/// Whether an alias names the node or its key.
fn is_named(tree: &Tree, node: NodeId, aliased: &[NodeId]) -> bool {
    aliased.contains(&node) || !super::removable(tree, node, aliased)
}
