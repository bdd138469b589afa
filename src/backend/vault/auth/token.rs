//! Login `token`: there is a token already.

use super::{Ask, Login, no_hint, part};
use crate::config::Config;
use crate::error::Error;

pub(super) const LOGIN: Login = Login {
    name: "token",
    doc: "A token that is there: `VAULT_TOKEN`, else what `~/.vault-token` holds",
    settings: &["VAULT_TOKEN"],
    needs: 1,
    ask,
    hint: no_hint,
};

fn ask(config: &Config) -> Result<Ask, Error> {
    Ok(Ask::Token(part(config, "VAULT_TOKEN")))
}
