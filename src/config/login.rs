//! The settings of a run with those of another login in place, which a policy file chooses.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::read::Layer;
use super::role::Role;
use super::table::{Row, Table};
use super::{Config, Entry, Origin, Setting, TYPOS, trust};
use crate::error::{Error, Errors, Kind};
use crate::words::suggestion;

impl Config {
    /// The settings with `pairs` in place of their own, set by the operator as `login`. The tenant rules hold with them, too: where one is
    /// broken, the login is not used.
    pub(crate) fn with_login(&self, login: &str, pairs: &[(String, Zeroizing<String>)]) -> Result<Self, Error> {
        let layer = Layer { origin: Origin::Policy(login.to_owned()), pairs: pairs.to_vec() };
        let mut config = self.clone();
        for (name, _) in pairs {
            let row = self.table.login_setting(name)?;
            let value = layer.value(self.table.spellings(row.name())).ok_or_else(|| empty(name, login))?;
            let setting = Setting::new(row.key, value);
            let setting = setting.map_err(|wrong| {
                let detail = format!("{} {wrong}", layer.origin.locate(name));
                Error::new(Kind::Setting, detail).hint(format!("e.g. `{}`", row.declaration().example))
            })?;
            let entry = Entry { setting: Some(setting.clone()), operator: Some(setting), invalid: None };
            Arc::make_mut(&mut config.entries).insert(row.name(), entry);
        }
        let unread = pairs.iter().find(|(name, _)| self.table.find(name).is_some_and(|row| !config.reads(row)));
        if let Some((name, _)) = unread {
            let detail = format!("the policy file chooses {login}, and the login of the run does not read `{name}`");
            let hint = "set `AVP_AUTH_TYPE` to a login that does, or give the rule a login of `logins`";
            return Err(Error::new(Kind::Setting, detail).hint(hint));
        }
        let mut errors = Errors::new();
        trust::enforce(&mut config, &mut errors);
        match errors.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(config),
        }
    }

    /// A variable of the environment of the process.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    /// Whether a file of the repository sets something that is in effect.
    pub(crate) fn has_settings_of_repository(&self) -> bool {
        self.has_origin(|origin| matches!(origin, Origin::File { is_tenants: true, .. }))
    }

    /// Whether the Secret that `-s` names sets something that is in effect.
    pub(crate) fn has_settings_of_secret(&self) -> bool {
        self.has_origin(|origin| matches!(origin, Origin::Secret(_)))
    }

    /// The name of the store that the settings choose.
    pub(crate) fn store_name(&self) -> &str {
        self.store_and_login().0.unwrap_or_default()
    }

    /// The name of the store that they choose without the tenant.
    pub(crate) fn store_name_of_operator(&self) -> &str {
        self.operator(self.table.store.declaration().name).map_or("", |setting| &setting.text)
    }

    fn has_origin(&self, is_meant: impl Fn(&Origin) -> bool) -> bool {
        self.settings().any(|(_, setting)| setting.is_some_and(|setting| is_meant(&setting.origin)))
    }
}

impl Table {
    /// The row of a setting that a login of a policy file may have: a login reads it, or it chooses one. Where a run connects to, and the
    /// certificate that it shows there, are not the login's to say.
    pub(crate) fn login_setting(&self, name: &str) -> Result<&Row, Error> {
        let rows = || self.rows().iter().filter(|row| row.is_of_logins() && !row.is(Role::TlsKey));
        rows().find(|row| row.is_called(name)).ok_or_else(|| {
            let near = suggestion::by_edits(name, rows().map(Row::name), TYPOS).map(suggestion::did_you_mean);
            let other = || "a login has `AVP_AUTH_TYPE` and what docs/authentication.md names for it".to_owned();
            Error::new(Kind::Setting, format!("`{name}` is not a setting of a login")).hint(near.unwrap_or_else(other))
        })
    }
}

fn empty(name: &str, login: &str) -> Error {
    Error::new(Kind::Setting, format!("`{name}` of {login} is empty")).hint("set it, or leave it out")
}
