//! What a record says of a placeholder, in place of a secret and its modifiers.

use super::super::record::{Missing, Record, Recorded};
use super::lookup::{Looked, named};
use crate::placeholder::Placeholder;
use crate::secret::SecretId;
use crate::source::Place;

/// The masked result, or why there is none.
pub(super) fn look(placeholder: &Placeholder, id: &SecretId, record: &Record, place: &dyn Fn() -> Place) -> Looked {
    match record.get(id, placeholder) {
        None => Looked::Failed(named(record.lacks(), placeholder).at(place())),
        Some((Recorded::Result(shape), name)) => Looked::Value(shape.masked(&name)),
        Some((Recorded::Missing(Missing::Key), _)) if placeholder.closed => Looked::Markup,
        Some((Recorded::Missing(missing), _)) => {
            Looked::Missing(named(missing.error(placeholder, id), placeholder).at(place()))
        }
    }
}
