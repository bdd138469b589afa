//! An edited JSON document, read by `serde_json`: a walk beside the tree, nothing is built.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::super::remove::Removal;
use super::super::tree::{Content, NodeId, Style, Tree};
use super::comparison::NewValues;
use crate::value::Value;

/// How deep `serde_json` goes, with room for what it counts itself.
const DEPTH: usize = 120;

/// Whether `serde_json` goes as deep as `tree`.
pub(super) fn can_check(tree: &Tree) -> bool {
    let mut depths = vec![0; tree.nodes.len()];
    for (id, node) in tree.nodes() {
        depths[id.index()] = node.parent.map_or(0, |parent| depths[parent.index()] + 1);
    }
    depths.into_iter().all(|depth| depth < DEPTH)
}

/// Whether `text` is `tree` with `values` in the place of nodes and without what is removed.
pub(super) fn is_expected(tree: &Tree, values: &NewValues, removal: &Removal, text: &[u8]) -> bool {
    let Some(root) = tree.root else { return false };
    let mut reader = serde_json::Deserializer::from_slice(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text));
    let expected = Expected { tree, values, removal, id: root };
    expected.deserialize(&mut reader).is_ok() && reader.end().is_ok()
}

/// What must stand at one place of the text.
#[derive(Clone, Copy)]
struct Expected<'c, 's> {
    tree: &'c Tree<'s>,
    values: &'c NewValues<'c>,
    removal: &'c Removal,
    id: NodeId,
}

impl<'s> Expected<'_, 's> {
    fn at(&self, id: NodeId) -> Self {
        Self { id, ..*self }
    }

    fn is_removed(&self, id: NodeId) -> bool {
        self.removal.takes(id)
    }
}

impl<'de> DeserializeSeed<'de> for Expected<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if let Some(value) = self.values.get(&self.id) {
            let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
            let read = Value::from_json(raw.get().as_bytes());
            return same::<D::Error>(read.is_ok_and(|read| read == **value));
        }
        match &self.tree.node(self.id).content {
            Content::Map => deserializer.deserialize_map(self),
            Content::List => deserializer.deserialize_seq(self),
            Content::Scalar(style, text) => {
                let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?.get();
                same(match style {
                    Style::Double => {
                        serde_json::from_str(raw).map(Zeroizing::new).is_ok_and(|own: Zeroizing<String>| *own == **text)
                    }
                    _ => raw == text,
                })
            }
            Content::Alias(_) => same(false),
        }
    }
}

impl<'de> Visitor<'de> for Expected<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what the document held before")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        for (key, value) in self.tree.entries(self.id).filter(|(_, value)| !self.is_removed(*value)) {
            let name: Option<String> = map.next_key()?;
            same::<A::Error>(name.as_deref() == self.tree.text(key))?;
            map.next_value_seed(self.at(value))?;
        }
        same(map.next_key::<String>()?.is_none())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        for item in self.tree.items(self.id).filter(|item| !self.is_removed(*item)) {
            same::<A::Error>(list.next_element_seed(self.at(item))?.is_some())?;
        }
        same(list.next_element::<serde::de::IgnoredAny>()?.is_none())
    }
}

fn same<E: Error>(is_same: bool) -> Result<(), E> {
    if is_same { Ok(()) } else { Err(E::custom("another document")) }
}
