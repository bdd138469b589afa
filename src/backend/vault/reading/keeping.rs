//! A reading of what Vault makes for who asks: taken from the keep if it is still good there, else made and kept.

use std::time::SystemTime;

use super::super::endpoint::Effect;
use super::super::kept::{self, KeptSecret};
use super::super::outcome::{ReadResponse, outcome};
use super::super::response::ReadResult;
use super::Reading;
use super::judging::Judgement;
use crate::backend::Intent;
use crate::client::{Deadline, Failure};
use crate::error::{Error, Kind};
use crate::keep::{EntryName, Keep, KeepLock, Trouble};
use crate::secret::{Outcome, Provenance, Secret, SecretId};

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
        match (usable, self.make(keep, name, known, deadline).await) {
            // What ends soon is better than nothing.
            (Some(secret), Ok(Outcome::Failed(error)) | Err(Failure { error, .. })) => {
                Ok(Some(as_outcome(secret, keep.now(), Some(not_replaced(id, &error)))))
            }
            (_, made) => made.map(Some),
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

    pub(super) async fn store(
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

async fn release(lock: Option<KeepLock>) {
    if let Some(lock) = lock {
        lock.release().await;
    }
}

fn as_outcome(secret: &KeptSecret, now: SystemTime, warning: Option<Error>) -> Outcome {
    let provenance = Provenance::Kept;
    Outcome::Found(Secret { lease: secret.lease(now), provenance, ..Secret::new(secret.data.clone()) }).warned(warning)
}

/// The warning about a secret that is made for each run, as there is no keep.
pub(super) fn made_for_this_run(id: &SecretId) -> Error {
    let detail = format!("`{}` was made for this run alone: the next one gets another", id.written_path());
    Error::warning(Kind::Store, detail)
        .hint("`AVP_KEEP` names a folder or a Redis where such secrets are kept and renewed, so that rendering again changes nothing")
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
