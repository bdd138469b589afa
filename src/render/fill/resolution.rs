//! The resolution of a placeholder: a value, or the reason why there is none.

use crate::error::Error;
use crate::value::Value;

/// The result of looking up a placeholder.
pub(super) enum Resolution {
    Value(Resolved),
    /// Markup that looks like a placeholder: it stays.
    Markup,
    /// The store has no such key, path or version.
    Missing(Error),
    Failed(Error),
    /// It may not be read, for a reason that is reported already.
    NotGranted,
}

/// The value of a placeholder, and what is shown instead of it.
#[derive(Clone)]
pub(super) struct Resolved {
    /// The result, as a store or a record gives it.
    pub value: Value,
    /// The mask of the result, if values are masked.
    pub mask: Option<Value>,
}

impl From<Value> for Resolved {
    fn from(value: Value) -> Self {
        Self { value, mask: None }
    }
}

impl Resolved {
    /// What is shown.
    pub(super) fn into_shown(self) -> Value {
        self.mask.unwrap_or(self.value)
    }
}
