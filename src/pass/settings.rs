//! The settings of a session, collected from where they are written: flags, environment, the `-c` file, the Secret that `-s` names,
//! `~/.vault-token`. [`Config`] gives them their meaning.

use std::path::Path;

use zeroize::Zeroizing;

use crate::backend;
use crate::client::kubernetes;
use crate::config::{
    ClusterSecret, Config, ConfigFile, FlagValue, HomeFile, Origin, SecretName, SettingSources, has_tenant,
};
use crate::error::{Error, Errors, Kind};
use crate::input;
use crate::journal::Journal;
use crate::named_file::{FileKind, FileRefusal, NamedFile, SETTINGS_LIMIT};
use crate::words::suggestion;
use crate::workspace::Workspace;

/// The settings that the owner of a session chooses beside those of the environment.
#[derive(Clone, Debug, Default)]
pub struct SettingFlags {
    /// The file of settings, as it was typed.
    pub config_path: Option<String>,
    /// The Kubernetes Secret with settings: `namespace:name`, or a name in the pod's own namespace.
    pub secret_name: Option<String>,
    /// The file of secrets that takes the place of a store, as it was typed.
    pub secrets_file: Option<String>,
    /// Whether the session logs in anew, even if a token was kept.
    pub disable_token_cache: bool,
}

/// The settings of one session. Nothing is read twice: `<(…)` can be read only once.
pub(super) struct Settings {
    workspace: Workspace,
    flags: SettingFlags,
    /// The settings of a KRM function's configuration.
    function: Vec<(String, String)>,
    /// The `-c` file that a process has read which lives long.
    known_file: Option<ConfigFile>,
    /// The `-c` file, and whether a tenant was known of when it was read.
    file: Option<(bool, Result<ConfigFile, Error>)>,
    /// The configuration without the Secret that `-s` names.
    config: Option<(Config, Errors)>,
}

impl Settings {
    /// Reads nothing yet.
    pub(super) fn new(workspace: Workspace, flags: SettingFlags) -> Self {
        Self { workspace, flags, function: Vec::new(), known_file: None, file: None, config: None }
    }

    /// Takes the `-c` file that a process has read which lives long.
    pub(super) fn use_file(&mut self, file: Option<ConfigFile>) {
        self.known_file = file;
    }

    /// The `-c` file as it was read last.
    pub(super) fn last_file(&self) -> Option<ConfigFile> {
        self.file.as_ref()?.1.clone().ok()
    }

    /// What its owner has chosen.
    pub(super) fn flags(&self) -> SettingFlags {
        self.flags.clone()
    }

    /// Adds the settings of a KRM function's configuration, which have a tenant's authority.
    pub(super) fn add_function(&mut self, settings: Vec<(String, String)>) {
        (self.function, self.config) = (settings, None);
    }

    /// The settings of a KRM function's configuration.
    pub(super) fn function(&self) -> &[(String, String)] {
        &self.function
    }

    /// Takes settings that a broker has read. They count as the operator's: the broker has applied the tenant rules. Nothing is read anew for
    /// those that are known.
    pub(super) fn receive(&mut self, settings: impl IntoIterator<Item = (String, String)>) {
        for (name, value) in settings {
            if self.workspace.variables.get(&name) != Some(&value) {
                self.workspace.variables.insert(name, value);
                self.config = None;
            }
        }
    }

    /// The name of the Secret of the cluster that has some of them, if there is one.
    pub(super) fn secret_name(&self) -> Option<&str> {
        self.flags.secret_name.as_deref()
    }

    /// The settings without the Secret that `-s` names. A `-c` file that cannot be read is an error.
    pub(super) fn local(&mut self) -> (Config, Errors) {
        if let Some(read) = &self.config {
            return read.clone();
        }
        let (sources, unreadable) = self.sources();
        let (config, mut errors) = Config::read(sources, backend::settings());
        errors.extend(unreadable);
        self.config.insert((config, errors)).clone()
    }

    /// The settings, those of the Kubernetes Secret that `-s` names included, or the error of reading it.
    pub(super) fn whole(&mut self, secret: Result<ClusterSecret, Error>) -> (Config, Errors) {
        let (mut sources, mut errors) = self.sources();
        sources.secret = secret.map_err(|error| errors.push(error)).ok();
        let (config, wrong) = Config::read(sources, backend::settings());
        errors.extend(wrong);
        (config, errors)
    }

    fn sources(&mut self) -> (SettingSources, Errors) {
        let mut errors = Errors::new();
        let checkout = input::checkout(&self.workspace);
        let secrets = self.flags.secrets_file.as_ref();
        errors.extend(secrets.and_then(|file| input::check_readable(Path::new(file), &self.workspace).err()));
        let file = self.flags.config_path.clone().map(|path| self.file(&path, checkout.as_deref()));
        let workspace = &self.workspace;
        let sources = SettingSources {
            flags: self.flags.settings(),
            function: self.function.clone(),
            environment: workspace.variables.clone(),
            file: file.and_then(|file| file.map_err(|error| errors.push(error)).ok()),
            secret: None,
            home_files: home_files(workspace, checkout.as_deref()),
            has_service_account_token: kubernetes::has_service_account_token(),
            repository: input::repository(workspace),
            is_checkout: checkout.is_some(),
            working_folder: workspace.folder.clone(),
        };
        (sources, errors)
    }

    /// The file that `-c` names. It is read again only if a tenant was not known of when it was read.
    fn file(&mut self, path: &str, checkout: Option<&Path>) -> Result<ConfigFile, Error> {
        let has_tenant = has_tenant(&self.workspace.variables) || !self.function.is_empty();
        match &self.file {
            Some((had_tenant, file)) if *had_tenant == has_tenant => file.clone(),
            _ => {
                let known = self.known_file.clone();
                let file = known.map_or_else(|| config_file(path, has_tenant, checkout, &self.workspace), Ok);
                self.file = Some((has_tenant, file.clone()));
                file
            }
        }
    }
}

impl SettingFlags {
    /// The flags for a process whose settings a broker reads: whether the cluster is asked for some of them.
    pub(crate) fn for_reader(self) -> Self {
        Self { secret_name: self.secret_name, ..Self::default() }
    }

    /// Each setting that a flag gives. A file of secrets chooses its store, too.
    fn settings(&self) -> Vec<FlagValue> {
        const SECRETS: &str = "--secrets";
        let flag = |flag, value| FlagValue::new(backend::settings(), flag, value);
        let store = |_: &String| FlagValue { flag: SECRETS, setting: backend::TYPE.name(), value: "file".to_owned() };
        let file = self.secrets_file.clone().and_then(|file| flag(SECRETS, file));
        let cache = self.disable_token_cache.then(|| flag("--disable-token-cache", "true".to_owned())).flatten();
        self.secrets_file.as_ref().map(store).into_iter().chain(file).chain(cache).collect()
    }
}

/// Tells which settings somebody has set, and where. Their values may be secrets.
pub(super) fn tell_settings(config: &Config, journal: &Journal) {
    let set = config.settings().filter_map(|(row, setting)| Some((row.name(), &setting?.origin)));
    for (name, origin) in set.filter(|(_, origin)| **origin != Origin::Default) {
        journal.tell(|| format!("setting `{name}`: {origin}"));
    }
}

/// The Secret of the cluster that a user names `name`.
pub(super) async fn cluster_secret(name: &str, workspace: &Workspace) -> Result<ClusterSecret, Error> {
    let name = SecretName::parse(name, Some(&kubernetes::default_namespace()))?;
    let data = kubernetes::secret(workspace, &name.namespace, &name.name).await?;
    Ok(ClusterSecret { name: name.to_string(), data })
}

/// The file that `-c` names. Where others may have written what is around it, a link there leads nowhere else.
fn config_file(
    path: &str,
    has_tenant: bool,
    checkout: Option<&Path>,
    workspace: &Workspace,
) -> Result<ConfigFile, Error> {
    let error = || Error::new(Kind::Setting, format!("cannot read the settings file `{path}`"));
    let refused = |refusal: FileRefusal| {
        let near = refusal.is_missing().then(|| input::near(Path::new(path), workspace)).flatten();
        let hint = near.map(suggestion::did_you_mean).or(refusal.hint().map(str::to_owned));
        hint.into_iter().fold(error().cause(refusal.to_string()), Error::hint)
    };
    let folder = &workspace.folder;
    let file = NamedFile::find(Path::new(path), folder, checkout.unwrap_or(folder)).map_err(refused)?;
    let file = if has_tenant || checkout.is_some() { file.within_repository().map_err(refused)? } else { file };
    let allowed = if has_tenant { FileKind::Regular } else { FileKind::Stream };
    input::check_readable(Path::new(path), workspace)?;
    let bytes = file.read(SETTINGS_LIMIT, allowed).map_err(refused)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| error().cause("it is not UTF-8 text"))?.to_owned();
    Ok(ConfigFile { path: path.to_owned(), text: text.into(), is_in_repository: file.is_in_repository() })
}

/// The files below the home that hold a setting's value, such as what `vault login` left behind. A home in a checkout is as its
/// authors made it: a link there leads nowhere else.
fn home_files(workspace: &Workspace, checkout: Option<&Path>) -> Vec<HomeFile> {
    let Some(home) = workspace.variable("HOME") else { return Vec::new() };
    let read = |file: &str| {
        let (path, folder) = (Path::new(home).join(file), &workspace.folder);
        let file = NamedFile::find(&path, folder, checkout.unwrap_or(Path::new(""))).ok()?.within_repository().ok()?;
        let bytes = file.read(SETTINGS_LIMIT, FileKind::Stream).ok()?;
        std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
    };
    let rows = backend::settings().rows().iter();
    let files = rows.filter_map(|row| Some((row.name(), row.declaration().home_file?)));
    files.filter_map(|(setting, file)| Some(HomeFile { file, setting, text: read(file)? })).collect()
}
