//! Login `token`: there is a token already.

use super::{Login, TokenSource, body_text, no_hint};
use crate::config::format::SECRET;
use crate::config::table::LoginSettings;
use crate::config::{Key, Role, View};
use crate::error::Error;
use crate::redacted::Redacted;

const TOKEN: Key<Redacted> =
    Key::new("VAULT_TOKEN", "the token; unset, what `~/.vault-token` holds", SECRET, "hvs.…", &[Role::Credential])
        .home_file(".vault-token");

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings { names: &["token"], settings: &[&TOKEN], implied_by: Some(&TOKEN), ambient: None },
    doc: "A token that is there: `VAULT_TOKEN`, else what `~/.vault-token` holds",
    needs: &[&[&TOKEN]],
    source,
    cost: "",
    hint: no_hint,
};

fn source(settings: &View) -> Result<TokenSource, Error> {
    Ok(TokenSource::Settings(body_text(settings, &TOKEN)))
}
