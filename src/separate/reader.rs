//! The reader: settings and secrets come from the broker. It holds no login, and what it may have is not its to decide.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::link::Link;
use super::message::{AccessMessage, Answer, Request};
use super::value;
use crate::backend::Intent;
use crate::error::{Error, Errors, Kind};
use crate::pass::{Broker, Fetched};
use crate::secret::Access;

impl Link {
    /// How long the broker had been running when the reader began.
    pub(crate) fn elapsed(&self) -> Duration {
        Duration::from_millis(self.greeting.elapsed)
    }

    /// How long the run may take, if that is limited.
    pub(crate) fn time_limit(&self) -> Option<Duration> {
        self.greeting.time_limit.map(Duration::from_millis)
    }

    /// The signals that the caller had the broker ignore, one bit each: nothing of `/proc` tells the reader.
    pub(crate) fn ignored_signals(&self) -> u64 {
        self.greeting.ignored_signals
    }

    /// The settings that rendering needs, as the broker knew them when the reader began.
    pub(crate) fn settings(&self) -> &[(String, String)] {
        &self.greeting.settings
    }

    /// The variables that this process did not inherit.
    pub(crate) fn variables(&self) -> &[(String, String)] {
        &self.greeting.variables
    }

    /// That nothing contains this process, as the operator allows.
    pub(crate) fn warning(&self) -> &[Error] {
        self.warning.as_slice()
    }

    /// What the broker answers; `None` if it does not, or not to this.
    async fn fetched(&self, begin: Request, accesses: &[Access]) -> Option<Fetched> {
        let request = Request::Fetch(accesses.iter().map(AccessMessage::from).collect());
        let mut conversation = self.ask(begin, request).await.ok()?;
        let mut outcomes = Vec::new();
        loop {
            let (answer, frame) = conversation.next().await?;
            match answer {
                Answer::Outcome(secret, outcome) => {
                    outcomes.push((secret.id()?, outcome.outcome(value::decode(frame.body()))?));
                }
                Answer::Done { findings, settings } => {
                    let mut errors = Errors::new();
                    errors.extend(findings.into_iter().map(|finding| finding.error(accesses)));
                    return Some(Fetched { errors, outcomes, settings: Some(settings) });
                }
            }
        }
    }
}

impl Broker for Link {
    fn fetch<'b>(
        &'b self,
        accesses: &'b [Access],
        function: &'b [(String, String)],
        intent: Intent,
    ) -> BoxFuture<'b, Fetched> {
        let begin = Request::Begin { function: function.to_vec(), is_preview: intent == Intent::Preview };
        let lost = || Error::new(Kind::Bug, "the process that holds the login does not answer");
        let or_lost = move |fetched: Option<Fetched>| {
            fetched.unwrap_or_else(|| Fetched { errors: lost().into(), ..Fetched::default() })
        };
        self.fetched(begin, accesses).map(or_lost).boxed()
    }
}
