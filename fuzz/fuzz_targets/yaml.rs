//! A value, a line break, YAML: the value in place of each scalar, alone and all at once; each node taken out.
//! `edit` itself reads its result again and refuses what does not mean just the change.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vault_render::internals::source::Span;
use vault_render::internals::value::Value;
use vault_render::internals::yaml::edit::{Change, edit};
use vault_render::internals::yaml::splice::splice;
use vault_render::internals::yaml::tree::{Content, NodeId, Tree};
use vault_render::internals::yaml::{reader, split};

fuzz_target!(|text: &str| {
    let (value, text) = text.split_once('\n').unwrap_or(("v", text));
    let value = Value::from_json(value.as_bytes()).unwrap_or_else(|_| Value::text(value));
    let _ = vault_render::internals::yaml::parse(text, &vault_render::internals::budget::Budget::default());
    let mut end = 0;
    for document in split::split(text.as_bytes()) {
        assert_eq!(document.start, end, "every byte belongs to one document");
        end = document.end;
        if let Ok(tree) = reader::read(text, document) {
            change(text, &tree, document, &value);
        }
    }
    assert_eq!(end, text.len(), "every byte belongs to one document");
});

fn change(text: &str, tree: &Tree, document: Span, value: &Value) {
    let mut nodes = Vec::new();
    tree.root().into_iter().for_each(|root| below(tree, root, &mut nodes));
    let set = |node: &NodeId| Change::Set { node: *node, value: value.clone() };
    let scalars = nodes.iter().filter(|node| matches!(tree.node(**node).content, Content::Scalar(..)));
    let all: Vec<Change> = scalars.map(set).collect();
    let one_by_one = all.iter().cloned().chain(nodes.iter().map(|node| Change::Remove { node: *node }));
    for changes in one_by_one.map(|change| vec![change]).chain([all.clone()]) {
        if let Ok(edits) = edit(tree, document, &changes) {
            let _ = splice(text.as_bytes(), &edits);
        }
    }
}

/// The values of maps and the items of lists.
fn below(tree: &Tree, node: NodeId, nodes: &mut Vec<NodeId>) {
    let children: Vec<NodeId> = tree.entries(node).map(|(_, value)| value).chain(tree.items(node)).collect();
    for child in children {
        nodes.push(child);
        below(tree, child, nodes);
    }
}
