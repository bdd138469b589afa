//! Login `none`: an agent between us and Vault adds its own token.

use super::{Login, TokenSource, no_hint};
use crate::config::View;
use crate::config::table::LoginSettings;
use crate::error::Error;

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings { names: &["none"], settings: &[], implied_by: None, ambient: Some("token of the agent") },
    doc: "No login: a Vault Agent or Proxy at `VAULT_ADDR` adds its own token",
    needs: &[],
    source,
    cost: "",
    hint: no_hint,
};

fn source(_: &View) -> Result<TokenSource, Error> {
    Ok(TokenSource::Agent)
}
