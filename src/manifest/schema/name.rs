//! The name of a definition inside a type.

use std::sync::OnceLock;

/// A definition's name, and where the definition stands among the lines of the same table, once that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    text: Box<str>,
    position: OnceLock<Option<usize>>,
}

impl Name {
    /// The name as text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where the definition stands, which `find` looks up the first time.
    pub(super) fn position(&self, find: impl FnOnce(&str) -> Option<usize>) -> Option<usize> {
        *self.position.get_or_init(|| find(&self.text))
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self { text: text.into(), position: OnceLock::new() }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
