//! What a schema says of a field beyond its type: formats, patterns, lengths and bounds. A mask keeps to them.

use regex::Regex;

use super::class::QUANTITY;
use super::form::Form;
use crate::manifest::Facets;

/// The formats of strings that the API server checks, with the form of a mask for each.
const FORMATS: &[(&str, Form<'static>)] = &[
    ("cidr", Form::Cidr4),
    ("date", Form::Date),
    ("date-time", Form::DateTime),
    ("duration", Form::Duration),
    ("email", Form::Email),
    ("hostname", Form::Host),
    ("ipv4", Form::Ipv4),
    ("ipv6", Form::Ipv6),
    ("uri", Form::Url),
    ("uuid", Form::Uuid),
    ("uuid4", Form::Uuid),
];

/// The forms that are tried where a field's pattern or length refuses the first one.
const FORMS: &[Form<'static>] = &[
    Form::Mark,
    Form::Name,
    Form::PortName,
    Form::Host,
    Form::Domain,
    Form::QualifiedPath,
    Form::Path,
    Form::Url,
    Form::Email,
    Form::Duration,
    QUANTITY,
    Form::Percent,
    Form::Integer(1, 65_535),
    Form::Integer(1, 100),
    Form::Integer(1, 9),
    Form::Ipv4,
    Form::Ipv6,
    Form::Cidr4,
    Form::Cidr6,
    Form::Cron,
    Form::DateTime,
    Form::Date,
    Form::Uuid,
    Form::Identifier,
    Form::JsonObject,
];

/// The form of the field's format, if the API server checks it.
pub(super) fn of_format(facets: &Facets) -> Option<Form<'static>> {
    let format = facets.format.as_deref()?;
    FORMATS.iter().find(|(name, _)| *name == format).map(|(_, form)| *form)
}

/// A number within the field's bounds.
pub(super) fn bounds(facets: &Facets) -> Form<'static> {
    let Form::Integer(low, high) = Form::INTEGER else { return Form::INTEGER };
    let number = |digits: &Option<Box<str>>| digits.as_ref()?.parse::<f64>().ok();
    let least = number(&facets.minimum).map_or(low, |least| least.ceil().max(0.0) as u64);
    let most = number(&facets.maximum).map_or(high.max(least), |most| most.floor().max(0.0) as u64);
    Form::Integer(least.max(low.min(most)), most)
}

/// The forms to try after the first one: the value's own, then all.
pub(super) fn candidates<'f>(own: Form<'f>) -> impl Iterator<Item = Form<'f>> {
    let all: &'f [Form<'f>] = FORMS;
    std::iter::once(own).chain(all.iter().copied())
}

/// Whether a text keeps to the field's pattern and lengths. A pattern that this program cannot read counts as kept.
pub(super) fn fits(facets: &Facets, text: &str) -> bool {
    let length = text.chars().count();
    let is_long_enough = facets.shortest.is_none_or(|least| length >= least);
    let is_short_enough = facets.longest.is_none_or(|most| length <= most);
    let matches = |pattern: &str| Regex::new(pattern).map_or(true, |pattern| pattern.is_match(text));
    is_long_enough && is_short_enough && facets.pattern.as_deref().is_none_or(matches)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facets(pattern: &str, longest: Option<usize>) -> Facets {
        Facets { pattern: (!pattern.is_empty()).then(|| pattern.into()), longest, ..Facets::default() }
    }

    #[test]
    fn numbers_keep_to_their_bounds() {
        for (minimum, maximum, expected) in [
            (None, None, (1, 2_147_483_647)),
            (Some("0"), Some("1"), (1, 1)),
            (Some("0"), Some("0"), (0, 0)),
            (Some("-5"), Some("65535"), (1, 65_535)),
            (Some("100"), None, (100, 2_147_483_647)),
            (Some("0.5"), Some("2.5"), (1, 2)),
            (Some("4294967296"), None, (4_294_967_296, 4_294_967_296)),
        ] {
            let facets =
                Facets { minimum: minimum.map(Into::into), maximum: maximum.map(Into::into), ..Facets::default() };
            assert_eq!(bounds(&facets), Form::Integer(expected.0, expected.1), "{minimum:?} {maximum:?}");
        }
    }

    #[test]
    fn a_text_keeps_to_pattern_and_length() {
        for (pattern, longest, text, expected) in [
            ("", None, "anything", true),
            ("^[a-z]+$", None, "abc", true),
            ("^[a-z]+$", None, "a1", false),
            ("^https?://", None, "https://x/", true),
            ("", Some(3), "abcd", false),
            ("", Some(4), "äöüß", true),
        ] {
            assert_eq!(fits(&facets(pattern, longest), text), expected, "{pattern} {text}");
        }
    }
}
