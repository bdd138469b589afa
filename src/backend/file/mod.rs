//! A local file as a store: YAML or JSON, a map from path to the map of its keys. For demonstrations, tests, previews.

mod examination;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::inspection::{Inspection, Inspector};
use super::{Backend, Store, StoreFacts, immediate};
use crate::budget::Budget;
use crate::config::format::PATH;
use crate::config::table::StoreSettings;
use crate::config::{FileBounds, Key, Role, View};
use crate::error::{Error, Kind};
use crate::secret::{Outcome, Secret, SecretId, Version, path, path_and_parameters};
use crate::setting_file;
use crate::value::Value;
use crate::words::{list, suggestion};
use crate::yaml;

/// The file to read.
pub(crate) const FILE: Key<PathBuf> =
    Key::new("AVP_FILE", "the file that the `file` store reads", PATH, "secrets.yaml", &[Role::File, Role::Credential])
        .flag("--secrets");

const SETTINGS: StoreSettings = StoreSettings { names: &["file"], settings: &[&FILE], logins: None, unsupported: &[] };

/// This store's row.
pub(super) const BACKEND: Backend = Backend {
    settings: &SETTINGS,
    doc: "A YAML or JSON file that maps each path to its keys: for demonstrations, tests and offline previews",
    page: || PAGE.to_owned(),
    facts: |_| Ok(StoreFacts { name: "file", is_remote: false, has_policies: false, scope: None, engine: None }),
    inspector: Inspector { inspect, risks: |_| Vec::new() },
    examiner: examination::EXAMINER,
    open: |settings, _| open(settings),
    keeper: None,
};

const PAGE: &str = "
`--secrets FILE` chooses it too. Paths are normalised as those of placeholders are; `PATH` alone is the newest version, or
else the highest that is there. Numbers keep their digits.

```yaml
secret/data/app: { user: bob, port: 5432 }
secret/data/app#1: { user: alice, port: 5431 }
```
";

/// The secrets of one path by version; `None` is the newest.
type Versions = BTreeMap<Option<Version>, Value>;

/// The secrets of a file, by path.
struct File {
    secrets: BTreeMap<String, Versions>,
    /// Whether messages may name other paths than the one that is read. A tenant must not learn those of other teams.
    may_name_paths: bool,
}

fn inspect(settings: &View) -> Inspection {
    let errors = open(settings).err().into_iter().collect();
    match settings.get(&FILE) {
        Some(_) => Inspection { wrong: errors, ..Inspection::default() },
        None => Inspection { missing: errors, ..Inspection::default() },
    }
}

fn open(settings: &View) -> Result<Arc<dyn Store>, Error> {
    let file = read(settings)?;
    Ok(immediate::store(move |id| file.find(id)))
}

/// Reads and parses the file.
fn read(settings: &View) -> Result<File, Error> {
    let Some(name) = settings.get(&FILE).map(|path| path.display()) else {
        return Err(Error::new(Kind::Setting, "the `file` store needs a file")
            .hint("name it with `--secrets FILE` or `AVP_FILE`"));
    };
    let bytes = setting_file::read(settings, &FILE)?.unwrap_or_default();
    let text = str::from_utf8(&bytes).map_err(|_| {
        Error::new(Kind::Setting, format!("the secrets file `{name}` is not UTF-8 text")).hint("save it as UTF-8")
    })?;
    // A file that a tenant named is theirs.
    let is_tenants = settings.file(&FILE).is_some_and(|file| file.bounds == FileBounds::Repository);
    let may_name_paths = !settings.has_tenant() || is_tenants;
    let secrets = secrets(text).map_err(|cause| {
        let error = Error::new(Kind::Setting, format!("the secrets file `{name}` is not valid"))
            .hint("it maps each path to the map of its keys: `secret/data/app: {user: bob}`");
        if may_name_paths { error.cause(cause) } else { error }
    })?;
    Ok(File { secrets, may_name_paths })
}

impl File {
    fn find(&self, id: &SecretId) -> Outcome {
        let path = id.written_path();
        let Some(versions) = self.secrets.get(&path) else {
            return Outcome::NoPath(self.no_path(&path));
        };
        match (&id.version, versions.get(&id.version)) {
            (version, Some(data)) => found(version.as_ref(), data),
            (Some(version), None) => Outcome::NoVersion(no_version(&path, version, versions)),
            // Without an unnumbered version the highest number is the newest.
            (None, None) => versions
                .last_key_value()
                .map_or_else(|| Outcome::NoPath(self.no_path(&path)), |(version, data)| found(version.as_ref(), data)),
        }
    }

    fn no_path(&self, path: &str) -> Error {
        const SHOWN: usize = 5;
        let error = Error::new(Kind::Missing, format!("no secret at `{path}` in the secrets file"));
        match nearest(path, self.secrets.keys()) {
            _ if !self.may_name_paths => error,
            Some(nearest) => error.hint(suggestion::did_you_mean(nearest)),
            None if self.secrets.is_empty() => error.hint("the file has no secrets"),
            None => error.hint(format!("the file has {}", list::few_quoted(self.secrets.keys(), SHOWN))),
        }
    }
}

fn found(version: Option<&Version>, data: &Value) -> Outcome {
    Outcome::Found(Secret { version: version.cloned(), ..Secret::new(data.clone()) })
}

fn no_version(path: &str, version: &Version, versions: &Versions) -> Error {
    let hint = match list::quoted(versions.keys().flatten().map(|version| format!("{path}#{version}"))) {
        none if none.is_empty() => format!("the secrets file has only `{path}`, the newest version"),
        versions => format!("the secrets file has {versions}"),
    };
    Error::new(Kind::Missing, format!("no version {version} of `{path}` in the secrets file")).hint(hint)
}

/// The path of the file that `path` is most like, whether or not either says `data/`.
fn nearest<'n>(path: &str, paths: impl Iterator<Item = &'n String>) -> Option<&'n str> {
    const ALIKE: f64 = 0.85;
    let without_data = |path: &str| path.replacen("/data/", "/", 1);
    suggestion::by_likeness(path, paths.map(String::as_str), ALIKE, without_data).first().copied()
}

/// The secrets of the file by path and version.
fn secrets(text: &str) -> Result<BTreeMap<String, Versions>, String> {
    let mut secrets: BTreeMap<String, Versions> = BTreeMap::new();
    let entries = match yaml::parse_with_written_keys(text.trim_start_matches('\u{feff}'), &Budget::default())? {
        Value::Map(entries) => entries,
        Value::Null => Vec::new(),
        other => return Err(format!("it is {}, not a map from path to keys", other.kind())),
    };
    for (name, data) in entries {
        let (path, version) = path_and_version(&name)?;
        if !matches!(data, Value::Map(_)) {
            return Err(format!("`{}` is {}, not a map of keys", name.as_str(), data.kind()));
        }
        if secrets.entry(path.clone()).or_default().insert(version, data).is_some() {
            return Err(format!("`{}` is a duplicate: two spellings of `{path}` mean one secret", name.as_str()));
        }
    }
    Ok(secrets)
}

/// Parses the name of a secret: `PATH`, `PATH#VERSION` or `PATH#latest`.
fn path_and_version(name: &str) -> Result<(String, Option<Version>), String> {
    let (path, version) = name.split_once('#').unwrap_or((name, ""));
    let version = match version.trim() {
        "" | "latest" => None,
        digits => {
            let number: Result<u64, _> = digits.parse();
            Some(number.map_err(|_| format!("`{name}`: the version is neither a number nor `latest`"))?.into())
        }
    };
    let (path, parameters) = path_and_parameters(path).map_err(|error| format!("`{name}`: {}", error.detail))?;
    let path = path::clean(path).map_err(|fault| format!("`{name}` {}", fault.detail))?;
    Ok((SecretId { path, parameters, ..SecretId::default() }.written_path(), version))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        File { secrets: secrets(text).unwrap(), may_name_paths: true }
    }

    fn id(path: &str, version: Option<u64>) -> SecretId {
        SecretId { path: path.into(), version: version.map(Version::from), ..SecretId::default() }
    }

    fn told(outcome: Outcome) -> String {
        let (name, error) = match outcome {
            Outcome::Found(secret) => return secret.data.to_json().unwrap().to_string(),
            Outcome::NoPath(error) => ("no path", error),
            Outcome::NoVersion(error) => ("no version", error),
            Outcome::Denied(error) | Outcome::Refused(error) => ("denied", error),
            Outcome::Failed(error) => ("failed", error),
            Outcome::Planned => return "planned".to_owned(),
        };
        format!("{name}: {}", error.hint.unwrap_or_default())
    }

    #[test]
    fn a_path_and_a_version_find_their_keys() {
        let file = file(
            r#"{"/secret//data/app/": {"n": 1.50}, "secret/data/app#1": {"n": 18446744073709551615},
                "only#2": {"n": 2}, "only#10": {"n": 10}}"#,
        );
        for (path, version, expected) in [
            ("secret/data/app", None, r#"{"n":1.50}"#),
            ("secret/data/app", Some(1), r#"{"n":18446744073709551615}"#),
            ("secret/data/app", Some(3), "no version: the secrets file has `secret/data/app#1`"),
            ("only", None, r#"{"n":10}"#),
            ("only", Some(1), "no version: the secrets file has `only#2`, `only#10`"),
            ("secret/app", None, "no path: did you mean `secret/data/app`?"),
            ("secret/data/ap", Some(1), "no path: did you mean `secret/data/app`?"),
            ("quite/different", None, "no path: the file has `only`, `secret/data/app`"),
        ] {
            assert_eq!(told(file.find(&id(path, version))), expected, "{path} {version:?}");
        }
    }

    #[test]
    fn a_tenant_is_not_told_of_other_paths() {
        let file = File { may_name_paths: false, ..file(r#"{"team-b/app#1": {"n": 1}, "team-b/db": {"n": 2}}"#) };
        for path in ["team-b/ap", "team-b/dc", "quite/different"] {
            assert_eq!(told(file.find(&id(path, None))), "no path: ", "{path}");
        }
        assert_eq!(told(file.find(&id("team-b/app", Some(2)))), "no version: the secrets file has `team-b/app#1`");
    }

    #[test]
    fn what_is_no_map_of_maps_is_refused() {
        for (text, expected) in [
            ("[]", "it is a list, not a map from path to keys"),
            (r#"{"a": "canary"}"#, "`a` is text, not a map of keys"),
            (r#"{"a/b": {}, "/a//b": {}}"#, "`/a//b` is a duplicate: two spellings of `a/b` mean one secret"),
            (r#"{"a#1": {}, "a#01": {}}"#, "`a#01` is a duplicate: two spellings of `a` mean one secret"),
            (r#"{"../a": {}}"#, "`../a` leads above the root"),
            (r#"{"a#new": {}}"#, "`a#new`: the version is neither a number nor `latest`"),
            ("{\"#1\": {}}", "`#1` is empty"),
            ("a/b: {k: canary}\na/b: {k: canary}\n", "the key `a/b` appears twice (line 2, column 1)"),
            ("a/b:\n  k: canary\n  k: canary\n", "the key `k` appears twice (line 3, column 3)"),
        ] {
            assert_eq!(secrets(text).unwrap_err(), expected);
        }
    }

    #[test]
    fn a_missing_file_or_setting_is_a_wrong_setting() {
        for settings in [&[][..], &[("AVP_FILE", "/nowhere/secrets.yaml")]] {
            let error = open(&crate::backend::config_for_test(settings).view(SETTINGS.settings))
                .err()
                .expect("nothing to read");
            assert_eq!(error.kind, Kind::Setting);
        }
    }
}
