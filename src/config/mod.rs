//! Settings: what was typed, exported and written down, and what it means. Everything arrives in [`Given`];
//! knows no environment, no file and no network.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use regex::Regex;
use zeroize::Zeroizing;

use crate::error::{Error, Errors, Kind};

pub mod cluster;
pub mod docs;
mod file;
#[cfg(test)]
mod fixtures;
mod format;
pub mod function;
mod notice;
mod read;
mod row;
pub mod table;
mod trust;

pub use cluster::{ClusterSecret, SecretName};
pub use file::ConfigFile;
pub use format::Rate;
pub use read::{cache_folder, has_tenant};
use table::{Role, Row, SETTINGS};

/// How many letters of a setting's name may be wrong for the name to be suggested.
const TYPOS: usize = 3;

/// What the settings mean, after precedence and after the tenant rules.
#[derive(Clone, Debug, Default)]
pub struct Config {
    entries: BTreeMap<&'static str, Entry>,
    tenant: bool,
    repository: PathBuf,
    is_checkout: bool,
    working_folder: PathBuf,
    cache_folder: Option<PathBuf>,
    proxies: Vec<Zeroizing<String>>,
}

/// One setting's value and who set it. The value is in its one spelling: `kubernetes` is `k8s`, `auth/approle/` is `approle`.
#[derive(Clone)]
pub struct Setting {
    /// The value.
    pub value: Zeroizing<String>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a value comes from, highest precedence first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag, e.g. `--secrets`.
    Flag(&'static str),
    /// `ARGOCD_ENV_X`: whoever may edit the Application.
    Tenant,
    /// A KRM function's configuration: whoever may edit the repository.
    Function,
    /// The environment.
    Environment,
    /// The file that `-c` names.
    File {
        /// The file, as it was named.
        path: String,
        /// Whether it is the repository's.
        tenant: bool,
    },
    /// The Kubernetes Secret that `-s` names, as `namespace:name`.
    Secret(String),
    /// Vault's own `~/.vault-token`.
    VaultTokenFile,
    /// Nobody set it.
    Default,
}

/// Who answers for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// Who runs the renderer.
    Operator,
    /// Who may edit an Application or its repository.
    Tenant,
}

/// All that [`Config::read`] reads: collected by the edge, a literal in tests.
#[derive(Clone, Default)]
pub struct Given {
    /// Settings that flags gave: the setting's name and its value.
    pub flags: Vec<(&'static str, String)>,
    /// Settings that a KRM function's configuration gave.
    pub function: Vec<(String, String)>,
    /// The whole environment.
    pub environment: BTreeMap<String, String>,
    /// The file that `-c` names.
    pub file: Option<ConfigFile>,
    /// The Kubernetes Secret that `-s` names.
    pub secret: Option<ClusterSecret>,
    /// `~/.vault-token`, if it is there: its path and what it holds.
    pub vault_token_file: Option<(String, String)>,
    /// Whether the pod's service-account token is where Kubernetes puts it.
    pub service_account_token: bool,
    /// The folder that a tenant's files must not leave: the nearest parent with `.git`, else what Argo CD implies, else the folder.
    pub repository: PathBuf,
    /// Whether Git or Argo CD says that it is one, so that others may have written what is in it.
    pub is_checkout: bool,
    /// Where the renderer runs; relative paths start here.
    pub working_folder: PathBuf,
}

/// A setting in effect, and what it would be without the tenant.
#[derive(Clone, Debug, Default)]
struct Entry {
    setting: Option<Setting>,
    operator: Option<Setting>,
}

impl Config {
    /// Reads the settings: precedence, formats, then the tenant rules. A refused or wrong setting keeps the operator's value.
    pub fn read(given: Given) -> (Self, Errors) {
        let mut errors = Errors::new();
        let mut config = read::read(&given, &mut errors);
        trust::judge(&mut config, &mut errors);
        (config, errors)
    }

    /// The value in effect, default included; none if nobody set it.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.setting(name).map(|setting| setting.value.as_str())
    }

    /// The value in effect, or the error that it is missing, for the moment something must be read.
    pub fn required(&self, name: &str) -> Result<&str, Error> {
        self.get(name).ok_or_else(|| missing(name))
    }

    /// The setting in effect, with its origin.
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.entries.get(name)?.setting.as_ref()
    }

    /// Every row with its setting, in the table's order.
    pub fn settings(&self) -> impl Iterator<Item = (&'static Row, Option<&Setting>)> {
        SETTINGS.iter().map(|row| (row, self.setting(row.name)))
    }

    /// A switch; unset is false.
    pub fn bool(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// A count.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    /// A time.
    pub fn duration(&self, name: &str) -> Option<Duration> {
        format::duration(self.get(name)?).ok()
    }

    /// A rate.
    pub fn rate(&self, name: &str) -> Option<Rate> {
        format::rate(self.get(name)?).ok()
    }

    /// A regular expression, with Go's meaning of `\w`, `\d`, `\s` and `\b`: ASCII.
    pub fn regex(&self, name: &str) -> Option<Regex> {
        format::regex(self.get(name)?).ok()
    }

    /// A list's names.
    pub fn list(&self, name: &str) -> Vec<&str> {
        self.get(name).map(|value| format::list(value).collect()).unwrap_or_default()
    }

    /// A list's paths.
    pub fn paths(&self, name: &str) -> Vec<PathBuf> {
        self.get(name).map(|value| format::paths(value).map(PathBuf::from).collect()).unwrap_or_default()
    }

    /// Bytes.
    pub fn size(&self, name: &str) -> Option<u64> {
        format::size(self.get(name)?).ok()
    }

    /// The folder that the file which `name` names must not leave, links followed, because a tenant named it. Whoever opens it checks.
    pub fn confined(&self, name: &str) -> Option<&Path> {
        (self.authority(name) == Authority::Tenant && !self.tenant_settings_name(name)).then_some(&*self.repository)
    }

    /// The folder whose content is a tenant's, where there is one.
    pub fn repository(&self) -> &Path {
        &self.repository
    }

    /// Whether others may have written what is in the repository.
    pub fn is_contributed(&self) -> bool {
        self.tenant || self.is_checkout
    }

    /// Where relative paths start.
    pub fn working_folder(&self) -> &Path {
        &self.working_folder
    }

    /// Where what may be lost is kept between runs, in a folder of our own; none where there is no home.
    pub fn cache_folder(&self) -> Option<PathBuf> {
        self.cache_folder.clone()
    }

    /// The proxies that the environment names, with their passwords.
    pub fn proxies(&self) -> impl Iterator<Item = &str> {
        self.proxies.iter().map(|proxy| proxy.as_str())
    }

    /// Whether there is a tenant at all: whether Argo CD runs us, or a function's configuration sets something.
    pub fn has_tenant(&self) -> bool {
        self.tenant
    }

    /// What the operator alone would have set: default included, the tenant left out.
    pub fn operator(&self, name: &str) -> Option<&Setting> {
        self.entries.get(name)?.operator.as_ref()
    }

    /// Whether the operator lets tenants choose a setting, or is the only one there.
    pub fn lets_tenants(&self, name: &str) -> bool {
        !self.tenant || self.tenant_settings_name(name)
    }

    /// Whether a tenant may choose this address, namespace or mount: he is let, or no credential of the operator's would travel there.
    pub fn tenants_may(&self, name: &str) -> bool {
        self.lets_tenants(name) || table::find(name).is_some_and(|row| trust::travelling(self, row).is_empty())
    }

    /// These settings, as the operator's environment. For tests.
    pub fn for_test(pairs: &[(&str, &str)]) -> Self {
        let environment = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Self::read(Given { environment, ..Given::default() }).0
    }

    /// Whether a run with these settings reads this row.
    fn uses(&self, row: &Row) -> bool {
        row.serves(self.get("AVP_TYPE"), self.get("AVP_AUTH_TYPE"))
    }

    /// Who answers for the setting in effect.
    fn authority(&self, name: &str) -> Authority {
        self.setting(name).map_or(Authority::Operator, |setting| setting.origin.authority())
    }

    /// Whether the operator lets tenants choose it.
    pub fn tenant_settings_name(&self, name: &str) -> bool {
        let names = self.operator("AVP_TENANT_SETTINGS").map_or("", |setting| &setting.value);
        name != "AVP_TENANT_SETTINGS" && format::list(names).any(|allowed| allowed == name)
    }
}

impl Setting {
    /// The value as it may be shown: a secret's is `[redacted]`.
    pub fn shown(&self, row: &Row) -> &str {
        let secret = row.is(Role::Credential) && !row.is(Role::File);
        if secret || format::holds_password(&self.value) { "[redacted]" } else { &self.value }
    }
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setting").field("value", &"[redacted]").field("origin", &self.origin).finish()
    }
}

impl Origin {
    /// Who answers for what comes from here.
    pub fn authority(&self) -> Authority {
        match self {
            Self::Tenant | Self::Function | Self::File { tenant: true, .. } => Authority::Tenant,
            _ => Authority::Operator,
        }
    }

    /// How a user finds the setting here: `` `ARGOCD_ENV_VAULT_ADDR` ``, `` `VAULT_ADDR` in `avp.yaml` ``.
    pub fn locate(&self, name: &str) -> String {
        match self {
            Self::Flag(flag) => format!("`{flag}`"),
            Self::Tenant => format!("`ARGOCD_ENV_{name}`"),
            Self::Function => format!("`{name}` of the functionConfig"),
            other => format!("`{name}` ({other})"),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "flag `{flag}`"),
            Self::Tenant => write!(f, "`ARGOCD_ENV_` (tenant)"),
            Self::Function => write!(f, "functionConfig (tenant)"),
            Self::Environment => write!(f, "environment"),
            Self::File { path, tenant: false } => write!(f, "file `{path}`"),
            Self::File { path, tenant: true } => write!(f, "file `{path}` of the repository (tenant)"),
            Self::Secret(name) => write!(f, "Secret `{name}`"),
            Self::VaultTokenFile => write!(f, "`~/.vault-token`"),
            Self::Default => write!(f, "default"),
        }
    }
}

/// That a setting which is needed now has no value.
fn missing(name: &str) -> Error {
    let error = Error::new(Kind::Setting, format!("`{name}` is not set"));
    match table::find(name) {
        Some(Row { format: table::Format::Choice(choices), doc, .. }) => {
            error.hint(format!("{doc}: {}", format::choices(choices)))
        }
        Some(row) => error.hint(format!("{}, e.g. `{}`", row.doc, row.example)),
        None => error,
    }
}
