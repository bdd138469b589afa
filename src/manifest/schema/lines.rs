//! The lines of a table's text form, each read once it is asked for: a run needs a few of them.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::table::{Line, line, whole};
use super::{KindId, Type};

/// The kinds and definitions of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lines {
    /// By the kind's name: its apiVersions, each with its type.
    kinds: HashMap<&'static str, Vec<(&'static str, Unread)>>,
    definitions: HashMap<&'static str, Unread>,
}

/// A type that is read on first use.
#[derive(Clone, Debug, PartialEq)]
struct Unread {
    text: &'static str,
    read: OnceLock<Type>,
}

impl Lines {
    /// The lines of a text, none of which is read yet.
    pub(super) fn of(text: &'static str) -> Self {
        let mut lines = Self::default();
        for line in text.lines().filter_map(line) {
            match line {
                Line::Kind(version, kind, text) => {
                    lines.kinds.entry(kind).or_default().push((version, Unread::new(text)))
                }
                Line::Definition(name, text) => drop(lines.definitions.insert(name, Unread::new(text))),
            }
        }
        lines
    }

    /// The type of a kind.
    pub(super) fn kind(&self, id: &KindId) -> Option<&Type> {
        let mut versions = self.kinds.get(&*id.kind)?.iter();
        versions.find(|(version, _)| id.has_api_version(version)).map(|(_, unread)| unread.get())
    }

    /// A definition by its name.
    pub(super) fn definition(&self, name: &str) -> Option<&Type> {
        self.definitions.get(name).map(Unread::get)
    }

    /// Whether a kind of a group's version is among them.
    pub(super) fn has_version(&self, group: &str, version: &str) -> bool {
        let is_meant = |api_version: &str| KindId::parts(api_version) == (group, version);
        self.kinds.values().flatten().any(|(api_version, _)| is_meant(api_version))
    }
}

impl Unread {
    fn new(text: &'static str) -> Self {
        Self { text, read: OnceLock::new() }
    }

    /// A test reads every line; one that is wrong would be any value here.
    fn get(&self) -> &Type {
        self.read.get_or_init(|| whole(self.text).unwrap_or(Type::Anything))
    }
}
