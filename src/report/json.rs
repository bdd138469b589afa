//! Shows a finding to programs: one line of JSON without unknown fields.

use serde::Serialize;

use crate::error::{Error, Kind, Level};
use crate::source::ResourceId;
use crate::visible;

/// One finding in one line, without its line break.
pub(crate) fn finding(error: &Error) -> String {
    let place = error.place.as_ref();
    let at = place.map(crate::source::Place::line_column);
    let finding = Finding {
        rule: error.rule,
        level: level(error.level),
        file: place.map(|place| place.source.name.as_str()),
        line: at.map(|(line, _)| line),
        column: at.map(|(_, column)| column),
        resource: place.and_then(|place| place.resource.as_deref()).map(Resource::from),
        // A document that is not a Kubernetes object may be a file of secrets: its fields are not named.
        field: place.filter(|_| error.kind != Kind::NotKubernetes).and_then(|place| place.field.as_deref()),
        message: match &error.cause {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        },
        hint: error.hint.as_deref(),
    };
    visible::json(&serde_json::to_string(&finding).unwrap_or_default()).into_owned()
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

#[derive(Serialize)]
struct Finding<'e> {
    rule: &'static str,
    level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<Resource<'e>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'e str>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'e str>,
}

/// The kind, namespace and name of a resource.
#[derive(Serialize)]
pub(super) struct Resource<'e> {
    kind: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'e str>,
}

impl<'e> From<&'e ResourceId> for Resource<'e> {
    fn from(id: &'e ResourceId) -> Self {
        Self { kind: &id.kind, namespace: id.namespace.as_deref(), name: id.name.as_deref() }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::{Place, Source, Span};

    #[test]
    fn what_is_not_known_is_absent() {
        assert_eq!(
            finding(&Error::warning(Kind::Setting, "both are set")),
            r#"{"rule":"setting","level":"warning","message":"both are set"}"#
        );
    }

    #[test]
    fn a_finding_is_one_line() {
        let resource = ResourceId { kind: "Secret".into(), name: Some("db".into()), ..ResourceId::default() };
        let place = Place {
            resource: Some(Arc::new(resource)),
            field: Some("data.x".into()),
            ..Place::new(Arc::new(Source::new("a.yaml", "a:\n  <x>")), Span::new(5, 8))
        };
        let error = Error::new(Kind::Missing, "no key `x`").at(place).cause("one\ntwo").hint("look");
        assert_eq!(
            finding(&error),
            concat!(
                r#"{"rule":"missing","level":"error","file":"a.yaml","line":2,"column":3,"#,
                r#""resource":{"kind":"Secret","name":"db"},"field":"data.x","message":"no key `x`: one\ntwo","hint":"look"}"#
            )
        );
    }
}
