//! Grants → secrets: each is read once, all of them concurrently. The only `await` of a pass.

use futures_util::StreamExt;

use crate::backend::{Intent, Round};
use crate::budget::Budget;
use crate::error::{Error, Kind};
use crate::policy::{Grant, Grants};
use crate::secret::{Access, Outcome, Secrets};
use crate::value::Value;

/// Sees each reading before its value is used.
pub trait Witness: Send {
    /// Sees a reading, and returns whether its value may be used. `is_repeat` is one that an earlier part of the session has made.
    fn see(&mut self, grant: &Grant, outcome: &Outcome, is_repeat: bool) -> bool;
}

/// Nobody looks.
impl Witness for () {
    fn see(&mut self, _: &Grant, _: &Outcome, _: bool) -> bool {
        true
    }
}

/// Reads every granted secret that `secrets` does not hold yet, within the budget of the run. Never fails as a whole; a reading whose value
/// may not be used is the last one.
pub async fn fetch(
    grants: Grants,
    round: &dyn Round,
    intent: Intent,
    budget: &Budget,
    secrets: &mut Secrets,
    witness: &mut dyn Witness,
) {
    let (known, wanted): (Vec<Grant>, Vec<Grant>) = grants.into_iter().partition(|grant| secrets.contains(grant.id()));
    for grant in known {
        let may_be_used = secrets.get(grant.id()).is_none_or(|outcome| witness.see(&grant, outcome, true));
        if !may_be_used {
            secrets.remove(grant.id());
            return;
        }
    }
    let mut readings = round.read(wanted, intent);
    while let Some((grant, outcome)) = readings.next().await {
        if !witness.see(&grant, &outcome, false) {
            return;
        }
        let outcome = within_limits(within(outcome, budget), &grant);
        secrets.insert(grant.into_id(), outcome);
    }
}

/// The outcome of a reading, or an error if its secret exceeds the run's budget.
pub(crate) fn within(outcome: Outcome, budget: &Budget) -> Outcome {
    let Outcome::Found(secret) = &outcome else { return outcome };
    match budget.make(secret.data.size()) {
        Ok(()) => outcome,
        Err(limit) => Outcome::Failed(limit.into()),
    }
}

/// The outcome of a reading, or an error if a value that is used exceeds the limits of the rule that allows it.
fn within_limits(outcome: Outcome, grant: &Grant) -> Outcome {
    let (Outcome::Found(secret), Some(most)) = (&outcome, grant.limits().value_bytes) else { return outcome };
    let Value::Map(entries) = &secret.data else { return outcome };
    let is_used = |key: &str| grant.usages().iter().any(|usage| usage.key.as_deref().is_none_or(|used| used == key));
    let longest = entries.iter().filter(|(key, _)| is_used(key)).max_by_key(|(_, value)| value.text_len());
    match longest.filter(|(_, value)| value.text_len() as u64 > most) {
        None => outcome,
        Some((key, value)) => {
            let detail = format!("`{}` has {} bytes, and the policy allows {most}", key.as_str(), value.text_len());
            Outcome::Failed(
                Error::new(Kind::Limit, detail).hint("the operator can raise `limits.value_bytes` of the rule"),
            )
        }
    }
}

/// A note for each access whose secret a preview does not read.
pub(crate) fn not_read(accesses: &[Access], secrets: &Secrets) -> impl Iterator<Item = Error> {
    let is_planned = |access: &&Access| matches!(secrets.get(&access.id), Some(Outcome::Planned));
    accesses.iter().filter(is_planned).map(|Access { id, place, .. }| {
        let detail = format!("`{}` is not read: that would create something, such as a lease", id.written_path());
        Error::note(Kind::Store, detail).rule("not-read").at(place.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn a_secret_counts_for_the_budget_of_the_run() {
        let budget = Budget::default();
        let found = |size| Outcome::Found(Secret::new(Value::text("x".repeat(size))));
        assert!(matches!(within(found(65 << 20), &budget), Outcome::Failed(error) if error.kind == Kind::Limit));
        (0..8).for_each(|_| budget.make((64 << 20) - 16).unwrap());
        assert!(matches!(within(found(1), &budget), Outcome::Found(_)));
        assert!(matches!(within(found(64), &budget), Outcome::Failed(error) if error.kind == Kind::Limit));
    }
}
