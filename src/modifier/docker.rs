//! `dockerconfig`: the login to a registry as Docker and Kubernetes read it, `.dockerconfigjson`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::context::ChainContext;
use super::row::Action;
use super::{arguments, error, text};
use crate::error::Error;
use crate::value::Value;

/// The keys of a secret that hold user and password, unless others are given.
const KEYS: [&str; 2] = ["username", "password"];

/// A login as the arguments describe it.
struct Login {
    registry: String,
    user: String,
    password: String,
}

/// The JSON text of the login that a map holds.
pub(super) fn dockerconfig(arguments: &str) -> Result<Action, Error> {
    let login = Login::parse(arguments::words(arguments)?)?;
    Ok(Arc::new(move |value, context| login.json(value, context)))
}

impl Login {
    fn parse(words: Vec<String>) -> Result<Self, Error> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (registry, [user, password]) = match *words.as_slice() {
            [registry] => (registry, KEYS),
            [registry, user, password] => (registry, [user, password]),
            _ => {
                let takes = "a registry, or a registry and the keys of user and password";
                return Err(error(format!("`dockerconfig` takes {takes}, not {} words", words.len())));
            }
        };
        Ok(Self { registry: registry.to_owned(), user: user.to_owned(), password: password.to_owned() })
    }

    fn json(&self, map: &Value, context: &ChainContext<'_>) -> Result<Value, Error> {
        let (user, password) = (member(map, &self.user)?, member(map, &self.password)?);
        if user.contains(':') {
            let detail =
                format!("`dockerconfig`: the value of `{}` holds a `:`, which a user's name cannot", self.user);
            return Err(error(detail).hint("does the value hold user and password together?"));
        }
        let both = Zeroizing::new(format!("{}:{}", user.as_str(), password.as_str()));
        let login = entries([
            ("username", Value::Text(user)),
            ("password", Value::Text(password)),
            ("auth", Value::text(STANDARD.encode(both.as_bytes()))),
        ]);
        let config = entries([("auths", entries([(&self.registry, login)]))]);
        context.budget.make(config.json_len())?;
        config.to_json().map(Value::Text).map_err(text::not_text)
    }
}

/// The text under a key of the secret.
fn member(map: &Value, key: &str) -> Result<Zeroizing<String>, Error> {
    let value = map.get(key).ok_or_else(|| {
        error(format!("`dockerconfig`: the value has no key `{key}`"))
            .hint("name the keys of user and password: `dockerconfig REGISTRY USER-KEY PASSWORD-KEY`")
    })?;
    match value {
        Value::Text(_) | Value::Number(_) => text::text_of(value),
        other => Err(error(format!("`dockerconfig`: the value of `{key}` is {}, not text", other.kind()))),
    }
}

fn entries<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (Zeroizing::new(key.to_owned()), value)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;

    fn config(arguments: &str, map: &str) -> Result<String, Error> {
        let map = Value::from_json(map.as_bytes()).unwrap();
        let budget = Budget::default();
        Ok(dockerconfig(arguments)?(&map, &ChainContext::new(&budget))?.to_text().unwrap().to_string())
    }

    #[test]
    fn a_login_is_written_as_docker_reads_it() {
        assert_eq!(
            config("ghcr.io u p", r#"{"p":"a\"b","u":"bob","x":1}"#).unwrap(),
            r#"{"auths":{"ghcr.io":{"username":"bob","password":"a\"b","auth":"Ym9iOmEiYg=="}}}"#
        );
        assert_eq!(
            config("r:5000", r#"{"username":"bob","password":5}"#).unwrap(),
            r#"{"auths":{"r:5000":{"username":"bob","password":"5","auth":"Ym9iOjU="}}}"#
        );
    }

    #[test]
    fn what_is_missing_or_no_text_is_named_without_a_value() {
        for (arguments, map, detail) in [
            ("r", r#"{"password":"zqxk"}"#, "no key `username`"),
            ("r u p", r#"{"u":"zqxk","p":["zqxk"]}"#, "`p` is a list"),
            ("r", r#"{"username":"zq:xk","password":"x"}"#, "holds a `:`"),
            ("", "{}", "not 0 words"),
            ("r u", "{}", "not 2 words"),
            ("r u p x", "{}", "not 4 words"),
        ] {
            let error = config(arguments, map).unwrap_err();
            assert!(error.detail.contains(detail) && !error.in_one_line().contains("zq"), "{error:?}");
        }
    }
}
