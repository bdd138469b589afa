//! The pass that commands share: plan → fetch → fill, with settings and store opened only once something must be read.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::runtime::Runtime;

use super::environment::Environment;
use super::given::Flags;
use super::progress::Progress;
use super::signal::Signals;
use crate::backend::{self, Round};
use crate::budget::Budget;
use crate::config::Config;
use crate::error::{Error, Errors, Kind};
use crate::policy::{Grants, Policy, Requester};
use crate::render::{self, Edits, Mask, Options, Plan, Record, ValueSource};
use crate::secret::{Access, Secrets};
use crate::source::{Place, Source, Span};
use crate::words::count;

/// A run's passes, one for all the input or one for each window: no secret is read twice.
pub(super) struct Pass<'a> {
    environment: &'a Environment,
    flags: &'a Flags,
    options: Options,
    secrets: Secrets,
    budget: Budget,
    record: Option<Record>,
    stage: Stage,
}

/// How far the way to the store has been gone.
enum Stage {
    /// Nothing was read.
    Start,
    /// The settings are read and right.
    Set(Config),
    /// The store is open.
    Open(Open),
    /// Something is wrong, and reported.
    Closed,
}

/// A store with what it takes to ask it.
struct Open {
    round: Box<dyn Round>,
    policy: Arc<Policy>,
    runtime: Runtime,
}

impl<'a> Pass<'a> {
    /// Nothing is read yet.
    pub(super) fn new(flags: &'a Flags, options: Options, environment: &'a Environment) -> Self {
        let (secrets, budget) = (Secrets::default(), Budget::default());
        Self { environment, flags, options, secrets, budget, record: None, stage: Stage::Start }
    }

    /// The same from a record, if there is one: masked, without settings and without a store.
    pub(super) fn offline(self, record: Option<Record>) -> Self {
        Self { record, ..self }
    }

    /// The edits that fill `sources`, and everything that is wrong on the way there.
    pub(super) fn render(&mut self, sources: &[Arc<Source>], errors: &mut Errors) -> Edits {
        self.fill(sources, None, errors)
    }

    /// Reads the secrets of all `parts` before any of them is rendered. What is wrong at a place is found again then.
    pub(super) fn read_ahead(&mut self, parts: impl Iterator<Item = Vec<Arc<Source>>>, errors: &mut Errors) {
        if self.record.is_some() {
            return;
        }
        let (mut known, mut accesses) = (HashSet::new(), Vec::new());
        // Nobody looks at their places, which would keep all of the parts in memory.
        let nowhere = Place::new(Arc::new(Source::new("", "")), Span::new(0, 0));
        for part in parts {
            let plan = render::plan(&part, &self.options, &mut Errors::new());
            let new = plan.accesses().iter().filter(|access| known.insert(access.id.clone()));
            accesses.extend(new.map(|access| Access { id: access.id.clone(), place: nowhere.clone() }));
        }
        let mut found = Errors::new();
        self.fetch(&accesses, &mut found);
        errors.extend(found.into_iter().filter(|error| error.place.is_none()));
    }

    /// The same with masked values. The secrets are read once, however often and from wherever `sources` are rendered.
    pub(super) fn render_masked(&mut self, sources: &[Arc<Source>], mask: &Mask, errors: &mut Errors) -> Edits {
        self.fill(sources, Some(mask), errors)
    }

    /// The edits that fill `plan`.
    pub(super) fn fill_plan(&mut self, plan: &Plan<'_>, errors: &mut Errors) -> Edits {
        self.fetch(plan.accesses(), errors);
        render::fill(plan, ValueSource::Clear(&self.secrets), &self.budget, errors)
    }

    /// The secrets that were read until now.
    pub(super) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// What the placeholders of `sources` come to, without the values; what is wrong is what is wrong with rendering.
    pub(super) fn record(&mut self, sources: &[Arc<Source>], mask: Option<&Mask>, errors: &mut Errors) -> Record {
        let plan = render::plan(sources, &self.options, errors);
        self.fetch(plan.accesses(), errors);
        render::fill(&plan, ValueSource::Clear(&self.secrets), &self.budget, errors);
        Record::of(&plan, &self.secrets, mask, &self.budget)
    }

    fn fill(&mut self, sources: &[Arc<Source>], mask: Option<&Mask>, errors: &mut Errors) -> Edits {
        let plan = render::plan(sources, &self.options, errors);
        if let Some(record) = &self.record {
            // With blank masks the record is to say what differs beside its own fingerprints.
            let blank = mask.is_some_and(Mask::is_blank).then(|| record.blank());
            let values = ValueSource::Recorded(blank.as_ref().unwrap_or(record));
            return render::fill(&plan, values, &self.budget, errors);
        }
        self.fetch(plan.accesses(), errors);
        let clear = ValueSource::Clear(&self.secrets);
        let values = mask.map_or(clear, |mask| ValueSource::Masked(&self.secrets, mask));
        let rendered = render::fill(&plan, values, &self.budget, errors);
        if mask.is_none() {
            plan.accesses().iter().for_each(|access| self.secrets.clear_warnings(&access.id));
        }
        rendered
    }

    /// The secrets, but for those whose reading would create something: a look leaves the store as it is.
    pub(super) fn look(&mut self, accesses: &[Access], errors: &mut Errors) -> &Secrets {
        self.advance(!accesses.is_empty(), errors);
        if let Stage::Open(open) = &self.stage {
            let grants = open.policy.judge(accesses, errors);
            let (grants, notes) = open.runtime.block_on(render::without_side_effects(accesses, grants, &*open.round));
            errors.extend(notes);
            self.read(grants, errors);
        }
        &self.secrets
    }

    fn fetch(&mut self, accesses: &[Access], errors: &mut Errors) {
        self.advance(!accesses.is_empty(), errors);
        let Stage::Open(open) = &self.stage else { return };
        let grants = open.policy.judge(accesses, errors);
        self.read(grants, errors);
    }

    fn read(&mut self, grants: Grants, errors: &mut Errors) {
        let Stage::Open(open) = &self.stage else { return };
        let _progress = Progress::start(reading(&grants), self.environment);
        let (secrets, budget) = (&mut self.secrets, &self.budget);
        let stopped = open.runtime.block_on(async {
            let signals = Signals::hear();
            tokio::select! {
                () = render::fetch(grants, &*open.round, budget, secrets) => None,
                signal = signals.stopped() => Some(signal),
            }
        });
        if let Some(signal) = stopped {
            errors.push(Error::new(Kind::Store, format!("stopped by {signal} while reading secrets")));
            self.stage = Stage::Closed;
        }
    }

    /// Reads the settings, and opens the store if something must be read. What is wrong with them is reported once.
    fn advance(&mut self, needed: bool, errors: &mut Errors) {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Closed) {
            Stage::Start if needed => self.open(None, errors).unwrap_or(Stage::Closed),
            Stage::Start if self.flags.secret_name.is_none() => {
                let (config, wrong) = self.flags.config(self.environment);
                let stage = if wrong.any() { Stage::Closed } else { Stage::Set(config) };
                errors.extend(wrong);
                stage
            }
            Stage::Set(config) if needed => self.open(Some(config), errors).unwrap_or(Stage::Closed),
            stage => stage,
        };
    }

    fn open(&self, config: Option<Config>, errors: &mut Errors) -> Option<Stage> {
        let runtime = runtime().map_err(|error| errors.push(error)).ok()?;
        let config = match config {
            Some(config) => config,
            None => {
                let (config, wrong) = self.flags.config_with_secret(self.environment, &runtime);
                let failed = wrong.any();
                errors.extend(wrong);
                (!failed).then_some(config)?
            }
        };
        let store = backend::open(&config).map_err(|error| errors.push(error)).ok()?;
        let policy = Arc::new(Policy::of(&config, Requester::of(&self.environment.workspace.variables)));
        Some(Stage::Open(Open { round: store.begin(policy.clone()), policy, runtime }))
    }
}

/// What takes so long, if it does.
fn reading(grants: &Grants) -> String {
    format!("reading {}", count::of(grants.count(), "secret"))
}

/// One thread: a run waits, it does not compute.
pub(super) fn runtime() -> Result<Runtime, Error> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Error::new(Kind::Store, "cannot start the network runtime").cause(error.to_string()))
}
