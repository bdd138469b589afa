//! The rules of a policy file that are about one requester, and what they decide.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::login::{LoginChoice, Logins};
use super::rule::FilledRule;
use super::scope::Effect;
use crate::config::Config;
use crate::error::Error;
use crate::policy::grant::Effects;
use crate::policy::limits::Limits;
use crate::policy::login::Login;
use crate::policy::reading::Reading;
use crate::policy::requester::Requester;
use crate::policy::rule_id::RuleId;

/// The rules that are about one requester, in the order of the file.
#[derive(Clone, Debug)]
pub(in crate::policy) struct Rules {
    rules: Vec<FilledRule>,
    logins: Arc<Logins>,
    /// The logins that rules chose so far.
    chosen: Arc<Mutex<HashMap<LoginChoice, Result<Login, Error>>>>,
}

impl Rules {
    pub(super) fn new(rules: Vec<FilledRule>, logins: Arc<Logins>) -> Self {
        Self { rules, logins, chosen: Arc::default() }
    }

    /// The rule that allows a reading; or the rule that denies it, if it is not for lack of one that allows it. A deny counts wherever it
    /// stands, and of several that allow, the first decides.
    fn decide(&self, reading: &Reading<'_>) -> Result<&FilledRule, Option<RuleId>> {
        let with = |effect| {
            let mut rules = self.rules.iter().filter(move |rule| rule.terms.effect == effect);
            rules.find(|rule| rule.scope.matches(reading))
        };
        match with(Effect::Deny) {
            Some(rule) => Err(Some(rule.id.clone())),
            None => with(Effect::Allow).ok_or(None),
        }
    }

    /// The rule that allows a reading, and what the reading may do to the store; or the rule that denies it. `reading` is the one that creates
    /// something, or does not. Whether it does is often for the store to say.
    pub(in crate::policy) fn decide_either<'r>(
        &self,
        reading: impl Fn(bool) -> Reading<'r>,
    ) -> Result<(&FilledRule, Effects), Option<RuleId>> {
        match (self.decide(&reading(false)), self.decide(&reading(true))) {
            (Ok(rule), Ok(_)) => Ok((rule, Effects::Any)),
            (Ok(rule), Err(_)) => Ok((rule, Effects::Nothing)),
            (Err(_), Ok(rule)) => Ok((rule, Effects::Creates)),
            (Err(deny), Err(_)) => Err(deny),
        }
    }

    /// The login that a rule chooses, for `requester` in a run with the settings of `config`.
    pub(in crate::policy) fn login(
        &self,
        rule: &FilledRule,
        requester: &Requester,
        config: &Config,
    ) -> Result<Login, Error> {
        let Some(choice) = &rule.terms.login else { return Ok(Login::Primary) };
        let mut chosen = self.chosen.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let made = || self.logins.login(choice, requester, config);
        chosen.entry(choice.clone()).or_insert_with(made).clone()
    }

    /// The tightest limits of the rules that allow something: those of a run as a whole.
    pub(in crate::policy) fn limits(&self) -> Limits {
        let allows = self.rules.iter().filter(|rule| rule.terms.effect == Effect::Allow);
        allows.fold(Limits::default(), |limits, rule| limits.tightest(rule.terms.limits))
    }
}

impl FilledRule {
    /// Its limits.
    pub(in crate::policy) fn limits(&self) -> Limits {
        self.terms.limits
    }
}
