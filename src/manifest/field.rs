//! The fields of a resource, and the type that Kubernetes expects in each.

use std::borrow::Cow;
use std::fmt;

/// One step down a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<'t> {
    /// To a map's value.
    Key(Cow<'t, str>),
    /// To a list's item.
    Item(usize),
}

/// A field by its steps from the resource down; displayed as `spec.containers[0].image`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field<'t> {
    /// The keys and indices from the resource down to the value.
    pub steps: Vec<Step<'t>>,
}

/// The type of value that Kubernetes accepts in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A value of any type.
    Anything,
    /// Text and nothing else, as names tell.
    Text,
    /// A string or null, as a schema tells.
    String,
    /// Base64, in a string: a Secret's `data`, whose members are encoded where they come as a whole map.
    Data,
    /// Base64, in a string or null, as a schema tells.
    Base64,
    /// An integer of at most this many bits.
    Integer(Bits),
    /// A number, whole or not.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An integer, or a string that means something else than digits.
    IntOrString,
    /// A number or a string as Kubernetes counts resources: `500m`.
    Quantity,
    /// A list.
    List,
    /// A map.
    Map,
}

/// How large an integer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bits {
    /// 32, with a sign.
    Of32,
    /// 64, with a sign.
    Of64,
}

impl FieldType {
    /// The type of a value that an alias puts into a field of another type too; `None` if no value is right in both.
    pub(crate) fn shared_with(self, other: Self) -> Option<Self> {
        match (self, other) {
            (one, other) if one == other => Some(one),
            (Self::Anything | Self::Quantity, one) | (one, Self::Anything | Self::Quantity) => Some(one),
            (one, other) if one.takes_strings() && other.takes_strings() => Some(Self::Text),
            (strings, Self::IntOrString) | (Self::IntOrString, strings) if strings.takes_strings() => Some(Self::Text),
            (one @ (Self::Integer(_) | Self::Number), Self::Integer(_) | Self::Number | Self::IntOrString)
            | (Self::IntOrString, one @ Self::Integer(_)) => Some(one),
            _ => None,
        }
    }

    fn takes_strings(self) -> bool {
        matches!(self, Self::Text | Self::String | Self::Data | Self::Base64)
    }

    /// Whether it takes base64, in which placeholders may be hidden.
    pub(crate) fn is_base64(self) -> bool {
        matches!(self, Self::Data | Self::Base64)
    }

    /// The type as an error names it: `an integer`.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::Anything => "anything",
            Self::Text | Self::String => "text",
            Self::Data | Self::Base64 => "base64",
            Self::Integer(Bits::Of32) => "an integer of 32 bits",
            Self::Integer(Bits::Of64) => "an integer",
            Self::Number => "a number",
            Self::Boolean => "`true` or `false`",
            Self::IntOrString => "an integer or text",
            Self::Quantity => "a quantity",
            Self::List => "a list",
            Self::Map => "a map",
        }
    }
}

impl Field<'_> {
    /// A copy that owns its keys.
    pub fn into_owned(self) -> Field<'static> {
        let own = |step| match step {
            Step::Key(key) => Step::Key(Cow::Owned(key.into_owned())),
            Step::Item(index) => Step::Item(index),
        };
        Field { steps: self.steps.into_iter().map(own).collect() }
    }
}

impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            match step {
                Step::Item(item) => write!(f, "[{item}]")?,
                Step::Key(key) if key.contains(['.', '/', '[', ' ']) => write!(f, "[\"{key}\"]")?,
                Step::Key(key) if index == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_reads_as_kubectl_writes_it() {
        let steps = vec![
            Step::Key("metadata".into()),
            Step::Key("annotations".into()),
            Step::Key("a.b/c".into()),
            Step::Item(0),
        ];
        assert_eq!(Field { steps }.to_string(), "metadata.annotations[\"a.b/c\"][0]");
    }
}
