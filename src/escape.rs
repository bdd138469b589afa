//! What filling does with a value that would break the JSON in a text. Settings choose it, filling does it.

/// The treatment of values in JSON text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Escape {
    /// Each value in a JSON string is escaped, and what is broken all the same is an error.
    Auto,
    /// Values are put in as they are, and what is broken is an error.
    #[default]
    Check,
    /// Values are put in as they are, and nobody looks.
    Off,
}
