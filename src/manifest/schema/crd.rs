//! Tables out of CustomResourceDefinitions, which may come from tenants: what is odd in one is passed over.

use memchr::memmem;

use super::structural::{text, type_of};
use super::{KindId, Table};
use crate::value::Value;
use crate::yaml::{self, reader, split::split};

/// The kind of object that describes kinds.
pub(super) const DEFINITION: &str = "CustomResourceDefinition";

/// How many versions of kinds the CustomResourceDefinitions of a run may describe.
const MOST: usize = 5_000;

impl Table {
    /// The table of the CustomResourceDefinitions in a text.
    pub fn of_definitions(text: &[u8]) -> Self {
        let mut table = Self::default();
        table.add_definitions(text);
        table
    }

    /// Adds the CustomResourceDefinitions in a text of YAML or JSON. What is no such definition, or does not parse, adds nothing.
    pub(super) fn add_definitions(&mut self, bytes: &[u8]) {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        let finder = memmem::Finder::new(DEFINITION);
        for document in split(bytes).filter(|document| finder.find(&bytes[document.range()]).is_some()) {
            let Ok(tree) = reader::read(text, document) else { continue };
            let object = tree.root().and_then(|root| yaml::value(&tree, root).ok());
            object.iter().for_each(|object| self.add_objects(object));
        }
    }

    /// Adds an object, or the items of a List.
    fn add_objects(&mut self, object: &Value) {
        match object.get("items") {
            Some(Value::List(items)) => items.iter().for_each(|item| self.add_definition(item)),
            _ => self.add_definition(object),
        }
    }

    /// Adds the versions of a CustomResourceDefinition. One that is there already stays.
    fn add_definition(&mut self, object: &Value) {
        let Some(spec) = object.get("spec").filter(|_| text(object, "kind") == Some(DEFINITION)) else { return };
        let kind = spec.get("names").and_then(|names| text(names, "kind"));
        let (Some(group), Some(kind), Some(Value::List(versions))) = (text(spec, "group"), kind, spec.get("versions"))
        else {
            return;
        };
        for version in versions.iter().take(MOST.saturating_sub(self.kinds.len())) {
            let schema = version.get("schema").and_then(|schema| schema.get("openAPIV3Schema"));
            if let (Some(name), Some(schema)) = (text(version, "name"), schema) {
                let id = KindId { group: group.into(), version: name.into(), kind: kind.into() };
                self.kinds.entry(id).or_insert_with(|| type_of(schema));
            }
        }
    }
}
