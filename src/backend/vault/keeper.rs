//! The upkeep of what Vault has made and the keep holds, between runs: by the tokens that are kept with it, without a login.

use std::collections::BTreeSet;

use super::connection;
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
    let session = Session::new(settings, connection::client(settings, journal)?, Some(keep.clone()))?;
    let round = RoundState::new(Allowance::new(*settings.required(&TIMEOUT)?));
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

    /// Ends and forgets what `choice` names. A token that is kept is revoked, and with it ends all that it made.
    pub(crate) async fn revoke(&self, choice: &Choice) -> Result<Vec<Tended>, Error> {
        let (mut tended, mut revoked) = (Vec::new(), BTreeSet::new());
        let entries = self.entries().await?;
        for (_, entry) in entries.iter().filter(|(_, entry)| choice.holds(&entry.label)) {
            if let Some(token) = kept_token(entry)
                && self.revoke_token(&token).await
            {
                revoked.extend(entry.label.accessor.clone());
            }
        }
        let ends = |entry: &Entry| entry.label.accessor.as_ref().is_some_and(|accessor| revoked.contains(accessor));
        for (name, entry) in entries.into_iter().filter(|(_, entry)| choice.holds(&entry.label) || ends(entry)) {
            let fate = if ends(&entry) { Fate::Revoked } else { Fate::Forgotten(entry.ends) };
            let fate = match self.keep.remove(&name, self.deadline()).await {
                Ok(()) => fate,
                Err(trouble) => Fate::Failed(Box::new(trouble.into_error())),
            };
            tended.push(Tended { label: entry.label, fate });
        }
        Ok(tended)
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
            client: self.session.client(),
            token,
            login_namespace: self.namespace.as_deref(),
            namespace,
            deadline,
        };
        let mut fresh = match upkeep.look_up(&secret, now).await {
            LeaseState::Lives(fresh) => *fresh,
            LeaseState::Unknown => return Fate::Failed(Box::new(unknown(entry))),
            LeaseState::Gone => {
                return match self.keep.remove(name, deadline).await {
                    Ok(()) => Fate::Ended,
                    Err(trouble) => Fate::Failed(Box::new(trouble.into_error())),
                };
            }
        };
        let before = fresh.clone();
        upkeep.renew(&mut fresh, now).await;
        if let Some(entry) = kept::entry(&fresh, &entry.label.path, namespace)
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

    /// Whether a token is revoked by now.
    async fn revoke_token(&self, token: &Redacted) -> bool {
        let request = request::revoke_self(self.namespace.as_deref(), token);
        let response = self.session.client().send(&request, Retry::Idempotent, self.deadline()).await;
        response.is_ok_and(|response| matches!(response.status, 200 | 204 | 403))
    }

    fn deadline(&self) -> Deadline {
        self.round.allowance().deadline(self.session.client().timeout())
    }
}

/// The token that is kept with an entry.
fn kept_token(entry: &Entry) -> Option<Redacted> {
    KeptSecret::decode(&entry.body)?.token?.text
}

fn unknown(entry: &Entry) -> Error {
    Error::new(Kind::Store, format!("Vault does not say whether `{}` is still good", entry.label.path))
        .hint("is Vault sealed or away, or has the token of the lease ended? `vault-render doctor` looks")
}
