//! Logins: how a run gets its token. One file a method; knows no connection.

mod approle;
mod github;
mod kubernetes;
mod source;
mod token;
mod userpass;

use crate::config::format::{Choice, Format, MOUNT};
use crate::config::table::LoginSettings;
use crate::config::{Key, Role, View};
use crate::error::{Error, Kind};
use crate::redacted::Redacted;
use crate::secret::normalise;
pub(super) use source::{LoginRequest, Member, TokenSource};

/// How to log in.
pub(super) const AUTH_TYPE: Key<&'static Login> = Key::new(
    "AVP_AUTH_TYPE",
    "how to log in to Vault; unset, `token` if there is a token, else `k8s` in a pod",
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
    /// How many of the settings, from the first one on, must be set.
    pub(super) needs: usize,
    /// Where the token comes from, with the credential as it is now.
    pub(super) source: fn(&View) -> Result<TokenSource, Error>,
    /// What a login uses up, for whoever logs in only to look; empty if nothing.
    pub(super) cost: &'static str,
    /// The hint for a refusal by its status and Vault's message, if there is one.
    pub(super) hint: fn(u16, &str) -> Option<&'static str>,
}

/// Every login method.
pub(super) static LOGINS: &[Login] = &[token::LOGIN, approle::LOGIN, kubernetes::LOGIN, userpass::LOGIN, github::LOGIN];

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
    let missing: Vec<String> = of_login
        .unset()
        .filter(|name| login.needed().any(|needed| needed == *name))
        .map(|name| format!("`{name}`"))
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
    of_login.texts(&[Role::Mount, Role::Free]).map(str::to_owned).collect()
}

/// The methods with the settings that each needs.
fn choices() -> String {
    let choice = |login: &Login| format!("`{}` ({})", login.name(), login.needed().collect::<Vec<_>>().join(", "));
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

    fn needed(&self) -> impl Iterator<Item = &'static str> {
        self.setting_names().take(self.needs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend;

    fn source(settings: &[(&str, &str)]) -> String {
        let settings = backend::config_for_test(settings).view(super::super::settings::SETTINGS.settings);
        match choose(&settings).and_then(|login| (login.source)(&settings.of_login(login.settings.settings))) {
            Ok(TokenSource::Settings(token)) => format!("token {}", token.reveal()),
            Ok(TokenSource::Login(login)) => format!("{}/{} {}", login.mount, login.action, login.json().reveal()),
            Err(error) => error.detail,
        }
    }

    #[test]
    fn each_login_asks_at_its_mount_with_its_credential() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "jwt\n").unwrap();
        let jwt = file.path().to_str().unwrap();
        let approle = [("AVP_AUTH_TYPE", "approle"), ("AVP_ROLE_ID", "r"), ("AVP_SECRET_ID", "s\"")];
        let kubernetes = [("AVP_AUTH_TYPE", "kubernetes"), ("AVP_K8S_ROLE", "demo"), ("AVP_K8S_TOKEN_PATH", jwt)];
        for (settings, more, expected) in [
            (&[("VAULT_TOKEN", "t\n")][..], None, "token t"),
            (&approle, None, r#"auth/approle/login {"role_id":"r","secret_id":"s\""}"#),
            (&approle, Some(("AVP_MOUNT_PATH", "auth/team/")), r#"auth/team/login {"role_id":"r","secret_id":"s\""}"#),
            (&approle, Some(("AVP_MOUNT_PATH", "/team")), r#"auth/team/login {"role_id":"r","secret_id":"s\""}"#),
            (&kubernetes, None, r#"auth/kubernetes/login {"role":"demo","jwt":"jwt"}"#),
            (&kubernetes, Some(("AVP_K8S_MOUNT_PATH", "a/b")), r#"auth/a/b/login {"role":"demo","jwt":"jwt"}"#),
            (
                &kubernetes,
                Some(("AVP_MOUNT_PATH", "auth/k8s-prod")),
                r#"auth/k8s-prod/login {"role":"demo","jwt":"jwt"}"#,
            ),
            (
                &[("AVP_AUTH_TYPE", "userpass"), ("AVP_USERNAME", "ann"), ("AVP_PASSWORD", "p")],
                None,
                r#"auth/userpass/login/ann {"password":"p"}"#,
            ),
            (&[("AVP_AUTH_TYPE", "github"), ("AVP_GITHUB_TOKEN", "g")], None, r#"auth/github/login {"token":"g"}"#),
            (&[("AVP_AUTH_TYPE", "userpass")], None, "the login `userpass` needs `AVP_USERNAME` and `AVP_PASSWORD`"),
            (&[], None, "Vault needs a login, and there is neither a token nor a service account"),
        ] {
            let settings: Vec<_> = settings.iter().copied().chain(more).collect();
            assert_eq!(source(&settings), expected);
        }
    }

    #[test]
    fn the_choices_are_listed() {
        let error = choose(&backend::config_for_test(&[]).view(super::super::settings::SETTINGS.settings)).unwrap_err();
        let hint = error.hint.unwrap_or_default();
        assert!(
            hint.contains("`token` (VAULT_TOKEN), `approle` (AVP_ROLE_ID, AVP_SECRET_ID), `k8s` (AVP_K8S_ROLE)"),
            "{hint}"
        );
    }

    #[test]
    fn every_row_is_documented_and_none_is_there_twice() {
        for (index, login) in LOGINS.iter().enumerate() {
            assert!(!login.doc.is_empty() && login.needs <= login.settings.settings.len(), "{}", login.name());
            assert!(LOGINS[..index].iter().all(|other| other.name() != login.name()), "{}", login.name());
        }
    }
}
