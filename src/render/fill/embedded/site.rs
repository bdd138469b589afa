//! Where a value stands in a JSON text, and what may stand there.

use super::pieces::Pieces;
use crate::value::Value;

/// Where a value stands in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Site {
    /// Inside a string.
    String,
    /// As one item of a list, or several.
    Item,
    /// As a key or a value of an object.
    Member,
    /// As a part of a number or a word.
    Part,
}

impl Site {
    /// The site of an insertion outside of strings; `open` is the innermost open bracket.
    pub(super) fn outside(pieces: Pieces<'_>, insertion: usize, open: Option<&u8>) -> Self {
        let ends = |byte: u8| byte.is_ascii_whitespace() || b"{}[]:,".contains(&byte);
        match open {
            _ if !pieces.neighbours(insertion).all(ends) => Self::Part,
            Some(b'[') => Self::Item,
            _ => Self::Member,
        }
    }

    /// Harmless text at this site.
    pub(super) fn stand_in(self) -> &'static str {
        match self {
            Self::String => "x",
            Self::Item | Self::Member => "\"x\"",
            Self::Part => "1",
        }
    }

    /// Whether a value at this site, if it is not inside a string, leaves what is around it as it is.
    pub(super) fn takes(self, value: &[u8]) -> bool {
        match self {
            Self::String => true,
            Self::Item => Value::from_json(&[b"[", value, b"]"].concat()).is_ok(),
            Self::Member => Value::from_json(value).is_ok(),
            Self::Part => value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)),
        }
    }
}
