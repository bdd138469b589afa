//! A secret that Vault made for an earlier run: its values, what it lives by, and when that must be renewed. Pure.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

use super::super::member::text;
use super::super::response::StoredSecret;
use super::super::token::{Token, TokenOrigin};
use crate::redacted::Redacted;
use crate::secret::Lease;
use crate::value::Value;

/// A secret that is kept.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::backend::vault) struct KeptSecret {
    /// The values, a map.
    pub(in crate::backend::vault) data: Value,
    /// What says that they are still good.
    pub(in crate::backend::vault) bond: Bond,
    pub(in crate::backend::vault) made: SystemTime,
    /// When the values end, as Vault said last.
    pub(in crate::backend::vault) ends: SystemTime,
    /// How long they were to last when they were made.
    pub(in crate::backend::vault) life: Duration,
    /// The token that made them, and with which they end; `None` for a certificate, which outlives it.
    pub(in crate::backend::vault) token: Option<KeptToken>,
}

/// What values live by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::backend::vault) enum Bond {
    /// A lease.
    Lease { id: String, is_renewable: bool },
    /// A certificate, until it ends or is revoked.
    Certificate { serial: String },
}

/// The token of a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::backend::vault) struct KeptToken {
    /// The token, by which it is renewed and revoked; `None` for one that no login of ours got.
    pub(in crate::backend::vault) text: Option<Redacted>,
    /// Its other name.
    pub(in crate::backend::vault) accessor: Option<Redacted>,
    pub(in crate::backend::vault) is_renewable: bool,
    /// When it ends; `None` without end.
    pub(in crate::backend::vault) ends: Option<SystemTime>,
    /// How long it was to live; `None` without end.
    pub(in crate::backend::vault) life: Option<Duration>,
}

/// How exactly Vault says when something ends, and how long a response may be under way.
const PRECISION: Duration = Duration::from_secs(2);

impl KeptSecret {
    /// The secret that `token` has made at `now`, if it can be kept: it has a lease, or is a certificate.
    pub(in crate::backend::vault) fn new(secret: &StoredSecret, token: &Token, now: SystemTime) -> Option<Self> {
        let data = &secret.data;
        let (bond, ends, token) = match &secret.lease {
            Some(Lease { id, duration, is_renewable }) => {
                let bond = Bond::Lease { id: id.clone(), is_renewable: *is_renewable };
                (bond, now.checked_add(*duration)?, Some(KeptToken::of(token)))
            }
            None => {
                let serial = data.get("serial_number").and_then(text).filter(|_| data.get("certificate").is_some())?;
                let ends = data.get("expiration").and_then(text).and_then(|seconds| seconds.parse().ok())?;
                (Bond::Certificate { serial }, UNIX_EPOCH.checked_add(Duration::from_secs(ends))?, None)
            }
        };
        let life = ends.duration_since(now).ok().filter(|life| !life.is_zero())?;
        Some(Self { data: data.clone(), bond, made: now, ends, life, token })
    }

    /// When the values end, by themselves or with their token.
    pub(in crate::backend::vault) fn end(&self) -> SystemTime {
        self.token.as_ref().and_then(|token| token.ends).map_or(self.ends, |of_token| of_token.min(self.ends))
    }

    /// Whether its end is another than that of `before`, beyond what the seconds of Vault's responses leave open.
    pub(in crate::backend::vault) fn has_moved(&self, before: &Self) -> bool {
        let (end, before) = (self.end(), before.end());
        end.duration_since(before).or_else(|_| before.duration_since(end)).unwrap_or_default() > PRECISION
    }

    /// The lease, as far as it has one, with what is left of it at `now`.
    pub(in crate::backend::vault) fn lease(&self, now: SystemTime) -> Option<Lease> {
        let Bond::Lease { id, is_renewable } = &self.bond else { return None };
        let duration = self.end().duration_since(now).unwrap_or_default();
        Some(Lease { id: id.clone(), duration, is_renewable: *is_renewable })
    }

    /// Whether less than a third of the values' life is left at `now`.
    pub(in crate::backend::vault) fn is_due(&self, now: SystemTime) -> bool {
        is_due(self.ends, self.life, now)
    }

    /// Whether less than a third of the life of the values or of their token is left at `now`.
    pub(in crate::backend::vault) fn is_ending(&self, now: SystemTime) -> bool {
        self.is_due(now) || self.token.as_ref().is_some_and(|token| token.is_due(now))
    }

    /// The content of its entry.
    pub(in crate::backend::vault) fn encode(&self) -> Option<Zeroizing<Vec<u8>>> {
        let mut members = vec![
            ("data", self.data.clone()),
            ("made", seconds(self.made)),
            ("ends", seconds(self.ends)),
            ("life", Value::number(self.life.as_secs().to_string())),
        ];
        match &self.bond {
            Bond::Lease { id, is_renewable } => {
                members.push(("lease", Value::text(id)));
                members.push(("renewable", Value::Bool(*is_renewable)));
            }
            Bond::Certificate { serial } => members.push(("serial", Value::text(serial))),
        }
        members.extend(self.token.as_ref().map(|token| ("token", token.value())));
        Some(Zeroizing::new(map(members).to_json().ok()?.as_bytes().to_vec()))
    }

    /// The secret in the content of an entry.
    pub(in crate::backend::vault) fn decode(content: &[u8]) -> Option<Self> {
        let json = Value::from_json(content).ok()?;
        let bond = match (json.get("lease").and_then(text), json.get("serial").and_then(text)) {
            (Some(id), _) => Bond::Lease { id, is_renewable: is_true(&json, "renewable") },
            (None, serial) => Bond::Certificate { serial: serial? },
        };
        let token = match json.get("token") {
            Some(token) => Some(KeptToken::read(token)?),
            None => None,
        };
        let (made, ends) = (time(&json, "made")?, time(&json, "ends")?);
        Some(Self { data: json.get("data")?.clone(), bond, made, ends, life: duration(&json, "life")?, token })
    }
}

impl KeptToken {
    fn of(token: &Token) -> Self {
        let facts = token.facts();
        Self {
            text: matches!(token.origin, TokenOrigin::Cache(_) | TokenOrigin::Login).then(|| token.text.clone()),
            accessor: facts.and_then(|facts| facts.accessor.clone()),
            is_renewable: facts.is_some_and(|facts| facts.is_renewable),
            ends: token.ends(),
            life: facts.and_then(|facts| facts.life),
        }
    }

    /// Whether less than a third of its life is left at `now`.
    pub(in crate::backend::vault) fn is_due(&self, now: SystemTime) -> bool {
        self.ends.zip(self.life).is_some_and(|(ends, life)| is_due(ends, life, now))
    }

    fn value(&self) -> Value {
        let mut members = vec![("renewable", Value::Bool(self.is_renewable))];
        members.extend(self.text.as_ref().map(|token| ("text", Value::text(token.reveal()))));
        members.extend(self.accessor.as_ref().map(|accessor| ("accessor", Value::text(accessor.reveal()))));
        members.extend(self.ends.map(|ends| ("ends", seconds(ends))));
        members.extend(self.life.map(|life| ("life", Value::number(life.as_secs().to_string()))));
        map(members)
    }

    fn read(json: &Value) -> Option<Self> {
        matches!(json, Value::Map(_)).then(|| Self {
            text: json.get("text").and_then(text).map(Redacted::new),
            accessor: json.get("accessor").and_then(text).map(Redacted::new),
            is_renewable: is_true(json, "renewable"),
            ends: time(json, "ends"),
            life: duration(json, "life"),
        })
    }
}

fn is_due(ends: SystemTime, life: Duration, now: SystemTime) -> bool {
    ends.duration_since(now).unwrap_or_default() < life / 3
}

fn map(members: Vec<(&str, Value)>) -> Value {
    Value::Map(members.into_iter().map(|(name, value)| (Zeroizing::new(name.to_owned()), value)).collect())
}

fn is_true(json: &Value, name: &str) -> bool {
    json.get(name) == Some(&Value::Bool(true))
}

/// A time as seconds since 1970.
fn seconds(time: SystemTime) -> Value {
    Value::number(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string())
}

fn time(json: &Value, name: &str) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(duration(json, name)?)
}

fn duration(json: &Value, name: &str) -> Option<Duration> {
    json.get(name).and_then(text)?.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn lease(ends: u64, of_token: Option<u64>) -> KeptSecret {
        KeptSecret {
            data: Value::from_json(br#"{"username":"u","n":1.50}"#).unwrap(),
            bond: Bond::Lease { id: "database/creds/app/x".into(), is_renewable: true },
            made: at(1000),
            ends: at(ends),
            life: Duration::from_secs(600),
            token: Some(KeptToken {
                text: Some(Redacted::new("hvs.canary")),
                accessor: Some(Redacted::new("canary-accessor")),
                is_renewable: true,
                ends: of_token.map(at),
                life: of_token.map(|_| Duration::from_secs(60)),
            }),
        }
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let certificate =
            KeptSecret { bond: Bond::Certificate { serial: "a:b".into() }, token: None, ..lease(1600, None) };
        for secret in [lease(1600, Some(1300)), lease(1600, None), certificate] {
            assert_eq!(KeptSecret::decode(&secret.encode().unwrap()), Some(secret));
        }
        for content in [
            "{}",
            "[]",
            "",
            r#"{"data":{},"made":1,"ends":2,"life":1}"#,
            r#"{"data":{},"made":1,"ends":2,"life":1,"lease":"x","token":1}"#,
        ] {
            assert_eq!(KeptSecret::decode(content.as_bytes()), None, "{content}");
        }
    }

    #[test]
    fn values_end_with_their_token() {
        assert_eq!(
            [lease(1600, Some(1300)).end(), lease(1600, Some(2000)).end(), lease(1600, None).end()],
            [1300, 1600, 1600].map(at)
        );
    }

    #[test]
    fn the_last_third_of_a_life_is_for_renewing() {
        for (now, expected) in [(1000, false), (1400, false), (1401, true), (1700, true)] {
            assert_eq!(lease(1600, None).is_due(at(now)), expected, "{now}");
        }
        let token = lease(1600, Some(1300)).token.unwrap();
        assert_eq!([1200, 1280, 1281].map(|now| token.is_due(at(now))), [false, false, true]);
    }

    #[test]
    fn an_end_moves_by_more_than_a_moment() {
        for (ends, expected) in [(1600, false), (1602, false), (1598, false), (1603, true), (1597, true)] {
            assert_eq!(lease(ends, None).has_moved(&lease(1600, None)), expected, "{ends}");
        }
    }

    #[test]
    fn no_token_is_shown() {
        assert!(!format!("{:?}", lease(1600, None)).contains("canary"));
    }
}
