//! The settings as they are given: flags, environment, the `-c` file, `~/.vault-token`, for [`Config`] to make sense of.

use std::path::Path;
use std::sync::OnceLock;

use tokio::runtime::Runtime;

use super::environment::Environment;
use super::pass;
use crate::backend;
use crate::client::kubernetes;
use crate::config::{ClusterSecret, Config, ConfigFile, FlagValue, HomeFile, SecretName, SettingSources, has_tenant};
use crate::error::{Error, Errors, Kind};
use crate::input;
use crate::named_file::{Allowed, NamedFile, Refusal, SETTINGS_LIMIT};

/// The flags that set something, the same for every command that reads secrets.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Settings")]
pub(super) struct Flags {
    /// Read settings from a YAML, JSON or env file
    #[arg(short, long, value_name = "FILE")]
    config_path: Option<String>,

    /// Read settings from a Kubernetes Secret; its namespace is the pod's own unless named
    #[arg(short, long, value_name = "[NAMESPACE:]NAME")]
    pub(super) secret_name: Option<String>,

    /// Read secrets from a YAML or JSON file instead of a store
    #[arg(long, value_name = "FILE")]
    secrets: Option<String>,

    /// Log in on every run
    #[arg(long)]
    disable_token_cache: bool,

    /// Not typed: what a KRM function's configuration sets
    #[arg(skip)]
    pub(super) function: Vec<(String, String)>,

    /// Not typed: what `-c` names, and whether a tenant was known of when it was read. `<(…)` can be read only once.
    #[arg(skip)]
    file: OnceLock<(bool, Result<ConfigFile, Error>)>,
}

impl Flags {
    /// The settings without what `-s` names: nothing is asked for them. A `-c` file that cannot be read is an error.
    pub(super) fn config(&self, environment: &Environment) -> (Config, Errors) {
        let (sources, unreadable) = self.sources(environment);
        let (config, mut errors) = Config::read(sources, backend::settings());
        errors.extend(unreadable);
        (config, errors)
    }

    /// The settings, with those of the Kubernetes Secret that `-s` names if it names one: only then the cluster is asked.
    pub(super) fn whole_config(&self, environment: &Environment) -> (Config, Errors) {
        match self.secret_name.is_some().then(pass::runtime) {
            Some(Ok(runtime)) => self.config_with_secret(environment, &runtime),
            Some(Err(error)) => {
                let (config, mut errors) = self.config(environment);
                errors.push(error);
                (config, errors)
            }
            None => self.config(environment),
        }
    }

    /// The settings with those of the Kubernetes Secret that `-s` names, read from the cluster.
    pub(super) fn config_with_secret(&self, environment: &Environment, runtime: &Runtime) -> (Config, Errors) {
        let (mut sources, mut errors) = self.sources(environment);
        if let Some(name) = &self.secret_name {
            let read = SecretName::parse(name, Some(&kubernetes::default_namespace())).and_then(|named| {
                let data =
                    runtime.block_on(kubernetes::secret(&environment.workspace, &named.namespace, &named.name))?;
                Ok(ClusterSecret { name: named.to_string(), data })
            });
            match read {
                Ok(secret) => sources.secret = Some(secret),
                Err(error) => errors.push(error),
            }
        }
        let (config, wrong) = Config::read(sources, backend::settings());
        errors.extend(wrong);
        (config, errors)
    }

    fn sources(&self, environment: &Environment) -> (SettingSources, Errors) {
        let workspace = &environment.workspace;
        let (repository, checkout) = (input::repository(workspace), input::checkout(workspace));
        let mut errors = Errors::new();
        let may_read = |file: &String| input::may_read(Path::new(file), workspace);
        errors.extend(self.secrets.as_ref().and_then(|file| may_read(file).err()));
        let file = self.config_path.as_ref().and_then(|path| {
            let read = || self.config_file(path, environment, checkout.as_deref());
            let has_tenant = self.has_tenant(environment);
            let (known, file) = self.file.get_or_init(|| (has_tenant, read()));
            let file = if *known == has_tenant { file.clone() } else { read() };
            file.map_err(|error| errors.push(error)).ok()
        });
        let sources = SettingSources {
            flags: self.settings(),
            function: self.function.clone(),
            environment: environment.workspace.variables.clone(),
            file,
            secret: None,
            home_files: home_files(environment, checkout.as_deref()),
            has_service_account_token: kubernetes::has_service_account_token(),
            repository,
            is_checkout: checkout.is_some(),
            working_folder: environment.workspace.folder.clone(),
        };
        (sources, errors)
    }

    /// Whether a tenant is there before any file is read.
    fn has_tenant(&self, environment: &Environment) -> bool {
        has_tenant(&environment.workspace.variables) || !self.function.is_empty()
    }

    /// The file that `-c` names. Where others may have written what is around it, a link there leads nowhere else.
    fn config_file(&self, path: &str, environment: &Environment, checkout: Option<&Path>) -> Result<ConfigFile, Error> {
        let error = || Error::new(Kind::Setting, format!("cannot read the settings file `{path}`"));
        let refused =
            |refusal: Refusal| refusal.hint().into_iter().fold(error().cause(refusal.to_string()), Error::hint);
        let (folder, has_tenant) = (&environment.workspace.folder, self.has_tenant(environment));
        let file = NamedFile::find(Path::new(path), folder, checkout.unwrap_or(folder)).map_err(refused)?;
        let file = if has_tenant || checkout.is_some() { file.within().map_err(refused)? } else { file };
        let allowed = if has_tenant { Allowed::File } else { Allowed::Stream };
        input::may_read(Path::new(path), &environment.workspace)?;
        let bytes = file.read(SETTINGS_LIMIT, allowed).map_err(refused)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| error().cause("it is not UTF-8 text"))?.to_owned();
        Ok(ConfigFile { path: path.to_owned(), text, in_repository: file.is_in_repository() })
    }

    /// Each setting that a flag gives. A file of secrets chooses its store, too.
    fn settings(&self) -> Vec<FlagValue> {
        const SECRETS: &str = "--secrets";
        let flag = |flag, value| FlagValue::new(backend::settings(), flag, value);
        let store = |_: &String| FlagValue { flag: SECRETS, setting: backend::TYPE.name(), value: "file".to_owned() };
        let file = self.secrets.clone().and_then(|file| flag(SECRETS, file));
        let cache = self.disable_token_cache.then(|| flag("--disable-token-cache", "true".to_owned())).flatten();
        self.secrets.as_ref().map(store).into_iter().chain(file).chain(cache).collect()
    }
}

/// The files below the home that hold a setting's value, such as what `vault login` left behind. A home in a checkout is as its
/// authors made it: a link there leads nowhere else.
fn home_files(environment: &Environment, checkout: Option<&Path>) -> Vec<HomeFile> {
    let Some(home) = environment.get("HOME") else { return Vec::new() };
    let read = |file: &str| {
        let (path, folder) = (Path::new(home).join(file), &environment.workspace.folder);
        let file = NamedFile::find(&path, folder, checkout.unwrap_or(Path::new(""))).ok()?.within().ok()?;
        let bytes = file.read(SETTINGS_LIMIT, Allowed::Stream).ok()?;
        std::str::from_utf8(&bytes).ok().map(str::to_owned)
    };
    let rows = backend::settings().rows().iter();
    let files = rows.filter_map(|row| Some((row.name(), row.declaration().home_file?)));
    files.filter_map(|(setting, file)| Some(HomeFile { file, setting, text: read(file)? })).collect()
}
