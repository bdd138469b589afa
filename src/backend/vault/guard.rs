//! The last check before an outcome leaves the store: neither a value nor a message of a server's may show a credential of the
//! session. Pure.

use crate::client::Credentials;
use crate::error::Error;
use crate::secret::{Outcome, Secret};
use crate::value::Value;

/// `outcome` without the session's credentials. The user's own words, `own`, stay readable.
pub(super) fn guard(outcome: Outcome, own: &[&str], credentials: &Credentials) -> Outcome {
    let clean = |error| redact(error, own, credentials);
    match outcome {
        Outcome::Found(secret) => Outcome::Found(withhold(secret, &clean, credentials)),
        outcome => outcome.map_error(clean),
    }
}

/// `error` without the session's credentials. The user's own words, `own`, stay readable.
pub(super) fn redact(error: Error, own: &[&str], credentials: &Credentials) -> Error {
    let detail = credentials.redact(&error.detail, own);
    // A cause holds the server's words, a hint perhaps its names.
    let clean = |text: String| credentials.redact_foreign(&text, own);
    Error { detail, cause: error.cause.map(clean), hint: error.hint.map(clean), ..error }
}

/// Withholds the values that hold a credential, and the names that do.
fn withhold(mut secret: Secret, clean: &impl Fn(Error) -> Error, credentials: &Credentials) -> Secret {
    learn(&secret.data, credentials);
    secret.warnings = secret.warnings.into_iter().map(clean).collect();
    if let Value::Map(entries) = &secret.data {
        for (name, value) in entries {
            if holds(value, credentials) || credentials.are_in(name.as_bytes()) {
                secret.withheld.values.insert(name.to_string());
            }
            if credentials.have_pieces_in(name) {
                secret.withheld.names.insert(name.to_string());
            }
        }
    }
    secret
}

/// Adds the accessor that stands beside the session's token to the credentials.
fn learn(value: &Value, credentials: &Credentials) {
    match value {
        Value::List(items) => items.iter().for_each(|item| learn(item, credentials)),
        Value::Map(entries) => {
            entries.iter().for_each(|(_, value)| learn(value, credentials));
            if let Some(Value::Text(accessor)) = value.get("accessor")
                && entries.iter().any(|(_, value)| is_held(value, credentials))
            {
                credentials.add(accessor);
            }
        }
        _ => {}
    }
}

/// Whether `value` holds a credential at any depth, in its keys too.
fn holds(value: &Value, credentials: &Credentials) -> bool {
    match value {
        Value::List(items) => items.iter().any(|item| holds(item, credentials)),
        Value::Map(entries) => {
            entries.iter().any(|(name, value)| credentials.are_in(name.as_bytes()) || holds(value, credentials))
        }
        scalar => is_held(scalar, credentials),
    }
}

fn is_held(value: &Value, credentials: &Credentials) -> bool {
    match value {
        Value::Text(text) | Value::Number(text) => credentials.are_in(text.as_bytes()),
        Value::Bytes(bytes) => credentials.are_in(bytes),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    const TOKEN: &str = "hvs.canary-of-a-token";

    fn guarded(outcome: Outcome) -> Outcome {
        let credentials = Credentials::default();
        credentials.add(TOKEN);
        guard(outcome, &["secret/data/app"], &credentials)
    }

    fn secret(json: &str) -> Secret {
        match guarded(Outcome::Found(Secret::new(Value::from_json(json.as_bytes()).unwrap()))) {
            Outcome::Found(secret) => secret,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_value_that_holds_a_credential_at_any_depth_is_withheld() {
        for json in [
            r#"{"k":"hvs.canary-of-a-token","other":"fine"}"#,
            r#"{"k":"x=hvs.canary-of-a-token;","other":"fine"}"#,
            r#"{"k":["a",{"b":"hvs.canary-of-a-token"}],"other":"fine"}"#,
            r#"{"k":{"hvs.canary-of-a-token":1},"other":"fine"}"#,
            r#"{"k":"aHZzLmNhbmFyeS1vZi1hLXRva2Vu","other":"fine"}"#,
            r#"{"k":"{\"token\":\"hvs.canary-of-a-token\"}","other":"fine"}"#,
        ] {
            let secret = secret(json);
            assert_eq!(secret.value("k").unwrap_err().kind, Kind::Denied, "{json}");
            assert_eq!(secret.whole().unwrap_err().kind, Kind::Denied, "{json}");
            assert_eq!(secret.value("other").unwrap(), Some(&Value::text("fine")), "{json}");
            assert_eq!(secret.value("none").unwrap(), None);
        }
    }

    #[test]
    fn the_tokens_accessor_is_a_credential_wherever_it_stands_beside_the_token() {
        let secret = secret(r#"{"accessor":"canary-accessor","id":"hvs.canary-of-a-token","ttl":7}"#);
        assert!(secret.value("accessor").is_err() && secret.value("id").is_err());
        assert_eq!(secret.value("ttl").unwrap(), Some(&Value::number("7")));
    }

    #[test]
    fn a_name_that_holds_a_credential_or_a_piece_of_one_is_not_listed() {
        let secret = secret(r#"{"hvs.canary-of-a-token":"a","x-canary-of-a":"b","user":"c"}"#);
        assert_eq!(secret.names().collect::<Vec<_>>(), ["user"]);
        assert!(secret.value(TOKEN).is_err() && secret.value("x-canary-of-a").is_ok());
    }

    #[test]
    fn every_part_of_a_message_is_redacted() {
        let error =
            Error::new(Kind::Store, format!("a {TOKEN}")).cause(format!("b {TOKEN}")).hint(format!("c {TOKEN}"));
        let Outcome::Failed(error) = guarded(Outcome::Failed(error)) else { panic!("it has failed") };
        let Error { detail, cause, hint, .. } = error;
        assert_eq!(
            (detail.as_str(), cause.as_deref(), hint.as_deref()),
            ("a [redacted]", Some("b [redacted]"), Some("c [redacted]"))
        );
    }
}
