//! Logins: how a run gets its token. One file a method; knows no connection.

mod approle;
mod github;
mod kubernetes;
mod token;
mod userpass;

use crate::client::Hidden;
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::secret::normalise;
use crate::value::json_string;

/// A login method: a row of [`LOGINS`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Login {
    /// Its name, as `AVP_AUTH_TYPE` gives it.
    pub(super) name: &'static str,
    /// What it is, in one line.
    pub(super) doc: &'static str,
    /// The settings that it reads.
    pub(super) settings: &'static [&'static str],
    /// How many of the settings, from the first on, must be there.
    pub(super) needs: usize,
    /// What to ask Vault for, with the credential as it is now.
    pub(super) ask: fn(&Config) -> Result<Ask, Error>,
    /// What a refusal may mean: its status and Vault's words in, what to do out.
    pub(super) hint: fn(u16, &str) -> Option<&'static str>,
}

/// What gets a run its token.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    /// Nothing: there is one.
    Token(Hidden),
    /// A request at a mount.
    Login {
        /// The mount with its `auth/`.
        mount: String,
        /// `login`, or `login/{user}`.
        action: String,
        /// The members of the body.
        body: Vec<(&'static str, Hidden)>,
    },
}

/// Every login method.
pub(super) const LOGINS: &[Login] = &[token::LOGIN, approle::LOGIN, kubernetes::LOGIN, userpass::LOGIN, github::LOGIN];

/// The method that the settings choose, once its settings are there.
pub(super) fn choose(config: &Config) -> Result<&'static Login, Error> {
    let Some(name) = config.get("AVP_AUTH_TYPE") else {
        return Err(Error::new(
            Kind::Setting,
            "Vault needs a login, and neither a token nor a service account is there",
        )
        .hint(format!("set `AVP_AUTH_TYPE` and what it needs: {}", choices())));
    };
    let Some(login) = LOGINS.iter().find(|login| login.name == name) else {
        return Err(Error::new(Kind::Setting, format!("unknown login `{name}` in `AVP_AUTH_TYPE`"))
            .hint(format!("the logins are: {}", choices())));
    };
    let missing: Vec<String> =
        login.needed().filter(|name| config.get(name).is_none()).map(|name| format!("`{name}`")).collect();
    match missing.is_empty() {
        true => Ok(login),
        false => Err(Error::new(Kind::Setting, format!("the login `{name}` needs {}", missing.join(" and ")))
            .hint(format!("set it, or choose another `AVP_AUTH_TYPE`: {}", choices()))),
    }
}

/// The methods with what each needs.
fn choices() -> String {
    let choice = |login: &Login| {
        let needed: Vec<&str> = login.needed().collect();
        format!("`{}` ({})", login.name, needed.join(", "))
    };
    LOGINS.iter().map(choice).collect::<Vec<_>>().join(", ")
}

/// A mount as Vault's API takes it, from any spelling: `approle`, `auth/approle`, `/approle/`.
fn mount(config: &Config, setting: &str, default: &str) -> Result<String, Error> {
    let given = config.get(setting).unwrap_or(default);
    let mount = normalise(given).map(|path| path.strip_prefix("auth/").map(str::to_owned).unwrap_or(path));
    match mount.filter(|mount| !mount.is_empty()) {
        Some(mount) => Ok(format!("auth/{mount}")),
        None => Err(Error::new(Kind::Setting, format!("`{setting}` is no mount: `{given}`"))
            .hint(format!("it looks like `auth/{default}`"))),
    }
}

/// The value of a setting as part of a body.
fn part(config: &Config, setting: &str) -> Hidden {
    Hidden::new(config.get(setting).unwrap_or_default().trim())
}

/// A login whose answer needs no words beside Vault's own.
fn no_hint(_: u16, _: &str) -> Option<&'static str> {
    None
}

impl Login {
    fn needed(&self) -> impl Iterator<Item = &'static str> {
        self.settings[..self.needs].iter().copied()
    }
}

impl Ask {
    /// What of it proves who asks: not the role, whose name the user must see, nor the role id, which the settings have.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &Hidden> {
        let (token, body) = match self {
            Self::Token(token) => (Some(token), &[][..]),
            Self::Login { body, .. } => (None, body.as_slice()),
        };
        let proofs = body.iter().filter(|(name, _)| !matches!(*name, "role" | "role_id"));
        token.into_iter().chain(proofs.map(|(_, secret)| secret))
    }

    /// The body as JSON.
    pub(super) fn json(body: &[(&'static str, Hidden)]) -> Hidden {
        let mut json = String::from("{");
        for (index, (name, value)) in body.iter().enumerate() {
            json.push_str(if index > 0 { "," } else { "" });
            json_string(name, &mut json);
            json.push(':');
            json_string(value.reveal(), &mut json);
        }
        json.push('}');
        Hidden::new(json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(settings: &[(&str, &str)]) -> String {
        let config = Config::for_test(settings);
        match choose(&config).and_then(|login| (login.ask)(&config)) {
            Ok(Ask::Token(token)) => format!("token {}", token.reveal()),
            Ok(Ask::Login { mount, action, body }) => format!("{mount}/{action} {}", Ask::json(&body).reveal()),
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
                &[("AVP_AUTH_TYPE", "userpass"), ("AVP_USERNAME", "ann"), ("AVP_PASSWORD", "p")],
                None,
                r#"auth/userpass/login/ann {"password":"p"}"#,
            ),
            (&[("AVP_AUTH_TYPE", "github"), ("AVP_GITHUB_TOKEN", "g")], None, r#"auth/github/login {"token":"g"}"#),
            (&[("AVP_AUTH_TYPE", "userpass")], None, "the login `userpass` needs `AVP_USERNAME` and `AVP_PASSWORD`"),
            (&[], None, "Vault needs a login, and neither a token nor a service account is there"),
        ] {
            let settings: Vec<_> = settings.iter().copied().chain(more).collect();
            assert_eq!(asked(&settings), expected);
        }
    }

    #[test]
    fn the_choices_are_listed() {
        let error = choose(&Config::for_test(&[])).unwrap_err();
        let hint = error.hint.unwrap_or_default();
        assert!(
            hint.contains("`token` (VAULT_TOKEN), `approle` (AVP_ROLE_ID, AVP_SECRET_ID), `k8s` (AVP_K8S_ROLE)"),
            "{hint}"
        );
    }

    #[test]
    fn every_row_is_documented_and_none_is_there_twice() {
        for (index, login) in LOGINS.iter().enumerate() {
            assert!(!login.doc.is_empty() && login.needs <= login.settings.len(), "{}", login.name);
            assert!(LOGINS[..index].iter().all(|other| other.name != login.name), "{}", login.name);
        }
    }
}
