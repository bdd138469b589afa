//! Masks: the marks that replace values in output, and the shapes that a record keeps.

mod fingerprint;
mod masked;
mod shape;

pub(crate) use fingerprint::{Fingerprint, Mask};
pub(super) use masked::in_data;
pub(crate) use shape::MaskForm;
pub(super) use shape::{Shape, Type};
