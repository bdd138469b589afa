//! The three tenant rules, each a walk of the table. Knows no source of values.

use super::table::Row;
use super::{Config, Setting};
use crate::error::Errors;

/// Refuses what a tenant may not choose; the operator's value takes its place.
pub(super) fn judge(_config: &mut Config, _errors: &mut Errors) {}

/// The first credential of the operator's in effect.
pub(super) fn operator_credential(_config: &Config) -> Option<(&'static Row, &Setting)> {
    None
}
