//! Masks: what is shown instead of a value, and what a record keeps of it.

mod fingerprint;
mod masked;
mod shape;

pub(crate) use fingerprint::{Fingerprint, Mask};
pub(super) use masked::in_data;
pub(super) use shape::{Shape, Type};
