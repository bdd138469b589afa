//! Logins: how a run gets its token. One file a method; knows no connection.

mod approle;
mod aws;
mod azure;
mod cert;
mod custom;
mod gcp;
mod github;
mod jwt;
mod kubernetes;
mod ldap;
mod none;
mod role;
mod source;
mod subject;
mod token;
mod token_file;
mod userpass;

use std::path::PathBuf;

use crate::config::format::{Choice, Format, MOUNT};
use crate::config::table::LoginSettings;
use crate::config::{AnyKey, FileBounds, Key, Role, View};
use crate::error::{Error, Kind};
use crate::redacted::Redacted;
use crate::secret::normalise;
use crate::setting_file::{self, FileStamp};
pub(super) use source::{Body, LoginRequest, Member, Preparation, TokenSource};

/// How to log in.
pub(super) const AUTH_TYPE: Key<&'static Login> = Key::new(
    "AVP_AUTH_TYPE",
    "how to log in to Vault; unset, `token` if there is a token, `token_file` if `AVP_TOKEN_FILE` is set, else `k8s` in a pod",
    Format::choice(|| LOGINS.iter().map(|login| Choice { names: login.settings.names, value: login }).collect()),
    "k8s",
    &[Role::Login],
);

/// Where the method of a login is mounted that has no setting of its own for it.
const MOUNT_PATH: Key<String> = Key::new(
    "AVP_MOUNT_PATH",
    "where the auth method is mounted; unset, at its own name",
    MOUNT,
    "auth/approle",
    &[Role::Mount],
);

/// A login method: a row of [`LOGINS`].
#[derive(Debug)]
pub(super) struct Login {
    /// Its name, and the settings that it reads.
    pub(super) settings: LoginSettings,
    /// Its description, in one line.
    pub(super) doc: &'static str,
    /// The settings that must be set: one of each group.
    pub(super) needs: &'static [&'static [&'static dyn AnyKey]],
    /// Where the token comes from, with the credential as it is now.
    pub(super) source: fn(&View) -> Result<TokenSource, Error>,
    /// What a login uses up, for whoever logs in only to look; empty if nothing.
    pub(super) cost: &'static str,
    /// The hint for a refusal by its status and Vault's message, if there is one.
    pub(super) hint: fn(u16, &str) -> Option<&'static str>,
}

/// Every login method.
pub(super) static LOGINS: &[Login] = &[
    token::LOGIN,
    token_file::LOGIN,
    approle::LOGIN,
    kubernetes::LOGIN,
    jwt::LOGIN,
    userpass::LOGIN,
    ldap::LOGIN,
    cert::LOGIN,
    aws::LOGIN,
    gcp::LOGIN,
    azure::LOGIN,
    github::LOGIN,
    custom::LOGIN,
    none::LOGIN,
];

/// The settings of every login method.
pub(super) fn settings() -> Vec<&'static LoginSettings> {
    LOGINS.iter().map(|login| &login.settings).collect()
}

/// The method that the settings choose. An error if one of its settings is missing.
pub(super) fn choose(settings: &View) -> Result<&'static Login, Error> {
    let Some(login) = settings.get(&AUTH_TYPE) else {
        return Err(Error::new(
            Kind::Setting,
            "Vault needs a login, and there is neither a token nor a service account",
        )
        .hint(format!("{}set `AVP_AUTH_TYPE` and what it needs: {}", pod_hint(settings), choices())));
    };
    let of_login = settings.of_login(login.settings.settings);
    let unset: Vec<&str> = of_login.unset().collect();
    let missing: Vec<String> = login
        .needed()
        .filter(|group| group.iter().all(|name| unset.contains(name)))
        .map(|group| one_of(&group))
        .collect();
    match missing.is_empty() {
        true => Ok(login),
        false => {
            Err(Error::new(Kind::Setting, format!("the login `{}` needs {}", login.name(), missing.join(" and ")))
                .hint(format!("set it, or choose another `AVP_AUTH_TYPE`: {}", choices())))
        }
    }
}

/// Reads the credential of the chosen login, as a run would; an error if it cannot be used. One that is not set is none.
pub(super) fn check_credential(settings: &View) -> Result<(), Error> {
    let Some(login) = settings.get(&AUTH_TYPE) else { return Ok(()) };
    match (login.source)(&settings.of_login(login.settings.settings))? {
        TokenSource::Settings(token) if token.reveal().contains(char::is_control) => {
            let detail =
                "the token of `VAULT_TOKEN` or `~/.vault-token` holds a line break or another control character";
            Err(Error::new(Kind::Setting, detail).hint("a token is one line: `hvs.…`"))
        }
        _ => Ok(()),
    }
}

/// Where the token of the chosen login comes from, with the credential as it is now.
pub(super) fn source(settings: &View) -> Result<TokenSource, Error> {
    let login = choose(settings)?;
    (login.source)(&settings.of_login(login.settings.settings))
}

/// The beginning of a hint for a pod without a service account's token.
fn pod_hint(settings: &View) -> String {
    let is_pod = settings.variable("KUBERNETES_SERVICE_HOST").is_some();
    if is_pod { format!("for `k8s`, {}; else ", kubernetes::MOUNT_A_TOKEN) } else { String::new() }
}

/// Names that the settings of the login give, and that messages may repeat: roles and mounts.
pub(super) fn own_words(settings: &View) -> Vec<String> {
    let Some(login) = settings.get(&AUTH_TYPE) else { return Vec::new() };
    let of_login = settings.of_login(login.settings.settings);
    let named = of_login.texts(&[Role::Mount, Role::Free]).map(str::to_owned);
    named.chain(role::name(&of_login).ok().flatten()).collect()
}

/// The methods with the settings that each needs.
fn choices() -> String {
    let choice = |login: &Login| {
        let needed: Vec<&str> = login.needed().filter_map(|group| group.first().copied()).collect();
        if needed.is_empty() {
            format!("`{}`", login.name())
        } else {
            format!("`{}` ({})", login.name(), needed.join(", "))
        }
    };
    LOGINS.iter().map(choice).collect::<Vec<_>>().join(", ")
}

/// A mount as Vault's API takes it, from any spelling: `approle`, `auth/approle`, `/approle/`.
fn mount(settings: &View, key: &Key<String>, default: &str) -> Result<String, Error> {
    let text = settings.get(key).map_or(default, String::as_str);
    let mount = normalise(text).map(|path| path.strip_prefix("auth/").map(str::to_owned).unwrap_or(path));
    match mount.filter(|mount| !mount.is_empty()) {
        Some(mount) => Ok(format!("auth/{mount}")),
        None => Err(Error::new(Kind::Setting, format!("`{}` is not a mount: `{text}`", key.name()))
            .hint(format!("it looks like `auth/{default}`"))),
    }
}

/// The value of a setting as part of a body.
fn body_text(settings: &View, key: &Key<Redacted>) -> Redacted {
    Redacted::new(settings.get(key).map_or("", |text| text.reveal().trim()))
}

/// The text of the file that a setting names, which holds `what` and nothing else. It is read anew: whoever made it rotates it.
fn file_text(settings: &View, key: &Key<PathBuf>, what: &str) -> Result<Redacted, Error> {
    let bytes = setting_file::read(settings, key)?.unwrap_or_default();
    match std::str::from_utf8(&bytes).unwrap_or_default().trim() {
        "" => Err(Error::new(Kind::Setting, format!("{what} of `{}` is empty", key.name()))),
        text => Ok(Redacted::new(text)),
    }
}

/// The token of the file that a setting names, as a member of the body. One that the operator's file holds rotates, and stands for its subject.
fn jwt_of_file(settings: &View, key: &Key<PathBuf>, what: &str) -> Result<Member, Error> {
    let jwt = file_text(settings, key, what)?;
    let is_operators = settings.file(key).is_some_and(|file| file.bounds != FileBounds::Repository);
    let subject = is_operators.then(|| subject::subject(jwt.reveal())).flatten();
    let member = Member::proof("jwt", jwt);
    Ok(subject.map_or(member.clone(), |subject| member.of_subject(subject)))
}

/// "`A` or `B`".
fn one_of(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}

/// Whether the file of a token is another one than when it was read.
pub(super) fn has_changed(settings: &View, stamp: &FileStamp) -> bool {
    token_file::stamp(settings) != *stamp
}

/// For a login without hints.
fn no_hint(_: u16, _: &str) -> Option<&'static str> {
    None
}

impl Login {
    /// The name, as `AVP_AUTH_TYPE` gives it.
    pub(super) fn name(&self) -> &'static str {
        self.settings.names[0]
    }

    /// The names of the settings that it reads.
    pub(super) fn setting_names(&self) -> impl Iterator<Item = &'static str> {
        self.settings.settings.iter().map(|key| key.declaration().name)
    }

    /// The names of the settings of which one of each group must be set.
    fn needed(&self) -> impl Iterator<Item = Vec<&'static str>> {
        self.needs.iter().map(|group| group.iter().map(|key| key.declaration().name).collect())
    }
}

#[cfg(test)]
mod tests;
