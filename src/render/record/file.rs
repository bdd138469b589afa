//! A record as a file: sorted JSON with one line per result. Only this module knows the format.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Missing, Record, Recorded};
use crate::error::{Error, Kind};
use crate::render::mask::{Fingerprint, Shape, Type};
use crate::secret::{KV_VERSION, SecretId, Version};
use crate::visible;

/// The version of the format.
const VERSION: u64 = 1;

const TYPES: [(Type, &str); 4] =
    [(Type::Text, "text"), (Type::Bytes, "bytes"), (Type::Number, "number"), (Type::Bool, "bool")];

const MISSING: [(Missing, &str); 3] =
    [(Missing::Key, "missing key"), (Missing::Path, "missing path"), (Missing::Version, "missing version")];

/// The whole file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u64,
    secrets: Vec<Entry>,
}

/// A secret, with the result of each key and its modifiers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<Version>,
    #[serde(skip_serializing_if = "Option::is_none")]
    engine: Option<u64>,
    values: BTreeMap<String, Json>,
}

impl Record {
    /// The file's text.
    pub fn text(&self) -> String {
        let secrets = self.secrets.iter().map(|(id, values)| Entry {
            namespace: id.scope.clone(),
            path: id.path.clone(),
            version: id.version.clone(),
            engine: id.parameters.get(KV_VERSION).and_then(|version| version.parse().ok()),
            values: values.iter().map(|(name, recorded)| (name.clone(), written(recorded))).collect(),
        });
        let file = File { version: VERSION, secrets: secrets.collect() };
        let json = serde_json::to_string_pretty(&file).expect("texts and numbers are JSON");
        visible::json(&json).into_owned() + "\n"
    }

    /// Reads the text of the file `name`. An error quotes nothing of it: it may be another file, with secrets in it.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let wrong = |detail: String| {
            Error::new(Kind::Input, detail).hint("`vault-render record PATH… -o FILE` writes a record")
        };
        let json: Json = serde_json::from_str(text).map_err(|error| {
            let cause = format!("not valid JSON (line {}, column {})", error.line(), error.column());
            wrong(format!("`{name}` is not a record")).cause(cause)
        })?;
        match json.get("version").and_then(Json::as_u64) {
            None => return Err(wrong(format!("`{name}` is not a record")).cause("it has no version")),
            Some(VERSION) => {}
            Some(other) => {
                return Err(wrong(format!("the record `{name}` has version {other}, this program knows {VERSION}")));
            }
        }
        let file: Option<File> = serde_json::from_value(json).ok();
        let secrets = file.and_then(|file| file.secrets.into_iter().map(read_entry).collect::<Option<_>>());
        let secrets = secrets.ok_or_else(|| wrong(format!("the record `{name}` is damaged")))?;
        Ok(Self { name: name.to_owned(), secrets, ..Self::default() })
    }
}

fn read_entry(entry: Entry) -> Option<(SecretId, BTreeMap<String, Recorded>)> {
    let parameters = match entry.engine {
        None => BTreeMap::new(),
        Some(version @ (1 | 2)) => BTreeMap::from([(KV_VERSION, version.to_string())]),
        Some(_) => return None,
    };
    let id = SecretId {
        scope: entry.namespace,
        path: entry.path,
        version: entry.version,
        parameters,
        ..SecretId::default()
    };
    let values = entry.values.into_iter().map(|(name, json)| Some((name, read(&json)?)));
    Some((id, values.collect::<Option<_>>()?))
}

fn written(recorded: &Recorded) -> Json {
    match recorded {
        Recorded::Result(shape) => written_shape(shape),
        Recorded::Missing(missing) => MISSING.iter().find(|(is, _)| is == missing).map(|(_, word)| *word).into(),
    }
}

fn read(json: &Json) -> Option<Recorded> {
    match MISSING.iter().find(|(_, word)| json == word) {
        Some((missing, _)) => Some(Recorded::Missing(*missing)),
        None => read_shape(json).map(Recorded::Result),
    }
}

/// `"text 0123456789"`, `"number"`, `null`, a list or a map of these.
fn written_shape(shape: &Shape) -> Json {
    match shape {
        Shape::Scalar(is, fingerprint) => {
            let word = TYPES.iter().find(|(one, _)| one == is).map_or("", |(_, word)| *word);
            let digits = fingerprint.as_ref().map(|fingerprint| format!(" {fingerprint}"));
            Json::String(word.to_owned() + &digits.unwrap_or_default())
        }
        Shape::Null => Json::Null,
        Shape::List(items) => Json::Array(items.iter().map(written_shape).collect()),
        Shape::Map(entries) => {
            Json::Object(entries.iter().map(|(key, shape)| (key.clone(), written_shape(shape))).collect())
        }
    }
}

fn read_shape(json: &Json) -> Option<Shape> {
    match json {
        Json::String(text) => {
            let (word, digits) = text.split_once(' ').map_or((&**text, None), |(word, digits)| (word, Some(digits)));
            let (is, _) = TYPES.iter().find(|(_, one)| *one == word)?;
            let fingerprint = match digits {
                Some(digits) => Some(Fingerprint::parse(digits)?),
                None => None,
            };
            Some(Shape::Scalar(*is, fingerprint))
        }
        Json::Null => Some(Shape::Null),
        Json::Array(items) => items.iter().map(read_shape).collect::<Option<_>>().map(Shape::List),
        Json::Object(entries) => {
            let entry = |(key, json): (&String, &Json)| Some((key.clone(), read_shape(json)?));
            entries.iter().map(entry).collect::<Option<_>>().map(Shape::Map)
        }
        Json::Bool(_) | Json::Number(_) => None,
    }
}
