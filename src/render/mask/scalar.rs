//! What a record keeps of a value without members: its type, its class and its fingerprint, never the value.

use super::choice::Choice;
use super::class::Class;
use super::fingerprint::Fingerprint;
use crate::value::Value;

/// A value without members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::render) struct Scalar {
    /// Its type.
    pub(in crate::render) is: Type,
    /// What it looks like.
    pub(in crate::render) class: Class,
    /// Its place among the members of a bool or an enum, if there is a key.
    pub(in crate::render) choice: Option<Choice>,
    /// Its fingerprint, if there is a key.
    pub(in crate::render) fingerprint: Option<Fingerprint>,
}

/// The type of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Type {
    Text,
    Bytes,
    Number,
    Bool,
}

impl Scalar {
    /// Its mask for people.
    pub(super) fn marked(&self, fingerprint: &Fingerprint) -> Value {
        match self.is {
            Type::Text | Type::Bool => Value::text(fingerprint.mark()),
            Type::Bytes => Value::Bytes(fingerprint.mark().into_bytes().into()),
            Type::Number => Value::text(fingerprint.number_mark()),
        }
    }
}
