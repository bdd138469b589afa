//! The permission to read a secret. Only this folder can make one, and stores read nothing without it.

use std::collections::BTreeMap;

use super::limits::Limits;
use super::login::Login;
use super::rule_id::RuleId;
use crate::secret::{SecretId, Usage};

/// The permission to read one secret, with one login.
#[derive(Debug)]
pub struct Grant {
    id: SecretId,
    terms: Terms,
}

/// What belongs to a permission: who reads, by which rule, and what the secret is used for.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    /// The login to read it with.
    pub(super) login: Login,
    /// The rule that allows it; `None` without a policy file.
    pub(super) rule: Option<RuleId>,
    /// The limits of that rule.
    pub(super) limits: Limits,
    /// What reading the secret may do to the store.
    pub(super) effects: Effects,
    /// The usages that are allowed.
    pub(super) usages: Vec<Usage>,
}

/// What reading a secret may do to its store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effects {
    /// Anything that readings do.
    #[default]
    Any,
    /// Nothing: a reading that creates something is not allowed.
    Nothing,
    /// It creates something, such as a lease: other readings are not allowed.
    Creates,
}

/// The grants of a run, one for each secret.
#[derive(Debug, Default)]
pub struct Grants {
    terms: BTreeMap<SecretId, Terms>,
}

impl Grant {
    /// The secret that may be read.
    pub fn id(&self) -> &SecretId {
        &self.id
    }

    /// The login to read it with.
    pub fn login(&self) -> &Login {
        &self.terms.login
    }

    /// The rule that allows it; `None` without a policy file.
    pub fn rule(&self) -> Option<&RuleId> {
        self.terms.rule.as_ref()
    }

    /// The limits of the rule that allows it.
    pub fn limits(&self) -> &Limits {
        &self.terms.limits
    }

    /// What reading it may do to the store.
    pub fn effects(&self) -> Effects {
        self.terms.effects
    }

    /// What the secret is used for.
    pub fn usages(&self) -> &[Usage] {
        &self.terms.usages
    }

    /// The secret's name, once it is read.
    pub fn into_id(self) -> SecretId {
        self.id
    }
}

impl Effects {
    /// What both allow. Two that exclude each other leave the first, so that the other's usage is not wider.
    fn within(self, other: Self) -> Self {
        if self == Self::Any { other } else { self }
    }
}

impl Grants {
    /// How many secrets may be read.
    pub fn count(&self) -> usize {
        self.terms.len()
    }

    /// Whether `id` may be read.
    pub fn allows(&self, id: &SecretId) -> bool {
        self.terms.contains_key(id)
    }

    /// What a secret may be used for, if it may be read.
    pub(super) fn usages(&self, id: &SecretId) -> Option<&[Usage]> {
        self.terms.get(id).map(|terms| &*terms.usages)
    }

    /// Adds a permission. Of two for one secret the first decides the login, and the usages of both are allowed.
    pub(super) fn add(&mut self, id: &SecretId, terms: Terms) {
        let known = self.terms.entry(id.clone()).or_insert_with(|| Terms { usages: Vec::new(), ..terms.clone() });
        known.effects = known.effects.within(terms.effects);
        known.limits = known.limits.tightest(terms.limits);
        let new = terms.usages.into_iter().filter(|usage| !known.usages.contains(usage)).collect::<Vec<_>>();
        known.usages.extend(new);
    }
}

impl IntoIterator for Grants {
    type Item = Grant;
    type IntoIter = std::vec::IntoIter<Grant>;

    /// The grants, sorted by the secrets' names.
    fn into_iter(self) -> Self::IntoIter {
        let grants: Vec<Grant> = self.terms.into_iter().map(|(id, terms)| Grant { id, terms }).collect();
        grants.into_iter()
    }
}
