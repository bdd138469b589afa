//! Kubernetes: the resources of a document, their annotations, and the types of their fields. Knows no placeholders.

mod annotations;
mod field;
mod origin;
mod resource;

pub(crate) use annotations::{Annotations, PATH_ANNOTATION, PREFIX, RemoveMissing, annotation_names};
pub(crate) use field::{Field, FieldType, Step, field_type, takes_integer};
pub(crate) use resource::{Resource, is_list, objects, resources};
