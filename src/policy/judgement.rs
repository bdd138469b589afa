//! What a policy says of the accesses of a run. Pure.

use std::collections::HashSet;

use super::grant::Grants;
use super::rule_id::RuleId;
use crate::error::Error;
use crate::secret::{Access, SecretId, Usage};
use crate::source::Span;

/// What a policy says of the accesses of a run.
#[derive(Debug, Default)]
pub struct Judgement {
    /// The permissions, one for each secret.
    pub grants: Grants,
    /// The accesses that are refused.
    pub refusals: Vec<Refusal>,
}

/// An access that is refused.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The access.
    pub access: Access,
    /// Why, without a place.
    pub error: Error,
    /// The rule that refuses it; `None` if no rule allows it, or there is no policy file.
    pub rule: Option<RuleId>,
}

/// What a policy says of one access, for people.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The access.
    pub access: Access,
    /// The login that reads it, if it is allowed; or why it is not.
    pub verdict: Result<String, Error>,
    /// The rule that decides; `None` if no rule allows it, or there is no policy file.
    pub rule: Option<RuleId>,
}

impl Judgement {
    /// The errors of what is refused, each at its placeholder. Several for one reason at one place are told once.
    pub fn errors(&self) -> Vec<Error> {
        let mut told: HashSet<(&SecretId, &str, Span, &str)> = HashSet::new();
        let mut errors = Vec::new();
        for Refusal { access: Access { id, place, .. }, error, .. } in &self.refusals {
            if told.insert((id, &place.source.name, place.span, &error.detail)) {
                errors.push(error.clone().at(place.clone()));
            }
        }
        errors
    }

    /// The secrets of which some usages are refused and some are not, with those that are not.
    pub fn partly_refused(&self) -> Vec<(SecretId, Vec<Usage>)> {
        let refused: HashSet<&SecretId> = self.refusals.iter().map(|refusal| &refusal.access.id).collect();
        let usages = |id: &SecretId| Some((id.clone(), self.grants.usages(id)?.to_vec()));
        refused.into_iter().filter_map(usages).collect()
    }
}
