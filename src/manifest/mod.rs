//! Kubernetes: the resources of a document, their annotations, and the types of their fields. Knows no placeholders.

mod annotations;
mod field;
mod field_type;
mod names;
mod origin;
mod resource;
mod schema;

pub(crate) use annotations::{Annotations, PATH_ANNOTATION, PREFIX, RemoveMissing, annotation_names};
pub use schema::{Schemas, Table};

pub(crate) use field::{Bits, Field, FieldType, Step};
pub(crate) use field_type::field_type;
pub(crate) use resource::{Resource, is_list, objects, resources};
pub(crate) use schema::{Facets, KindId, Known, Scalar, Schema};
