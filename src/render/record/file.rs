//! A record as a file: sorted JSON with one line per result. Only this module knows the format.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Split;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Missing, Record, Recorded};
use crate::error::{Error, Kind};
use crate::render::mask::{Choice, Class, Fingerprint, Scalar, Shape, Type};
use crate::secret::{KV_VERSION, Parameters, SecretId, Version};
use crate::visible;

/// The version of the format.
const VERSION: u64 = 2;

/// The version that did not know the classes of values.
const WITHOUT_CLASSES: u64 = 1;

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
    #[serde(default, skip_serializing_if = "Parameters::is_empty")]
    parameters: Parameters,
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
            parameters: id.parameters.clone(),
            version: id.version.clone(),
            engine: id.instructions.get(KV_VERSION).and_then(|version| version.parse().ok()),
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
            Some(VERSION | WITHOUT_CLASSES) => {}
            Some(other) => {
                let known = format!("{WITHOUT_CLASSES} and {VERSION}");
                return Err(wrong(format!("the record `{name}` has version {other}, this program knows {known}")));
            }
        }
        let file: Option<File> = serde_json::from_value(json).ok();
        let secrets = file.and_then(|File { version, secrets }| {
            secrets.into_iter().map(|entry| read_entry(entry, version)).collect::<Option<_>>()
        });
        let secrets = secrets.ok_or_else(|| wrong(format!("the record `{name}` is damaged")))?;
        Ok(Self { name: name.to_owned(), secrets, ..Self::default() })
    }
}

fn read_entry(entry: Entry, file_version: u64) -> Option<(SecretId, BTreeMap<String, Recorded>)> {
    let instructions = match entry.engine {
        None => BTreeMap::new(),
        Some(version @ (1 | 2)) => BTreeMap::from([(KV_VERSION, version.to_string())]),
        Some(_) => return None,
    };
    let id = SecretId {
        scope: entry.namespace,
        path: entry.path,
        parameters: entry.parameters,
        version: entry.version,
        instructions,
        ..SecretId::default()
    };
    let values = entry.values.into_iter().map(|(name, json)| Some((name, read(&json, file_version)?)));
    Some((id, values.collect::<Option<_>>()?))
}

fn written(recorded: &Recorded) -> Json {
    match recorded {
        Recorded::Result(shape) => written_shape(shape),
        Recorded::Missing(missing) => MISSING.iter().find(|(is, _)| is == missing).map(|(_, word)| *word).into(),
    }
}

fn read(json: &Json, version: u64) -> Option<Recorded> {
    match MISSING.iter().find(|(_, word)| json == word) {
        Some((missing, _)) => Some(Recorded::Missing(*missing)),
        None => read_shape(json, version).map(Recorded::Result),
    }
}

/// `"text 0123456789"`, `"number"`, `null`, a list or a map of these.
fn written_shape(shape: &Shape) -> Json {
    match shape {
        Shape::Scalar(scalar) => Json::String(written_scalar(scalar)),
        Shape::Null => Json::Null,
        Shape::List(items) => Json::Array(items.iter().map(written_shape).collect()),
        Shape::Map(entries) => {
            Json::Object(entries.iter().map(|(key, shape)| (key.clone(), written_shape(shape))).collect())
        }
    }
}

fn read_shape(json: &Json, version: u64) -> Option<Shape> {
    match json {
        Json::String(text) => read_scalar(text, version).map(Shape::Scalar),
        Json::Null => Some(Shape::Null),
        Json::Array(items) => {
            items.iter().map(|item| read_shape(item, version)).collect::<Option<_>>().map(Shape::List)
        }
        Json::Object(entries) => {
            let entry = |(key, json): (&String, &Json)| Some((key.clone(), read_shape(json, version)?));
            entries.iter().map(entry).collect::<Option<_>>().map(Shape::Map)
        }
        Json::Bool(_) | Json::Number(_) => None,
    }
}

/// Its type, its class unless the type implies it, its place among members, its fingerprint.
fn written_scalar(scalar: &Scalar) -> String {
    let word = TYPES.iter().find(|(one, _)| *one == scalar.is).map_or("", |(_, word)| *word);
    let class = if scalar.class == implied(scalar.is) { "" } else { scalar.class.word() };
    let choice = scalar.choice.map(|Choice { rank, of }| format!("{rank}/{of}"));
    let fingerprint = scalar.fingerprint.as_ref().map(Fingerprint::to_string);
    let words = [Some(word.to_owned()), Some(class.to_owned()), choice, fingerprint].into_iter().flatten();
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn read_scalar(text: &str, version: u64) -> Option<Scalar> {
    let mut words = text.split(' ').peekable();
    let word = words.next()?;
    let (is, _) = TYPES.iter().find(|(_, one)| *one == word)?;
    let class = take(&mut words, Class::parse);
    let choice = take(&mut words, choice);
    let fingerprint = take(&mut words, Fingerprint::parse);
    let implied = if version == WITHOUT_CLASSES { Class::Unknown } else { implied(*is) };
    let class = class.unwrap_or(implied);
    words.next().is_none().then_some(Scalar { is: *is, class, choice, fingerprint })
}

/// What the next word is, if it is one that `parse` knows.
fn take<'w, T>(words: &mut Peekable<Split<'w, char>>, parse: impl Fn(&'w str) -> Option<T>) -> Option<T> {
    let taken = words.peek().and_then(|word| parse(word));
    words.next_if(|_| taken.is_some());
    taken
}

/// The class of most values of a type.
fn implied(is: Type) -> Class {
    match is {
        Type::Text | Type::Bytes => Class::Plain,
        Type::Number => Class::Integer,
        Type::Bool => Class::Bool,
    }
}

fn choice(word: &str) -> Option<Choice> {
    let (rank, of) = word.split_once('/')?;
    Some(Choice { rank: rank.parse().ok()?, of: of.parse().ok()? })
}
