//! The outcomes of a session: what was read, and what of it a run may use.

use std::collections::HashMap;

use super::{Outcome, Provenance, SecretId, Usage};

/// The outcomes of a session, each secret once. A secret that was not granted is not here.
#[derive(Debug, Default)]
pub struct Secrets {
    outcomes: HashMap<SecretId, Outcome>,
}

impl Secrets {
    /// The outcome of reading `id`, if it was read.
    pub fn get(&self, id: &SecretId) -> Option<&Outcome> {
        self.outcomes.get(id)
    }

    /// Keeps the outcome of reading `id`.
    pub fn insert(&mut self, id: SecretId, outcome: Outcome) {
        self.outcomes.insert(id, outcome);
    }

    /// Forgets the outcome of reading `id`.
    pub fn remove(&mut self, id: &SecretId) {
        self.outcomes.remove(id);
    }

    /// Lets a run that was refused a part of a secret use nothing of it but the keys of `allowed`.
    pub(crate) fn restrict(&mut self, id: &SecretId, allowed: &[Usage]) {
        let Some(Outcome::Found(secret)) = self.outcomes.get_mut(id) else { return };
        if allowed.iter().any(|usage| usage.key.is_none()) {
            return;
        }
        let is_allowed = |name: &&str| allowed.iter().any(|usage| usage.key.as_deref() == Some(*name));
        let refused: Vec<String> = secret.names().filter(|name| !is_allowed(name)).map(str::to_owned).collect();
        secret.withheld.refused.extend(refused);
    }

    /// Forgets the readings that failed or were denied, and what a run was refused: the next run tries them again.
    pub fn forget_failures(&mut self) {
        for outcome in self.outcomes.values_mut() {
            if let Outcome::Found(secret) = outcome {
                secret.withheld.refused.clear();
            }
        }
        self.outcomes.retain(|_, outcome| matches!(outcome, Outcome::Found(_)) || outcome.is_missing());
    }

    /// Forgets the warnings about `id`, which were reported: once is enough.
    pub fn clear_warnings(&mut self, id: &SecretId) {
        if let Some(Outcome::Found(secret)) = self.outcomes.get_mut(id) {
            secret.warnings.clear();
        }
    }

    /// How many secrets were read, and how many of them another run of the process had read.
    pub fn counts(&self) -> (u64, u64) {
        let is_shared =
            |outcome: &&Outcome| matches!(outcome, Outcome::Found(secret) if secret.provenance == Provenance::Shared);
        (self.outcomes.len() as u64, self.outcomes.values().filter(is_shared).count() as u64)
    }

    /// Whether `id` was read already.
    pub fn contains(&self, id: &SecretId) -> bool {
        self.outcomes.contains_key(id)
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::error::{Error, Kind};
    use crate::secret::Secret;
    use crate::value::Value;

    #[test]
    fn what_failed_is_read_again_by_the_next_run() {
        let error = || Error::new(Kind::Store, "x");
        let mut secrets = Secrets::default();
        let id = |path: &str| SecretId { path: path.to_owned(), ..SecretId::default() };
        for (path, outcome) in [
            ("found", Outcome::Found(Secret::new(Value::Null))),
            ("missing", Outcome::NoPath(error())),
            ("denied", Outcome::Denied(error())),
            ("failed", Outcome::Failed(error())),
        ] {
            secrets.insert(id(path), outcome);
        }
        secrets.forget_failures();
        let is_known = ["found", "missing", "denied", "failed"].map(|path| secrets.contains(&id(path)));
        assert_eq!(is_known, [true, true, false, false]);
    }

    #[test]
    fn of_a_secret_that_is_partly_refused_a_run_uses_what_it_may() {
        let entry = |name: &str| (Zeroizing::new(name.to_owned()), Value::text("v"));
        let id = SecretId { path: "app".to_owned(), ..SecretId::default() };
        let mut secrets = Secrets::default();
        secrets.insert(id.clone(), Outcome::Found(Secret::new(Value::Map(vec![entry("user"), entry("password")]))));
        let refused = |secrets: &Secrets| match secrets.get(&id) {
            Some(Outcome::Found(secret)) => [Some("user"), Some("password"), None].map(|key| secret.is_refused(key)),
            _ => panic!("it is found"),
        };
        let usage = |key: Option<&str>| Usage { key: key.map(str::to_owned), modifiers: Vec::new() };
        secrets.restrict(&id, &[usage(Some("user"))]);
        assert_eq!(refused(&secrets), [false, true, true]);
        secrets.forget_failures();
        secrets.restrict(&id, &[usage(Some("user")), usage(None)]);
        assert_eq!(refused(&secrets), [false, false, false], "who may have the whole secret has all of it");
    }
}
