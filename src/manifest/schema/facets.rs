//! What bounds the values of a field beyond their type: what a mask must keep to, too.

/// The bounds of a field's values, as an OpenAPI schema writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facets {
    /// The only values, as text.
    pub members: Vec<Box<str>>,
    /// The format of a string: `date-time`, `uri`, `ipv4`.
    pub format: Option<Box<str>>,
    /// The regular expression that a string matches somewhere.
    pub pattern: Option<Box<str>>,
    /// The least number, in digits.
    pub minimum: Option<Box<str>>,
    /// The greatest number, in digits.
    pub maximum: Option<Box<str>>,
    /// The least number of characters.
    pub shortest: Option<usize>,
    /// The greatest number of characters.
    pub longest: Option<usize>,
}
