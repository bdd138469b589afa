//! The parameters of a chart, for Argo CD's UI: one JSON array, as its plugins print it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::parameter::{Form, PARAMETERS, ParameterRow};
use crate::budget::Budget;
use crate::value::Value;
use crate::yaml;

/// How many single values a form shows at most.
const MOST: usize = 500;

/// A parameter as Argo CD reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Announcement<'a> {
    name: &'static str,
    title: &'static str,
    tooltip: &'static str,
    collection_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    string: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    array: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    map: Option<&'a BTreeMap<String, String>>,
}

/// The parameters of a chart with these values: its defaults, for people to change.
pub(crate) fn announce(values: &str, variables: &BTreeMap<String, String>) -> String {
    let map = single_values(values);
    let release = variables.get("ARGOCD_APP_NAME").map_or("", |name| name.rsplit('_').next().unwrap_or(name));
    let announcement = |row: &'static ParameterRow| Announcement {
        name: row.name,
        title: row.title,
        tooltip: row.tooltip,
        collection_type: match row.form {
            Form::Text => "string",
            Form::Array => "array",
            Form::Map => "map",
        },
        string: (row.form == Form::Text).then_some(if row.name == "release-name" { release } else { "" }),
        array: (row.form == Form::Array).then_some(&[][..]),
        map: (row.form == Form::Map).then_some(&map),
    };
    let list: Vec<Announcement<'_>> = PARAMETERS.iter().map(announcement).collect();
    serde_json::to_string(&list).unwrap_or_default()
}

/// The single values of a values file, by the path that helm's `--set` takes. A text that does not parse has none: helm will say so.
fn single_values(text: &str) -> BTreeMap<String, String> {
    let mut map = BTreeMap::new();
    if let Ok(values) = yaml::parse_with_written_keys(text, &Budget::default()) {
        flatten(&values, &mut String::new(), &mut map);
    }
    map
}

/// Adds the single values in `value`, which stands at `path`: the path is one text, however many there are.
fn flatten(value: &Value, path: &mut String, map: &mut BTreeMap<String, String>) {
    let length = path.len();
    match value {
        _ if map.len() >= MOST => {}
        Value::Map(entries) => {
            for (key, value) in entries {
                path.push_str(if length > 0 { "." } else { "" });
                path.push_str(&key.replace('.', "\\."));
                flatten(value, path, map);
                path.truncate(length);
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                flatten(item, path, map);
                path.truncate(length);
            }
        }
        single => {
            if let Some(text) = scalar(single) {
                map.insert(path.clone(), text);
            }
        }
    }
}

/// The text of a value in a form; `None` for null.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) | Value::Number(text) => Some(text.to_string()),
        Value::Bool(bool) => Some(bool.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_announced_by_their_paths() {
        let values = "image: {repository: web, tag: '1.0'}\nreplicas: 2\non: true\nnone:\nlist: [a, {b: c}]\n\
                      annotations: {a.b/c: '<path:x#y>'}\n";
        let expected = [
            ("annotations.a\\.b/c", "<path:x#y>"),
            ("image.repository", "web"),
            ("image.tag", "1.0"),
            ("list[0]", "a"),
            ("list[1].b", "c"),
            ("on", "true"),
            ("replicas", "2"),
        ];
        let found = single_values(values);
        assert_eq!(found.iter().map(|(key, value)| (&**key, &**value)).collect::<Vec<_>>(), expected);
        assert!(single_values("a: [").is_empty());
    }

    #[test]
    fn an_announcement_has_the_fields_of_argo_cd() {
        let variables = [("ARGOCD_APP_NAME".to_owned(), "team_web".to_owned())].into();
        let text = announce("a: 1\n", &variables);
        let list: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        let of = |name: &str| list.iter().find(|row| row["name"] == name).unwrap();
        assert_eq!(of("release-name")["string"], "web");
        assert_eq!(of("release-name")["collectionType"], "string");
        assert_eq!(of("values-files")["array"], serde_json::json!([]));
        assert_eq!(of("helm-parameters")["map"], serde_json::json!({"a": "1"}));
        assert!(list.iter().all(|row| row["title"].is_string() && row["tooltip"].is_string()));
    }
}
