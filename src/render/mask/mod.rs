//! Masks: what replaces values in output, for people or valid in its field, and the shapes that a record keeps.

mod choice;
mod class;
mod facets;
mod fingerprint;
mod form;
mod masked;
mod pem;
mod place;
mod public_format;
mod scalar;
mod shape;
mod site;

pub(super) use choice::Choice;
pub(super) use class::Class;
pub(crate) use fingerprint::{Fingerprint, Mask};
pub(super) use masked::in_data;
pub(super) use place::Siblings;
pub(super) use scalar::{Scalar, Type};
pub(crate) use shape::MaskForm;
pub(super) use shape::Shape;
pub(super) use site::{Extent, Site};
