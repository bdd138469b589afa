//! The token that a session uses: where it comes from, and whether a response refuses it. Pure.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::failure;
use super::identity::{TokenFacts, TokenIdentity};
use super::reader::Reader;
use super::round_state::RoundState;
use super::token_cache::CacheKey;
use crate::client::Response;
use crate::redacted::Redacted;
use crate::setting_file::FileStamp;

/// A token in use.
pub(super) struct Token {
    pub(super) text: Redacted,
    pub(super) origin: TokenOrigin,
    /// Who reads with it, for messages.
    pub(super) reader: Reader,
    /// The login's name.
    method: &'static str,
    /// The mount of the login; empty where there was none.
    mount: String,
    /// What Vault says of it; empty for a token of the settings that nobody has asked about.
    facts: OnceLock<TokenFacts>,
    /// How long it lives, by the last word of Vault; `None` before it was asked, and without an end.
    life: Mutex<Option<TokenLife>>,
    /// How many of its uses are left; `None` is without limit, or unknown.
    uses_left: Option<AtomicU64>,
    /// Whether Vault has taken it.
    has_worked: AtomicBool,
}

/// The life that Vault gives a token.
#[derive(Clone, Copy, Debug)]
struct TokenLife {
    /// When it said so, by the clock that the keep of several machines shares, and by one that nobody sets.
    told: (SystemTime, Instant),
    length: Duration,
}

/// The source of a token.
#[derive(Clone, PartialEq)]
pub(super) enum TokenOrigin {
    Settings,
    /// A file in this state.
    File(FileStamp),
    /// An agent between us and Vault.
    Agent,
    Cache(CacheKey),
    Login,
}

impl Token {
    /// A token that Vault gave at `mount`.
    pub(super) fn granted(
        text: Redacted,
        origin: TokenOrigin,
        reader: Reader,
        (method, mount): (&'static str, &str),
        facts: TokenFacts,
    ) -> Self {
        let uses_left = facts.uses.map(AtomicU64::new);
        let life = Mutex::new(facts.life.map(TokenLife::from_now));
        let (facts, has_worked) = (OnceLock::from(facts), AtomicBool::new(false));
        Self { text, origin, reader, method, mount: mount.to_owned(), facts, life, uses_left, has_worked }
    }

    /// A token that no login of ours got, which Vault has said nothing of yet.
    pub(super) fn ready(text: Redacted, origin: TokenOrigin, reader: Reader, method: &'static str) -> Self {
        let (mount, facts, has_worked) = (String::new(), OnceLock::new(), AtomicBool::new(false));
        Self { text, origin, reader, method, mount, facts, life: Mutex::default(), uses_left: None, has_worked }
    }

    /// Takes one of its uses; `false` if none is left.
    pub(super) fn take_use(&self) -> bool {
        let take = |left: u64| left.checked_sub(1);
        let left = self.uses_left.as_ref();
        left.is_none_or(|left| left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok())
    }

    /// Notes that Vault has taken it.
    pub(super) fn note_success(&self) {
        self.has_worked.store(true, Ordering::Relaxed);
    }

    /// Whether another token may be had in its place. A round logs in once more; a token of limited uses, which requests that were
    /// repeated have used up, has a successor each time that it got readings through.
    pub(super) fn may_have_successor(&self, round: &RoundState) -> bool {
        match self.origin {
            TokenOrigin::Settings | TokenOrigin::Agent => false,
            TokenOrigin::File(_) => true,
            _ if self.uses().is_some() && self.has_worked.load(Ordering::Relaxed) => true,
            _ => round.may_renew(),
        }
    }

    /// What Vault has said of it; `None` before it was asked.
    pub(super) fn facts(&self) -> Option<&TokenFacts> {
        self.facts.get()
    }

    /// Notes what Vault says of it now.
    pub(super) fn learn(&self, facts: TokenFacts) {
        facts.life.into_iter().for_each(|life| self.prolong(life));
        let _ = self.facts.set(facts);
    }

    /// Notes that Vault lets it live so long from now on.
    pub(super) fn prolong(&self, life: Duration) {
        *self.life.lock().unwrap_or_else(PoisonError::into_inner) = Some(TokenLife::from_now(life));
    }

    /// How long it lives; `None` if it has no end, or Vault was not asked yet.
    pub(super) fn left(&self) -> Option<Duration> {
        let TokenLife { told, length } = self.life()?;
        Some(length.saturating_sub(told.1.elapsed()))
    }

    /// Whether it has come to its end.
    pub(super) fn has_ended(&self) -> bool {
        self.is_of_login() && self.left().is_some_and(|left| left.is_zero())
    }

    /// Whether less than a third of its life is left.
    pub(super) fn is_due(&self) -> bool {
        let whole = self.facts().and_then(|facts| facts.life);
        self.is_of_login() && self.left().zip(whole).is_some_and(|(left, whole)| left < whole / 3)
    }

    /// Whether a login got it, and can get another one.
    pub(super) fn is_of_login(&self) -> bool {
        matches!(self.origin, TokenOrigin::Login | TokenOrigin::Cache(_))
    }

    fn life(&self) -> Option<TokenLife> {
        *self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When it ends; `None` if it has no end, or Vault was not asked yet.
    pub(super) fn ends(&self) -> Option<SystemTime> {
        let TokenLife { told, length } = self.life()?;
        told.0.checked_add(length)
    }

    /// How often it may be used; `None` is without limit, or unknown.
    pub(super) fn uses(&self) -> Option<u64> {
        self.facts()?.uses
    }

    /// Whom Vault takes its user for; `None` before Vault was asked.
    pub(super) fn identity(&self) -> Option<TokenIdentity> {
        Some(TokenIdentity::new(self.method, &self.mount, self.facts()?))
    }

    /// The hint for a user whose token is refused for good.
    pub(super) fn hint(&self) -> String {
        match (&self.origin, self.uses()) {
            (TokenOrigin::Settings, _) => {
                "the token is wrong, has expired or is used up, and the login `token` has no way to get \
                 another: set a new `VAULT_TOKEN`, or choose another `AVP_AUTH_TYPE`"
                    .to_owned()
            }
            (TokenOrigin::File(_), _) => {
                "the token of `AVP_TOKEN_FILE` is wrong or has expired, and nobody has put another there: does the agent run?".to_owned()
            }
            (TokenOrigin::Agent, _) => {
                "the agent adds a token that is wrong or has expired: does it log in, and has its `api_proxy` `use_auto_auth_token`?"
                    .to_owned()
            }
            (_, Some(uses)) => format!(
                "a token of this login may be used {uses} times, and Vault refuses a new one at once: raise the role's \
                 `token_num_uses`, or set it to 0 for no limit"
            ),
            _ => "Vault refuses even the token of a new login: was it revoked?".to_owned(),
        }
    }

    /// Whether a response refuses the token itself, not the reading. Older Vaults respond the same to both: then the token is to blame
    /// if an earlier round or run got it, and it has not worked in this round yet.
    pub(super) fn is_refused_by(&self, response: &Response, round: &RoundState) -> bool {
        if response.status != 403 {
            round.trust_token();
            return false;
        }
        let may_have_ended = !matches!(self.origin, TokenOrigin::Settings | TokenOrigin::Agent);
        let is_suspect = may_have_ended && !round.has_good_token();
        is_suspect || failure::refuses_token(response)
    }
}

impl TokenLife {
    fn from_now(length: Duration) -> Self {
        Self { told: (SystemTime::now(), Instant::now()), length }
    }
}
