//! What is known by now of secrets that are kept: whether this login may still have them, and whether they still live.

use std::sync::Arc;
use std::time::SystemTime;

use super::super::kept::{self, Bond, FoundSecrets, KeptSecret, LeaseState, Rights, Upkeep};
use super::super::request;
use super::Reading;
use crate::backend::Intent;
use crate::client::{Deadline, Failure, Retry};
use crate::error::{Error, Kind};
use crate::keep::{EntryName, Keep};
use crate::secret::SecretId;

/// What is known of a kept secret.
pub(super) enum Judgement {
    /// It may be used, with a warning.
    Good(Option<Box<Error>>),
    /// It ends soon, and is to be replaced.
    Due,
    /// It has ended, or is revoked.
    Gone,
}

impl Reading<'_> {
    /// What the keep has of all that is read together; `None` if the keep is away, or nobody may know whose it is.
    pub(super) async fn found(&self, keep: &Keep, deadline: Deadline) -> Result<Option<Arc<FoundSecrets>>, Failure> {
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
    pub(super) async fn judge(
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
            client: self.round.client(self.session().client()),
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
        match self.round.client(self.session().client()).send(request, Retry::Idempotent, deadline).await {
            Ok(response) if kept::revocation(&response) == Some(true) => Judgement::Gone,
            Ok(_) if secret.is_due(now) => Judgement::Due,
            Ok(_) => Judgement::Good(None),
            Err(_) => Judgement::Good(Some(Box::new(unchecked(self.grant.id())))),
        }
    }
}

fn unchecked(id: &SecretId) -> Error {
    let detail = format!("`{}` is used as it was kept: Vault does not say whether it is still good", id.written_path());
    Error::warning(Kind::Store, detail)
        .hint("the policy `default` lets a login ask; `vault-render doctor` shows what this one may do")
}

fn unknown_identity() -> Error {
    Error::warning(Kind::Store, "nothing is taken from the keep: the token may not ask whose it is")
        .hint("the policy `default` allows `auth/token/lookup-self`")
}
