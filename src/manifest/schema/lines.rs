//! The lines of a table's text form, each read once it is asked for: a run needs a few of them.

use std::sync::OnceLock;

use super::name::Name;
use super::table::{Line, line, whole};
use super::{KindId, Type};

/// The kinds and definitions of a text, each in the order of its names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lines {
    /// By group, version and kind.
    kinds: Vec<Unread<(&'static str, &'static str, &'static str)>>,
    definitions: Vec<Unread<&'static str>>,
}

/// A type that is read on first use.
#[derive(Clone, Debug, PartialEq)]
struct Unread<N> {
    name: N,
    text: &'static str,
    read: OnceLock<Box<Type>>,
}

impl Lines {
    /// The lines of a text, none of which is read yet.
    pub(super) fn of(text: &'static str) -> Self {
        let (mut lines, mut start) = (Self::default(), 0);
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let all = ends.map(|end| &text[std::mem::replace(&mut start, end + 1)..end]);
        for line in all.filter_map(line) {
            match line {
                Line::Kind(api_version, kind, text) => {
                    let (group, version) = KindId::parts(api_version);
                    lines.kinds.push(Unread::new((group, version, kind), text));
                }
                Line::Definition(name, text) => lines.definitions.push(Unread::new(name, text)),
            }
        }
        // They stand in this order already.
        lines.kinds.sort_unstable_by_key(|unread| unread.name);
        lines.definitions.sort_unstable_by_key(|unread| unread.name);
        lines
    }

    /// The number of a kind among all.
    pub(super) fn position(&self, id: &KindId) -> Option<usize> {
        self.kinds.binary_search_by(|unread| unread.name.cmp(&(&id.group, &id.version, &id.kind))).ok()
    }

    /// The type of the kind at a position.
    pub(super) fn kind(&self, position: usize) -> Option<&Type> {
        self.kinds.get(position).map(Unread::get)
    }

    /// A definition by its name, which is looked up once.
    pub(super) fn definition(&self, name: &Name) -> Option<&Type> {
        let find = |text: &str| self.definitions.binary_search_by(|unread| unread.name.cmp(text)).ok();
        name.position(find).map(|at| self.definitions[at].get())
    }

    /// Whether a kind of a group's version is among them.
    pub(super) fn has_version(&self, group: &str, version: &str) -> bool {
        self.kinds.iter().any(|unread| (unread.name.0, unread.name.1) == (group, version))
    }
}

impl<N> Unread<N> {
    fn new(name: N, text: &'static str) -> Self {
        Self { name, text, read: OnceLock::new() }
    }

    /// A test reads every line; one that is wrong would be any value here.
    fn get(&self) -> &Type {
        self.read.get_or_init(|| Box::new(whole(self.text).unwrap_or(Type::Anything)))
    }
}
