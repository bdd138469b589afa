//! One token for all readings of all rounds, replaced once a round where Vault refuses it. Knows no path and no secret.

mod upkeep;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex as SyncMutex, MutexGuard as SyncGuard, PoisonError};

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::auth::Login;
use super::configured_login::ConfiguredLogin;
use super::failure;
use super::identity::TokenIdentity;
use super::login_response::{GrantedToken, look_up};
use super::request;
use super::round_state::RoundState;
use super::token::Token;
use crate::backend::shared::{LoginResult, SharedReadings};
use crate::client::{Client, Deadline, Failure, Request, Response, Retry};
use crate::config::View;
use crate::error::{Error, Kind};
use crate::keep::Keep;
use crate::redacted::Redacted;

/// The error of a token that Vault does not take.
pub(super) const REFUSED: &str = "Vault refuses the token (403)";

/// One login's standing with Vault.
pub(super) struct Session {
    login: ConfiguredLogin,
    /// The token in use; `None` before the first reading.
    token: Mutex<Option<Arc<Token>>>,
    /// The token of the last login, for who must not wait for the next one.
    last: SyncMutex<Option<Arc<Token>>>,
    /// How many logins Vault has refused, and its last refusal.
    refusals: SyncMutex<(u64, Option<Error>)>,
    /// Until when the upkeep of the token leaves Vault alone.
    pause: SyncMutex<Option<Instant>>,
    /// What its readings share with others, if they do.
    shared: Option<Arc<SharedReadings>>,
    /// Who reads, to those: another number once Vault takes the session's user for somebody else.
    reader: AtomicU64,
}

/// What a session's readings share, and who reads.
#[derive(Clone, Copy)]
pub(super) struct SharedSession<'s> {
    pub(super) readings: &'s Arc<SharedReadings>,
    pub(super) reader: u64,
}

/// A response to a request with the session's token.
pub(super) struct SessionResponse {
    pub(super) response: Response,
    /// The token that it is a response to.
    pub(super) token: Arc<Token>,
    /// The hint for a user whose token itself is refused, for good.
    pub(super) token_hint: Option<String>,
}

impl Session {
    /// Checks the login's settings; logs in at the first reading.
    pub(super) fn new(settings: &View, client: Arc<Client>, keep: Option<Keep>) -> Result<Self, Error> {
        Ok(Self {
            login: ConfiguredLogin::new(settings, client, keep)?,
            token: Mutex::default(),
            last: SyncMutex::default(),
            refusals: SyncMutex::default(),
            pause: SyncMutex::default(),
            shared: None,
            reader: AtomicU64::default(),
        })
    }

    /// The session, whose readings share with those of others of the same login.
    pub(super) fn sharing(self, shared: Option<Arc<SharedReadings>>) -> Self {
        let reader = shared.as_ref().map(|shared| shared.new_reader()).unwrap_or_default();
        Self { shared, reader: reader.into(), ..self }
    }

    /// What its readings share.
    pub(super) fn shared(&self) -> Option<SharedSession<'_>> {
        let reader = self.reader.load(Ordering::Relaxed);
        self.shared.as_ref().map(|readings| SharedSession { readings, reader })
    }

    /// The token of the last login.
    pub(super) fn last(&self) -> Option<Arc<Token>> {
        self.lock_last().clone()
    }

    fn lock_last(&self) -> SyncGuard<'_, Option<Arc<Token>>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The login that the settings choose.
    pub(super) fn login(&self) -> &'static Login {
        self.login.row
    }

    /// Who logs in where, as far as the settings tell.
    pub(super) fn configured(&self) -> Result<Vec<String>, Error> {
        self.login.parts()
    }

    /// The client that the session sends through.
    pub(super) fn client(&self) -> &Client {
        &self.login.client
    }

    /// The token of a new login with Vault's response, or the token that is there. For an examination: no token that is kept is used.
    pub(super) async fn examine(&self, round: &RoundState) -> Result<(Token, Option<GrantedToken>), Error> {
        self.login.examine(round).await
    }

    /// Sends the request that `build` makes with the token, and once more with a new token where Vault refuses this one.
    pub(super) async fn send(
        &self,
        round: &RoundState,
        build: impl Fn(&Redacted) -> Request,
        retry: Retry,
        deadline: Deadline,
    ) -> Result<SessionResponse, Failure> {
        let token = self.token_for_use(round, deadline).await?;
        let response = round.client(self.client()).send(build(&token.text), retry, deadline).await?;
        if !token.is_refused_by(&response, round) {
            token.note_success();
            return Ok(SessionResponse { response, token, token_hint: None });
        }
        match self.renew(round, &token, deadline).await? {
            Some(token) => {
                let response = round.client(self.client()).send(build(&token.text), retry, deadline).await?;
                let token_hint = token.is_refused_by(&response, round).then(|| token.hint());
                Ok(SessionResponse { response, token, token_hint })
            }
            None => {
                let token_hint = failure::refuses_token(&response).then(|| token.hint());
                Ok(SessionResponse { token_hint, response, token })
            }
        }
    }

    /// The token, after a login if there is none yet. Readings that need it meanwhile wait for the same login.
    pub(super) async fn token(&self, round: &RoundState, deadline: Deadline) -> Result<Arc<Token>, Failure> {
        let mut current = self.lock(round, deadline).await?;
        if let Some(token) = current.as_ref().filter(|token| !token.has_ended()) {
            return Ok(token.clone());
        }
        Ok(current.insert(self.log_in(round, true).await?).clone())
    }

    /// The token with one of its uses, if those are limited: a new one before they run out, and where its file has changed.
    async fn token_for_use(&self, round: &RoundState, deadline: Deadline) -> Result<Arc<Token>, Failure> {
        let mut current = self.lock(round, deadline).await?;
        if let Some(token) = current.as_ref().filter(|token| self.is_good(token) && token.take_use()) {
            return Ok(token.clone());
        }
        let may_be_cached = current.take().is_none();
        let token = current.insert(self.log_in(round, may_be_cached).await?);
        token.take_use();
        Ok(token.clone())
    }

    /// Another token than `old`, which Vault refuses; `None` where there is no other.
    async fn renew(
        &self,
        round: &RoundState,
        old: &Arc<Token>,
        deadline: Deadline,
    ) -> Result<Option<Arc<Token>>, Failure> {
        let mut current = self.lock(round, deadline).await?;
        // Another reading was quicker, unless the uses of its token are gone as well.
        if let Some(token) = current.as_ref().filter(|token| !Arc::ptr_eq(token, old) && token.take_use()) {
            return Ok(Some(token.clone()));
        }
        if !old.may_have_successor(round) {
            return Ok(None);
        }
        self.login.forget(old);
        let token = self.log_in(round, false).await?;
        if token.text == old.text {
            return Ok(None); // nobody has renewed the file
        }
        token.take_use();
        Ok(Some(current.insert(token).clone()))
    }

    /// Locks the token, unless the round has failed while it waited.
    async fn lock(
        &self,
        round: &RoundState,
        deadline: Deadline,
    ) -> Result<MutexGuard<'_, Option<Arc<Token>>>, Failure> {
        let before = self.refusals().0;
        let current = self.client().within(deadline, self.token.lock()).await?;
        round.check()?;
        // A login that was refused meanwhile would be refused again, and each one brings an account nearer to being locked.
        let refusal = Some(self.refusals().clone()).filter(|(count, _)| *count > before && current.is_none());
        match refusal.and_then(|(_, refusal)| refusal) {
            None => Ok(current),
            Some(error) => {
                round.fail(&error);
                Err(error.into())
            }
        }
    }

    fn refusals(&self) -> SyncGuard<'_, (u64, Option<Error>)> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_good(&self, token: &Token) -> bool {
        !self.login.has_newer(token) && !token.has_ended()
    }

    /// A token from the cache or from a login. An error stops the round.
    async fn log_in(&self, round: &RoundState, may_be_cached: bool) -> Result<Arc<Token>, Error> {
        let token = self.login.token(round, may_be_cached).await.map(Arc::new);
        let token = token.inspect_err(|error| self.note_failure(round, error))?;
        if token.is_of_login() {
            self.count(LoginResult::Success);
        }
        let before = self.lock_last().replace(token.clone());
        if let (Some(before), Some(shared)) = (before, &self.shared)
            && !is_same_user(&before, &token)
        {
            self.reader.store(shared.new_reader(), Ordering::Relaxed);
        }
        Ok(token)
    }

    fn note_failure(&self, round: &RoundState, error: &Error) {
        round.fail(error);
        self.count(LoginResult::Failure);
        if error.kind == Kind::Denied {
            let mut refusals = self.refusals();
            *refusals = (refusals.0 + 1, Some(error.clone()));
        }
    }

    fn count(&self, result: LoginResult) {
        self.shared.iter().for_each(|shared| shared.counts().count_login(result));
    }

    /// The accessor of the token in use; `None` if Vault has not said it: a token of the settings is not asked about itself.
    pub(super) fn accessor(&self) -> Option<String> {
        Some(self.last()?.facts()?.accessor.as_ref()?.reveal().to_owned())
    }

    /// Whom Vault takes the session's user for, with the token that is in use; it logs in if there is none yet. A token of the settings is
    /// asked about itself once; `None` where it may not be.
    pub(super) async fn identity(
        &self,
        round: &RoundState,
        deadline: Deadline,
    ) -> Result<Option<TokenIdentity>, Failure> {
        let token = self.token(round, deadline).await?;
        if token.facts().is_none() {
            let build = |token: &_| request::look_up_self(self.login.namespace.as_deref(), token);
            let SessionResponse { response, token, token_hint } =
                self.send(round, build, Retry::Idempotent, deadline).await?;
            match (look_up(&response), token_hint) {
                (Some(facts), _) => {
                    self.login.conceal(&facts.accessor);
                    token.learn(facts);
                }
                (None, Some(hint)) => return Err(Error::new(Kind::Denied, REFUSED).hint(hint).into()),
                (None, None) if response.status == 403 => return Ok(None),
                (None, None) => return Err(failure::failed(&response).into()),
            }
            return Ok(token.identity());
        }
        Ok(token.identity())
    }
}

/// Whether Vault takes the users of both tokens for the same. Of a file's it has not said so.
fn is_same_user(one: &Token, other: &Token) -> bool {
    one.text == other.text || (one.identity().is_some() && one.identity() == other.identity())
}
