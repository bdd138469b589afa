//! Tables out of an API server's OpenAPI document, version 2 or 3.

use super::structural::{TypeReader, short_name, text};
use super::{KindId, Table, Type};
use crate::value::Value;

impl Table {
    /// The kinds and definitions of an OpenAPI document in JSON.
    ///
    /// # Errors
    ///
    /// The reason why the text is not JSON.
    pub fn read_open_api(text: &[u8]) -> Result<Self, String> {
        Value::from_json(text).map(|document| Self::of_open_api(&document))
    }

    /// The kinds and definitions of an OpenAPI document.
    pub(crate) fn of_open_api(document: &Value) -> Self {
        let mut table = Self::default();
        let mut reader = TypeReader { room: usize::MAX };
        let schemas = document.get("components").and_then(|components| components.get("schemas"));
        let Some(Value::Map(definitions)) = document.get("definitions").or(schemas) else { return table };
        for (name, schema) in definitions {
            let name: Box<str> = short_name(name).into();
            if name.ends_with("List") && schema.get("properties").is_some_and(|fields| fields.get("items").is_some()) {
                // Items are resources of their own.
                continue;
            }
            // A definition with many kinds is one that every group offers: what deletes and what watches.
            if let [kind] = kinds(schema).as_slice() {
                table.kinds.insert(kind.clone(), Type::Named((*name).into()));
            }
            table.definitions.insert(name, reader.type_of(schema));
        }
        table
    }
}

fn kinds(schema: &Value) -> Vec<KindId> {
    let Some(Value::List(kinds)) = schema.get("x-kubernetes-group-version-kind") else { return Vec::new() };
    let id = |kind| {
        Some(KindId {
            group: text(kind, "group")?.into(),
            version: text(kind, "version")?.into(),
            kind: text(kind, "kind")?.into(),
        })
    };
    kinds.iter().filter_map(id).collect()
}
