//! What a policy says of each placeholder: to people, and to programs.

use serde_json::{Map, Value};

use super::text::{Colour, one_line};
use crate::policy::{Explanation, Requester};
use crate::words::count;

/// A line for each placeholder and one with the verdict, and a last one with the counts.
pub(crate) fn text(explanations: &[Explanation], requester: &Requester, colour: Colour) -> String {
    let mut out = String::new();
    for explanation in explanations {
        let Explanation { access, verdict, rule } = explanation;
        let resource = access.place.resource.as_ref().map(|resource| format!("  {resource}")).unwrap_or_default();
        out += &(one_line(&format!("{}{resource}  {}", access.place, named(explanation))) + "\n");
        let by = rule.as_ref().map(|rule| format!(" by {rule}")).unwrap_or_default();
        out += &match verdict {
            Ok(login) => {
                format!("  {}{}\n", colour.paint("32", "allowed"), one_line(&format!("{by}, read with {login}")))
            }
            Err(error) => format!("  {} {}\n", colour.paint("31", "denied:"), one_line(&error.to_string())),
        };
    }
    let denied = explanations.iter().filter(|explanation| explanation.verdict.is_err()).count();
    let of = count::of(explanations.len(), "placeholder");
    out + &format!("{of} for {requester}: {} allowed, {denied} denied\n", explanations.len() - denied)
}

/// A JSON object for each placeholder, each on a line.
pub(crate) fn json(explanations: &[Explanation]) -> String {
    explanations.iter().map(|explanation| Value::Object(object(explanation)).to_string() + "\n").collect()
}

fn object(explanation: &Explanation) -> Map<String, Value> {
    let Explanation { access, verdict, rule } = explanation;
    let (line, column) = access.place.line_column();
    let fields = [
        ("file", Some(Value::from(access.place.source.name.as_str()))),
        ("line", Some(Value::from(line))),
        ("column", Some(Value::from(column))),
        ("resource", access.place.resource.as_ref().map(|resource| Value::from(resource.to_string()))),
        ("store", access.id.store.as_ref().map(|store| Value::from(&**store))),
        ("vault_namespace", access.id.scope.as_ref().map(|scope| Value::from(scope.as_str()))),
        ("path", Some(Value::from(access.id.path.as_str()))),
        ("key", access.usage.key.as_ref().map(|key| Value::from(key.as_str()))),
        ("version", access.id.version.as_ref().map(|version| Value::from(version.text()))),
        ("allowed", Some(Value::from(verdict.is_ok()))),
        ("rule", rule.as_ref().map(|rule| Value::from(rule.to_string()))),
        ("login", verdict.as_ref().ok().map(|login| Value::from(login.as_str()))),
        ("message", verdict.as_ref().err().map(|error| Value::from(error.to_string()))),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// The secret and the key of a placeholder.
fn named(Explanation { access, .. }: &Explanation) -> String {
    let key = access.usage.key.as_deref().unwrap_or("*");
    format!("{}#{key}", access.id.written_path())
}
