//! What a placeholder turns out to be: a value, or why there is none.

use crate::error::Error;
use crate::value::Value;

/// What became of a placeholder.
pub(super) enum Resolution {
    Value(Value),
    /// Markup that looks like a placeholder: it stays.
    Markup,
    /// The key, path or version is not there.
    Missing(Error),
    Failed(Error),
    /// Why it may not be read is reported already.
    NotGranted,
}
