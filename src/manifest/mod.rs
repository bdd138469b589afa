//! Kubernetes: which resources a document holds, what their annotations ask, what their fields take. Knows no placeholders.

mod annotations;
mod field;
mod origin;
mod resource;

pub use annotations::{Annotations, PATH_ANNOTATION, PREFIX, RemoveMissing, annotation_names};
pub use field::{Field, FieldType, Step, field_type};
pub use resource::{Resource, is_list, objects, resources};
