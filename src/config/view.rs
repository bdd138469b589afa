//! The settings of one store or login. It can read only those that its row names, so no credential can be missing in the rows that the
//! tenant rules walk. Opens no file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::key::{AnyKey, Key};
use super::role::Role;
use super::{Authority, Config, Origin, Setting};
use crate::error::Error;

/// The settings that a store or a login may read: those of its row and of every run; and the environment.
#[derive(Clone, Debug)]
pub struct View {
    config: Config,
    settings: &'static [&'static dyn AnyKey],
}

/// A file or folder that a setting names, and where it may lie.
#[derive(Clone, Copy, Debug)]
pub struct FileSetting<'v> {
    /// The setting's name.
    pub name: &'static str,
    /// The path of the file, as it is set.
    pub path: &'v Path,
    /// Who set it.
    pub origin: &'v Origin,
    /// Where relative paths start.
    pub working_folder: &'v Path,
    /// The folder that tenants' files must not leave.
    pub repository: &'v Path,
    /// Where the file may lie.
    pub bounds: FileBounds,
    /// Whether there is a tenant: then only plain files are read.
    pub has_tenant: bool,
}

/// Where a file that a setting names may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileBounds {
    /// Anywhere.
    Anywhere,
    /// Anywhere, but a link in the repository, which others may have made, leads nowhere else.
    NoLinksOut,
    /// In the repository, links followed: a tenant named it.
    Repository,
}

impl Config {
    /// The settings that a row names.
    pub fn view(&self, settings: &'static [&'static dyn AnyKey]) -> View {
        View { config: self.clone(), settings }
    }
}

impl View {
    /// The settings that the row of one of the store's logins names.
    pub fn of_login(&self, settings: &'static [&'static dyn AnyKey]) -> Self {
        Self { config: self.config.clone(), settings }
    }

    /// The same settings as another configuration has them.
    pub fn with(&self, config: &Config) -> Self {
        Self { config: config.clone(), settings: self.settings }
    }

    /// The value in effect, default included; `None` if nobody set it.
    pub fn get<T: 'static>(&self, key: &Key<T>) -> Option<&T> {
        self.config.get(key).filter(|_| self.may_read(key.name()))
    }

    /// The value in effect, or the error that it is missing.
    pub fn required<T: 'static>(&self, key: &Key<T>) -> Result<&T, Error> {
        self.get(key).ok_or_else(|| self.config.missing(key.name()))
    }

    /// Whether a switch is on; unset it is not.
    pub fn is_on(&self, key: &Key<bool>) -> bool {
        self.get(key).is_some_and(|value| *value)
    }

    /// Whether the row names a setting.
    pub fn names<T: 'static>(&self, key: &Key<T>) -> bool {
        self.settings.iter().any(|other| other.declaration().name == key.name())
    }

    /// How a user finds a setting: its name and where it is set.
    pub fn locate_setting<T: 'static>(&self, key: &Key<T>) -> String {
        self.config.setting(key.name()).map_or_else(|| format!("`{}`", key.name()), Setting::locate)
    }

    /// Whether a tenant has chosen the value in effect.
    pub fn is_of_tenant<T: 'static>(&self, key: &Key<T>) -> bool {
        self.config.authority(key.name()) == Authority::Tenant
    }

    /// Whether a tenant has chosen the value in effect, and the operator has not allowed it by name.
    pub fn is_confined<T: 'static>(&self, key: &Key<T>) -> bool {
        self.config.has_tenant && self.config.is_confined(key.name())
    }

    /// The names of the row's settings that nobody set, in its order.
    pub fn unset(&self) -> impl Iterator<Item = &'static str> {
        let names = self.settings.iter().map(|key| key.declaration().name);
        names.filter(|name| self.config.setting(name).is_none())
    }

    /// The texts of the row's settings that play one of these roles.
    pub fn texts<'v>(&'v self, roles: &'v [Role]) -> impl Iterator<Item = &'v str> {
        let rows = self.settings.iter().map(|key| key.declaration());
        let rows = rows.filter(|row| roles.iter().any(|role| row.is(*role)));
        rows.filter_map(|row| self.config.setting(row.name)).map(|setting| setting.text.as_str())
    }

    /// The credentials that the store and its login may use, whoever set them, and whether each proves who asks.
    pub fn credentials(&self) -> impl Iterator<Item = (&str, bool)> {
        self.config.credentials()
    }

    /// The file that a setting names, if one is named.
    pub fn file(&self, key: &Key<PathBuf>) -> Option<FileSetting<'_>> {
        let (config, name) = (&self.config, key.name());
        let bounds = match config.is_confined(name) {
            true => FileBounds::Repository,
            false if config.is_allowed_to_tenants(name) || !config.is_contributed() => FileBounds::Anywhere,
            false => FileBounds::NoLinksOut,
        };
        Some(FileSetting {
            name,
            path: self.get(key)?,
            origin: &config.setting(name)?.origin,
            working_folder: &config.working_folder,
            repository: &config.repository,
            bounds,
            has_tenant: config.has_tenant,
        })
    }

    /// A variable of the environment that is not a setting of ours, such as `HTTPS_PROXY`. An empty one is there, too.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.config.environment.get(name).map(String::as_str)
    }

    /// The variables of the environment, those that are not settings included.
    pub fn environment(&self) -> &BTreeMap<String, String> {
        &self.config.environment
    }

    /// A path as it is in the working folder.
    pub fn locate(&self, path: impl AsRef<Path>) -> PathBuf {
        self.config.working_folder.join(path)
    }

    /// Whether there is a tenant at all.
    pub fn has_tenant(&self) -> bool {
        self.config.has_tenant
    }

    /// The program's own folder for caches; `None` without a home.
    pub fn cache_folder(&self) -> Option<PathBuf> {
        super::cache_folder(&self.config.environment)
    }

    fn may_read(&self, name: &str) -> bool {
        let is_named = self.settings.iter().any(|key| key.declaration().name == name);
        let may_read = is_named || self.config.table.find(name).is_some_and(|row| row.is_general());
        debug_assert!(may_read, "`{name}` is missing in the row of whoever reads it");
        may_read
    }
}
