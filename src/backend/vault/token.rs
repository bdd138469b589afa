//! The token that a session uses: where it comes from, and whether a response refuses it. Pure.

use super::failure;
use super::reader::Reader;
use super::round_state::RoundState;
use super::token_cache::CacheKey;
use crate::client::Response;
use crate::redacted::Redacted;

/// A token in use.
pub(super) struct Token {
    pub(super) text: Redacted,
    pub(super) origin: TokenOrigin,
    /// How often it may be used; `None` is without limit, or unknown.
    pub(super) uses: Option<u64>,
    /// Who reads with it, for messages.
    pub(super) reader: Reader,
}

/// The source of a token.
#[derive(Clone, PartialEq)]
pub(super) enum TokenOrigin {
    Settings,
    Cache(CacheKey),
    Login,
}

impl Token {
    /// The hint for a user whose token is refused for good.
    pub(super) fn hint(&self) -> String {
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
    pub(super) fn is_refused_by(&self, response: &Response, round: &RoundState) -> bool {
        if response.status != 403 {
            round.trust_token();
            return false;
        }
        let is_suspect = self.origin != TokenOrigin::Settings && !round.has_good_token();
        is_suspect || failure::refuses_token(response)
    }
}
