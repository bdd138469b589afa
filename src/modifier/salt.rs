//! Salts of password hashes. They are made, not drawn: the same value at the same place has the same hash in every render.

use super::context::{ChainContext, SaltKey};
use super::error;
use crate::error::Error;

/// The salt of a bcrypt hash.
pub(super) type Salt = [u8; 16];

/// How many bytes of text a salt takes at least: fewer are the same in many manifests.
const ENOUGH: usize = 8;

/// What the salts of a call are made from.
#[derive(Clone)]
pub(super) enum SaltSource {
    /// The run's key.
    Key,
    /// The text after `salt=`.
    Text(String),
}

impl SaltSource {
    /// Parses the text after `salt=`.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        if text.len() >= ENOUGH {
            return Ok(Self::Text(text.to_owned()));
        }
        Err(error(format!("the text after `salt=` has fewer than {ENOUGH} bytes"))
            .hint(format!("write {ENOUGH} bytes or more: a salt is no secret, but others should have another")))
    }

    /// The salt of `value`, for the modifier `name`. The salt stands in the output: without a key, it must not tell anything of the value.
    pub(super) fn salt(&self, value: &[u8], context: &ChainContext<'_>, name: &str) -> Result<Salt, Error> {
        let [path, key] = [context.path, context.key].map(str::as_bytes);
        match (self, context.salts) {
            (Self::Text(text), _) => Ok(salt_of(&SaltKey::new(text.as_bytes()), &[path, key])),
            (Self::Key, Some(salts)) => Ok(salt_of(salts, &[path, key, value])),
            (Self::Key, None) => Err(error(format!("`{name}` has nothing to make a salt from")).hint(format!(
                "let the operator set `VAULT_RENDER_MASK_KEY`, or write `{name} … salt=TEXT` with {ENOUGH} bytes or more"
            ))),
        }
    }
}

/// The salt that is the beginning of a digest.
fn salt_of(key: &SaltKey, parts: &[&[u8]]) -> Salt {
    let digest = key.digest(parts);
    std::array::from_fn(|at| digest[at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;

    fn salt(source: &SaltSource, value: &str, path: &str, key: &str, salts: Option<&SaltKey>) -> Result<Salt, Error> {
        let budget = Budget::default();
        source.salt(value.as_bytes(), &ChainContext { budget: &budget, salts, path, key }, "bcrypt")
    }

    #[test]
    fn a_salt_under_a_key_is_that_of_path_key_and_value() {
        let (one, other) = (SaltKey::new(b"one"), SaltKey::new(b"other"));
        let base = salt(&SaltSource::Key, "v", "a/b", "k", Some(&one)).unwrap();
        assert_eq!(salt(&SaltSource::Key, "v", "a/b", "k", Some(&one)).unwrap(), base);
        for (value, path, key, salts) in
            [("w", "a/b", "k", &one), ("v", "a/c", "k", &one), ("v", "a/bk", "", &one), ("v", "a/b", "k", &other)]
        {
            assert_ne!(salt(&SaltSource::Key, value, path, key, Some(salts)).unwrap(), base, "{value} {path} {key}");
        }
    }

    #[test]
    fn a_salt_from_a_text_tells_nothing_of_the_value() {
        let source = SaltSource::parse("of this team").unwrap();
        let base = salt(&source, "v", "a/b", "k", None).unwrap();
        assert_eq!(salt(&source, "w", "a/b", "k", Some(&SaltKey::new(b"x"))).unwrap(), base);
        assert_ne!(salt(&source, "v", "a/b", "l", None).unwrap(), base);
        assert_ne!(salt(&SaltSource::parse("of that team").unwrap(), "v", "a/b", "k", None).unwrap(), base);
    }

    #[test]
    fn without_a_key_and_a_text_the_error_names_both() {
        let hint = salt(&SaltSource::Key, "v", "a/b", "k", None).unwrap_err().hint.unwrap();
        assert!(hint.contains("VAULT_RENDER_MASK_KEY") && hint.contains("salt="), "{hint}");
        assert!(SaltSource::parse("7 bytes").is_err() && SaltSource::parse("12345678").is_ok());
    }
}
