//! Tables of several releases as one.

use std::collections::HashMap;
use std::hash::Hash;

use super::{Facets, Object, Table, Type};

impl Table {
    /// Adds the kinds that another table knows and this one does not.
    pub(crate) fn add(&mut self, other: Self) {
        for (kind, of) in other.kinds {
            self.kinds.entry(kind).or_insert(of);
        }
        for (name, of) in other.definitions {
            self.definitions.entry(name).or_insert(of);
        }
        self.types += other.types;
    }

    /// Adds what the table of a later release knows. Where the two differ, any value counts.
    pub fn merge(&mut self, other: Self) {
        add(&mut self.kinds, other.kinds);
        add(&mut self.definitions, other.definitions);
        self.types += other.types;
    }
}

fn add<K: Eq + Hash>(mine: &mut HashMap<K, Type>, others: HashMap<K, Type>) {
    for (key, of) in others {
        let of = match mine.remove(&key) {
            Some(one) => merged(one, of),
            None => of,
        };
        mine.insert(key, of);
    }
}

fn merged(one: Type, other: Type) -> Type {
    match (one, other) {
        (one, other) if one == other => one,
        // A definition that got another name in a later release.
        (Type::Named(_), Type::Named(later)) => Type::Named(later),
        (Type::Scalar(scalar, mut one), Type::Scalar(same, other)) if scalar == same => {
            // Only what both allow is sure to be taken; of a bound that one alone has, nothing is known.
            one.members.retain(|member| other.members.contains(member));
            Type::Scalar(scalar, Facets { members: one.members, ..Facets::default() })
        }
        (Type::List(one), Type::List(other)) => Type::List(Box::new(merged(*one, *other))),
        (Type::Map(one), Type::Map(other)) => Type::Map(Box::new(merged(*one, *other))),
        (Type::Object(mut one), Type::Object(other)) => {
            for (name, of) in other.fields {
                let mine = one.fields.remove(&name);
                one.fields.insert(
                    name,
                    match mine {
                        Some(mine) => merged(mine, of),
                        None => of,
                    },
                );
            }
            Type::Object(Object { is_open: one.is_open || other.is_open, ..one })
        }
        _ => Type::Anything,
    }
}
