//! A secret's identity, what reading it came to, and the request of a placeholder for it.
//! Knows no store: a path is text here, normalised.

use std::collections::{BTreeSet, HashMap};

use crate::error::{Error, Kind};
use crate::source::Place;
use crate::value::Value;

/// Which secret: equal ids are read once a run.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecretId {
    /// The Vault namespace that an annotation asks for; none is the operator's.
    pub namespace: Option<String>,
    /// The path, normalised: no empty, `.` or `..` segment, no slash at either end.
    pub path: String,
    /// The version; none is the newest.
    pub version: Option<u64>,
    /// The KV engine whose rules read the path; none lets the answer's shape tell.
    pub engine: Option<Engine>,
}

/// A version of Vault's KV engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Engine {
    /// KV version 1: the answer's `data` is the secret.
    V1,
    /// KV version 2: the answer's `data.data` is the secret.
    V2,
}

/// What a store holds under a [`SecretId`].
#[derive(Clone, Debug)]
pub struct Secret {
    /// A map from key to value.
    pub data: Value,
    /// What the user should know about the reading, as warnings without a place.
    pub warnings: Vec<Error>,
    /// What of it must not be passed on.
    pub withheld: Withheld,
}

/// Keys of a secret that hold a credential of the renderer's own.
#[derive(Clone, Debug, Default)]
pub struct Withheld {
    /// The keys whose values no manifest may have.
    pub values: BTreeSet<String>,
    /// The keys whose names no message may have.
    pub names: BTreeSet<String>,
}

/// What became of a reading. The errors have no place yet: whoever asked adds it.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It is there.
    Found(Secret),
    /// Nothing is at the path: `default` and remove-missing apply.
    NoPath(Error),
    /// The path is there, the version is not, or it is deleted or destroyed: `default` and remove-missing apply.
    NoVersion(Error),
    /// The store refused: never "missing".
    Denied(Error),
    /// The store could not be asked, or failed: never "missing".
    Failed(Error),
}

/// The outcomes of a run, each secret once. A secret that was not granted is not here.
#[derive(Debug, Default)]
pub struct Secrets {
    outcomes: HashMap<SecretId, Outcome>,
}

/// One reading that a placeholder needs: what, and who asks.
#[derive(Clone, Debug)]
pub struct Access {
    /// What is read.
    pub id: SecretId,
    /// The placeholder that needs it.
    pub place: Place,
}

impl Secrets {
    /// What became of `id`, if it was asked for.
    pub fn get(&self, id: &SecretId) -> Option<&Outcome> {
        self.outcomes.get(id)
    }

    /// Keeps what became of `id`.
    pub fn insert(&mut self, id: SecretId, outcome: Outcome) {
        self.outcomes.insert(id, outcome);
    }

    /// What the store had to say about `id` was told: once is enough.
    pub fn hush(&mut self, id: &SecretId) {
        if let Some(Outcome::Found(secret)) = self.outcomes.get_mut(id) {
            secret.warnings.clear();
        }
    }

    /// Whether `id` was asked for already.
    pub fn contains(&self, id: &SecretId) -> bool {
        self.outcomes.contains_key(id)
    }
}

impl Secret {
    /// A secret of which nothing is withheld.
    pub fn new(data: Value) -> Self {
        Self { data, warnings: Vec::new(), withheld: Withheld::default() }
    }

    /// The value under `name`, if it is there.
    pub fn value(&self, name: &str) -> Result<Option<&Value>, Error> {
        if self.withheld.values.contains(name) { Err(own_credential()) } else { Ok(self.data.get(name)) }
    }

    /// All values with their keys.
    pub fn whole(&self) -> Result<&Value, Error> {
        if self.withheld.values.is_empty() { Ok(&self.data) } else { Err(own_credential()) }
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
    Error::new(Kind::Denied, "the value holds a credential that the renderer itself uses, such as its Vault token")
        .hint("what proves who reads the secrets is never a value of a manifest")
}

impl Outcome {
    /// Whether `default` and remove-missing apply.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::NoPath(_) | Self::NoVersion(_))
    }
}

/// A path as it is checked and read: `//`, `.`, `..`, a leading and a trailing `/` resolved.
/// None where `..` leads above the root.
pub fn normalise(path: &str) -> Option<String> {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.trim().split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            segment => segments.push(segment),
        }
    }
    Some(segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised() {
        for (path, normalised) in [
            ("secret/data/app", Some("secret/data/app")),
            ("/secret//data/./app/", Some("secret/data/app")),
            ("secret/data/a/../b", Some("secret/data/b")),
            ("..", None),
            ("a/../../b", None),
        ] {
            assert_eq!(normalise(path).as_deref(), normalised, "{path}");
        }
    }
}
