//! Masks of ports that stay apart: the API server refuses the same port and protocol twice in a list, and masks may meet by chance.

use std::collections::HashMap;

use super::super::gap::Gap;
use crate::manifest::Step;
use crate::value::Value;
use crate::yaml::tree::{NodeId, Tree};

/// The fields that are unique in their list, with the least and the greatest number of each.
const UNIQUE: [(&str, u64, u64); 4] =
    [("port", 1, 65_535), ("nodePort", 30_000, 32_767), ("containerPort", 1, 65_535), ("hostPort", 1, 65_535)];

/// The ports of a document that are masked so far.
#[derive(Debug, Default)]
pub(super) struct MaskedPorts {
    masks: HashMap<NodeId, u64>,
}

impl MaskedPorts {
    /// A mask that no other port of its list has: the next free one.
    pub(super) fn apart(&mut self, mask: Value, gap: &Gap, tree: &Tree<'_>) -> Value {
        let [.., Step::Item(_), Step::Key(key)] = gap.field.steps.as_slice() else { return mask };
        let row = UNIQUE.iter().find(|(name, ..)| key == name);
        let (Some((_, low, high)), Some(port)) = (row, number(&mask)) else { return mask };
        let taken = self.others(key, gap.node, tree);
        let next = |port: u64| if port < *high { port + 1 } else { *low };
        let mut candidates = std::iter::successors(Some(port), |port| Some(next(*port))).take(taken.len() + 1);
        let free = candidates.find(|port| !taken.contains(port)).unwrap_or(port);
        self.masks.insert(gap.node, free);
        match mask {
            _ if free == port => mask,
            Value::Text(_) => Value::text(free.to_string()),
            _ => Value::number(free.to_string()),
        }
    }

    /// The ports of the same protocol in the other items of the list.
    fn others(&self, key: &str, node: NodeId, tree: &Tree<'_>) -> Vec<u64> {
        let item = tree.parent(node);
        let list = item.and_then(|item| tree.parent(item));
        let protocol = |item: NodeId| tree.get(item, "protocol").and_then(|node| tree.text(node)).unwrap_or("TCP");
        let of_list = list.into_iter().flat_map(|list| tree.items(list)).filter(|other| Some(*other) != item);
        let same = of_list.filter(|other| item.is_some_and(|item| protocol(item) == protocol(*other)));
        let port = |node| self.masks.get(&node).copied().or_else(|| tree.text(node)?.parse().ok());
        same.filter_map(|other| tree.get(other, key)).filter_map(port).collect()
    }
}

fn number(mask: &Value) -> Option<u64> {
    match mask {
        Value::Text(text) | Value::Number(text) => text.parse().ok(),
        _ => None,
    }
}
