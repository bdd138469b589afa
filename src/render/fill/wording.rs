//! The names of a placeholder and its value in errors.

use super::super::gap::Gap;
use super::super::misfit;
use super::embedded::Damage;
use crate::error::{Error, Kind, Subject};
use crate::manifest::FieldType;
use crate::placeholder::{Key, Match, MatchKind, Placeholder, Reference};
use crate::value::NotText;

/// A placeholder in an error, with the path of its secret if an annotation names it.
pub(super) fn subject(placeholder: &Placeholder, gap: &Gap) -> Subject {
    let path = match placeholder.secret {
        Reference::Annotated => gap.resource.annotations.path.clone(),
        Reference::Inline { .. } => None,
    };
    Subject::Placeholder { written: placeholder.on_one_line(), path }
}

/// The name of a placeholder's value in an error.
pub(super) fn value_name(placeholder: &Placeholder, gap: &Gap) -> String {
    match &placeholder.key {
        Key::Named(key) => format!("{}: key `{key}`", subject(placeholder, gap)),
        Key::Whole => format!("{}: the secret", subject(placeholder, gap)),
    }
}

/// The error about a value that is not text, in a field that takes only text.
pub(super) fn no_text(gap: &Gap, reason: NotText, what: &str) -> Error {
    match reason {
        NotText::Null => Error::new(Kind::Value, format!("{what} is null, and `{}` takes only text", gap.field))
            .hint("`| default \"…\"` replaces null"),
        NotText::Bytes => {
            Error::new(Kind::Value, format!("{what} is not UTF-8 text, and `{}` takes only text", gap.field))
                .hint("put it into the `data` of a Secret with `| base64encode`")
        }
    }
}

/// The error about a value of another type than its field takes, with what the field takes.
pub(super) fn wrong_type(what: &str, gap: &Gap, takes: FieldType) -> Error {
    misfit::wrong_type(what, gap, takes).hint(match takes {
        FieldType::Integer(_) => "it takes a number as `3` or `-3`, and text that spells one",
        FieldType::Number => "it takes a number as `0.5`, and text that spells one",
        FieldType::Boolean => "it takes a boolean, and the text `true` or `false`",
        FieldType::List | FieldType::Map => "`| jsonParse` and `| yamlParse` make lists and maps of text",
        _ => "mend the value in the store, or choose another key",
    })
}

/// What a value breaks in the text around it: JSON is an error, YAML a warning, as readers of YAML differ.
pub(super) fn damaged(damage: Damage, found: &Match, gap: &Gap) -> Error {
    let error = match damage {
        Damage::JsonString => Error::new(Kind::Value, "the value breaks the JSON string that it stands in")
            .rule("broken-json")
            .hint("`| jsonEscape` makes text safe there, after `| toJson` for a map; `AVP_ESCAPE=auto` escapes all"),
        Damage::Json => Error::new(Kind::Value, "the value breaks the JSON that it stands in")
            .rule("broken-json")
            .hint("`| toJson` writes any value as JSON; between double quotes, `| jsonEscape` makes text safe"),
        Damage::Yaml => Error::warning(Kind::Value, "the value changes the YAML that it stands in, or breaks it")
            .rule("broken-yaml")
            .hint("`| toJson` writes any value as YAML; between double quotes, `| jsonEscape` makes text safe"),
    };
    match first(found) {
        Some(placeholder) => error.about(subject(placeholder, gap)),
        None => error,
    }
}

/// The first placeholder of a match, in any layer.
fn first(found: &Match) -> Option<&Placeholder> {
    match &found.kind {
        MatchKind::Placeholder(placeholder) => Some(placeholder),
        MatchKind::Encoded { matches, .. } => matches.iter().find_map(first),
        MatchKind::Raw(_) | MatchKind::Wrong(_) | MatchKind::Malformed(_) => None,
    }
}

/// The error, with the placeholder that it is about.
pub(super) fn named(error: Error, placeholder: &Placeholder) -> Error {
    error.about(Subject::Placeholder { written: placeholder.on_one_line(), path: None })
}
