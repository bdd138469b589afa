//! The resolution of a placeholder: a value, or the reason why there is none.

use crate::error::Error;
use crate::value::Value;

/// The result of looking up a placeholder.
pub(super) enum Resolution {
    Value(Value),
    /// Markup that looks like a placeholder: it stays.
    Markup,
    /// The store has no such key, path or version.
    Missing(Error),
    Failed(Error),
    /// It may not be read, for a reason that is reported already.
    NotGranted,
}
