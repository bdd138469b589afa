//! The lines of a table's text form, each read once it is asked for: a run needs a few of them.

use std::sync::OnceLock;

use super::table::{Line, line, whole};
use super::{KindId, Type};

/// The kinds and definitions of a text, each in the order of its names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lines {
    /// By the name of the kind and its apiVersion.
    kinds: Vec<Unread<(&'static str, &'static str)>>,
    definitions: Vec<Unread<&'static str>>,
}

/// A type that is read on first use.
#[derive(Clone, Debug, PartialEq)]
struct Unread<N> {
    name: N,
    text: &'static str,
    read: OnceLock<Type>,
}

impl Lines {
    /// The lines of a text, none of which is read yet.
    pub(super) fn of(text: &'static str) -> Self {
        let mut lines = Self::default();
        for line in text.lines().filter_map(line) {
            match line {
                Line::Kind(version, kind, text) => lines.kinds.push(Unread::new((kind, version), text)),
                Line::Definition(name, text) => lines.definitions.push(Unread::new(name, text)),
            }
        }
        lines.kinds.sort_unstable_by_key(|unread| unread.name);
        lines.definitions.sort_unstable_by_key(|unread| unread.name);
        lines
    }

    /// The type of a kind.
    pub(super) fn kind(&self, id: &KindId) -> Option<&Type> {
        let first = self.kinds.partition_point(|unread| unread.name.0 < &*id.kind);
        let mut of_name = self.kinds[first..].iter().take_while(|unread| unread.name.0 == &*id.kind);
        of_name.find(|unread| id.has_api_version(unread.name.1)).map(Unread::get)
    }

    /// A definition by its name.
    pub(super) fn definition(&self, name: &str) -> Option<&Type> {
        let at = self.definitions.binary_search_by(|unread| unread.name.cmp(name)).ok()?;
        Some(self.definitions[at].get())
    }

    /// Whether a kind of a group's version is among them.
    pub(super) fn has_version(&self, group: &str, version: &str) -> bool {
        self.kinds.iter().any(|unread| KindId::parts(unread.name.1) == (group, version))
    }
}

impl<N> Unread<N> {
    fn new(name: N, text: &'static str) -> Self {
        Self { name, text, read: OnceLock::new() }
    }

    /// A test reads every line; one that is wrong would be any value here.
    fn get(&self) -> &Type {
        self.read.get_or_init(|| whole(self.text).unwrap_or(Type::Anything))
    }
}
