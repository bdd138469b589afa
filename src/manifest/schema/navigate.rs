//! The way from a kind down to the type of one of its fields.

use std::sync::{Arc, LazyLock};

use super::super::field::Step;
use super::built_in::OPERATORS;
use super::name::Name;
use super::{Facets, KindId, Object, Scalar, Table, Type};

/// The definition that every object's `metadata` has, whatever the schema of its kind says.
static METADATA: LazyLock<Name> = LazyLock::new(|| "meta.v1.ObjectMeta".into());

/// The schema of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    table: Arc<Table>,
    /// Where `metadata` is defined.
    built_in: Arc<Table>,
    kind: KindId,
    /// Where the kind stands among the lines of the table, if it is one of them.
    line: Option<usize>,
}

/// What a schema says of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Known<'s> {
    /// Any value.
    Anything,
    /// A value without members.
    Scalar(Scalar, &'s Facets),
    /// A list.
    List,
    /// A map.
    Map,
    /// No such field; with the object that lacks it.
    NoField(&'s Object),
    /// Members, where the type has none.
    NoMembers,
}

impl Schema {
    /// The schema of a kind, if the table has it.
    pub(crate) fn of(table: &Arc<Table>, built_in: &Arc<Table>, kind: &KindId) -> Option<Self> {
        let line = table.lines.position(kind);
        let is_known = line.is_some() || table.kinds.contains_key(kind);
        is_known.then(|| Self { table: table.clone(), built_in: built_in.clone(), kind: kind.clone(), line })
    }

    fn root(&self) -> &Type {
        let of_line = self.line.and_then(|line| self.table.lines.kind(line));
        of_line.or_else(|| self.table.kinds.get(&self.kind)).unwrap_or(&Type::Anything)
    }

    /// Whether it comes from an operator's release that this program brings along.
    pub(crate) fn is_bundled(&self) -> bool {
        Arc::ptr_eq(&self.table, &OPERATORS)
    }

    /// What the schema says of the field at `steps`.
    pub(crate) fn field(&self, steps: &[Step<'_>]) -> Known<'_> {
        let (mut table, mut at) = (&*self.table, self.root());
        for (depth, step) in steps.iter().enumerate() {
            if depth == 0 && matches!(step, Step::Key(key) if key == "metadata") {
                (table, at) = (&*self.built_in, self.built_in.named(&METADATA));
                continue;
            }
            at = match (table.resolved(at), step) {
                (Type::Anything, _) => return Known::Anything,
                (Type::Map(of), Step::Key(_)) | (Type::List(of), Step::Item(_)) => of,
                (Type::Object(object), Step::Key(key)) => match object.fields.get(&**key) {
                    Some(field) => field,
                    None if object.is_open => return Known::Anything,
                    None => return Known::NoField(object),
                },
                _ => return Known::NoMembers,
            };
        }
        match table.resolved(at) {
            Type::Anything | Type::Named(_) => Known::Anything,
            Type::Scalar(scalar, facets) => Known::Scalar(*scalar, facets),
            Type::List(_) => Known::List,
            Type::Map(_) | Type::Object(_) => Known::Map,
        }
    }
}

impl Table {
    fn named(&self, name: &Name) -> &Type {
        self.definition(name).unwrap_or(&Type::Anything)
    }

    /// The type itself, where it is a name, or a name of a name.
    fn resolved<'t>(&'t self, mut at: &'t Type) -> &'t Type {
        const HOPS: usize = 4;
        for _ in 0..HOPS {
            let Type::Named(name) = at else { return at };
            at = self.named(name);
        }
        at
    }
}
