//! What Kubernetes' schemas say of the fields of a kind. Knows no placeholders, and no place to read a schema from.

mod built_in;
mod crd;
mod facets;
mod file;
mod lines;
mod merge;
mod name;
mod navigate;
mod open_api;
mod schemas;
mod structural;
mod table;
mod written;

use std::collections::{BTreeMap, HashMap};

use super::field::Bits;
use lines::Lines;
use name::Name;

pub use schemas::Schemas;

pub(crate) use facets::Facets;
pub(crate) use navigate::{Known, Schema};

/// A kind of object by its API group, its version and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct KindId {
    /// The group: `apps` for `apps/v1`, empty for `v1`.
    pub group: Box<str>,
    /// The version: `v1`.
    pub version: Box<str>,
    /// The kind: `Deployment`.
    pub kind: Box<str>,
}

impl KindId {
    /// A kind by its apiVersion and its name.
    pub(crate) fn new(api_version: &str, kind: &str) -> Self {
        let (group, version) = Self::parts(api_version);
        Self { group: group.into(), version: version.into(), kind: kind.into() }
    }

    /// The group and the version of an apiVersion.
    fn parts(api_version: &str) -> (&str, &str) {
        api_version.rsplit_once('/').unwrap_or(("", api_version))
    }
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    /// Any value.
    Anything,
    /// A value of one kind, within the bounds of its facets.
    Scalar(Scalar, Facets),
    /// A list of one type.
    List(Box<Type>),
    /// A map with any keys to one type.
    Map(Box<Type>),
    /// A map with the keys of an object.
    Object(Object),
    /// The definition of that name in the same table.
    Named(Name),
}

/// The type of a value without members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    /// A string.
    String,
    /// Base64, in a string.
    Base64,
    /// An integer of at most this many bits.
    Integer(Bits),
    /// A number, whole or not.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An integer, or a string that means something else than digits.
    IntOrString,
    /// A number or a string as Kubernetes counts resources: `500m`, `2Gi`.
    Quantity,
}

/// The fields of a map.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Object {
    /// The known keys with their types.
    pub fields: BTreeMap<Box<str>, Type>,
    /// Whether it keeps keys that it does not know.
    pub is_open: bool,
}

/// Schemas by kind, and the definitions that they share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    kinds: HashMap<KindId, Type>,
    definitions: HashMap<Box<str>, Type>,
    /// Those that stand in this program's own text, unless they are above.
    lines: Lines,
    /// How many types CustomResourceDefinitions have added.
    types: usize,
}

impl Table {
    /// Whether it describes no kind.
    pub(crate) fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Whether it describes a kind of this version of a group.
    pub(crate) fn has_version(&self, group: &str, version: &str) -> bool {
        self.kinds.keys().any(|kind| *kind.group == *group && *kind.version == *version)
            || self.lines.has_version(group, version)
    }

    /// A table of a text of this program's own, of which no more is read than what is asked for.
    fn of_lines(text: &'static str) -> Self {
        Self { lines: Lines::of(text), ..Self::default() }
    }

    fn definition(&self, name: &Name) -> Option<&Type> {
        self.lines.definition(name).or_else(|| self.definitions.get(name.text()))
    }
}
