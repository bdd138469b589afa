//! A reading of what Vault makes for who asks: taken from the keep if it is still good there, else made and kept.

use std::sync::Arc;
use std::time::SystemTime;

use super::super::endpoint::Effect;
use super::super::kept::{self, Bond, FoundSecrets, KeptSecret, LeaseState, Rights, Upkeep};
use super::super::outcome::{ReadResponse, outcome};
use super::super::request;
use super::super::response::ReadResult;
use super::Reading;
use crate::backend::Intent;
use crate::client::{Deadline, Failure, Retry};
use crate::error::{Error, Kind};
use crate::keep::{EntryName, Keep, KeepLock, Trouble};
use crate::secret::{Outcome, Secret, SecretId};

impl Reading<'_> {
    /// The secret, if it is one that Vault makes: as it is kept, or made now and kept. `None` for one that is simply read.
    pub(super) async fn kept_or_made(
        &self,
        keep: &Keep,
        intent: Intent,
        deadline: Deadline,
    ) -> Result<Option<Outcome>, Failure> {
        let id = self.grant.id();
        let Some(found) = self.found(keep, deadline).await? else { return Ok(None) };
        let Some((name, known)) = found.get(id) else { return Ok(None) };
        let mut usable = None;
        if let Some(secret) = known.filter(|_| found.rights.allow(self.namespace(), id) != Some(false)) {
            match self.judge(keep, name, secret, intent, deadline).await {
                Judgement::Good(warning) => {
                    return Ok(Some(as_outcome(secret, keep.now(), warning.map(|warning| *warning))));
                }
                Judgement::Due => usable = Some(secret),
                Judgement::Gone => {}
            }
        }
        if self.effect(deadline).await == Effect::Nothing {
            return Ok(None);
        }
        if intent == Intent::Preview {
            return Ok(Some(usable.map_or(Outcome::Planned, |secret| as_outcome(secret, keep.now(), None))));
        }
        let made = self.make(keep, name, known, deadline).await?;
        // What ends soon is better than nothing.
        Ok(Some(match (usable, made) {
            (Some(secret), Outcome::Failed(error)) => as_outcome(secret, keep.now(), Some(not_replaced(id, &error))),
            (_, made) => made,
        }))
    }

    /// What the keep has of all that is read together; `None` if the keep is away, or nobody may know whose it is.
    async fn found(&self, keep: &Keep, deadline: Deadline) -> Result<Option<Arc<FoundSecrets>>, Failure> {
        let ask = async |wanted: Vec<&SecretId>| {
            let Some(identity) = self.session().identity(self.round, deadline).await? else {
                self.round.warn(unknown_identity());
                return Ok(None);
            };
            let address = self.session().client().address_with_path();
            let named = |id: &SecretId| (id.clone(), kept::name(&address, self.namespace_of(id), &identity, id));
            let names: Vec<(SecretId, EntryName)> = wanted.into_iter().map(named).collect();
            let entries: Vec<EntryName> = names.iter().map(|(_, name)| name.clone()).collect();
            match keep.load_all(&entries, deadline).await {
                Ok(entries) => Ok(Some(self.with_rights(FoundSecrets::new(names, entries), deadline).await)),
                Err(trouble) => {
                    self.round.warn(trouble.into_warning());
                    Ok(None)
                }
            }
        };
        self.batch.found(ask).await
    }

    /// What was found, with what the policies allow by now: one request for each namespace.
    async fn with_rights(&self, mut found: FoundSecrets, deadline: Deadline) -> FoundSecrets {
        let mut ids: Vec<&SecretId> = found.ids().collect();
        ids.sort_unstable_by_key(|id| self.namespace_of(id));
        let mut rights = Rights::default();
        for group in ids.chunk_by(|a, b| self.namespace_of(a) == self.namespace_of(b)) {
            let (namespace, paths): (_, Vec<String>) =
                (self.namespace_of(group[0]), group.iter().map(|id| id.path.clone()).collect());
            let build = |token: &_| request::capabilities(&paths, namespace, token);
            if let Ok(answer) = self.send(build, deadline).await {
                rights.learn(namespace, &paths, &answer.response);
            }
        }
        found.rights = rights;
        found
    }

    /// Whether a kept secret is still good. One that ends soon is renewed first, but for a preview.
    async fn judge(
        &self,
        keep: &Keep,
        name: &EntryName,
        secret: &KeptSecret,
        intent: Intent,
        deadline: Deadline,
    ) -> Judgement {
        if let Bond::Certificate { serial } = &secret.bond {
            return self.judge_certificate(secret, serial, keep.now(), deadline).await;
        }
        let Ok(token) = self.session().token(self.round, deadline).await else {
            return Judgement::Good(Some(Box::new(unchecked(self.grant.id()))));
        };
        let upkeep = Upkeep {
            client: self.session().client(),
            token: &token.text,
            login_namespace: self.vault.namespace.as_deref(),
            namespace: self.namespace(),
            deadline,
        };
        let mut fresh = match upkeep.look_up(secret, keep.now()).await {
            LeaseState::Gone => return Judgement::Gone,
            LeaseState::Unknown => return Judgement::Good(Some(Box::new(unchecked(self.grant.id())))),
            LeaseState::Lives(_) if intent == Intent::Preview => return Judgement::Good(None),
            LeaseState::Lives(fresh) => *fresh,
        };
        upkeep.renew(&mut fresh, keep.now()).await;
        if fresh.has_moved(secret)
            && let Err(trouble) = self.store(keep, name, &fresh, deadline).await
        {
            self.round.warn(trouble.into_warning());
        }
        if fresh.is_ending(keep.now()) { Judgement::Due } else { Judgement::Good(None) }
    }

    async fn judge_certificate(
        &self,
        secret: &KeptSecret,
        serial: &str,
        now: SystemTime,
        deadline: Deadline,
    ) -> Judgement {
        let Ok(Some(mount)) = self.mount(deadline).await else {
            return Judgement::Good(Some(Box::new(unchecked(self.grant.id()))));
        };
        let request = request::certificate(&mount.path, serial, self.namespace());
        match self.session().client().send(&request, Retry::Idempotent, deadline).await {
            Ok(response) if kept::revocation(&response) == Some(true) => Judgement::Gone,
            Ok(_) if secret.is_due(now) => Judgement::Due,
            Ok(_) => Judgement::Good(None),
            Err(_) => Judgement::Good(Some(Box::new(unchecked(self.grant.id())))),
        }
    }

    /// Makes the secret and keeps it, or takes what somebody else has made meanwhile, in the place of the one that is `known`.
    async fn make(
        &self,
        keep: &Keep,
        name: &EntryName,
        known: Option<&KeptSecret>,
        deadline: Deadline,
    ) -> Result<Outcome, Failure> {
        let lock = match keep.lock(name, deadline).await {
            Ok(lock) => lock,
            Err(trouble) => {
                self.round.warn(trouble.into_warning());
                None
            }
        };
        if let Ok(Some(entry)) = keep.load(name, deadline).await
            && let Some(secret) = KeptSecret::decode(&entry.body)
            && known.is_none_or(|known| known.bond != secret.bond)
        {
            release(lock).await;
            return Ok(as_outcome(&secret, keep.now(), None));
        }
        let made = self.make_and_store(keep, name, deadline).await;
        release(lock).await;
        made
    }

    async fn make_and_store(&self, keep: &Keep, name: &EntryName, deadline: Deadline) -> Result<Outcome, Failure> {
        let (id, response) = (self.grant.id(), self.ask(deadline).await?);
        let ReadResponse { result: ReadResult::Secret(secret), token, .. } = &response else {
            return self.finish(response, deadline).await;
        };
        let warning = match KeptSecret::new(secret, token, keep.now()) {
            None => None,
            Some(KeptSecret { token: Some(_), .. }) if token.uses().is_some() => Some(ends_with_its_token(id)),
            Some(kept) => self.store(keep, name, &kept, deadline).await.err().map(Trouble::into_warning),
        };
        Ok(outcome(self.grant, self.namespace(), response).warned(warning))
    }

    async fn store(
        &self,
        keep: &Keep,
        name: &EntryName,
        secret: &KeptSecret,
        deadline: Deadline,
    ) -> Result<(), Trouble> {
        match kept::entry(secret, &self.grant.id().written_path(), self.namespace()) {
            Some(entry) => keep.store(name, &entry, deadline).await,
            None => Ok(()),
        }
    }
}

/// What is known of a kept secret.
enum Judgement {
    /// It may be used, with a warning.
    Good(Option<Box<Error>>),
    /// It ends soon, and is to be replaced.
    Due,
    /// It has ended, or is revoked.
    Gone,
}

async fn release(lock: Option<KeepLock>) {
    if let Some(lock) = lock {
        lock.release().await;
    }
}

fn as_outcome(secret: &KeptSecret, now: SystemTime, warning: Option<Error>) -> Outcome {
    Outcome::Found(Secret { lease: secret.lease(now), ..Secret::new(secret.data.clone()) }).warned(warning)
}

/// The warning about a secret that is made for each run, as there is no keep.
pub(super) fn made_for_this_run(id: &SecretId) -> Error {
    let detail = format!("`{}` was made for this run alone: the next one gets another", id.written_path());
    Error::warning(Kind::Store, detail)
        .hint("`AVP_KEEP` names a folder or a Redis where such secrets are kept and renewed, so that rendering again changes nothing")
}

fn unchecked(id: &SecretId) -> Error {
    let detail = format!("`{}` is used as it was kept: Vault does not say whether it is still good", id.written_path());
    Error::warning(Kind::Store, detail)
        .hint("the policy `default` lets a login ask; `vault-render doctor` shows what this one may do")
}

fn not_replaced(id: &SecretId, error: &Error) -> Error {
    let detail = format!("`{}` ends soon, and could not be replaced", id.written_path());
    Error::warning(Kind::Store, detail).cause(error.to_string())
}

fn ends_with_its_token(id: &SecretId) -> Error {
    let detail = format!(
        "`{}` is not kept: it ends with its token, which may be used a limited number of times",
        id.written_path()
    );
    Error::warning(Kind::Store, detail).hint("set the role's `token_num_uses` to 0")
}

fn unknown_identity() -> Error {
    Error::warning(Kind::Store, "nothing is taken from the keep: the token may not ask whose it is")
        .hint("the policy `default` allows `auth/token/lookup-self`")
}
