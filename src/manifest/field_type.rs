//! The type of a field: what the schema of its kind knows, else what its name tells.

use super::field::{FieldType, Step};
use super::names::type_by_name;
use super::schema::{Known, Scalar, Schema};

/// The type of the field at `steps` of a resource of `kind`: what its schema knows, else what names tell. The schema is asked for only where
/// names do not tell all.
pub(crate) fn field_type<'s>(kind: &str, schema: impl FnOnce() -> Option<&'s Schema>, steps: &[Step<'_>]) -> FieldType {
    let named = type_by_name(kind, steps);
    if named != FieldType::Anything && is_certain(steps) {
        return named;
    }
    match schema().map_or(Known::Anything, |schema| schema.field(steps)) {
        Known::Anything | Known::NoField(_) | Known::NoMembers => named,
        Known::List => FieldType::List,
        Known::Map => FieldType::Map,
        Known::Scalar(scalar, _) => match scalar {
            Scalar::String if named == FieldType::Text => named,
            Scalar::String => FieldType::String,
            Scalar::Base64 if named == FieldType::Data => named,
            Scalar::Base64 => FieldType::Base64,
            Scalar::Integer(bits) => FieldType::Integer(bits),
            Scalar::Number => FieldType::Number,
            Scalar::Boolean => FieldType::Boolean,
            Scalar::IntOrString => FieldType::IntOrString,
            Scalar::Quantity => FieldType::Quantity,
        },
    }
}

/// Whether names tell all of a field at the top of an object, whatever its schema says.
fn is_certain(steps: &[Step<'_>]) -> bool {
    matches!(steps, [Step::Key(top), _] | [Step::Key(top), _, _] if matches!(&**top, "metadata" | "data" | "stringData"))
}
