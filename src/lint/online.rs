//! Rules about the secrets that were read. Their findings never quote a value.

use std::collections::{BTreeMap, HashSet};

use super::{Detector, Readings, Rule};
use crate::error::{Error, Kind, Level};
use crate::placeholder::Key;
use crate::secret::{Outcome, Secret, SecretId};
use crate::source::Place;
use crate::value::Value;
use crate::words::list;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "control-character",
        level: Level::Warning,
        doc: "a value with control characters where text is needed",
        explanation: "It is written with escapes, so that it arrives as it is; but a program that expects text may not take it. \
                      Often they were pasted into the store by mistake. Line breaks and tabs do not count.",
        example: "",
        detector: Detector::Online(control_characters),
    },
    Rule {
        id: "wrong-type",
        level: Level::Error,
        doc: "a value that cannot be what its field takes",
        explanation: "Where the schema of a kind is known, `replicas` takes `3`, a number or text, and nothing else. Kubernetes would refuse \
                      any other value, and quote it. That text beside a placeholder, a block or a whole secret does not fit is known \
                      without the store; `--online` judges the values.",
        example: "apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  replicas: 1<path:secret/data/app#replicas>
",
        detector: Detector::Pass,
    },
    Rule {
        id: "broken-json",
        level: Level::Error,
        doc: "a value that breaks the JSON in a text",
        explanation: "A text that is a JSON object or list with harmless text for its placeholders, and with their values is none, or has \
                      other keys or items: a password with `\"`. Inside a string `| jsonEscape` makes text safe, outside `| toJson` writes \
                      any value; `AVP_ESCAPE=auto` escapes every value in a JSON string.",
        example: "",
        detector: Detector::Pass,
    },
    Rule {
        id: "broken-yaml",
        level: Level::Warning,
        doc: "a value that breaks the YAML in a block of text",
        explanation: "A block that is a YAML map or list with harmless text for its placeholders, and with their values is none, or has other \
                      keys or items: a password with `: `. `| toJson` writes any value as every reader of YAML takes it, and between double \
                      quotes `| jsonEscape` makes text safe. It is a warning, as readers differ.",
        example: "",
        detector: Detector::Pass,
    },
    Rule {
        id: "unused-key",
        level: Level::Note,
        doc: "keys of a secret that no manifest uses",
        explanation: "Of each secret that is read: the keys that no placeholder of this run names. Other programs may use them.",
        example: "",
        detector: Detector::Online(unused_keys),
    },
];

fn control_characters(readings: &Readings<'_>, found: &mut Vec<Error>) {
    for usage in readings.plan.placeholders().filter(|usage| usage.bare && !usage.gap.field_type.is_base64()) {
        if let Some(Outcome::Found(_)) = usage.outcome(readings.secrets)
            && let Ok(Some(value)) = usage.result(readings.secrets, readings.filling)
            && has_control(&value)
        {
            let detail = format!("`{}`: the value holds control characters", usage.placeholder.written);
            let hint = "mend it in the store, or put it into the `data` of a Secret with `| base64encode`";
            found.push(Error::warning(Kind::Value, detail).rule("control-character").hint(hint).at(usage.place));
        }
    }
}

fn has_control(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.chars().any(|char| char.is_control() && !matches!(char, '\n' | '\r' | '\t')),
        Value::List(items) => items.iter().any(has_control),
        Value::Map(entries) => entries.iter().any(|(_, value)| has_control(value)),
        _ => false,
    }
}

fn unused_keys(readings: &Readings<'_>, found: &mut Vec<Error>) {
    let mut used: BTreeMap<SecretId, (Place, HashSet<&str>, bool)> = BTreeMap::new();
    for usage in readings.plan.placeholders() {
        let Some(id) = usage.gap.resource.secret(usage.placeholder) else { continue };
        let (_, keys, whole) = used.entry(id).or_insert_with(|| (usage.place, HashSet::new(), false));
        match &usage.placeholder.key {
            Key::Whole => *whole = true,
            Key::Named(name) => {
                keys.insert(name);
            }
        }
    }
    for (id, (place, keys, whole)) in used {
        let Some(secret) = secret(readings, &id).filter(|_| !whole) else { continue };
        let rest = secret.names().filter(|name| !keys.contains(name));
        let rest: Vec<&str> = rest.collect();
        if !rest.is_empty() {
            let detail = format!("no manifest here uses {} of `{}`", list::quoted(rest), id.path);
            found.push(Error::note(Kind::Missing, detail).rule("unused-key").at(place));
        }
    }
}

fn secret<'a>(readings: &Readings<'a>, id: &SecretId) -> Option<&'a Secret> {
    match readings.secrets.get(id) {
        Some(Outcome::Found(secret)) => Some(secret),
        _ => None,
    }
}
