//! Values that stand in while Vault is unavailable: those of the last reading that was good. Pure.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

use super::super::member::text;
use crate::keep::{Entry, EntryLabel, EntryName};
use crate::secret::{Secret, SecretId, Version};
use crate::value::Value;

/// The kind of their entries.
const KIND: &str = "last-good";

/// The name of the last good value of `id`, read in `namespace` of the Vault at `address`. Nobody can log in while Vault is away, so it holds
/// who is `configured` to, and not whom Vault takes them for.
pub(in crate::backend::vault) fn name(
    address: &str,
    namespace: Option<&str>,
    configured: &[String],
    id: &SecretId,
) -> EntryName {
    let (path, version) = (id.written_path(), id.version.as_ref().map_or("", Version::text));
    let instructions = id.instructions.iter().map(|(name, value)| format!("{name}={value}"));
    let place = [address, namespace.unwrap_or_default(), &path, version].map(str::to_owned);
    let count = [instructions.len().to_string()];
    EntryName::new(KIND, place.into_iter().chain(count).chain(instructions).chain(configured.iter().cloned()))
}

/// The entry of a secret that was read at `now`, to be used for `life`. `None` for one with values that must not be passed on.
pub(in crate::backend::vault) fn entry(
    secret: &Secret,
    id: &SecretId,
    namespace: Option<&str>,
    now: SystemTime,
    life: Duration,
) -> Option<Entry> {
    if !secret.withheld.values.is_empty() {
        return None;
    }
    let own_end = secret.lease.as_ref().and_then(|lease| now.checked_add(lease.duration)).into_iter();
    let ends = own_end.chain(expiration(&secret.data)).chain(now.checked_add(life)).min()?;
    let label =
        EntryLabel { path: id.written_path(), namespace: namespace.map(str::to_owned), ..EntryLabel::default() };
    let version = secret.version.as_ref().map(|version| ("version", Value::text(version.text())));
    let members = [("data", secret.data.clone())].into_iter().chain(version);
    let json = Value::Map(members.map(|(name, value)| (Zeroizing::new(name.to_owned()), value)).collect()).to_json();
    Some(Entry { made: now, ends, label, body: Zeroizing::new(json.ok()?.as_bytes().to_vec()) })
}

/// The secret in an entry, unless it is older than `life`.
pub(in crate::backend::vault) fn secret(entry: &Entry, now: SystemTime, life: Duration) -> Option<Secret> {
    if now.duration_since(entry.made).unwrap_or_default() > life {
        return None;
    }
    let json = Value::from_json(&entry.body).ok()?;
    let version = json.get("version").and_then(text).map(|version| Version::new(&version));
    Some(Secret { version, ..Secret::new(json.get("data").filter(|data| matches!(data, Value::Map(_)))?.clone()) })
}

/// When a certificate ends.
fn expiration(data: &Value) -> Option<SystemTime> {
    data.get("certificate")?;
    UNIX_EPOCH.checked_add(Duration::from_secs(data.get("expiration").and_then(text)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Lease;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn stored(json: &str, lease: Option<u64>) -> Option<Entry> {
        let data = Value::from_json(json.as_bytes()).unwrap();
        let lease =
            lease.map(|seconds| Lease { id: "x".into(), duration: Duration::from_secs(seconds), is_renewable: false });
        let secret = Secret { lease, version: Some(Version::new("7")), ..Secret::new(data) };
        entry(
            &secret,
            &SecretId { path: "kv/app".into(), ..SecretId::default() },
            None,
            at(1000),
            Duration::from_secs(600),
        )
    }

    #[test]
    fn a_secret_is_read_as_it_was_while_it_is_young_enough() {
        let entry = stored(r#"{"n":1.50,"t":"x"}"#, None).unwrap();
        let read = |now, life| secret(&entry, at(now), Duration::from_secs(life));
        let found = read(1600, 600).unwrap();
        assert_eq!(found.data.to_json().unwrap().as_str(), r#"{"n":1.50,"t":"x"}"#);
        assert_eq!(found.version, Some(Version::new("7")));
        assert!(read(1601, 600).is_none(), "the operator has shortened the time");
    }

    #[test]
    fn no_value_outlives_its_lease_or_its_certificate() {
        for (json, lease, ends) in [
            ("{}", None, 1600),
            ("{}", Some(60), 1060),
            ("{}", Some(6000), 1600),
            (r#"{"certificate":"c","expiration":1200}"#, None, 1200),
            (r#"{"expiration":1200}"#, None, 1600),
        ] {
            assert_eq!(stored(json, lease).unwrap().ends, at(ends), "{json}");
        }
    }

    #[test]
    fn whatever_differs_makes_another_name() {
        let id = |path: &str, version: Option<u64>| SecretId {
            path: path.into(),
            version: version.map(Version::from),
            ..SecretId::default()
        };
        let configured = |login: &str| vec![login.to_owned()];
        let names = [
            name("v", None, &configured("a"), &id("p", None)),
            name("w", None, &configured("a"), &id("p", None)),
            name("v", Some("n"), &configured("a"), &id("p", None)),
            name("v", None, &configured("b"), &id("p", None)),
            name("v", None, &configured("a"), &id("q", None)),
            name("v", None, &configured("a"), &id("p", Some(1))),
        ];
        for (index, name) in names.iter().enumerate() {
            assert!(!names[..index].contains(name), "{index}");
        }
    }
}
