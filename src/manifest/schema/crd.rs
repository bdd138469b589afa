//! Tables out of CustomResourceDefinitions, which may come from tenants: what is odd in one is passed over.

use memchr::memmem;

use super::structural::{TypeReader, text};
use super::{KindId, Table};
use crate::value::Value;
use crate::yaml::{self, Flaw, reader, split::split};

/// The kind of object that describes kinds.
pub(super) const DEFINITION: &str = "CustomResourceDefinition";

/// How many versions of kinds the CustomResourceDefinitions of a table may describe.
const MOST_KINDS: usize = 5_000;

/// How many types the CustomResourceDefinitions of a table may have, fields and items of all kinds together.
const MOST_TYPES: usize = 500_000;

impl Table {
    /// The table of the CustomResourceDefinitions in a text.
    pub fn of_definitions(text: &[u8]) -> Self {
        let mut table = Self::default();
        table.add_definitions(text);
        table
    }

    /// Adds the CustomResourceDefinitions in a text of YAML or JSON. Other documents add nothing. Returns why documents that name
    /// a definition do not parse.
    pub(super) fn add_definitions(&mut self, bytes: &[u8]) -> Vec<Flaw> {
        let Ok(text) = std::str::from_utf8(bytes) else { return Vec::new() };
        let finder = memmem::Finder::new(DEFINITION);
        let documents = split(bytes).filter(|document| finder.find(&bytes[document.range()]).is_some());
        let mut add = |document| {
            let tree = reader::read(text, document)?;
            let object = tree.root().map(|root| yaml::value(&tree, root)).transpose()?;
            object.iter().for_each(|object| self.add_objects(object));
            Ok(())
        };
        documents.filter_map(|document| add(document).err()).collect()
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
        let (Some(group), Some(kind)) = (text(spec, "group"), kind) else { return };
        for (version, schema) in versions(spec) {
            let id = KindId { group: group.into(), version: version.into(), kind: kind.into() };
            if self.kinds.len() < MOST_KINDS && !self.kinds.contains_key(&id) {
                let room = MOST_TYPES.saturating_sub(self.types);
                let mut reader = TypeReader { room };
                self.kinds.insert(id, reader.type_of(schema));
                self.types += room - reader.room;
            }
        }
    }
}

/// The versions of a definition with their schemas. Until `v1` of the API all versions could share one, and one version needed no list.
fn versions(spec: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let shared = spec.get("validation").and_then(|validation| validation.get("openAPIV3Schema"));
    let listed = match spec.get("versions") {
        Some(Value::List(versions)) => versions.as_slice(),
        _ => &[],
    };
    let only = text(spec, "version").filter(|_| listed.is_empty());
    let of_list = listed.iter().filter_map(move |version| {
        let own = version.get("schema").and_then(|schema| schema.get("openAPIV3Schema"));
        Some((text(version, "name")?, own.or(shared)?))
    });
    of_list.chain(only.and_then(|version| Some((version, shared?))))
}
