//! The shape of a value, from which a mask is made and which a record keeps. It holds types and fingerprints, never the value.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::fingerprint::{Fingerprint, Mask};
use crate::value::Value;

/// The structure of a value without its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::render) enum Shape {
    /// A value without members: its type, and its fingerprint if there is a key.
    Scalar(Type, Option<Fingerprint>),
    /// JSON's `null`.
    Null,
    /// A list, by its items.
    List(Vec<Shape>),
    /// A map, by its keys and the shapes of their values, in order.
    Map(Vec<(String, Shape)>),
}

/// The type of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Type {
    Text,
    Bytes,
    Number,
    Bool,
}

/// How masks look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MaskForm {
    /// As values of their field, so that the manifest stays valid.
    #[default]
    Valid,
    /// As marks everywhere, for people: no number could be told from a real one.
    Marked,
}

impl Shape {
    /// The shape of `value`, with fingerprints if there is a `mask`.
    pub(in crate::render) fn of(value: &Value, mask: Option<&Mask>) -> Self {
        let scalar = |is, bytes: &[u8]| Self::Scalar(is, mask.map(|mask| mask.fingerprint(bytes)));
        match value {
            Value::Text(text) => scalar(Type::Text, text.as_bytes()),
            Value::Bytes(bytes) => scalar(Type::Bytes, bytes),
            Value::Number(digits) => scalar(Type::Number, digits.as_bytes()),
            Value::Bool(value) => scalar(Type::Bool, value.to_string().as_bytes()),
            Value::Null => Self::Null,
            Value::List(items) => Self::List(items.iter().map(|item| Self::of(item, mask)).collect()),
            Value::Map(entries) => {
                let entry = |(key, value): &(Zeroizing<String>, Value)| (key.to_string(), Self::of(value, mask));
                Self::Map(entries.iter().map(entry).collect())
            }
        }
    }

    /// The shape of a value whose texts are base64: their fingerprints are those of the decoded bytes.
    pub(in crate::render) fn of_encoded(value: &Value, mask: Option<&Mask>) -> Self {
        let Value::Text(text) = value else { return Self::of(value, mask) };
        match STANDARD.decode(text.as_bytes()).map(Zeroizing::new) {
            Ok(bytes) => Self::Scalar(Type::Text, mask.map(|mask| mask.fingerprint(&bytes))),
            Err(_) => Self::of(value, mask),
        }
    }

    /// This shape with numbers in place of its keys.
    pub(in crate::render) fn without_keys(self) -> Self {
        match self {
            Self::List(items) => Self::List(items.into_iter().map(Self::without_keys).collect()),
            Self::Map(entries) => {
                let entry = |(index, (_, shape)): (usize, (String, Self))| {
                    (format!("redacted-{}", index + 1), shape.without_keys())
                };
                Self::Map(entries.into_iter().enumerate().map(entry).collect())
            }
            scalar => scalar,
        }
    }

    /// This shape with the fingerprint of [`Mask::blank`] for every scalar.
    pub(in crate::render) fn blank(&self) -> Self {
        match self {
            Self::Scalar(is, _) => Self::Scalar(*is, Some(Mask::blank().fingerprint(b""))),
            Self::Null => Self::Null,
            Self::List(items) => Self::List(items.iter().map(Self::blank).collect()),
            Self::Map(entries) => Self::Map(entries.iter().map(|(key, shape)| (key.clone(), shape.blank())).collect()),
        }
    }

    /// The masked value. Without a fingerprint, the mask is made from `name`, which identifies the value.
    pub(in crate::render) fn masked(&self, name: &str, form: MaskForm) -> Value {
        self.masked_under(&Sha256::new_with_prefix(name), form)
    }

    /// The masked value for a digested `name`. Each member digests only its own part, so that long names do not add up.
    fn masked_under(&self, name: &Sha256, form: MaskForm) -> Value {
        let below = |step: &str| name.clone().chain_update("\0").chain_update(step);
        match self {
            Self::Scalar(is, fingerprint) => {
                let fingerprint = fingerprint.clone().unwrap_or_else(|| Fingerprint::stand_in(name));
                match (is, form) {
                    (Type::Text | Type::Bool, _) => Value::text(fingerprint.mark()),
                    (Type::Bytes, _) => Value::Bytes(fingerprint.mark().into_bytes().into()),
                    (Type::Number, MaskForm::Marked) => Value::text(fingerprint.number_mark()),
                    (Type::Number, MaskForm::Valid) => Value::number(fingerprint.number()),
                }
            }
            Self::Null => Value::Null,
            Self::List(items) => {
                let item = |(index, item): (usize, &Self)| item.masked_under(&below(&index.to_string()), form);
                Value::List(items.iter().enumerate().map(item).collect())
            }
            Self::Map(entries) => {
                let entry = |(key, shape): &(String, Self)| {
                    (Zeroizing::new(key.clone()), shape.masked_under(&below(key), form))
                };
                Value::Map(entries.iter().map(entry).collect())
            }
        }
    }
}
