//! The upkeep of a lease that is kept: asks how long it lives, and renews it and its token where less than a third of their life is left.

use std::time::SystemTime;

use super::super::request;
use super::super::round_client::RoundClient;
use super::responses::{Life, life};
use super::secret::{Bond, KeptSecret};
use crate::client::{Deadline, Request, Retry};
use crate::redacted::Redacted;

/// Where a lease and its token are, and who asks.
pub(in crate::backend::vault) struct Upkeep<'u> {
    pub(in crate::backend::vault) client: RoundClient<'u>,
    /// A token that may ask about leases, as every token with the policy `default` may.
    pub(in crate::backend::vault) token: &'u Redacted,
    /// The namespace of the login.
    pub(in crate::backend::vault) login_namespace: Option<&'u str>,
    /// The namespace of the lease.
    pub(in crate::backend::vault) namespace: Option<&'u str>,
    pub(in crate::backend::vault) deadline: Deadline,
}

/// What Vault says of a lease.
#[derive(Debug)]
pub(in crate::backend::vault) enum LeaseState {
    /// It lives; the times are as Vault says, or will have said after renewing.
    Lives(Box<KeptSecret>),
    /// It has ended or is revoked.
    Gone,
    /// Vault does not say.
    Unknown,
}

impl Upkeep<'_> {
    /// The state of the lease of `secret`.
    pub(in crate::backend::vault) async fn look_up(&self, secret: &KeptSecret, now: SystemTime) -> LeaseState {
        let Bond::Lease { id, .. } = &secret.bond else { return LeaseState::Unknown };
        match self.life(request::look_up_lease(id, self.namespace, self.token)).await {
            Life::Gone => LeaseState::Gone,
            Life::Left(left) => LeaseState::Lives(Box::new(KeptSecret { ends: now + left, ..secret.clone() })),
            Life::Unknown => LeaseState::Unknown,
        }
    }

    /// Renews the token and the lease of `secret`, each if little of its life is left and it can be renewed. A time that stays was not renewed.
    pub(in crate::backend::vault) async fn renew(&self, secret: &mut KeptSecret, now: SystemTime) {
        if let Some(token) = secret.token.as_mut().filter(|token| token.is_renewable && token.is_due(now))
            && let Some(text) = &token.text
            && let Life::Left(left) = self.life(request::renew_self(self.login_namespace, text)).await
        {
            token.ends = Some(now + left);
        }
        if let Bond::Lease { id, is_renewable: true } = &secret.bond
            && secret.is_due(now)
            && let request = request::renew_lease(id, secret.life.as_secs(), self.namespace, self.token)
            && let Life::Left(left) = self.life(request).await
        {
            secret.ends = now + left;
        }
    }

    /// What is left of something, by the response to `request`.
    async fn life(&self, request: Request) -> Life {
        let response = self.client.send(request, Retry::Idempotent, self.deadline).await;
        response.as_ref().map_or(Life::Unknown, life)
    }
}
