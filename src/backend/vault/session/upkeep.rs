//! The upkeep of a session's token in a process that lives long: it is renewed or replaced before it ends, and no reading waits for that.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::super::kept::{Life, life};
use super::super::request;
use super::super::round_state::RoundState;
use super::super::token::Token;
use super::Session;
use crate::backend::shared::LoginResult;
use crate::client::{Allowance, Retry};
use crate::policy::Requester;

/// How long the upkeep waits for Vault.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long it waits after a failure: each refused login brings an account nearer to being locked.
const PAUSE: Duration = Duration::from_secs(60);

impl Session {
    /// Replaces a token whose file has changed, and renews or replaces one that has less than a third of its life left. A failure is tried
    /// again later: until its end the token is good.
    pub(in crate::backend::vault) async fn tend(&self) {
        let Some(token) = self.last().filter(|token| self.is_due(token)) else { return };
        let round = RoundState::new(Arc::new(Allowance::new(PATIENCE)), &Requester::default());
        if !self.login.has_newer(&token) && self.renew_life(&round, &token).await {
            return self.count(LoginResult::Renewed);
        }
        if let Ok(new) = self.log_in(&round, false).await {
            let mut current = self.token.lock().await;
            // Meanwhile a reading may have got another one, which is as good.
            if current.as_ref().is_none_or(|current| Arc::ptr_eq(current, &token)) {
                *current = Some(new);
            }
        } else {
            *self.pause.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + PAUSE);
        }
    }

    /// How long the token in use lives; `None` if it has no end, or none is in use.
    pub(in crate::backend::vault) fn token_left(&self) -> Option<Duration> {
        self.last()?.left()
    }

    fn is_due(&self, token: &Token) -> bool {
        let pause = *self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        let may_try = pause.is_none_or(|end| Instant::now() >= end);
        may_try && (self.login.has_newer(token) || token.is_due())
    }

    /// Whether Vault has prolonged the life of a token to more than the third that it has left.
    async fn renew_life(&self, round: &RoundState, token: &Token) -> bool {
        let is_renewable = token.facts().is_some_and(|facts| facts.is_renewable && facts.uses.is_none());
        if !is_renewable {
            return false;
        }
        let request = request::renew_self(self.login.namespace.as_deref(), &token.text);
        let deadline = round.allowance().deadline(PATIENCE);
        let response = round.client(self.client()).send(request, Retry::Idempotent, deadline).await;
        match response.as_ref().map_or(Life::Unknown, life) {
            Life::Left(left) => {
                token.prolong(left);
                !token.is_due()
            }
            Life::Gone | Life::Unknown => false,
        }
    }
}
