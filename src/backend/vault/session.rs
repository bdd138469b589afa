//! One token for all readings of all rounds, replaced once a round where Vault refuses it. Knows no path and no secret.

use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard};

use super::auth::{self, Login, LoginRequest, TokenSource};
use super::failure;
use super::identity::{TokenFacts, TokenIdentity};
use super::login_response::{GrantedToken, granted_token, look_up};
use super::missing;
use super::reader::Reader;
use super::request;
use super::round_state::RoundState;
use super::settings::DISABLE_TOKEN_CACHE;
use super::token::{Token, TokenOrigin};
use super::token_cache::{CacheKey, TokenCache};
use crate::client::{Client, Deadline, Failure, Request, Response, Retry};
use crate::config::View;
use crate::error::{Error, Kind};
use crate::policy::settings::NAMESPACE;
use crate::redacted::Redacted;

/// The error of a token that Vault does not take.
pub(super) const REFUSED: &str = "Vault refuses the token (403)";

/// One login's standing with Vault.
pub(super) struct Session {
    client: Client,
    login: &'static Login,
    /// The settings of the login.
    settings: View,
    /// The operator's namespace, in which the login is.
    namespace: Option<String>,
    cache: TokenCache,
    /// The token in use; `None` before the first reading.
    token: Mutex<Option<Arc<Token>>>,
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
    pub(super) fn new(settings: &View, client: Client) -> Result<Self, Error> {
        let folder = settings.cache_folder().filter(|_| !settings.is_on(&DISABLE_TOKEN_CACHE));
        let login = auth::choose(settings)?;
        Ok(Self {
            login,
            settings: settings.of_login(login.settings.settings),
            namespace: settings.get(&NAMESPACE).cloned(),
            cache: TokenCache::new(folder),
            client,
            token: Mutex::default(),
        })
    }

    /// The login that the settings choose.
    pub(super) fn login(&self) -> &'static Login {
        self.login
    }

    /// The client that the session sends through.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Sends the request that `build` makes with the token, and once more with a new token where Vault refuses this one.
    pub(super) async fn send(
        &self,
        round: &RoundState,
        build: impl Fn(&Redacted) -> Request,
        retry: Retry,
        deadline: Deadline,
    ) -> Result<SessionResponse, Failure> {
        let token = self.token(round, deadline).await?;
        let response = self.client.send(&build(&token.text), retry, deadline).await?;
        if !token.is_refused_by(&response, round) {
            return Ok(SessionResponse { response, token, token_hint: None });
        }
        match self.renew(round, &token, deadline).await? {
            Some(token) => {
                let response = self.client.send(&build(&token.text), retry, deadline).await?;
                let token_hint = token.is_refused_by(&response, round).then(|| token.hint());
                Ok(SessionResponse { response, token, token_hint })
            }
            None => Ok(SessionResponse { token_hint: Some(token.hint()), response, token }),
        }
    }

    /// The token, after a login if there is none yet. Readings that need it meanwhile wait for the same login.
    pub(super) async fn token(&self, round: &RoundState, deadline: Deadline) -> Result<Arc<Token>, Failure> {
        let mut current = self.lock(round, deadline).await?;
        if let Some(token) = &*current {
            return Ok(token.clone());
        }
        Ok(current.insert(self.log_in(round, true).await?).clone())
    }

    /// Another token than `old`, which Vault refuses; `None` where there is no other.
    async fn renew(
        &self,
        round: &RoundState,
        old: &Arc<Token>,
        deadline: Deadline,
    ) -> Result<Option<Arc<Token>>, Failure> {
        let mut current = self.lock(round, deadline).await?;
        if let Some(token) = current.as_ref().filter(|token| !Arc::ptr_eq(token, old)) {
            return Ok(Some(token.clone())); // another reading was quicker
        }
        if old.origin == TokenOrigin::Settings || !round.may_renew() {
            return Ok(None);
        }
        if let TokenOrigin::Cache(key) = &old.origin {
            self.cache.forget(key, &old.text);
        }
        *current = None;
        Ok(Some(current.insert(self.log_in(round, false).await?).clone()))
    }

    /// Locks the token, unless the round has failed while it waited.
    async fn lock(
        &self,
        round: &RoundState,
        deadline: Deadline,
    ) -> Result<MutexGuard<'_, Option<Arc<Token>>>, Failure> {
        let current = self.client.within(deadline, self.token.lock()).await?;
        round.check()?;
        Ok(current)
    }

    /// A token from the cache or from a login. An error stops the round.
    async fn log_in(&self, round: &RoundState, may_be_cached: bool) -> Result<Arc<Token>, Error> {
        self.ask_for_token(round, may_be_cached).await.map(Arc::new).inspect_err(|error| round.fail(error))
    }

    async fn ask_for_token(&self, round: &RoundState, may_be_cached: bool) -> Result<Token, Error> {
        let source = (self.login.source)(&self.settings)?;
        self.conceal(source.proofs());
        let (address, name) = (self.client.address(), self.login.name());
        let login = match source {
            TokenSource::Settings(text) => {
                self.client.journal().tell(|| "no login: the settings have a token".to_owned());
                return Ok(Token::of_settings(text, Reader::with_token(address, name), name));
            }
            TokenSource::Login(login) => login,
        };
        let reader = Reader::logged_in(address, name, &login);
        let key = CacheKey::new(&self.client.address_with_path(), self.namespace.as_deref(), name, &login);
        if let Some(cached) = may_be_cached.then(|| self.cache.load(&key)).flatten() {
            self.client.journal().tell(|| "no login: a token was kept".to_owned());
            return Ok(self.accept(cached.text, cached.facts, TokenOrigin::Cache(key), reader, &login));
        }
        let granted = self.request_token(round, &login).await?;
        self.cache.store(&key, &granted);
        round.trust_token();
        Ok(self.accept(granted.text, granted.facts, TokenOrigin::Login, reader, &login))
    }

    /// A token of a login, whose text and accessor are credentials from now on.
    fn accept(
        &self,
        text: Redacted,
        facts: TokenFacts,
        origin: TokenOrigin,
        reader: Reader,
        login: &LoginRequest,
    ) -> Token {
        self.conceal([&text].into_iter().chain(&facts.accessor));
        let reader = self.with_policies(reader, &facts.policies);
        Token::granted(text, origin, reader, (self.login.name(), &login.mount), facts)
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
            let build = |token: &_| request::look_up_self(self.namespace.as_deref(), token);
            let SessionResponse { response, token, token_hint } =
                self.send(round, build, Retry::Idempotent, deadline).await?;
            match (look_up(&response), token_hint) {
                (Some(facts), _) => {
                    self.conceal(&facts.accessor);
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

    /// The token of a new login with Vault's response, or the token of the settings. For an examination: no token that is kept is used,
    /// and this one is not kept.
    pub(super) async fn examine(&self, round: &RoundState) -> Result<(Token, Option<GrantedToken>), Error> {
        let source = (self.login.source)(&self.settings)?;
        self.conceal(source.proofs());
        let (address, name) = (self.client.address(), self.login.name());
        let login = match source {
            TokenSource::Settings(text) => {
                return Ok((Token::of_settings(text, Reader::with_token(address, name), name), None));
            }
            TokenSource::Login(login) => login,
        };
        let reader = Reader::logged_in(address, name, &login);
        let granted = self.request_token(round, &login).await?;
        let token = self.accept(granted.text.clone(), granted.facts.clone(), TokenOrigin::Login, reader, &login);
        Ok((token, Some(granted)))
    }

    /// The token that Vault gives for `login`.
    async fn request_token(&self, round: &RoundState, login: &LoginRequest) -> Result<GrantedToken, Error> {
        self.client.journal().tell(|| format!("login `{}` at `{}`", self.login.name(), login.mount));
        let request = request::login(&login.mount, &login.action, login.json(), self.namespace.as_deref());
        let deadline = round.allowance().deadline(self.client.timeout());
        let response =
            self.client.send(&request, Retry::OnlyIfUnsent, deadline).await.map_err(|failure| failure.error)?;
        granted_token(&response).map_err(|error| self.refusal(login, &response, error))
    }

    /// The reader with its token's policies, which are none of a tenant's business.
    fn with_policies(&self, reader: Reader, policies: &[String]) -> Reader {
        if self.settings.has_tenant() { reader } else { reader.with_policies(policies) }
    }

    /// Makes these texts credentials, which nothing that a server sends may show.
    fn conceal<'t>(&self, texts: impl IntoIterator<Item = &'t Redacted>) {
        texts.into_iter().for_each(|text| self.client.credentials().add(text.reveal()));
    }

    /// The error of a login that gave no token, with Vault's words and the hints of the login and its mount.
    fn refusal(&self, login: &LoginRequest, response: &Response, error: Error) -> Error {
        let causes = failure::causes(response);
        let own = (self.login.hint)(response.status, &causes);
        let kind = if own.is_some() || response.status == 400 { Kind::Denied } else { error.kind };
        let cause = match causes.is_empty() || error.detail.contains(&causes) {
            true => error.detail,
            false => format!("{}: {causes}", error.detail),
        };
        let name = self.login.name();
        let namespace = self.namespace.as_ref().map(|name| format!(", namespace `{name}`")).unwrap_or_default();
        let detail = format!("cannot log in to Vault: `{name}` at `{}`", login.mount);
        let told = Error::new(kind, detail).cause(format!("{cause} (`{}`{namespace})", self.client.address()));
        match missing::joined([own.map(str::to_owned).or(error.hint), login.mount_hint(response.status)]) {
            hint if hint.is_empty() => told,
            hint => told.hint(hint),
        }
    }
}
