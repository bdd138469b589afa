//! The upkeep of what Vault has made and the keep holds, between runs: by the tokens that are kept with it, without a login.

use std::sync::Arc;

use super::connection;
use super::failure;
use super::kept::{self, Bond, KeptSecret, LeaseState, Upkeep};
use super::request;
use super::round_state::RoundState;
use super::session::Session;
use crate::backend::keeper::{Choice, Fate, Tended};
use crate::client::{Allowance, Deadline, Retry};
use crate::config::View;
use crate::config::general::TIMEOUT;
use crate::error::{Error, Kind};
use crate::journal::Journal;
use crate::keep::{Entry, EntryName, Keep};
use crate::policy::Requester;
use crate::policy::settings::NAMESPACE;
use crate::redacted::Redacted;

/// The keeper of what one Vault has made.
pub(crate) struct Keeper {
    keep: Keep,
    session: Session,
    /// The namespace of the login.
    namespace: Option<String>,
    round: RoundState,
}

/// The keeper of what the Vault of the settings has made.
pub(super) fn open(settings: &View, journal: Journal) -> Result<Keeper, Error> {
    let Some(keep) = Keep::open(settings, journal.clone())? else {
        return Err(Error::new(Kind::Setting, "`AVP_KEEP` is not set: nothing is kept")
            .hint("it names a folder or a Redis; docs/keep.md shows how to set it up"));
    };
    let session = Session::new(settings, Arc::new(connection::client(settings, journal)?), Some(keep.clone()))?;
    let round = RoundState::new(Arc::new(Allowance::new(*settings.required(&TIMEOUT)?)), &Requester::default());
    Ok(Keeper { keep, session, namespace: settings.get(&NAMESPACE).cloned(), round })
}

impl Keeper {
    /// Renews what ends soon, and forgets what has ended.
    pub(crate) async fn renew(&self) -> Result<Vec<Tended>, Error> {
        let mut tended = Vec::new();
        for (name, entry) in self.entries().await?.into_iter().filter(|(name, _)| name.kind == kept::KIND) {
            let fate = self.renew_one(&name, &entry).await;
            tended.push(Tended { label: entry.label, fate });
        }
        Ok(tended)
    }

    /// Ends and forgets what `choice` names. A token that is kept is revoked, and with it ends all that it made. What could not be revoked stays,
    /// to be tried again.
    pub(crate) async fn revoke(&self, choice: &Choice) -> Result<Vec<Tended>, Error> {
        let entries = self.entries().await?;
        let mut revocations: Vec<(Redacted, Revocation)> = Vec::new();
        for token in
            entries.iter().filter(|(_, entry)| choice.holds(&entry.label)).filter_map(|(_, entry)| kept_token(entry))
        {
            if !revocations.iter().any(|(other, _)| *other == token) {
                let revocation = self.revoke_token(&token).await;
                revocations.push((token, revocation));
            }
        }
        let mut tended = Vec::new();
        for (name, entry) in entries {
            let token = kept_token(&entry);
            let of_token = revocations.iter().find(|(other, _)| Some(other) == token.as_ref());
            let fate = match of_token.map(|(_, revocation)| revocation) {
                Some(Revocation::Revoked) => Fate::Revoked,
                Some(Revocation::Failed(error)) if choice.holds(&entry.label) => Fate::Failed(error.clone()),
                _ if choice.holds(&entry.label) => Fate::Forgotten(entry.ends),
                _ => continue,
            };
            let fate = if let Fate::Failed(_) = fate { fate } else { self.forget(&name).await.unwrap_or(fate) };
            tended.push(Tended { label: entry.label, fate });
        }
        Ok(tended)
    }

    /// Removes an entry; the fate of one that cannot be removed.
    async fn forget(&self, name: &EntryName) -> Option<Fate> {
        let trouble = self.keep.remove(name, self.deadline()).await.err()?;
        Some(Fate::Failed(Box::new(trouble.into_error())))
    }

    /// What the keep has of this Vault's.
    async fn entries(&self) -> Result<Vec<(EntryName, Entry)>, Error> {
        let all = self.keep.entries(self.deadline()).await.map_err(|trouble| trouble.into_error())?;
        let address = self.session.client().address_with_path();
        let opened = all.into_iter().filter_map(|(_, opened)| opened.ok());
        let mut own: Vec<_> = opened.filter(|(name, _)| name.parts.first() == Some(&address)).collect();
        own.sort_by(|(_, a), (_, b)| (&a.label.namespace, &a.label.path).cmp(&(&b.label.namespace, &b.label.path)));
        Ok(own)
    }

    async fn renew_one(&self, name: &EntryName, entry: &Entry) -> Fate {
        let Some(secret) = KeptSecret::decode(&entry.body) else { return Fate::Good(entry.ends) };
        if let Bond::Certificate { .. } = secret.bond {
            let end = secret.end();
            return if secret.is_ending(self.keep.now()) { Fate::Ending(end) } else { Fate::Good(end) };
        }
        let token = match secret.token.as_ref().and_then(|token| token.text.clone()) {
            Some(token) => token,
            // It was made by a token of the settings, as this run may have one.
            None => match self.session.token(&self.round, self.deadline()).await {
                Ok(token) => token.text.clone(),
                Err(failure) => return Fate::Failed(Box::new(failure.error)),
            },
        };
        self.renew_lease(name, entry, secret, &token).await
    }

    async fn renew_lease(&self, name: &EntryName, entry: &Entry, secret: KeptSecret, token: &Redacted) -> Fate {
        let (now, deadline, namespace) = (self.keep.now(), self.deadline(), entry.label.namespace.as_deref());
        let upkeep = Upkeep {
            client: self.round.client(self.session.client()),
            token,
            login_namespace: self.namespace.as_deref(),
            namespace,
            deadline,
        };
        let mut fresh = match upkeep.look_up(&secret, now).await {
            LeaseState::Lives(fresh) => *fresh,
            LeaseState::Unknown => return Fate::Failed(Box::new(unknown(entry))),
            LeaseState::Gone => return self.forget(name).await.unwrap_or(Fate::Ended),
        };
        let before = fresh.clone();
        upkeep.renew(&mut fresh, now).await;
        if fresh.has_moved(&secret)
            && let Some(entry) = kept::entry(&fresh, &entry.label.path, namespace)
            && let Err(trouble) = self.keep.store(name, &entry, deadline).await
        {
            return Fate::Failed(Box::new(trouble.into_error()));
        }
        match fresh.end() {
            end if fresh.is_ending(now) => Fate::Ending(end),
            end if fresh.has_moved(&before) => Fate::Renewed(end),
            end => Fate::Good(end),
        }
    }

    /// Revokes a token. One that has ended already is revoked.
    async fn revoke_token(&self, token: &Redacted) -> Revocation {
        let request = request::revoke_self(self.namespace.as_deref(), token);
        match self.session.client().send(&request, Retry::Idempotent, self.deadline()).await {
            Ok(response) if matches!(response.status, 200 | 204) || failure::refuses_token(&response) => {
                Revocation::Revoked
            }
            Ok(response) if response.status == 400 => Revocation::Impossible,
            Ok(response) => Revocation::Failed(Box::new(failure::failed(&response))),
            Err(failure) => Revocation::Failed(Box::new(failure.error)),
        }
    }

    fn deadline(&self) -> Deadline {
        self.round.allowance().deadline(self.session.client().timeout())
    }
}

/// What came of revoking a token.
enum Revocation {
    Revoked,
    /// Vault revokes no token of its kind, such as a batch token: it ends by itself.
    Impossible,
    Failed(Box<Error>),
}

/// The token that is kept with an entry.
fn kept_token(entry: &Entry) -> Option<Redacted> {
    KeptSecret::decode(&entry.body)?.token?.text
}

fn unknown(entry: &Entry) -> Error {
    Error::new(Kind::Store, format!("Vault does not say whether `{}` is still good", entry.label.path))
        .hint("is Vault sealed or away, or has the token of the lease ended? `vault-render doctor` looks")
}
