//! Login `token_file`: a token in a file that somebody else renews, such as the sink of a Vault Agent.

use std::path::PathBuf;

use super::{Login, TokenSource, no_hint};
use crate::config::format::PATH;
use crate::config::table::LoginSettings;
use crate::config::{Key, Role, View};
use crate::error::{Error, Kind};
use crate::redacted::Redacted;
use crate::setting_file::{self, FileStamp};

const TOKEN_FILE: Key<PathBuf> = Key::new(
    "AVP_TOKEN_FILE",
    "a file with the token, which is read again when it changes: the sink of a Vault Agent",
    PATH,
    "/vault/secrets/token",
    &[Role::File, Role::Credential],
);

pub(super) const LOGIN: Login = Login {
    settings: LoginSettings {
        names: &["token_file"],
        settings: &[&TOKEN_FILE],
        implied_by: Some(&TOKEN_FILE),
        ambient: None,
    },
    doc: "A file with a token that somebody else renews: the sink of a Vault Agent or Proxy",
    needs: &[&[&TOKEN_FILE]],
    source,
    cost: "",
    hint: no_hint,
};

fn source(settings: &View) -> Result<TokenSource, Error> {
    // The stamp is taken first: a file that changes meanwhile is read again.
    let stamp = stamp(settings);
    let bytes = setting_file::read(settings, &TOKEN_FILE)?.unwrap_or_default();
    let text = std::str::from_utf8(&bytes).unwrap_or_default().trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let detail = format!("the file of {} holds no token", settings.locate_setting(&TOKEN_FILE));
        return Err(Error::new(Kind::Setting, detail).hint(match text.is_empty() {
            true => "it is empty: does the agent run, and may it log in?",
            false => "it must hold the token alone, in one line; a sink with `wrap_ttl` holds a wrapped one",
        }));
    }
    Ok(TokenSource::File(Redacted::new(text), stamp))
}

/// The state of the file now.
pub(super) fn stamp(settings: &View) -> FileStamp {
    setting_file::stamp(settings, &TOKEN_FILE)
}
