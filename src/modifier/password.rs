//! Hashes of passwords that servers check: `bcrypt`, `htpasswd`.

use std::sync::Arc;

use bcrypt::Version;

use super::context::ChainContext;
use super::row::Action;
use super::salt::SaltSource;
use super::{arguments, error, text};
use crate::error::Error;
use crate::value::Value;

/// The cost unless one is given: that of Go's library, and of what `htpasswd` is told in most manuals.
const COST: u32 = 10;

/// The costs that may be asked for. More than the highest would take seconds a hash, and a render waits for each.
const COSTS: std::ops::RangeInclusive<u32> = 4..=14;

/// The steps of a run's budget that a round counts, of which a hash makes two to the power of its cost.
const STEPS_OF_ROUND: usize = 32;

/// How many bytes of a password bcrypt reads.
const LONGEST: usize = 72;

/// How a hash is made: the arguments of a call.
struct Hashing {
    name: &'static str,
    cost: u32,
    salt: SaltSource,
}

/// The bcrypt hash of a password.
pub(super) fn bcrypt(arguments: &str) -> Result<Action, Error> {
    let hashing = Hashing::parse("bcrypt", arguments::words(arguments)?)?;
    Ok(Arc::new(move |value, context| hashing.hash(value, context).map(Value::text)))
}

/// A line of Apache's password file: the user, and the bcrypt hash of the password.
pub(super) fn htpasswd(arguments: &str) -> Result<Action, Error> {
    let mut words = arguments::words(arguments)?.into_iter();
    let user = words.next().unwrap_or_default();
    if user.is_empty() || user.contains([':', '\n', '\r']) {
        return Err(error("`htpasswd` takes the name of a user, without `:` and line breaks, before anything else"));
    }
    let hashing = Hashing::parse("htpasswd", words.collect())?;
    Ok(Arc::new(move |value, context| Ok(Value::text(format!("{user}:{}", hashing.hash(value, context)?)))))
}

impl Hashing {
    /// Reads `[COST] [salt=TEXT]`, in any order.
    fn parse(name: &'static str, words: Vec<String>) -> Result<Self, Error> {
        let (mut cost, mut salt) = (None, None);
        for word in words {
            match word.strip_prefix("salt=") {
                Some(text) if salt.is_none() => salt = Some(SaltSource::parse(text)?),
                None if cost.is_none() => cost = Some(self::cost(name, &word)?),
                _ => return Err(error(format!("`{name}` takes one cost and one `salt=`, and `{word}` is more"))),
            }
        }
        Ok(Self { name, cost: cost.unwrap_or(COST), salt: salt.unwrap_or(SaltSource::Key) })
    }

    /// The hash in the notation of `htpasswd`, `$2y$`, which Apache, nginx and Go read; all of them compute the same.
    fn hash(&self, value: &Value, context: &ChainContext<'_>) -> Result<String, Error> {
        let password = text::text_of(value)?;
        if let Some(reason) = refusal(password.as_bytes()) {
            return Err(error(format!("`{}`: the value {reason}", self.name)).hint("store another password"));
        }
        context.budget.step(STEPS_OF_ROUND << self.cost)?;
        let salt = self.salt.salt(password.as_bytes(), context, self.name)?;
        let hash = bcrypt::hash_with_salt(password.as_bytes(), self.cost, salt);
        let hash = hash.map_err(|failure| error(format!("`{}` failed", self.name)).cause(failure.to_string()))?;
        Ok(hash.format_for_version(Version::TwoY))
    }
}

/// Why a password cannot be hashed as a whole.
fn refusal(password: &[u8]) -> Option<String> {
    if password.len() > LONGEST {
        return Some(format!("has more than {LONGEST} bytes, and bcrypt reads no more"));
    }
    password.contains(&0).then(|| "holds a NUL, behind which bcrypt reads nothing".to_owned())
}

fn cost(name: &str, word: &str) -> Result<u32, Error> {
    let cost = word.parse().ok().filter(|cost| COSTS.contains(cost) && word.bytes().all(|byte| byte.is_ascii_digit()));
    let (least, most) = (COSTS.start(), COSTS.end());
    cost.ok_or_else(|| error(format!("`{name}` takes a cost from {least} to {most}, not `{word}`")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::modifier::context::SaltKey;

    fn hashed(read: fn(&str) -> Result<Action, Error>, arguments: &str, password: &str) -> Result<String, Error> {
        let (budget, key) = (Budget::default(), SaltKey::new(b"key"));
        let context = ChainContext { path: "a/b", key: "k", salts: Some(&key), budget: &budget };
        Ok(read(arguments)?(&Value::text(password), &context)?.to_text().unwrap().to_string())
    }

    #[test]
    fn a_hash_verifies_and_stays() {
        for password in ["", "s3cret", "пароль", &"a".repeat(72)] {
            let hash = hashed(bcrypt, "4", password).unwrap();
            assert!(hash.starts_with("$2y$04$") && hash.len() == 60, "{hash}");
            assert!(::bcrypt::verify(password, &hash).unwrap(), "{hash}");
            assert_eq!(hashed(bcrypt, "4", password).unwrap(), hash);
            assert_ne!(hashed(bcrypt, "4 salt=12345678", password).unwrap(), hash);
            let line = hashed(htpasswd, "'bob smith' 4", password).unwrap();
            assert_eq!(line, format!("bob smith:{hash}"));
        }
    }

    #[test]
    fn what_bcrypt_would_cut_off_is_refused() {
        for (password, reason) in [("a".repeat(73), "72"), ("é".repeat(37), "72"), ("a\0b".to_owned(), "NUL")] {
            let error = hashed(bcrypt, "4", &password).unwrap_err();
            assert!(error.detail.contains(reason) && !error.in_one_line().contains(&password), "{error:?}");
        }
    }

    #[test]
    fn arguments_are_cost_and_salt() {
        for wrong in
            ["3", "15", "31", "+5", "x", "5 6", "salt=short", "salt=12345678 salt=12345678", "5 salt=12345678 6"]
        {
            assert!(bcrypt(wrong).is_err(), "{wrong}");
            assert!(htpasswd(&format!("bob {wrong}")).is_err(), "{wrong}");
        }
        for wrong in ["", "''", "a:b", "\"a\\nb\""] {
            assert!(htpasswd(wrong).is_err(), "{wrong}");
        }
        assert!(htpasswd("bob").is_ok() && htpasswd("bob salt=12345678 5").is_ok());
    }

    #[test]
    fn hashes_without_end_are_refused() {
        let (budget, key) = (Budget::default(), SaltKey::new(b"key"));
        budget.step(10_000_000 - (STEPS_OF_ROUND << 4)).unwrap();
        let context = ChainContext { salts: Some(&key), ..ChainContext::new(&budget) };
        let action = bcrypt("4").unwrap();
        assert!(action(&Value::text("x"), &context).is_ok());
        assert!(action(&Value::text("x"), &context).is_err());
    }
}
