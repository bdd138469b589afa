//! A reading that others may share: of the same KV secret, by the same login, at the same time or within the time of the cache. Each judges
//! the response for itself. What Vault makes for its reader is never shared.

use super::super::endpoint::{self, Effect};
use super::super::mount::is_kv;
use super::super::query::Query;
use super::super::response::{self, ReadResult, StoredSecret};
use super::super::session::{SessionResponse, SharedSession};
use super::Reading;
use crate::backend::shared::{Lead, Source};
use crate::client::{Deadline, Failure, Response};

/// A response, and whether another reading has asked for it.
pub(super) type SharedResponse = (SessionResponse, bool);

impl Reading<'_> {
    /// The response to a query: that of another reading, else of `ask`.
    pub(super) async fn shared_or(
        &self,
        query: Query<'_>,
        deadline: Deadline,
        ask: impl Future<Output = Result<SessionResponse, Failure>>,
    ) -> Result<SharedResponse, Failure> {
        let may_be_shared = endpoint::effect(None, query.path) == Effect::Nothing;
        let Some(shared) = self.session().shared().filter(|_| may_be_shared) else { return Ok((ask.await?, false)) };
        let SharedSession { readings, reader } = shared;
        let version = query.version.map(|version| version.to_string()).unwrap_or_default();
        let name = readings.name(reader, [self.namespace().unwrap_or_default(), query.path, &version]);
        let source = self.session().client().within(deadline, readings.source(name, self.freshness)).await?;
        self.round.check()?;
        let lead = match (source, self.session().last()) {
            (Source::Shared(found), Some(token)) => {
                let response = Response { status: 200, body: (*found).clone(), retry_after: None, date: None };
                return Ok((SessionResponse { response, token, token_hint: None }, true));
            }
            (Source::Lead(lead), _) => Some(lead),
            _ => None,
        };
        let answer = ask.await;
        if let Ok(SessionResponse { response, .. }) = &answer
            && matches!(response.status, 403 | 404)
        {
            readings.forget(&name);
        }
        if let Some(lead) = lead {
            self.pass_on(lead, query, &answer, deadline).await;
        }
        Ok((answer?, false))
    }

    /// Gives a response to the readings that wait for it, if it is a secret that Vault stores. An error is each one's own.
    async fn pass_on(
        &self,
        lead: Lead,
        query: Query<'_>,
        answer: &Result<SessionResponse, Failure>,
        deadline: Deadline,
    ) {
        let Ok(SessionResponse { response, .. }) = answer else { return lead.keep_own() };
        match response::read(query, response) {
            ReadResult::Secret(secret) if self.is_stored(&secret, deadline).await => lead.share(&response.body),
            _ => lead.keep_own(),
        }
    }

    /// Whether a secret is one that users have written, the same for all who may read it.
    async fn is_stored(&self, secret: &StoredSecret, deadline: Deadline) -> bool {
        match &secret.mount_type {
            _ if secret.lease.is_some() => false,
            Some(mount_type) => is_kv(mount_type),
            None if secret.is_versioned => true,
            None => self.mount(deadline).await.ok().flatten().is_some_and(|mount| mount.is_kv()),
        }
    }
}
