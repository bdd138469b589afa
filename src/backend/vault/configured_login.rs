//! The login that the settings choose, and how it gets a token: from the cache, from a file, or from Vault. Knows no path and no secret.

use std::sync::Arc;

use super::auth::{self, Login, LoginRequest, Member, Preparation, TokenSource};
use super::cloud_proof;
use super::failure;
use super::identity::TokenFacts;
use super::login_response::{GrantedToken, granted_token};
use super::missing;
use super::reader::Reader;
use super::request;
use super::round_state::RoundState;
use super::settings::DISABLE_TOKEN_CACHE;
use super::token::{Token, TokenOrigin};
use super::token_cache::{CacheKey, TokenCache};
use super::wrapping::{Unwrapped, WrappingToken};
use crate::backend::cloud::{Cloud, VARIABLES};
use crate::client::{Client, Deadline, Response, Retry};
use crate::config::View;
use crate::error::{Error, Kind};
use crate::keep::Keep;
use crate::policy::settings::NAMESPACE;
use crate::redacted::Redacted;

/// The login that the settings choose.
pub(super) struct ConfiguredLogin {
    pub(super) client: Arc<Client>,
    pub(super) row: &'static Login,
    /// The settings of the login.
    settings: View,
    /// The operator's namespace, in which the login is.
    pub(super) namespace: Option<String>,
    cache: TokenCache,
    /// What wrapping tokens held, for further logins: each opens once.
    unwrapped: Unwrapped,
}

impl ConfiguredLogin {
    /// Checks the login's settings; sends nothing.
    pub(super) fn new(settings: &View, client: Arc<Client>, keep: Option<Keep>) -> Result<Self, Error> {
        let folder = settings.cache_folder().filter(|_| !settings.is_on(&DISABLE_TOKEN_CACHE));
        let row = auth::choose(settings)?;
        Ok(Self {
            row,
            settings: settings.of_login(row.settings.settings),
            namespace: settings.get(&NAMESPACE).cloned(),
            cache: TokenCache::new(folder),
            client,
            unwrapped: Unwrapped::new(keep),
        })
    }

    /// A token: of the settings, a file or an agent, of the cache if it may be from there, else of a login.
    pub(super) async fn token(&self, round: &RoundState, may_be_cached: bool) -> Result<Token, Error> {
        let login = match self.ready()? {
            Ok(token) => return Ok(token),
            Err(login) => login,
        };
        let login = self.kept_by(login);
        let key = CacheKey::new(&self.client.address_with_path(), self.namespace.as_deref(), self.row.name(), &login);
        if let Some(cached) = may_be_cached.then(|| self.cache.load(&key)).flatten() {
            self.client.journal().tell(|| "no login: a token was kept".to_owned());
            return Ok(self.accept(cached.text, cached.facts, TokenOrigin::Cache(key), &login));
        }
        let granted = self.log_in(round, login.clone()).await?;
        self.cache.store(&key, &granted);
        round.trust_token();
        Ok(self.accept(granted.text, granted.facts, TokenOrigin::Login, &login))
    }

    /// The token of a new login with Vault's response, or the token of the settings. For an examination: no token that is kept is used,
    /// and this one is not kept.
    pub(super) async fn examine(&self, round: &RoundState) -> Result<(Token, Option<GrantedToken>), Error> {
        let login = match self.ready()? {
            Ok(token) => return Ok((token, None)),
            Err(login) => login,
        };
        let granted = self.log_in(round, login.clone()).await?;
        let token = self.accept(granted.text.clone(), granted.facts.clone(), TokenOrigin::Login, &login);
        Ok((token, Some(granted)))
    }

    /// Who logs in where, as far as the settings tell: a name for what is kept for them. Nothing is sent.
    pub(super) fn parts(&self) -> Result<Vec<String>, Error> {
        let source = (self.row.source)(&self.settings)?;
        let place = [self.row.name().to_owned(), self.namespace.clone().unwrap_or_default()];
        Ok(place.into_iter().chain(source.parts()).collect())
    }

    /// Whether the file of a token is another one than when it was read.
    pub(super) fn has_newer(&self, token: &Token) -> bool {
        matches!(&token.origin, TokenOrigin::File(stamp) if auth::has_changed(&self.settings, stamp))
    }

    /// Forgets a token of the cache that Vault refuses.
    pub(super) fn forget(&self, token: &Token) {
        if let TokenOrigin::Cache(key) = &token.origin {
            self.cache.forget(key, &token.text);
        }
    }

    /// The token that is there without asking Vault, else the login to ask for one.
    fn ready(&self) -> Result<Result<Token, LoginRequest>, Error> {
        let source = (self.row.source)(&self.settings)?;
        self.conceal(source.proofs());
        let (name, reader) = (self.row.name(), || Reader::with_token(self.client.address(), self.row.name()));
        let (text, origin, told) = match source {
            TokenSource::Settings(text) => (text, TokenOrigin::Settings, "the settings have a token"),
            TokenSource::File(text, stamp) => (text, TokenOrigin::File(stamp), "a file has a token"),
            TokenSource::Agent => (Redacted::new(""), TokenOrigin::Agent, "an agent adds its token"),
            TokenSource::Login(login) => return Ok(Err(login)),
        };
        self.client.journal().tell(|| format!("no login: {told}"));
        Ok(Ok(Token::ready(text, origin, reader(), name)))
    }

    /// A token of a login, whose text and accessor are credentials from now on.
    fn accept(&self, text: Redacted, facts: TokenFacts, origin: TokenOrigin, login: &LoginRequest) -> Token {
        self.conceal([&text].into_iter().chain(&facts.accessor));
        let name = self.row.name();
        let reader = Reader::logged_in(self.client.address(), name, login);
        // The policies of a token are none of a tenant's business.
        let reader = if self.settings.has_tenant() { reader } else { reader.with_policies(&facts.policies) };
        Token::granted(text, origin, reader, (name, &login.mount), facts)
    }

    /// The token that Vault gives for `login`, once it is complete.
    async fn log_in(&self, round: &RoundState, mut login: LoginRequest) -> Result<GrantedToken, Error> {
        let deadline = self.deadline(round);
        self.prepare(round, &mut login, deadline).await?;
        self.client.journal().tell(|| format!("login `{}` at `{}`", self.row.name(), login.mount));
        let request = request::login(&login.mount, &login.action, login.body.json(), self.namespace.as_deref());
        let response = round
            .client(&self.client)
            .send(request, Retry::OnlyIfUnsent, deadline)
            .await
            .map_err(|failure| failure.error)?;
        granted_token(&response).map_err(|error| self.refusal(&login, &response, error))
    }

    /// A login by a cloud, whose token is kept for the same environment: its body is another one each time.
    fn kept_by(&self, mut login: LoginRequest) -> LoginRequest {
        if !matches!(login.preparation, None | Some(Preparation::Unwrap { .. })) {
            let set = VARIABLES.iter().map(|name| self.settings.variable(name).unwrap_or_default());
            login.kept_by.extend(set.map(Redacted::new));
        }
        login
    }

    /// Completes a login with what it needs from elsewhere.
    async fn prepare(&self, round: &RoundState, login: &mut LoginRequest, deadline: Deadline) -> Result<(), Error> {
        let Some(preparation) = login.preparation.take() else { return Ok(()) };
        match preparation {
            Preparation::Unwrap { member, creation_path } => {
                let Some(text) = login.body.member(member).cloned() else { return Ok(()) };
                let namespace = self.namespace.as_deref();
                let token = WrappingToken { text: &text, member, creation_path: &creation_path, namespace };
                let content = self.unwrapped.open(&token, round.client(&self.client), deadline).await;
                let content = content.map_err(|error| self.unprepared(login, error))?;
                self.conceal([&content]);
                login.body.set(Member::proof(member, content));
                Ok(())
            }
            by_cloud => {
                let cloud = Cloud::new(|name| self.settings.variable(name), deadline);
                let members = cloud_proof::members(&by_cloud, &cloud).await;
                members
                    .map_err(|error| self.unprepared(login, error))?
                    .into_iter()
                    .for_each(|member| login.body.set(member));
                self.conceal(login.body.proofs());
                Ok(())
            }
        }
    }

    /// The error of a login that lacks what it needs from elsewhere.
    fn unprepared(&self, login: &LoginRequest, error: Error) -> Error {
        let cause = error.cause.map(|cause| format!(": {cause}")).unwrap_or_default();
        let told = self.cannot(error.kind, login, &format!("{}{cause}", error.detail));
        error.hint.into_iter().fold(told, Error::hint)
    }

    fn deadline(&self, round: &RoundState) -> Deadline {
        round.allowance().deadline(self.client.timeout())
    }

    /// Makes these texts credentials, which nothing that a server sends may show.
    pub(super) fn conceal<'t>(&self, texts: impl IntoIterator<Item = &'t Redacted>) {
        texts.into_iter().for_each(|text| self.client.credentials().add(text.reveal()));
    }

    /// The error of a login that gave no token, with Vault's words and the hints of the login and its mount.
    fn refusal(&self, login: &LoginRequest, response: &Response, error: Error) -> Error {
        let causes = failure::causes(response);
        let own = (self.row.hint)(response.status, &causes);
        let kind = if own.is_some() || response.status == 400 { Kind::Denied } else { error.kind };
        let cause = match causes.is_empty() || error.detail.contains(&causes) {
            true => error.detail,
            false => format!("{}: {causes}", error.detail),
        };
        let told = self.cannot(kind, login, &cause);
        match missing::joined([own.map(str::to_owned).or(error.hint), login.mount_hint(response.status)]) {
            hint if hint.is_empty() => told,
            hint => told.hint(hint),
        }
    }

    /// The error of a login that cannot be, without a hint.
    fn cannot(&self, kind: Kind, login: &LoginRequest, cause: &str) -> Error {
        let namespace = self.namespace.as_ref().map(|name| format!(", namespace `{name}`")).unwrap_or_default();
        let detail = format!("cannot log in to Vault: `{}` at `{}`", self.row.name(), login.mount);
        Error::new(kind, detail).cause(format!("{cause} (`{}`{namespace})", self.client.address()))
    }
}
