//! The shape of a value, from which a mask is made and which a record keeps. It holds types and fingerprints, never the value.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::choice::{Choice, Seed};
use super::class::Class;
use super::fingerprint::{Fingerprint, Mask};
use super::form::Form;
use super::scalar::{Scalar, Type};
use super::site::Site;
use crate::manifest::Step;
use crate::value::Value;

/// The structure of a value without its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::render) enum Shape {
    /// A value without members.
    Scalar(Scalar),
    /// JSON's `null`.
    Null,
    /// A list, by its items.
    List(Vec<Shape>),
    /// A map, by its keys and the shapes of their values, in order.
    Map(Vec<(String, Shape)>),
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
    /// The shape of a value that nobody has read: a text of any class.
    pub(in crate::render) fn planned() -> Self {
        Self::Scalar(Scalar { is: Type::Text, class: Class::Unknown, choice: None, fingerprint: None })
    }

    /// The shape of `value`, with fingerprints if there is a `mask`. The site is the field that the value is for.
    pub(in crate::render) fn of(value: &Value, mask: Option<&Mask>, site: Option<&Site<'_>>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::List(items) => {
                let below = |index| site.map(|site| site.below(Step::Item(index)));
                let item = |(index, item)| Self::of(item, mask, below(index).as_ref());
                Self::List(items.iter().enumerate().map(item).collect())
            }
            Value::Map(entries) => {
                let below = |key: &str| site.map(|site| site.below(Step::Key(key.to_owned().into())));
                let entry = |(key, value): &(Zeroizing<String>, Value)| {
                    (key.to_string(), Self::of(value, mask, below(key).as_ref()))
                };
                Self::Map(entries.iter().map(entry).collect())
            }
            scalar => Self::Scalar(Scalar::of(scalar, mask, site)),
        }
    }

    /// The shape of a value whose text is base64: its fingerprint and class are those of the decoded bytes.
    pub(in crate::render) fn of_encoded(value: &Value, mask: Option<&Mask>, site: Option<&Site<'_>>) -> Self {
        let decoded = match value {
            Value::Text(text) => STANDARD.decode(text.as_bytes()).map(Zeroizing::new).ok(),
            _ => None,
        };
        let Some(bytes) = decoded else { return Self::of(value, mask, site) };
        let class = std::str::from_utf8(&bytes).map_or(Class::Plain, Class::of_text);
        let fingerprint = mask.map(|mask| mask.fingerprint(&bytes));
        Self::Scalar(Scalar { is: Type::Text, class, choice: None, fingerprint })
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
            Self::Scalar(scalar) => {
                Self::Scalar(Scalar { fingerprint: Some(Mask::blank().fingerprint(b"")), ..scalar.clone() })
            }
            Self::Null => Self::Null,
            Self::List(items) => Self::List(items.iter().map(Self::blank).collect()),
            Self::Map(entries) => Self::Map(entries.iter().map(|(key, shape)| (key.clone(), shape.blank())).collect()),
        }
    }

    /// The masked value for people: a mark for each scalar. Without a fingerprint, the mark is made from `name`, which identifies the value.
    pub(in crate::render) fn marked(&self, name: &str) -> Value {
        self.masked(&Sha256::new_with_prefix(name), None)
    }

    /// The masked value for a field, in which it is valid.
    pub(in crate::render) fn valid(&self, name: &str, site: &Site<'_>) -> Value {
        self.masked(&Sha256::new_with_prefix(name), Some(site))
    }

    /// The masked value for a digested `name`. Each member digests only its own part, so that long names do not add up.
    fn masked(&self, name: &Sha256, site: Option<&Site<'_>>) -> Value {
        let below = |step: &str| name.clone().chain_update("\0").chain_update(step);
        match self {
            Self::Scalar(scalar) => {
                let fingerprint = scalar.fingerprint.clone().unwrap_or_else(|| Fingerprint::stand_in(name));
                match site {
                    Some(site) => scalar.valid(&fingerprint, site),
                    None => scalar.marked(&fingerprint),
                }
            }
            Self::Null => Value::Null,
            Self::List(items) => {
                let item = |(index, item): (usize, &Self)| {
                    let site = site.map(|site| site.below(Step::Item(index)));
                    item.masked(&below(&index.to_string()), site.as_ref())
                };
                Value::List(items.iter().enumerate().map(item).collect())
            }
            Self::Map(entries) => {
                let entry = |(key, shape): &(String, Self)| {
                    let site = site.map(|site| site.below(Step::Key(key.clone().into())));
                    (Zeroizing::new(key.clone()), shape.masked(&below(key), site.as_ref()))
                };
                Value::Map(entries.iter().map(entry).collect())
            }
        }
    }
}

impl Scalar {
    fn of(value: &Value, mask: Option<&Mask>, site: Option<&Site<'_>>) -> Self {
        let (is, bytes) = match value {
            Value::Bytes(bytes) => (Type::Bytes, bytes.clone()),
            Value::Number(digits) => (Type::Number, Zeroizing::new(digits.as_bytes().to_vec())),
            Value::Bool(value) => (Type::Bool, Zeroizing::new(value.to_string().into_bytes())),
            other => (Type::Text, Zeroizing::new(other.to_text().unwrap_or_default().as_bytes().to_vec())),
        };
        let class = Class::of(value);
        let members = site.and_then(|site| site.members(class));
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        let choice = mask.zip(members).and_then(|(mask, members)| Choice::of(mask, text, members));
        Self { is, class, choice, fingerprint: mask.map(|mask| mask.fingerprint(&bytes)) }
    }

    /// The mask that is valid at a site, of the value's own type: filling makes the type of the field from it, as it does from the value.
    fn valid(&self, fingerprint: &Fingerprint, site: &Site<'_>) -> Value {
        let (text, form) = site.mask(self, &Seed { fingerprint, choice: self.choice, field: &site.path() });
        let text = if site.is_encoded_member() { STANDARD.encode(text) } else { text };
        match (self.is, form) {
            (Type::Number, Form::Integer(..) | Form::Quantity(_, _, "")) => Value::number(text),
            (Type::Bool, Form::Bool | Form::Only("true" | "false")) => Value::Bool(text == "true"),
            (Type::Bytes, _) => Value::Bytes(text.into_bytes().into()),
            _ => Value::text(text),
        }
    }
}
