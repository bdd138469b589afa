//! A run in two processes: one plans and fills, and has the other one, which holds settings and login, judge, audit and read.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{Run, waiting_for};
use crate::backend::Intent;
use crate::config::Config;
use crate::error::Errors;
use crate::policy::Policy;
use crate::render;
use crate::secret::{Access, Outcome, Secret, SecretId, Usage};
use crate::source::{Place, Source, Span};
use crate::value::Value;
use crate::words::count;

/// Another process, which holds settings, login and store in place of this one. It judges and audits each reading itself.
pub(crate) trait Broker: Send + Sync {
    /// Reads the settings, those of a KRM function's configuration among them, and what these accesses need.
    fn fetch<'b>(
        &'b self,
        accesses: &'b [Access],
        function: &'b [(String, String)],
        intent: Intent,
    ) -> BoxFuture<'b, Fetched>;
}

/// What a broker has read.
#[derive(Debug, Default)]
pub(crate) struct Fetched {
    /// What was wrong on the way.
    pub errors: Errors,
    /// The secrets that it has not sent before.
    pub outcomes: Vec<(SecretId, Outcome)>,
    /// The settings that rendering needs; `None` if they are not known.
    pub settings: Option<Vec<(String, String)>>,
}

impl Run<'_> {
    /// Has a broker fetch what these accesses need.
    pub(super) async fn fetch_from(&mut self, broker: Arc<dyn Broker>, accesses: &[Access], errors: &mut Errors) {
        if self.is_stopped {
            return;
        }
        let secrets: BTreeSet<&SecretId> = accesses.iter().map(|access| &access.id).collect();
        let what = format!("reading {}", count::of(secrets.len(), "secret"));
        let fetching = broker.fetch(accesses, self.session.function_settings(), self.intent);
        match waiting_for(self.watch, what, fetching).await {
            Ok(fetched) => self.take(fetched, errors),
            Err(stopped) => self.stop(&stopped, "reading secrets", errors),
        }
    }

    fn take(&mut self, fetched: Fetched, errors: &mut Errors) {
        errors.extend(fetched.errors);
        for (id, outcome) in fetched.outcomes {
            self.session.secrets.insert(id, render::within(outcome, &self.budget));
        }
        if let Some(settings) = fetched.settings {
            self.session.receive_settings(settings);
        }
    }

    /// Fetches what the accesses of another process need, as if they were this one's. Errors have the places of the accesses.
    pub(crate) async fn fetch_for_other(&mut self, accesses: &[Access]) -> Errors {
        let mut errors = Errors::new();
        self.fetch(accesses, &mut errors).await;
        errors
    }

    /// The outcome of reading a secret, for another process that uses it in these ways: without the values that it must not have.
    pub(crate) fn outcome_for_other(&self, id: &SecretId, usages: &[Usage]) -> Option<Outcome> {
        let outcome = self.session.secrets.get(id)?.clone();
        let (_, policy) = self.round.as_ref()?;
        let visible = |secret: Secret| without_refused_keys(secret.without_withheld(), id, usages, policy);
        Some(match outcome {
            Outcome::Found(secret) => Outcome::Found(visible(secret)),
            outcome => outcome,
        })
    }

    /// The settings that were read last.
    pub(crate) fn settings_in_effect(&mut self) -> Config {
        self.session.settings_in_effect()
    }
}

/// The secret without the values of keys that the policy refuses: a secret is read as a whole, and another process may use one of its keys
/// to have the others. Who may have the whole secret has all of them.
fn without_refused_keys(mut secret: Secret, id: &SecretId, usages: &[Usage], policy: &Policy) -> Secret {
    let Value::Map(entries) = &mut secret.data else { return secret };
    let is_allowed = |usage: &Usage| policy.judge(&[nowhere(id, usage)]).refusals.is_empty();
    if is_allowed(&Usage::default()) {
        return secret;
    }
    let used: HashSet<&str> =
        usages.iter().filter(|usage| is_allowed(usage)).filter_map(|usage| usage.key.as_deref()).collect();
    for (key, value) in entries {
        let plain = Usage { key: Some(key.to_string()), modifiers: Vec::new() };
        if !used.contains(key.as_str()) && !is_allowed(&plain) {
            *value = Value::Null;
            secret.withheld.refused.insert(key.to_string());
        }
    }
    secret
}

/// A usage of a secret that stands in no manifest.
fn nowhere(id: &SecretId, usage: &Usage) -> Access {
    let place = Place::new(Arc::new(Source::new("", "")), Span::new(0, 0));
    Access { id: id.clone(), usage: usage.clone(), place }
}
