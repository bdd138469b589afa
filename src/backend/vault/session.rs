//! One token for all readings of all rounds, replaced once a round where Vault refuses it. Knows no path and no secret.

use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard};

use super::auth::{self, Login, TokenSource};
use super::failure;
use super::login_response::granted_token;
use super::request;
use super::round_state::RoundState;
use super::settings::DISABLE_TOKEN_CACHE;
use super::token_cache::{CacheKey, TokenCache};
use crate::client::{Client, Deadline, Failure, Request, Response, Retry};
use crate::config::View;
use crate::error::{Error, Kind};
use crate::policy::settings::NAMESPACE;
use crate::redacted::Redacted;

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

/// A token in use.
struct Token {
    text: Redacted,
    origin: TokenOrigin,
    uses: Option<u64>,
}

/// The source of a token.
#[derive(Clone, PartialEq)]
enum TokenOrigin {
    Settings,
    Cache(CacheKey),
    Login,
}

/// A response to a request with the session's token.
pub(super) struct SessionResponse {
    pub(super) response: Response,
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

    /// The client that the session sends through.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Sends the request that `build` makes with the token, and once more with a new token where Vault refuses this one.
    pub(super) async fn send(
        &self,
        round: &RoundState,
        build: impl Fn(&Redacted) -> Request,
        deadline: Deadline,
    ) -> Result<SessionResponse, Failure> {
        let token = self.token(round, deadline).await?;
        let response = self.client.send(&build(&token.text), Retry::Idempotent, deadline).await?;
        if !token.is_refused_by(&response, round) {
            return Ok(SessionResponse { response, token_hint: None });
        }
        match self.renew(round, &token, deadline).await? {
            Some(token) => {
                let response = self.client.send(&build(&token.text), Retry::Idempotent, deadline).await?;
                let token_hint = token.is_refused_by(&response, round).then(|| token.hint());
                Ok(SessionResponse { response, token_hint })
            }
            None => Ok(SessionResponse { token_hint: Some(token.hint()), response }),
        }
    }

    /// The token, after a login if there is none yet. Readings that need it meanwhile wait for the same login.
    async fn token(&self, round: &RoundState, deadline: Deadline) -> Result<Arc<Token>, Failure> {
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
        let login = match &source {
            TokenSource::Settings(token) => {
                self.client.journal().tell(|| "no login: the settings have a token".to_owned());
                return Ok(Token { text: token.clone(), origin: TokenOrigin::Settings, uses: None });
            }
            TokenSource::Login(login) => login,
        };
        let key = CacheKey::new(&self.client.address_with_path(), self.namespace.as_deref(), self.login.name(), login);
        if let Some(token) = may_be_cached.then(|| self.cached(&key)).flatten() {
            return Ok(token);
        }
        self.client.journal().tell(|| format!("login `{}` at `{}`", self.login.name(), login.mount));
        let request = request::login(&login.mount, &login.action, login.json(), self.namespace.as_deref());
        let deadline = round.allowance().deadline(self.client.timeout());
        let response =
            self.client.send(&request, Retry::OnlyIfUnsent, deadline).await.map_err(|failure| failure.error)?;
        let token = granted_token(&response).map_err(|error| self.refusal(&login.mount, &response, error))?;
        self.conceal([&token.text].into_iter().chain(&token.accessor));
        self.cache.store(&key, &token);
        round.trust_token();
        Ok(Token { text: token.text, origin: TokenOrigin::Login, uses: token.uses })
    }

    fn cached(&self, key: &CacheKey) -> Option<Token> {
        let cached = self.cache.load(key)?;
        self.client.journal().tell(|| "no login: a token was kept".to_owned());
        self.conceal([&cached.text].into_iter().chain(&cached.accessor));
        Some(Token { text: cached.text, origin: TokenOrigin::Cache(key.clone()), uses: None })
    }

    /// Makes these texts credentials, which nothing that a server sends may show.
    fn conceal<'t>(&self, texts: impl IntoIterator<Item = &'t Redacted>) {
        texts.into_iter().for_each(|text| self.client.credentials().add(text.reveal()));
    }

    /// The error of a login that gave no token, with Vault's words and the login's hint.
    fn refusal(&self, mount: &str, response: &Response, error: Error) -> Error {
        let causes = failure::causes(response);
        let own = (self.login.hint)(response.status, &causes);
        let kind = if own.is_some() || response.status == 400 { Kind::Denied } else { error.kind };
        let cause = match causes.is_empty() || error.detail.contains(&causes) {
            true => error.detail,
            false => format!("{}: {causes}", error.detail),
        };
        let login = self.login.name();
        let told = Error::new(kind, format!("cannot log in to Vault: `{login}` at `{mount}`")).cause(cause);
        match own.map(str::to_owned).or(error.hint) {
            Some(hint) => told.hint(hint),
            None => told,
        }
    }
}

impl Token {
    /// The hint for a user whose token is refused for good.
    fn hint(&self) -> String {
        match (&self.origin, self.uses) {
            (TokenOrigin::Settings, _) => {
                "the token is wrong, has expired or is used up, and the login `token` has no way to get \
                 another: set a new `VAULT_TOKEN`, or choose another `AVP_AUTH_TYPE`"
                    .to_owned()
            }
            (_, Some(uses)) => format!(
                "a token of this login may be used {uses} times, and two of them were not enough: raise the role's \
                 `token_num_uses`, or set it to 0 for no limit"
            ),
            _ => "Vault refuses even the token of a new login: was it revoked?".to_owned(),
        }
    }

    /// Whether a response refuses the token itself, not the reading. Older Vaults respond the same to both: then the token is to blame
    /// if an earlier round or run got it, and it has not worked in this round yet.
    fn is_refused_by(&self, response: &Response, round: &RoundState) -> bool {
        if response.status != 403 {
            round.trust_token();
            return false;
        }
        let is_suspect = self.origin != TokenOrigin::Settings && !round.has_good_token();
        is_suspect || failure::refuses_token(response)
    }
}
