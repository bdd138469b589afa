//! Manifests of real projects, read and edited at random, against Kubernetes' own decoder.

use std::path::PathBuf;

use serde_json::Value as Json;
use vault_render::internals::value::Value;
use vault_render::internals::yaml::edit::{Change, edit};
use vault_render::internals::yaml::reader::read;
use vault_render::internals::yaml::splice::splice;
use vault_render::internals::yaml::split::split;
use vault_render::internals::yaml::tree::{NodeId, Tree};
use vault_render::internals::yaml::value;

use super::oracle::ask;
use super::random::Random;
use super::{aliased, same_all, scalars, values};
use crate::support::servers::{binary, distinct_manifests};

/// Larger files cost time and show nothing that smaller ones do not.
const LIMIT: usize = 100_000;

#[test]
fn real_manifests_are_read_and_edited_as_kubernetes_reads_them() {
    let (Some(oracle), Some(paths)) = (binary("oracle"), distinct_manifests()) else { return };
    let texts = paths.into_iter().filter_map(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?)));
    let texts: Vec<(PathBuf, String)> = texts.filter(|(_, text)| text.len() <= LIMIT).collect();
    let edited: Vec<Vec<u8>> =
        texts.iter().enumerate().map(|(seed, (_, text))| edited(text, &mut Random::new(seed as u64))).collect();

    let sources: Vec<Vec<u8>> = texts.iter().map(|(_, text)| text.clone().into_bytes()).collect();
    let (before, after) = (ask(&oracle, &sources), ask(&oracle, &edited));
    let (mut wrong, mut refused, mut accepted) = (Vec::new(), Vec::new(), 0);
    for (index, (path, text)) in texts.iter().enumerate() {
        // What follows a `...` line is a document to YAML, and nothing to Kubernetes.
        if before[index].error.is_some() || text.contains("\n...\n") {
            continue;
        }
        accepted += 1;
        let Ok(ours) = documents(text) else {
            refused.push(path);
            continue;
        };
        if !same_all(&ours, &before[index].documents) {
            wrong.push(format!("{} is read differently", path.display()));
            continue;
        }
        let edited = String::from_utf8(edited[index].clone()).unwrap();
        if after[index].error.is_some()
            || documents(&edited).is_ok_and(|ours| !same_all(&ours, &after[index].documents))
        {
            wrong.push(format!("{}, edited, is read differently: {:?}", path.display(), after[index].error));
        }
    }
    assert!(wrong.is_empty(), "{} of {accepted}: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
    assert!(refused.len() * 500 <= accepted, "{} of {accepted} were refused: {refused:#?}", refused.len());
}

/// The documents that are not null.
fn documents(text: &str) -> Result<Vec<Json>, String> {
    let mut documents = Vec::new();
    for document in split(text.as_bytes()) {
        let tree = read(text, document).map_err(|flaw| flaw.error.detail)?;
        let Some(root) = tree.root() else { continue };
        let value = value(&tree, root).map_err(|flaw| flaw.error.detail)?;
        if !matches!(value, Value::Null) {
            let json = value.to_json().map_err(|_| "bytes that are not UTF-8".to_owned())?;
            documents.push(serde_json::from_str(&json).unwrap());
        }
    }
    Ok(documents)
}

/// The text with changes in the documents that can be read; an edit that its own check refuses is a failure.
fn edited(text: &str, random: &mut Random) -> Vec<u8> {
    let mut edits = Vec::new();
    for document in split(text.as_bytes()) {
        let Ok(tree) = read(text, document) else { continue };
        let changes = changes(&tree, random);
        let more = edit(&tree, document, &changes);
        edits.extend(more.unwrap_or_else(|flaw| panic!("{:?} in\n{}", flaw.error, &text[document.range()])));
    }
    splice(text.as_bytes(), &edits).to_vec()
}

fn changes(tree: &Tree, random: &mut Random) -> Vec<Change> {
    let aliased = aliased(tree);
    let mut changes = Vec::new();
    // The nothing after a last `---` holds no placeholder, and Kubernetes takes no value on a marker's line.
    let is_something = |node: &NodeId| tree.parent(*node).is_some() || !tree.node(*node).span.range().is_empty();
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
