//! One reading: the path as it is written, and where that fails without `data/`, the path that its mount implies.

mod explanation;
mod judging;
mod keeping;
mod sharing;
mod standing_in;
mod writing;

use tokio::time::Instant;

use super::Vault;
use super::endpoint::{self, Effect};
use super::engine::Engine;
use super::failure;
use super::guard::guard;
use super::kept::{Batch, may_be_kept};
use super::mount::{Mount, is_kv};
use super::outcome::{ReadResponse, failed, outcome};
use super::query::Query;
use super::request;
use super::response::{self, ReadResult, StoredSecret};
use super::round_state::RoundState;
use super::session::{Session, SessionResponse};
use crate::backend::{Freshness, Intent};
use crate::client::{Deadline, Failure, Request, Retry};
use crate::error::{Error, Kind};
use crate::policy::{Effects, Grant, Policy};
use crate::redacted::Redacted;
use crate::secret::{Outcome, SecretId, Version};

/// The reading of one secret.
pub(super) struct Reading<'r> {
    vault: &'r Vault,
    policy: &'r Policy,
    round: &'r RoundState,
    session: &'r Session,
    batch: &'r Batch,
    grant: &'r Grant,
    freshness: Freshness,
}

impl<'r> Reading<'r> {
    pub(super) fn new(
        vault: &'r Vault,
        policy: &'r Policy,
        round: &'r RoundState,
        session: &'r Session,
        batch: &'r Batch,
        grant: &'r Grant,
    ) -> Self {
        Self { vault, policy, round, session, batch, grant, freshness: Freshness::Recent }
    }

    /// The same reading, which takes nothing that was read before it began, if that is wanted.
    pub(super) fn with(self, freshness: Freshness) -> Self {
        Self { freshness, ..self }
    }

    /// Reads the secret. The outcome shows no credential of the session.
    pub(super) async fn outcome(&self, intent: Intent) -> Outcome {
        let _time = self.round.allowance().start();
        let id = self.grant.id();
        let words = self.vault.own_words.iter().map(String::as_str);
        let own: Vec<&str> = words.chain([&*id.path]).chain(id.scope.as_deref()).collect();
        let clean = |outcome| guard(outcome, &own, self.session().client().credentials());
        let outcome = clean(self.unguarded(intent).await);
        let last_good = self.vault.last_good.as_ref().filter(|_| intent == Intent::Render);
        let outcome = match last_good {
            Some(last_good) => clean(self.or_last_good(outcome, last_good).await),
            None => outcome,
        };
        if self.batch.is_done()
            && let Some(last_good) = last_good
        {
            self.keep_notes(last_good).await;
        }
        if let Outcome::Found(_) = outcome { outcome.warned(self.round.take_warnings()) } else { outcome }
    }

    /// Reads the secret, unless the round has failed: then the readings that wait are not tried.
    async fn unguarded(&self, intent: Intent) -> Outcome {
        if let Err(error) = self.round.check() {
            return failed(error);
        }
        self.look_up(intent).await.unwrap_or_else(|Failure { error, is_of_server }| {
            if is_of_server {
                self.round.fail(&error);
            }
            failed(error)
        })
    }

    async fn look_up(&self, intent: Intent) -> Result<Outcome, Failure> {
        let deadline = self.deadline();
        if let Some(error) = self.effect_refusal(deadline).await {
            return Ok(Outcome::Denied(error));
        }
        if let Some(keep) = self.vault.keep.as_ref().filter(|_| may_be_kept(self.grant.id()))
            && let Some(outcome) = self.kept_or_made(keep, intent, deadline).await?
        {
            return Ok(outcome);
        }
        if intent == Intent::Preview && self.effect(deadline).await == Effect::Creates {
            return Ok(Outcome::Planned);
        }
        let response = self.ask(deadline).await?;
        let is_made = self.vault.keep.is_none() && response.is_made();
        let outcome = self.finish(response, deadline).await?;
        Ok(outcome.warned(is_made.then(|| keeping::made_for_this_run(self.grant.id()))))
    }

    /// Asks Vault for the secret: an endpoint with parameters is written.
    async fn ask(&self, deadline: Deadline) -> Result<ReadResponse, Failure> {
        match self.grant.id().parameters.is_empty() {
            true => self.read(self.grant, self.engine(), deadline).await,
            false => self.write(deadline).await,
        }
    }

    /// The outcome of a response. Where Vault has no such path, or denies it, the mount may tell more.
    async fn finish(&self, response: ReadResponse, deadline: Deadline) -> Result<Outcome, Failure> {
        let is_read = self.grant.id().parameters.is_empty();
        match response.result {
            ReadResult::Absent | ReadResult::NoMount(_) | ReadResult::Denied(_)
                if is_read && response.token_hint.is_none() =>
            {
                self.explain(self.engine(), response, deadline).await
            }
            _ => Ok(outcome(self.grant, self.namespace(), response)),
        }
    }

    /// The KV engine that the annotation or the operator names.
    fn engine(&self) -> Option<Engine> {
        Engine::of(self.grant.id()).or(self.vault.engine)
    }

    async fn read(&self, grant: &Grant, engine: Option<Engine>, deadline: Deadline) -> Result<ReadResponse, Failure> {
        let path = &*grant.id().path;
        let version = match &grant.id().version {
            Some(version) => Some(version.number().ok_or_else(|| not_a_number(version))?),
            None => None,
        };
        let query = Query { path, version, engine };
        let build = |token: &_| request::read(path, version, self.namespace(), token);
        let answer = self.shared_or(query, deadline, self.send(build, deadline)).await?;
        let (SessionResponse { response, token, token_hint }, is_shared) = answer;
        if failure::is_down(&response) {
            return Err(Failure { error: failure::failed(&response), is_of_server: true });
        }
        let result = response::read(query, &response);
        let refusal = match &result {
            ReadResult::Secret(secret) => self.refusal(grant, secret, deadline).await?,
            _ => None,
        };
        Ok(ReadResponse { result: refusal.map_or(result, ReadResult::Refused), token, token_hint, is_shared })
    }

    /// Why the policy does not allow what reading does to Vault, if it does not.
    async fn effect_refusal(&self, deadline: Deadline) -> Option<Error> {
        if self.grant.effects() == Effects::Any {
            return None;
        }
        let creates = self.effect(deadline).await == Effect::Creates;
        self.policy.effect_refusal(self.grant, creates)
    }

    /// What reading does to Vault.
    async fn effect(&self, deadline: Deadline) -> Effect {
        // A mount that cannot be asked for is unknown: the reading itself tells of the failure.
        endpoint::effect(self.mount(deadline).await.ok().flatten().as_ref(), &self.grant.id().path)
    }

    /// Why a secret may not be passed on, if it may not: a namespace in front of one of Vault's own paths hides it from the policy until
    /// its mount is known.
    async fn refusal(
        &self,
        grant: &Grant,
        secret: &StoredSecret,
        deadline: Deadline,
    ) -> Result<Option<Error>, Failure> {
        let mount_type = secret.mount_type.as_deref();
        if let Some(error) = mount_type.and_then(|mount_type| self.policy.mount_type_refusal(grant, mount_type)) {
            return Ok(Some(error));
        }
        if mount_type.is_some_and(is_kv) || secret.is_versioned || !self.policy.needs_mount(grant) {
            return Ok(None);
        }
        Ok(match self.mount(deadline).await? {
            Some(mount) if mount.is_kv() => None,
            Some(mount) => self
                .policy
                .mount_type_refusal(grant, &mount.mount_type)
                .or_else(|| self.policy.mount_refusal(grant, Some(&mount.path))),
            None => self.policy.mount_refusal(grant, None),
        })
    }

    /// The mount that the path lies in; `None` where Vault does not say.
    async fn mount(&self, deadline: Deadline) -> Result<Option<Mount>, Failure> {
        let (namespace, path) = (self.namespace(), &*self.grant.id().path);
        let mut mounts = self.vault.mounts.lock(self.session().client(), deadline).await?;
        if let Some(mount) = mounts.find(namespace, path, Instant::now()) {
            return Ok(Some(mount));
        }
        let session_response = self.send(|token: &_| request::mount(path, namespace, token), deadline).await?;
        let mount = Mount::parse(&session_response.response).map(|mount| mount.within(namespace, path));
        mount.clone().into_iter().for_each(|mount| mounts.add(namespace, mount, Instant::now()));
        Ok(mount)
    }

    async fn send(&self, build: impl Fn(&Redacted) -> Request, deadline: Deadline) -> Result<SessionResponse, Failure> {
        self.session().send(self.round, build, Retry::Idempotent, deadline).await
    }

    fn session(&self) -> &'r Session {
        self.session
    }

    fn deadline(&self) -> Deadline {
        self.round.allowance().deadline(self.session().client().timeout())
    }

    /// The namespace of the reading.
    fn namespace(&self) -> Option<&'r str> {
        self.namespace_of(self.grant.id())
    }

    /// The namespace that a secret is read in: that of the annotation, else the operator's.
    fn namespace_of<'i>(&self, id: &'i SecretId) -> Option<&'i str>
    where
        'r: 'i,
    {
        id.scope.as_deref().or(self.vault.namespace.as_deref())
    }
}

fn not_a_number(version: &Version) -> Failure {
    let error = Error::new(Kind::Placeholder, format!("the version `{version}` is not a number"));
    Failure { error: error.hint("versions of Vault's KV engine are numbers"), is_of_server: false }
}

/// The path with `data/` after its first segment, where most mounts end.
fn guess_with_data(path: &str) -> Option<String> {
    path.split_once('/').map(|(mount, rest)| format!("{mount}/data/{rest}"))
}
