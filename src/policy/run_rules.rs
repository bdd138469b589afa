//! The rules of a policy file in one run: what they allow to its requester, with its settings. Pure.

use super::file::{PolicyFile, Rules};
use super::grant::Terms;
use super::limits::Limits;
use super::reading::RunSettings;
use super::requester::Requester;
use super::rule_id::RuleId;
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::secret::{SecretId, Usage};

/// The rules of a policy file in one run.
#[derive(Clone, Debug)]
pub(super) struct RunRules {
    rules: Rules,
    requester: Requester,
    config: Config,
    settings: RunSettings,
    /// Whether refusals name rules, which may be about others.
    tells_rules: bool,
}

impl RunRules {
    pub(super) fn new(file: &PolicyFile, requester: &Requester, config: &Config) -> Self {
        let (rules, settings) = (file.rules_for(requester), RunSettings::of(config));
        let tells_rules = !config.has_tenant();
        Self { rules, requester: requester.clone(), config: config.clone(), settings, tells_rules }
    }

    /// The same rules, whose refusals name them.
    pub(super) fn telling(self) -> Self {
        Self { tells_rules: true, ..self }
    }

    /// The terms on which a usage of a secret is allowed; or why it is not, and the rule that denies it.
    pub(super) fn terms(&self, id: &SecretId, usage: &Usage) -> Result<Terms, (Error, Option<RuleId>)> {
        // An endpoint that is written creates something.
        let is_written = !id.parameters.is_empty();
        let decision = self.rules.decide_either(|creates| self.settings.reading(id, usage, creates || is_written));
        let (rule, effects) = decision.map_err(|deny| (self.refusal(id, usage, deny.as_ref()), deny))?;
        let login = self.rules.login(rule, &self.requester, &self.config);
        let login = login.map_err(|error| (error, Some(rule.id.clone())))?;
        let (rule, limits) = (Some(rule.id.clone()), rule.limits());
        Ok(Terms { login, rule, limits, effects, usages: vec![usage.clone()] })
    }

    /// The limits of the run as a whole.
    pub(super) fn limits(&self) -> Limits {
        self.rules.limits()
    }

    /// The error of a reading that creates something, or does not, where the rules allow only the other.
    pub(super) fn effect_refusal(&self, id: &SecretId, creates: bool) -> Error {
        let what = if creates { "reading it creates something, such as a lease" } else { "reading it creates nothing" };
        let detail = format!("{}: {what}", self.not_allowed(&named(id, &Usage::default())));
        Error::new(Kind::Denied, detail).hint("`creates` of a rule decides about such reads")
    }

    /// The error of what no rule allows. A tenant is not told of rules: they may be about others.
    fn refusal(&self, id: &SecretId, usage: &Usage, deny: Option<&RuleId>) -> Error {
        let named = named(id, usage);
        match deny.filter(|_| self.tells_rules) {
            Some(rule) => Error::new(Kind::Denied, format!("{named} is denied by {rule}"))
                .hint("a deny refuses wherever it stands among the rules"),
            None => Error::new(Kind::Denied, self.not_allowed(&named)).hint(format!(
                "the operator can see why: `vault-render explain --policy FILE{}`",
                self.requester.as_flag()
            )),
        }
    }

    fn not_allowed(&self, named: &str) -> String {
        format!("{named} is not allowed: no rule of the policy allows it to {}", self.requester)
    }
}

/// The part of a secret that a placeholder uses, for people.
fn named(id: &SecretId, Usage { key, modifiers }: &Usage) -> String {
    let key = key.as_ref().map(|key| format!("the key `{key}` of ")).unwrap_or_default();
    let version = id.version.as_ref().map(|version| format!(" in version {version}")).unwrap_or_default();
    let scope = id.scope.as_ref().map(|scope| format!(" in the namespace `{scope}`")).unwrap_or_default();
    let through = if modifiers.is_empty() { String::new() } else { format!(" with `{}`", modifiers.join(" | ")) };
    format!("{key}the path `{}`{version}{scope}{through}", id.path)
}
