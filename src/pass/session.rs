//! A session: the settings, the open store and what was read, for as long as its owner keeps it. Settings and store are opened only once
//! something must be read.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::broker::Broker;
use super::mask_key::without_line_breaks;
use super::open_store::OpenStore;
use super::path_variables::{self, names_for_paths, path_variables};
use super::policy_file::read_policy;
use super::render_slot::RenderLimit;
use super::schema_files::{cluster_schemas, read_schemas};
use super::settings::{SettingFlags, Settings, cluster_secret, tell_settings};
use super::shared::{ReadingCounter, Shared};
use super::{Run, Watch, watched};
use crate::audit::AuditLog;
use crate::backend::{self, Freshness, Intent, Round};
use crate::config::general::{ESCAPE, MASK_KEY, PARALLEL_RENDERS, SCHEMA, SEPARATE, TIMEOUT, TYPES, TypesBy};
use crate::config::{Config, Origin};
use crate::error::{Error, Errors, Kind};
use crate::manifest::{Schemas, Table};
use crate::policy::settings::PATH_VARIABLES;
use crate::policy::{Limits, Policy, PolicyFile, Requester};
use crate::render::{FillOptions, Mask, Options, Record, Surroundings};
use crate::secret::{PathVariables, Secrets};
use crate::source::Source;
use crate::workspace::Workspace;

/// The state that the runs of one requester in one workspace share. Sessions share nothing with each other but what [`Shared`] holds.
pub struct Session {
    workspace: Workspace,
    requester: Requester,
    settings: Settings,
    /// The process that holds settings, login and store in place of this one.
    broker: Option<Arc<dyn Broker>>,
    /// What it shares with other sessions of the process; `None` shares nothing.
    shared: Option<Arc<Shared>>,
    /// How new its secrets must be, once it reads.
    freshness: OnceCell<Freshness>,
    /// The record that takes the place of settings and store.
    pub(super) record: Option<Record>,
    /// What masks each value of a rendering that is printed; `None` shows the values.
    pub(super) mask: Option<Mask>,
    pub(super) secrets: Secrets,
    /// The schemas that its owner brought, the nearest first.
    given: Vec<Arc<Table>>,
    /// Whether those of the cluster are among them.
    knows_cluster: bool,
    pub(super) fill_options: FillOptions,
    /// The policy file, once it is read; `None` where the operator names none.
    policy_file: OnceCell<Result<Option<Arc<PolicyFile>>, Errors>>,
    stage: Stage,
}

/// How far the session is on its way to an open store.
enum Stage {
    /// Nothing was read.
    Start,
    /// The settings are read and right.
    Configured(Config),
    /// The store is open.
    Open(OpenStore),
    /// Something is wrong, and reported.
    Closed,
}

impl Session {
    /// A session in `workspace` for `requester`. Nothing is read yet.
    pub fn new(workspace: Workspace, requester: Requester, flags: SettingFlags) -> Self {
        let settings = Settings::new(workspace.clone(), flags);
        Self {
            workspace,
            requester,
            settings,
            broker: None,
            shared: None,
            freshness: OnceCell::new(),
            record: None,
            mask: None,
            secrets: Secrets::default(),
            given: Vec::new(),
            knows_cluster: false,
            fill_options: FillOptions::default(),
            policy_file: OnceCell::new(),
            stage: Stage::Start,
        }
    }

    /// Where the session works.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// For whom the session reads.
    pub fn requester(&self) -> &Requester {
        &self.requester
    }

    /// Shares open stores with the other sessions of `shared`: one of each call reads. Who may read what is judged for each session alone.
    pub fn share(&mut self, shared: Arc<Shared>) {
        self.settings.use_file(shared.files().config_file());
        self.shared = Some(shared);
    }

    /// This session in another workspace, of which nothing is read yet.
    pub(crate) fn moved(self, workspace: Workspace) -> Self {
        let Self { requester, shared, freshness, .. } = self;
        Self { shared, freshness, ..Self::new(workspace, requester, self.settings.flags()) }
    }

    /// Leaves settings, login and store to a broker, which has sent these settings to begin with.
    pub(crate) fn use_broker(&mut self, broker: Arc<dyn Broker>, settings: &[(String, String)]) {
        self.broker = Some(broker);
        self.settings.receive(settings.iter().cloned());
    }

    /// The process that holds settings, login and store in place of this one.
    pub(super) fn broker(&self) -> Option<Arc<dyn Broker>> {
        self.broker.clone()
    }

    /// Takes the settings that a broker has read.
    pub(super) fn receive_settings(&mut self, settings: Vec<(String, String)>) {
        self.settings.receive(settings);
        let (config, _) = self.settings.local();
        self.configure(&config);
    }

    /// Fills from a record, if there is one: masked, without settings and without a store.
    pub fn use_record(&mut self, record: Option<Record>) {
        self.record = record;
    }

    /// Whether it fills from a record.
    pub(crate) fn has_record(&self) -> bool {
        self.record.is_some()
    }

    /// Masks the renderings that are printed, if there is a mask. A record is masked without one.
    pub(crate) fn use_mask(&mut self, mask: Option<Mask>) {
        self.mask = mask;
    }

    /// Makes salts under the key of `mask`, whatever key the settings have.
    pub fn use_salts_of(&mut self, mask: &Mask) {
        self.fill_options.salts = Some(mask.salt_key());
    }

    /// The settings of a KRM function's configuration.
    pub(super) fn function_settings(&self) -> &[(String, String)] {
        self.settings.function()
    }

    /// Adds the settings of a KRM function's configuration, which have a tenant's authority.
    pub fn add_function_settings(&mut self, settings: Vec<(String, String)>) {
        self.settings.add_function(settings);
    }

    /// The settings without the Secret that `-s` names, and their errors. The cluster is not asked.
    pub fn local_settings(&mut self) -> (Config, Errors) {
        self.settings.local()
    }

    /// The settings, those of the Secret that `-s` names included, and their errors.
    pub async fn settings(&mut self, watch: &dyn Watch) -> (Config, Errors) {
        let read = self.read_settings(watch).await;
        tell_settings(&read.0, &watch.journal());
        read
    }

    async fn read_settings(&mut self, watch: &dyn Watch) -> (Config, Errors) {
        let Some(name) = self.settings.secret_name().map(str::to_owned) else { return self.settings.local() };
        let reading = async {
            match &self.shared {
                Some(shared) => shared.cluster_secret(&name).await,
                None => cluster_secret(&name, &self.workspace).await,
            }
        };
        match watched(watch, "reading settings from Kubernetes".to_owned(), reading).await {
            Ok(secret) => self.settings.whole(secret),
            Err(stopped) => {
                let (config, mut errors) = self.settings.local();
                errors.push(Error::new(Kind::Store, format!("{stopped} while reading settings")));
                (config, errors)
            }
        }
    }

    /// How long a run may take, its tools and readings included; `None` is for ever.
    pub fn time_limit(&mut self) -> Option<Duration> {
        self.time_limit_by(|_| true)
    }

    /// How long somebody has chosen that a run may take: for an owner who knows an end of their own.
    pub(crate) fn chosen_time_limit(&mut self) -> Option<Duration> {
        self.time_limit_by(|origin| *origin != Origin::Default)
    }

    fn time_limit_by(&mut self, counts: impl Fn(&Origin) -> bool) -> Option<Duration> {
        // Errors of the settings are reported once the store is opened.
        let (config, _) = self.settings.local();
        let of_policy = self.limits(&config).seconds;
        let counts = config.setting(TIMEOUT.name()).is_some_and(|setting| counts(&setting.origin));
        let of_settings = config.get(&TIMEOUT).copied().filter(|time| counts && !time.is_zero());
        of_settings.into_iter().chain(of_policy).min()
    }

    /// Who may read what, by these settings and the policy file that they name. One that cannot be used denies everything.
    pub fn policy(&self, config: &Config) -> (Policy, Errors) {
        let policy = |file| Policy::of(config, self.requester.clone(), file);
        match self.policy_file.get_or_init(|| self.read_policy(config)) {
            Ok(file) => (policy(file.as_deref()), Errors::new()),
            Err(errors) => (policy(Some(&PolicyFile::denying())), errors.clone()),
        }
    }

    fn read_policy(&self, config: &Config) -> Result<Option<Arc<PolicyFile>>, Errors> {
        let known = self.shared.as_ref().and_then(|shared| shared.files().policy(config));
        known.map_or_else(|| Ok(read_policy(config, &self.workspace)?.map(Arc::new)), |file| Ok(Some(file)))
    }

    /// What limits the sessions that render at once on this machine, if the operator does.
    pub(crate) fn render_limits(&mut self) -> Vec<RenderLimit> {
        // Errors of the settings are reported once the store is opened.
        let (config, _) = self.settings.local();
        let of_settings = config.get(&PARALLEL_RENDERS).copied().filter(|slots| *slots > 0).map(RenderLimit::of_user);
        let project = self.requester.project.as_deref();
        let of_policy = self.limits(&config).renders.map(|slots| RenderLimit::of_project(project, slots));
        of_policy.into_iter().chain(of_settings).collect()
    }

    /// How many sessions of this one's project may render at once, if the policy file limits them.
    pub(crate) fn render_limit_of_project(&mut self) -> Option<u64> {
        // Errors of the settings are reported once the store is opened.
        let (config, _) = self.settings.local();
        self.limits(&config).renders
    }

    /// The limits that the policy file sets to a run as a whole.
    fn limits(&self, config: &Config) -> Limits {
        self.policy(config).0.limits()
    }

    /// Whether a broker holds the login.
    pub(crate) fn has_broker(&self) -> bool {
        self.broker.is_some()
    }

    /// Whether manifests are to be read in a process of their own.
    pub fn is_separate(&mut self) -> bool {
        // Errors of the settings are reported once the store is opened.
        self.settings.local().0.is_on(&SEPARATE)
    }

    /// Adds schemas, which count before those of the manifests and after those added earlier.
    pub fn give_schemas(&mut self, schemas: Table) {
        self.given.push(Arc::new(schemas));
    }

    /// Gives the schemas in the files and folders that a user names, and after them those in the files and folders of the settings.
    pub(crate) fn read_schemas(&mut self, names: &[PathBuf]) -> Result<(), Error> {
        // Errors of the settings are reported once the store is opened.
        let (config, _) = self.settings.local();
        let of_settings = config.get(&SCHEMA).into_iter().flatten();
        for name in names.iter().chain(of_settings) {
            self.give_schemas(read_schemas(name, &self.workspace)?);
        }
        Ok(())
    }

    /// Gives the schemas of the cluster's own kinds, before all others.
    pub(crate) async fn ask_cluster_for_schemas(&mut self, watch: &dyn Watch) -> Result<(), Error> {
        if self.knows_cluster {
            return Ok(());
        }
        let what = "asking the cluster for its schemas";
        let asked = watched(watch, what.to_owned(), cluster_schemas(&self.workspace)).await;
        let read = asked.unwrap_or_else(|stopped| Err(Error::new(Kind::Store, format!("{stopped} while {what}"))));
        self.given.insert(0, Arc::new(read?));
        self.knows_cluster = true;
        Ok(())
    }

    /// What `sources` are planned with, whose CustomResourceDefinitions are among the schemas.
    pub fn surroundings(&mut self, sources: &[Arc<Source>]) -> Arc<Surroundings> {
        // Errors of the settings are reported once the store is opened.
        let (config, _) = self.settings.local();
        let variables = self.path_variables();
        if config.get(&TYPES) == Some(&TypesBy::Names) {
            return Arc::new(Surroundings { schemas: Schemas::by_names(), variables });
        }
        let mut schemas = Schemas::given(self.given.clone());
        schemas.learn(sources);
        Arc::new(Surroundings { schemas, variables })
    }

    /// The variables that may stand in paths.
    pub(crate) fn path_variables(&mut self) -> PathVariables {
        let (config, _) = self.settings.local();
        // The broker has left out what must not stand in a path.
        let listed = || config.get(&PATH_VARIABLES).into_iter().flatten().map(String::as_str).collect();
        let names = if self.broker.is_some() { listed() } else { names_for_paths(&config) };
        path_variables(&names, &self.workspace)
    }

    /// Begins a run, which may render as often as it likes. It tries again what failed in an earlier run. If the session masks, it is a
    /// preview.
    pub fn run<'s>(&'s mut self, options: Options, watch: &'s dyn Watch) -> Run<'s> {
        let intent = if self.mask.is_some() { Intent::Preview } else { Intent::Render };
        self.begin(options, intent, watch)
    }

    /// Begins a run that creates nothing in the store: masks take the place of what reading would create.
    pub fn preview<'s>(&'s mut self, options: Options, watch: &'s dyn Watch) -> Run<'s> {
        self.begin(options, Intent::Preview, watch)
    }

    fn begin<'s>(&'s mut self, options: Options, intent: Intent, watch: &'s dyn Watch) -> Run<'s> {
        self.secrets.forget_failures();
        let surroundings = self.surroundings(&[]);
        Run::new(self, options, intent, surroundings, watch)
    }

    /// How many secrets it has read, and how many of them another run of the process had read.
    pub(crate) fn reading_counts(&self) -> (u64, u64) {
        self.secrets.counts()
    }

    /// The settings that were read last: those of the Secret that `-s` names are among them once they are.
    pub(crate) fn settings_in_effect(&mut self) -> Config {
        match &self.stage {
            Stage::Configured(config) | Stage::Open(OpenStore { config, .. }) => config.clone(),
            Stage::Start | Stage::Closed => self.settings.local().0,
        }
    }

    /// Begins a round of the store, once it is open; `None` if it is not.
    pub(super) fn begin_round(&self) -> Option<(Box<dyn Round>, Arc<Policy>)> {
        let Stage::Open(OpenStore { store, policy, .. }) = &self.stage else { return None };
        let noted = || self.shared.as_ref().map(|shared| shared.freshness(&self.workspace)).unwrap_or_default();
        let freshness = *self.freshness.get_or_init(noted);
        Some((store.clone().begin(policy.clone(), freshness), policy.clone()))
    }

    /// What counts the readings of the store for the process, if it shares some.
    pub(super) fn reading_counter(&self) -> Option<ReadingCounter> {
        let Stage::Open(OpenStore { name: store, .. }) = &self.stage else { return None };
        Some(ReadingCounter { shared: self.shared.clone()?, store })
    }

    /// Where the runs are audited, once the store is open and if the settings ask for it.
    pub(super) fn audit_log(&self) -> Option<Arc<AuditLog>> {
        let Stage::Open(OpenStore { audit, .. }) = &self.stage else { return None };
        audit.clone()
    }

    /// Reads the settings, and opens the store if `must_read`. Errors of the settings are reported once.
    pub(super) async fn ensure_store(&mut self, must_read: bool, watch: &dyn Watch, errors: &mut Errors) {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Closed) {
            Stage::Start if must_read || self.settings.secret_name().is_none() => {
                let (config, mut wrong) = self.settings(watch).await;
                wrong.extend(path_variables::flaw(&config));
                errors.extend(wrong.iter().cloned());
                if wrong.any() { Stage::Closed } else { self.configured(config) }
            }
            stage => stage,
        };
        if must_read && let Stage::Configured(config) = &self.stage {
            errors.extend(backend::risks(config));
            let (policy, wrong) = self.policy(config);
            let opened = self.open(config, policy, watch).map_err(|error| errors.push(error)).ok();
            self.stage = opened.filter(|_| !wrong.any()).map_or(Stage::Closed, Stage::Open);
            errors.extend(wrong);
        }
    }

    fn open(&self, config: &Config, policy: Policy, watch: &dyn Watch) -> Result<OpenStore, Error> {
        OpenStore::open(config, policy, self.shared.as_deref(), watch.journal())
    }

    /// The stage after reading the settings, whose choices for filling are kept.
    fn configured(&mut self, config: Config) -> Stage {
        self.configure(&config);
        Stage::Configured(config)
    }

    /// Keeps what the settings choose for filling.
    fn configure(&mut self, config: &Config) {
        self.fill_options.escape = config.get(&ESCAPE).copied().unwrap_or_default();
        let key = config.get(&MASK_KEY).map(|key| without_line_breaks(key.reveal().as_bytes()));
        if let Some(key) = key.filter(|key| !key.is_empty() && self.fill_options.salts.is_none()) {
            self.use_salts_of(&Mask::new(key));
        }
    }
}
