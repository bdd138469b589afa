//! A rule of a policy file: who, what, and for what it allows the login and the limits.

use super::fields::Reader;
use super::login::{LoginChoice, Logins};
use super::scope::{Effect, FilledScope, Scope};
use super::who::Who;
use crate::policy::limits::Limits;
use crate::policy::requester::Requester;
use crate::policy::rule_id::RuleId;
use crate::yaml::tree::NodeId;

/// A rule as it is written.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    id: RuleId,
    who: Who,
    scope: Scope,
    terms: RuleTerms,
}

/// What a rule says beside whom and what it is about.
#[derive(Clone, Debug)]
pub(super) struct RuleTerms {
    pub(super) effect: Effect,
    /// The login; `None` is the settings' own.
    pub(super) login: Option<LoginChoice>,
    pub(super) limits: Limits,
}

/// A rule that is about one requester.
#[derive(Clone, Debug)]
pub(in crate::policy) struct FilledRule {
    pub(in crate::policy) id: RuleId,
    pub(super) scope: FilledScope,
    pub(super) terms: RuleTerms,
}

const FIELDS: [&str; 5] = ["who", "allow", "deny", "login", "limits"];

impl Rule {
    /// Reads a rule. `None` if it says neither what it allows nor what it denies.
    pub(super) fn read(reader: &mut Reader<'_>, node: NodeId, id: RuleId, logins: &Logins) -> Option<Self> {
        let what = format!("rule {}", id.number);
        let (mut who, mut scopes, mut login, mut limits) = (Who::default(), Vec::new(), None, Limits::default());
        for (field, value) in reader.fields(node, &what, &FIELDS) {
            match field {
                "who" => who = Who::read(reader, value),
                "allow" => scopes.push((Effect::Allow, Scope::read(reader, value, Effect::Allow))),
                "deny" => scopes.push((Effect::Deny, Scope::read(reader, value, Effect::Deny))),
                "login" => login = LoginChoice::read(reader, value, logins),
                _ => limits = read_limits(reader, value),
            }
        }
        let Ok([(effect, scope)]) = <[_; 1]>::try_from(scopes) else {
            reader.wrong(
                node,
                format!("{what} has not exactly one of `allow` and `deny`"),
                "e.g. `allow: {paths: [secret/data/{project}/**]}`",
            );
            return None;
        };
        if effect == Effect::Deny && (login.is_some() || limits != Limits::default()) {
            reader.wrong(
                node,
                format!("{what} denies, so its login and limits have no effect"),
                "remove them, or write a rule that allows",
            );
        }
        Some(Self { id, who, scope, terms: RuleTerms { effect, login, limits } })
    }

    /// The rule for `requester`; `None` if it is about others.
    pub(super) fn filled(&self, requester: &Requester) -> Option<FilledRule> {
        self.who.matches(requester).then(|| FilledRule {
            id: self.id.clone(),
            scope: self.scope.filled(requester),
            terms: self.terms.clone(),
        })
    }
}

fn read_limits(reader: &mut Reader<'_>, node: NodeId) -> Limits {
    let mut limits = Limits::default();
    for (field, value) in reader.fields(node, "`limits`", &["secrets", "value_bytes", "seconds", "renders"]) {
        let what = format!("`{field}`");
        match field {
            "secrets" => limits.secrets = reader.count(value, &what),
            "value_bytes" => limits.value_bytes = reader.count(value, &what),
            "seconds" => limits.seconds = reader.time(value, &what),
            _ => limits.renders = reader.count(value, &what),
        }
    }
    limits
}
