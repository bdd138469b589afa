//! Where the values of placeholders come from, and how much of them is shown.

use super::gap::Gap;
use super::mask::{Extent, Mask, MaskForm, Shape, Siblings, Site, in_data};
use super::record::Record;
use super::result::shape;
use crate::placeholder::{Encoding, Match, Placeholder};
use crate::secret::{Outcome, SecretId, Secrets};
use crate::source::Span;
use crate::value::Value;
use crate::yaml::tree::Tree;

/// The source of the values that fill the gaps.
#[derive(Clone, Copy, Debug)]
pub enum ValueSource<'v> {
    /// The secrets as they are.
    Clear(&'v Secrets),
    /// The secrets with every value masked, in resource names too.
    Masked(&'v Secrets, &'v Mask, MaskForm),
    /// The masked results of an earlier run, without secrets.
    Recorded(&'v Record),
}

impl<'v> ValueSource<'v> {
    /// The outcome of reading a secret; `None` if it was not read.
    pub(super) fn outcome(self, id: &SecretId) -> Option<&'v Outcome> {
        match self {
            Self::Clear(secrets) | Self::Masked(secrets, ..) => secrets.get(id),
            Self::Recorded(_) => None,
        }
    }

    /// How its masks look, if it masks.
    pub(super) fn form(self) -> Option<MaskForm> {
        match self {
            Self::Clear(_) => None,
            Self::Masked(.., form) => Some(form),
            Self::Recorded(record) => Some(record.form()),
        }
    }

    /// A placeholder's result as its field shows it.
    pub(super) fn shown(self, result: Value, placeholder: &Placeholder, gap: &Gap, stand: Stand<'_>) -> Value {
        match self {
            Self::Clear(_) | Self::Recorded(_) => result,
            Self::Masked(_, mask, form) => {
                let site = stand.site(gap);
                masked(&shape(&result, placeholder, Some(mask), Some(&site)), "", form, gap, stand)
            }
        }
    }
}

/// The mask of a value that stands somewhere in a gap. Without a fingerprint, it is made from `name`.
pub(super) fn masked(shape: &Shape, name: &str, form: MaskForm, gap: &Gap, stand: Stand<'_>) -> Value {
    let masked = match form {
        MaskForm::Marked => shape.marked(name),
        MaskForm::Valid => shape.valid(name, &stand.site(gap)),
    };
    if stand.bare && gap.field_type.is_base64() { in_data(masked) } else { masked }
}

/// Where in a gap a placeholder stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stand<'t> {
    /// The document.
    pub(super) tree: &'t Tree<'t>,
    /// The text around it, decoded if it is encoded.
    pub(super) text: &'t str,
    /// The placeholder in that text.
    pub(super) span: Span,
    /// Whether it is not encoded.
    pub(super) bare: bool,
    /// Whether that text is all that the field means, and not a part in an encoding of its own.
    pub(super) is_field: bool,
}

impl<'t> Stand<'t> {
    /// Where one of the matches in the decoded text of an encoding stands, which stands here itself.
    pub(super) fn within(self, encoding: &Encoding, text: &'t str, found: &Match, gap: &Gap) -> Self {
        let is_data = encoding.name == "base64" && gap.field_type.is_base64();
        Self { tree: self.tree, text, span: found.span, bare: false, is_field: self.is_all() && is_data }
    }

    fn is_all(self) -> bool {
        self.is_field && self.text.trim() == self.text[self.span.range()].trim()
    }

    fn site(self, gap: &'t Gap) -> Site<'t> {
        Site::of(gap, self.extent(), Siblings::of(self.tree, gap.node))
    }

    fn extent(self) -> Extent {
        match is_json_value(&self.text[..self.span.start]) {
            _ if self.is_all() => Extent::Whole,
            true => Extent::JsonValue,
            false => Extent::Part,
        }
    }
}

/// Whether a value of JSON follows on a text: it is JSON so far, and ends outside of a string.
fn is_json_value(before: &str) -> bool {
    if !before.trim_start().starts_with(['{', '[']) || !before.trim_end().ends_with([':', ',', '[']) {
        return false;
    }
    let (mut is_in_string, mut is_escaped) = (false, false);
    for byte in before.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => is_in_string = !is_in_string,
            _ => {}
        }
    }
    !is_in_string
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_json_stands_outside_of_its_strings() {
        for (before, expected) in [
            (r#"{"a": "#, true),
            (r#"[1, "#, true),
            ("[", true),
            (r#" {"a\":": "b", "c":"#, true),
            (r#"{"a": "x"#, false),
            (r#"{"a": ", "#, false),
            (r#"{"a\": "#, false),
            (r#"{"#, false),
            ("a: ", false),
            ("", false),
        ] {
            assert_eq!(is_json_value(before), expected, "{before}");
        }
    }
}
