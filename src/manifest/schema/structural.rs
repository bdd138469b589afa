//! Types out of JSON schemas, as OpenAPI 2 and 3 and CustomResourceDefinitions write them.

use super::super::field::Bits;
use super::{Facets, Object, Scalar, Type};
use crate::value::Value;

/// What the patterns of quantities in CustomResourceDefinitions begin with.
const QUANTITY_PATTERN: &str = r"^(\+|-)?(([0-9]+";

/// Reads types, as long as there is room for them.
pub(super) struct TypeReader {
    /// How many types may still be read.
    pub room: usize,
}

impl TypeReader {
    /// The type that a JSON schema describes. What it does not understand, or has no room for, is any value.
    pub(super) fn type_of(&mut self, schema: &Value) -> Type {
        if self.room == 0 {
            return Type::Anything;
        }
        self.room -= 1;
        if let Some(name) = reference(schema) {
            return named(name);
        }
        if is_true(schema, "x-kubernetes-int-or-string") || text(schema, "format") == Some("int-or-string") {
            return int_or_string(schema);
        }
        match text(schema, "type") {
            // It has the fields of its own kind, which stands in the object.
            Some("object") if is_true(schema, "x-kubernetes-embedded-resource") => Type::Anything,
            Some("object") => self.map(schema),
            Some("array") => Type::List(Box::new(schema.get("items").map_or(Type::Anything, |of| self.type_of(of)))),
            _ => scalar(schema),
        }
    }

    fn map(&mut self, schema: &Value) -> Type {
        let fields = match schema.get("properties") {
            Some(Value::Map(properties)) => properties.as_slice(),
            _ => &[],
        };
        let keeps_unknown = is_true(schema, "x-kubernetes-preserve-unknown-fields");
        match schema.get("additionalProperties") {
            Some(of @ Value::Map(_)) if fields.is_empty() => Type::Map(Box::new(self.type_of(of))),
            others => {
                let fields = fields.iter().map(|(key, field)| (key.as_str().into(), self.type_of(field))).collect();
                let mut object = Object { fields, is_open: keeps_unknown || others == Some(&Value::Bool(true)) };
                object.is_open |= object.fields.is_empty();
                Type::Object(object)
            }
        }
    }
}

fn scalar(schema: &Value) -> Type {
    match text(schema, "type") {
        Some("string") if text(schema, "format") == Some("byte") => Type::Scalar(Scalar::Base64, facets(schema)),
        Some("string") => Type::Scalar(Scalar::String, facets(schema)),
        Some("integer") => Type::Scalar(Scalar::Integer(bits(schema)), facets(schema)),
        Some("number") => Type::Scalar(Scalar::Number, facets(schema)),
        Some("boolean") => Type::Scalar(Scalar::Boolean, facets(schema)),
        _ => Type::Anything,
    }
}

/// A definition's name as tables write it: `apps.v1.Deployment` for `io.k8s.api.apps.v1.Deployment`.
pub(super) fn short_name(name: &str) -> &str {
    const PREFIXES: [&str; 4] = [
        "io.k8s.apimachinery.pkg.apis.",
        "io.k8s.apiextensions-apiserver.pkg.apis.",
        "io.k8s.kube-aggregator.pkg.apis.",
        "io.k8s.api.",
    ];
    PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name)
}

/// The type of a definition by its name, where the name says more than its schema.
fn named(name: &str) -> Type {
    match name.rsplit('.').next() {
        Some("Quantity") => Type::Scalar(Scalar::Quantity, Facets::default()),
        Some("IntOrString") => Type::Scalar(Scalar::IntOrString, Facets::default()),
        Some("Time" | "MicroTime") => {
            Type::Scalar(Scalar::String, Facets { format: Some("date-time".into()), ..Facets::default() })
        }
        Some("RawExtension") => Type::Anything,
        _ => Type::Named(short_name(name).into()),
    }
}

/// The name that a schema refers to; OpenAPI 3 wraps it where a default stands beside it.
fn reference(schema: &Value) -> Option<&str> {
    let wrapped = match schema.get("allOf") {
        Some(Value::List(all)) if all.len() == 1 => all.first().and_then(|one| text(one, "$ref")),
        _ => None,
    };
    text(schema, "$ref").or(wrapped)?.rsplit('/').next()
}

fn int_or_string(schema: &Value) -> Type {
    let is_quantity = text(schema, "pattern").is_some_and(|pattern| pattern.starts_with(QUANTITY_PATTERN));
    let scalar = if is_quantity { Scalar::Quantity } else { Scalar::IntOrString };
    let pattern = facets(schema).pattern.filter(|_| !is_quantity);
    Type::Scalar(scalar, Facets { pattern, ..Facets::default() })
}

fn bits(schema: &Value) -> Bits {
    if text(schema, "format") == Some("int32") { Bits::Of32 } else { Bits::Of64 }
}

fn facets(schema: &Value) -> Facets {
    const FORMATS_OF_TYPES: [&str; 5] = ["int32", "int64", "double", "float", "byte"];
    let members = match schema.get("enum") {
        Some(Value::List(members)) => members.as_slice(),
        _ => &[],
    };
    let as_text = |value: &Value| value.to_text().ok().map(|text| text.as_str().into());
    let length = |key| schema.get(key).and_then(|length| length.to_text().ok()?.parse().ok());
    Facets {
        members: members.iter().filter_map(as_text).collect(),
        format: text(schema, "format").filter(|format| !FORMATS_OF_TYPES.contains(format)).map(Into::into),
        pattern: text(schema, "pattern").map(Into::into),
        minimum: schema.get("minimum").and_then(as_text),
        maximum: schema.get("maximum").and_then(as_text),
        shortest: length("minLength"),
        longest: length("maxLength"),
    }
}

/// A text under a key.
pub(super) fn text<'v>(schema: &'v Value, key: &str) -> Option<&'v str> {
    match schema.get(key) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

fn is_true(schema: &Value, key: &str) -> bool {
    schema.get(key) == Some(&Value::Bool(true))
}
