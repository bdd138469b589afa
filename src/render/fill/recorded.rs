//! Results from a record, which takes the place of the store and the modifiers.

use super::super::mask::Shape;
use super::super::record::{Missing, Record, Recorded};
use super::resolution::Resolution;
use super::wording::named;
use crate::placeholder::Placeholder;
use crate::secret::SecretId;
use crate::source::Place;
use crate::value::Value;

/// The masked result, or the reason why there is none.
pub(super) fn resolve(
    placeholder: &Placeholder,
    id: &SecretId,
    record: &Record,
    place: &dyn Fn() -> Place,
    show: &dyn Fn(&Shape, &str) -> Value,
) -> Resolution {
    match record.get(id, placeholder) {
        None => Resolution::Failed(named(record.lacks(), placeholder).at(place())),
        Some((Recorded::Result(shape), name)) => Resolution::Value(show(shape, &name).into()),
        Some((Recorded::Missing(Missing::Key), _)) if placeholder.closed => Resolution::Markup,
        Some((Recorded::Missing(missing), _)) => {
            Resolution::Missing(named(missing.error(placeholder, id), placeholder).at(place()))
        }
    }
}
