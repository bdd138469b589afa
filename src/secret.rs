//! A secret's name, and the outcome of reading it.
//! Knows no store: path, version and parameters are text here.

mod access;
mod parameters;
pub(crate) mod path;
mod secrets;
mod variables;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Kind};
use crate::value::Value;
pub use access::{Access, Usage};
pub(crate) use parameters::{Parameters, path_and_parameters};
pub(crate) use path::normalise;
pub use secrets::Secrets;
pub(crate) use variables::PathVariables;

/// The name of a secret, in whatever store: equal ids are read once a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecretId {
    /// The store, where there are several; `None` is the one that the settings choose.
    pub store: Option<Arc<str>>,
    /// The part of the store that an annotation asks for, such as a Vault namespace; `None` is the operator's.
    pub scope: Option<String>,
    /// The path as it is judged and read: [`path::clean`].
    pub path: String,
    /// The version; `None` is the newest.
    pub version: Option<Version>,
    /// The parameters that the path is read with.
    pub parameters: Parameters,
    /// Further instructions to the store, such as [`KV_VERSION`].
    pub instructions: BTreeMap<&'static str, String>,
}

/// The instruction that says which version of Vault's KV engine the path follows: `1` or `2`.
pub(crate) const KV_VERSION: &str = "kv-version";

/// A version of a secret, as its store writes it. Numbers without leading zeros sort by their value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(Box<str>);

/// A secret that a store holds.
#[derive(Clone, Debug)]
pub struct Secret {
    /// A map from key to value.
    pub data: Value,
    /// The version that was read, if the store keeps versions.
    pub version: Option<Version>,
    /// How long the store promises that it is valid; `None` for a secret that is simply stored.
    pub lease: Option<Lease>,
    /// Warnings about the reading, without a place.
    pub warnings: Vec<Error>,
    /// The keys that must not be passed on.
    pub withheld: Withheld,
    /// Where it comes from.
    pub provenance: Provenance,
    /// The path that was read; `None` if it is the one that was asked for.
    pub read_path: Option<String>,
}

/// Where a secret comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Provenance {
    /// Its store, in this run.
    #[default]
    Store,
    /// The keep: an earlier run had the store make it.
    Kept,
    /// The keep, as the store is unavailable.
    LastGood,
    /// Another run of this process, which has read it for the same login.
    Shared,
}

/// How long a secret that was made for a reader is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The name by which the store renews or revokes it.
    pub id: String,
    /// How long it lasts from the reading on.
    pub duration: Duration,
    /// Whether the store lets its reader renew it.
    pub is_renewable: bool,
}

/// Keys of a secret that hold a credential of the renderer's own.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Withheld {
    /// The keys whose values no manifest may have.
    pub values: BTreeSet<String>,
    /// The keys whose names no message may have.
    pub names: BTreeSet<String>,
    /// The keys whose values the policy refuses to the run. Their uses are errors already.
    pub refused: BTreeSet<String>,
}

/// The outcome of a reading. Its errors have no place: the reading serves many placeholders, and each adds its own.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The store has the secret.
    Found(Secret),
    /// The path does not exist: `default` and remove-missing apply.
    NoPath(Error),
    /// The version does not exist, or is deleted or destroyed: `default` and remove-missing apply.
    NoVersion(Error),
    /// The store refuses: never "missing".
    Denied(Error),
    /// The policy refuses, by what the store says of the path: never "missing".
    Refused(Error),
    /// The store failed or could not be reached: never "missing".
    Failed(Error),
    /// A preview does not read it: that would create something, such as a lease.
    Planned,
}

impl SecretId {
    /// Whether the path is as a placeholder's is once it is read: only such a one may be judged.
    pub(crate) fn is_clean(&self) -> bool {
        path::clean(&self.path).is_ok_and(|path| path == self.path)
    }

    /// The path with its parameters, as a placeholder writes them.
    pub(crate) fn written_path(&self) -> String {
        parameters::written(&self.path, &self.parameters)
    }
}

impl Version {
    /// The version that a store writes so.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text, as the store writes it.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The number that the text is, without leading zeros; `None` if it is something else.
    pub fn number(&self) -> Option<u64> {
        self.0.parse().ok().filter(|number: &u64| number.to_string() == *self.0)
    }
}

impl From<u64> for Version {
    fn from(number: u64) -> Self {
        Self(number.to_string().into())
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// As JSON a version is a number if it is one, else text.
impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.number() {
            Some(number) => number.serialize(serializer),
            None => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let version = match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Number(number) => number.as_u64().map(Self::from),
            serde_json::Value::String(text) => Some(Self::new(&text)).filter(|version| version.number().is_none()),
            _ => None,
        };
        version.ok_or_else(|| D::Error::custom("a version is a whole number or text"))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Secret {
    /// A secret without version and lease, of which nothing is withheld.
    pub fn new(data: Value) -> Self {
        let (warnings, withheld) = (Vec::new(), Withheld::default());
        Self {
            data,
            version: None,
            lease: None,
            warnings,
            withheld,
            provenance: Provenance::default(),
            read_path: None,
        }
    }

    /// The value under `name`, if it is there.
    pub fn value(&self, name: &str) -> Result<Option<&Value>, Error> {
        if self.withheld.values.contains(name) { Err(own_credential()) } else { Ok(self.data.get(name)) }
    }

    /// All values with their keys.
    pub fn whole(&self) -> Result<&Value, Error> {
        if self.withheld.values.is_empty() { Ok(&self.data) } else { Err(own_credential()) }
    }

    /// Whether the policy refuses a key, or the whole secret, to this process.
    pub(crate) fn is_refused(&self, key: Option<&str>) -> bool {
        let refused = &self.withheld.refused;
        key.map_or(!refused.is_empty(), |key| refused.contains(key))
    }

    /// The secret for another process: what is withheld is not in it, and stays withheld.
    pub(crate) fn without_withheld(mut self) -> Self {
        let Withheld { values, names, .. } = &mut self.withheld;
        if let Value::Map(entries) = &mut self.data {
            entries.retain(|(name, _)| !names.contains(name.as_str()));
            let withheld = entries.iter_mut().filter(|(name, _)| values.contains(name.as_str()));
            withheld.for_each(|(_, value)| *value = Value::Null);
        }
        if !names.is_empty() {
            values.retain(|name| !names.contains(name));
            values.insert(String::new());
            names.clear();
        }
        self
    }

    /// The keys, as far as messages may name them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let entries = match &self.data {
            Value::Map(entries) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|(name, _)| name.as_str()).filter(|name| !self.withheld.names.contains(*name))
    }
}

fn own_credential() -> Error {
    Error::new(Kind::Denied, "the value holds a credential of the renderer itself, such as its Vault token")
        .hint("no credential of the renderer goes into a manifest")
}

impl Outcome {
    /// The outcome with its error changed, if it has one.
    pub fn map_error(self, change: impl FnOnce(Error) -> Error) -> Self {
        match self {
            Self::Found(secret) => Self::Found(secret),
            Self::NoPath(error) => Self::NoPath(change(error)),
            Self::NoVersion(error) => Self::NoVersion(change(error)),
            Self::Denied(error) => Self::Denied(change(error)),
            Self::Refused(error) => Self::Refused(change(error)),
            Self::Failed(error) => Self::Failed(change(error)),
            Self::Planned => Self::Planned,
        }
    }

    /// The outcome with these warnings, if it is a secret.
    pub(crate) fn warned(mut self, warnings: impl IntoIterator<Item = Error>) -> Self {
        if let Self::Found(secret) = &mut self {
            secret.warnings.extend(warnings);
        }
        self
    }

    /// Whether `default` and remove-missing apply.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::NoPath(_) | Self::NoVersion(_))
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    #[test]
    fn what_is_withheld_does_not_leave_the_process_and_stays_withheld() {
        let entry = |name: &str, value: &str| (Zeroizing::new(name.to_owned()), Value::text(value));
        let data = Value::Map(vec![entry("user", "app"), entry("own", "hvs.token"), entry("hvs.accessor", "x")]);
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let withheld = Withheld {
            values: names(&["own", "hvs.accessor"]),
            names: names(&["hvs.accessor"]),
            ..Withheld::default()
        };
        let sent = Secret { withheld, ..Secret::new(data) }.without_withheld();
        assert_eq!(sent.data, Value::Map(vec![entry("user", "app"), (Zeroizing::new("own".to_owned()), Value::Null)]));
        assert!(sent.value("own").is_err() && sent.whole().is_err() && sent.value("user").is_ok());
        assert!(!serde_json::to_string(&sent.withheld).unwrap().contains("hvs"));
    }

    #[test]
    fn numbered_versions_sort_by_their_value() {
        let mut versions = [10, 9, 1, 100].map(Version::from);
        versions.sort();
        for (version, json) in [(Version::from(7), "7"), (Version::new("07"), "\"07\""), (Version::new("a"), "\"a\"")] {
            assert_eq!(serde_json::to_string(&version).unwrap(), json);
            assert_eq!(serde_json::from_str::<Version>(json).unwrap(), version);
        }
        assert_eq!(versions.map(|version| version.number()), [1, 9, 10, 100].map(Some));
        for text in ["", "01", "+1", "latest", "18446744073709551616"] {
            assert_eq!(Version::new(text).number(), None, "{text}");
        }
    }
}
