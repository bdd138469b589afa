//! Settings from flags, environment, files and Secrets, and their meaning. Everything arrives in [`SettingSources`]: knows no
//! environment, no file, no network and no store.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::error::{Error, Errors, Kind};

pub(crate) mod cluster;
mod docs;
mod file;
pub(crate) mod format;
pub(crate) mod function;
pub(crate) mod general;
mod identity;
mod key;
mod login;
mod notice;
mod origin;
mod parse;
mod read;
mod role;
pub(crate) mod server;
mod sources;
pub(crate) mod table;
mod tenant;
mod trust;
mod view;

pub(crate) use cluster::{ClusterSecret, SecretName};
pub(crate) use docs::docs;
pub use file::ConfigFile;
pub(crate) use key::{AnyKey, Key};
pub(crate) use origin::{Authority, Origin};
pub(crate) use parse::{Pattern, Rate, duration};
pub(crate) use read::{cache_folder, has_tenant};
pub(crate) use role::{Role, Tighter};
pub use sources::SettingSources;
pub(crate) use sources::{FlagValue, HomeFile};
use table::{Row, RunPart, Table};
pub(crate) use view::{FileBounds, FileSetting, View};

/// How many letters of a setting's name may be wrong for the name to be suggested.
const TYPOS: usize = 3;

/// The settings of a run, after precedence and the tenant rules.
#[derive(Clone)]
pub struct Config {
    table: &'static Table,
    /// Shared among copies: they change only while the settings are read.
    entries: Arc<BTreeMap<&'static str, Entry>>,
    has_tenant: bool,
    repository: PathBuf,
    is_checkout: bool,
    working_folder: PathBuf,
    environment: Arc<BTreeMap<String, String>>,
}

/// One setting's value and who set it.
#[derive(Clone)]
pub struct Setting {
    /// The value in its one spelling: `kubernetes` is `k8s`, `auth/approle/` is `approle`.
    pub text: Zeroizing<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// The name under which it is set there: the setting's own, or that of its fallback.
    name: &'static str,
    /// The value that the key has parsed.
    value: Arc<dyn Any + Send + Sync>,
}

/// A setting in effect, and the one that would be without the tenant.
#[derive(Clone, Debug, Default)]
struct Entry {
    setting: Option<Setting>,
    operator: Option<Setting>,
    /// Where the value stands that would be in effect, were it not wrong.
    invalid: Option<Origin>,
}

impl Config {
    /// Reads the settings of a table: precedence, formats, then the tenant rules. A refused or wrong setting keeps the operator's value.
    pub fn read(sources: SettingSources, table: &'static Table) -> (Self, Errors) {
        let mut errors = Errors::new();
        let mut config = read::read(sources, table, &mut errors);
        trust::enforce(&mut config, &mut errors);
        (config, errors)
    }

    /// The value in effect, default included; `None` if nobody set it.
    pub fn get<T: 'static>(&self, key: &Key<T>) -> Option<&T> {
        self.setting(key.name())?.value.downcast_ref()
    }

    /// The value in effect, or the error that it is missing.
    pub fn required<T: 'static>(&self, key: &Key<T>) -> Result<&T, Error> {
        self.get(key).ok_or_else(|| self.missing(key.name()))
    }

    /// The value without the tenant, default included.
    pub fn of_operator<T: 'static>(&self, key: &Key<T>) -> Option<&T> {
        self.operator(key.name())?.value.downcast_ref()
    }

    /// Whether a switch is on; unset it is not.
    pub fn is_on(&self, key: &Key<bool>) -> bool {
        self.get(key).is_some_and(|value| *value)
    }

    /// The setting in effect, with its origin.
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        let entry = self.entries.get(name);
        debug_assert!(entry.is_some(), "no row of the table names `{name}`");
        entry?.setting.as_ref()
    }

    /// Every row with its setting, in the table's order.
    pub fn settings(&self) -> impl Iterator<Item = (&'static Row, Option<&Setting>)> {
        self.table.rows().iter().map(|row| (row, self.setting(row.name())))
    }

    /// Where the value of a setting stands that is not in effect because it is wrong.
    pub fn invalid(&self, name: &str) -> Option<&Origin> {
        self.entries.get(name)?.invalid.as_ref()
    }

    /// The credentials that the store and its login may use, whoever set them, and whether each proves who asks.
    fn credentials(&self) -> impl Iterator<Item = (&str, bool)> {
        let rows = self.table.rows().iter().filter(|row| row.declaration().is_secret() && !row.is_general());
        rows.flat_map(|row| {
            let both = self.setting(row.name()).into_iter().chain(self.operator(row.name()));
            both.map(|setting| (setting.text.as_str(), !row.declaration().is_public))
        })
    }

    /// Whether a run with these settings reads this one: whether every run does, or the store or login that they choose.
    pub fn is_read<T: 'static>(&self, key: &Key<T>) -> bool {
        self.table.find(key.name()).is_some_and(|row| self.reads(row))
    }

    /// Whether a run with these settings reads the setting of a row.
    pub(crate) fn reads(&self, row: &Row) -> bool {
        self.part(row).is_some()
    }

    /// Whether there is a tenant: Argo CD runs the program, a function's configuration sets something, or `AVP_TENANT` says so.
    pub fn has_tenant(&self) -> bool {
        self.has_tenant
    }

    /// Whether a tenant may choose this address, namespace or mount: the operator allows it, or no credential of the operator's would
    /// travel there.
    pub fn may_tenants_choose<T: 'static>(&self, key: &Key<T>) -> bool {
        let travels_nowhere = |row| trust::travelling(self, row).is_empty() && !trust::lends(self, row);
        self.leaves_to_tenants(key.name()) || self.table.find(key.name()).is_some_and(travels_nowhere)
    }

    /// Whether `AVP_TENANT_SETTINGS` names a setting.
    fn is_allowed_to_tenants(&self, name: &str) -> bool {
        let allowed = self.of_operator(&general::TENANT_SETTINGS);
        let name = self.table.first_name(name);
        let is_named = |one: &String| self.table.first_name(one) == name;
        name != general::TENANT_SETTINGS.name() && allowed.is_some_and(|names| names.iter().any(is_named))
    }

    /// The setting without the tenant.
    fn operator(&self, name: &str) -> Option<&Setting> {
        self.entries.get(name)?.operator.as_ref()
    }

    /// Whether the tenant rules do not apply to a setting: there is no tenant, or the operator allows it.
    fn leaves_to_tenants(&self, name: &str) -> bool {
        !self.has_tenant || self.is_allowed_to_tenants(name)
    }

    /// Whether the file that a setting names must not leave the repository, links followed, because a tenant named it.
    fn is_confined(&self, name: &str) -> bool {
        self.authority(name) == Authority::Tenant && !self.is_allowed_to_tenants(name)
    }

    /// The repository, if others may have written what is in it.
    pub fn contributed_folder(&self) -> Option<&Path> {
        self.is_contributed().then_some(&*self.repository)
    }

    /// Whether others may have written what is in the repository.
    fn is_contributed(&self) -> bool {
        self.has_tenant || self.is_checkout
    }

    /// The part of a run with these settings that reads this row.
    fn part(&self, row: &Row) -> Option<RunPart> {
        let is_superseded = row.declaration().superseded_by.is_some_and(|other| self.setting(other).is_some());
        let (store, login) = self.store_and_login();
        if is_superseded { None } else { row.part(store, login) }
    }

    /// Whether the login of these settings reads this row, the store or not.
    fn login_reads(&self, row: &Row) -> bool {
        let (store, login) = self.store_and_login();
        row.readers.iter().any(|reader| Some(reader.store) == store && reader.login.is_some() && reader.login == login)
    }

    /// What the login of these settings proves itself with that is not a setting.
    fn ambient(&self) -> Option<&'static str> {
        let (store, login) = self.store_and_login();
        let rows = self.table.stores.iter().find(|row| Some(row.names[0]) == store)?.logins.as_ref()?.rows;
        rows().iter().find(|row| Some(row.names[0]) == login)?.ambient
    }

    /// The names of the store and of the login that the settings choose.
    fn store_and_login(&self) -> (Option<&str>, Option<&str>) {
        let text = |key: &dyn AnyKey| self.setting(key.declaration().name).map(|setting| setting.text.as_str());
        let store = text(self.table.store);
        let logins =
            self.table.stores.iter().find(|row| Some(row.names[0]) == store).and_then(|row| row.logins.as_ref());
        (store, logins.and_then(|logins| text(logins.choice)))
    }

    /// Who answers for the setting in effect.
    fn authority(&self, name: &str) -> Authority {
        self.setting(name).map_or(Authority::Operator, |setting| setting.origin.authority())
    }

    /// The error that a setting has no value.
    fn missing(&self, name: &str) -> Error {
        let error = Error::new(Kind::Setting, format!("`{name}` is not set"));
        let Some(row) = self.table.find(name) else { return error };
        let declaration = row.declaration();
        match row.choices() {
            Some(choices) => error.hint(format!("{}: {choices}", declaration.doc)),
            None => error.hint(format!("{}, e.g. `{}`", declaration.doc, declaration.example)),
        }
    }
}

impl Setting {
    /// How a user finds it: the name under which it is set, and where.
    pub fn locate(&self) -> String {
        self.origin.locate(self.name)
    }

    /// The name under which it is set, if that is not its own.
    pub fn fallback(&self, row: &Row) -> Option<&'static str> {
        (self.name != row.name()).then_some(self.name)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("entries", &self.entries).finish_non_exhaustive()
    }
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setting").field("text", &"[redacted]").field("origin", &self.origin).finish()
    }
}

#[cfg(test)]
mod fixtures;
