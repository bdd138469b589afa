//! One login a run, shared by all readings, and one more where its token fails. Knows nothing of what is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::auth::{self, Ask, Login};
use super::request;
use super::response::{self, Auth};
use super::token_cache::{Key, TokenCache};
use crate::client::{Client, Hidden, Repeat, Request, Response};
use crate::config::Config;
use crate::error::{Error, Kind};

/// Who we are to Vault.
pub(super) struct Session {
    config: Config,
    login: &'static Login,
    /// The operator's namespace: where the login is.
    namespace: Option<String>,
    cache: TokenCache,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The token in use, or why there is none: asked for at the first reading.
    token: Option<Result<Arc<Token>, Error>>,
    /// Whether the one more login was used.
    renewed: bool,
}

/// A token in use.
struct Token {
    text: Hidden,
    from: From,
    uses: Option<u64>,
    /// Whether Vault has taken it in this run.
    worked: AtomicBool,
}

/// Where a token comes from.
#[derive(Clone, PartialEq)]
enum From {
    Settings,
    Cache(Key),
    Login,
}

/// An answer, and what to say should it be a refusal.
pub(super) struct Answered {
    pub(super) response: Response,
    pub(super) refused: Option<String>,
}

impl Session {
    /// Checks the login's settings; logs in at the first reading.
    pub(super) fn new(config: &Config) -> Result<Self, Error> {
        let folder = config.cache_folder().filter(|_| !config.bool("AVP_DISABLE_TOKEN_CACHE"));
        Ok(Self {
            login: auth::choose(config)?,
            namespace: config.get("VAULT_NAMESPACE").map(str::to_owned),
            cache: TokenCache::new(folder),
            config: config.clone(),
            state: Mutex::default(),
        })
    }

    /// Sends the request that `build` makes with the token, once more with a new token where Vault refuses this one.
    pub(super) async fn send(
        &self,
        client: &Client,
        build: impl Fn(&Hidden) -> Request,
        deadline: Instant,
    ) -> Result<Answered, crate::client::Failure> {
        let token = self.token(client).await?;
        let response = client.send(&build(&token.text), Repeat::Reading, deadline).await?;
        if !token.is_refused_by(&response) {
            return Ok(Answered { response, refused: None });
        }
        match self.renew(client, &token).await? {
            Some(token) => {
                let response = client.send(&build(&token.text), Repeat::Reading, deadline).await?;
                let refused = token.is_refused_by(&response).then(|| self.refused(&token));
                Ok(Answered { response, refused })
            }
            None => Ok(Answered { refused: Some(self.refused(&token)), response }),
        }
    }

    /// The token, after the login if need be. Whoever comes meanwhile waits for the same login.
    async fn token(&self, client: &Client) -> Result<Arc<Token>, Error> {
        let mut state = self.state.lock().await;
        if let Some(token) = &state.token {
            return token.clone();
        }
        let token = self.log_in(client, true).await;
        state.token = Some(token.clone());
        token
    }

    /// Another token than `old`, which Vault refuses; none where there is no other.
    async fn renew(&self, client: &Client, old: &Arc<Token>) -> Result<Option<Arc<Token>>, Error> {
        let mut state = self.state.lock().await;
        match &state.token {
            Some(Ok(token)) if Arc::ptr_eq(token, old) => {}
            Some(token) => return token.clone().map(Some), // another reading was quicker
            None => return Ok(None),
        }
        if old.from == From::Settings || state.renewed {
            return Ok(None);
        }
        if let From::Cache(key) = &old.from {
            self.cache.forget(key, &old.text);
        }
        state.renewed = true;
        let token = self.log_in(client, false).await;
        state.token = Some(token.clone());
        token.map(Some)
    }

    async fn log_in(&self, client: &Client, cached: bool) -> Result<Arc<Token>, Error> {
        let ask = (self.login.ask)(&self.config)?;
        let credentials = client.credentials();
        ask.secrets().for_each(|secret| credentials.add(secret.reveal()));
        let (mount, action, body) = match &ask {
            Ask::Token(token) => return Ok(Token::shared(token.clone(), From::Settings, None)),
            Ask::Login { mount, action, body } => (mount, action, body),
        };
        let key = Key::new(&client.address_with_path(), self.namespace.as_deref(), self.login.name, &ask);
        if let Some((key, kept)) = key.as_ref().filter(|_| cached).and_then(|key| Some((key, self.cache.load(key)?))) {
            [Some(&kept.token), kept.accessor.as_ref()]
                .into_iter()
                .flatten()
                .for_each(|it| credentials.add(it.reveal()));
            return Ok(Token::shared(kept.token, From::Cache(key.clone()), None));
        }
        let request = request::login(mount, action, Ask::json(body), self.namespace.as_deref());
        let response =
            client.send(&request, Repeat::Unsent, client.deadline()).await.map_err(|failure| failure.error)?;
        let auth = response::login(&response).map_err(|error| self.not_granted(mount, &response, error))?;
        [Some(&auth.token), auth.accessor.as_ref()].into_iter().flatten().for_each(|it| credentials.add(it.reveal()));
        if let Some(key) = &key {
            self.cache.store(key, &auth);
        }
        let Auth { token, uses, .. } = auth;
        Ok(Token::shared(token, From::Login, uses))
    }

    /// Why there is no token: what Vault says to a login, and what it may mean.
    fn not_granted(&self, mount: &str, response: &Response, error: Error) -> Error {
        let causes = response::causes(response);
        let own = (self.login.hint)(response.status, &causes);
        let kind = if own.is_some() || response.status == 400 { Kind::Denied } else { error.kind };
        let cause = match causes.is_empty() || error.detail.contains(&causes) {
            true => error.detail,
            false => format!("{}: {causes}", error.detail),
        };
        let login = self.login.name;
        let told = Error::new(kind, format!("cannot log in to Vault: `{login}` at `{mount}`")).cause(cause);
        match own.map(str::to_owned).or(error.hint) {
            Some(hint) => told.hint(hint),
            None => told,
        }
    }

    /// What to say where Vault refuses `token` for good.
    fn refused(&self, token: &Token) -> String {
        match (&token.from, token.uses) {
            (From::Settings, _) => {
                "the token is wrong, has expired or is used up, and the login `token` has no way to get \
                 another: give a new `VAULT_TOKEN`, or choose another `AVP_AUTH_TYPE`"
                    .to_owned()
            }
            (_, Some(uses)) => format!(
                "a token of this login may be used {uses} times, and two of them were not enough: raise the role's \
                 `token_num_uses`, best to 0"
            ),
            _ => "Vault refuses even the token of a new login: was it revoked?".to_owned(),
        }
    }
}

impl Token {
    fn shared(text: Hidden, from: From, uses: Option<u64>) -> Arc<Self> {
        Arc::new(Self { text, from, uses, worked: AtomicBool::new(false) })
    }

    /// Whether an answer refuses the token, not what it may do. Older Vaults say the same of both:
    /// a token from the cache that has not worked yet is the suspect then.
    fn is_refused_by(&self, response: &Response) -> bool {
        if response.status != 403 {
            self.worked.store(true, Ordering::Relaxed);
            return false;
        }
        let suspect = matches!(self.from, From::Cache(_)) && !self.worked.load(Ordering::Relaxed);
        suspect || response::refuses_token(response)
    }
}
