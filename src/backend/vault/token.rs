//! The token that a session uses: where it comes from, and whether a response refuses it. Pure.

use std::sync::OnceLock;
use std::time::SystemTime;

use super::failure;
use super::identity::{TokenFacts, TokenIdentity};
use super::reader::Reader;
use super::round_state::RoundState;
use super::token_cache::CacheKey;
use crate::client::Response;
use crate::redacted::Redacted;

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
    /// What Vault says of it, and when it said so; empty for a token of the settings that nobody has asked about.
    facts: OnceLock<(SystemTime, TokenFacts)>,
}

/// The source of a token.
#[derive(Clone, PartialEq)]
pub(super) enum TokenOrigin {
    Settings,
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
        let facts = OnceLock::from((SystemTime::now(), facts));
        Self { text, origin, reader, method, mount: mount.to_owned(), facts }
    }

    /// A token of the settings, which Vault has said nothing of yet.
    pub(super) fn of_settings(text: Redacted, reader: Reader, method: &'static str) -> Self {
        let (origin, mount, facts) = (TokenOrigin::Settings, String::new(), OnceLock::new());
        Self { text, origin, reader, method, mount, facts }
    }

    /// What Vault has said of it; `None` before it was asked.
    pub(super) fn facts(&self) -> Option<&TokenFacts> {
        self.facts.get().map(|(_, facts)| facts)
    }

    /// Notes what Vault says of it now.
    pub(super) fn learn(&self, facts: TokenFacts) {
        let _ = self.facts.set((SystemTime::now(), facts));
    }

    /// When it ends; `None` if it has no end, or Vault was not asked yet.
    pub(super) fn ends(&self) -> Option<SystemTime> {
        let (told, facts) = self.facts.get()?;
        told.checked_add(facts.life?)
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
            (_, Some(uses)) => format!(
                "a token of this login may be used {uses} times, and two of them were not enough: raise the role's \
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
        let is_suspect = self.origin != TokenOrigin::Settings && !round.has_good_token();
        is_suspect || failure::refuses_token(response)
    }
}
