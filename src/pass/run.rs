//! A run of a session: plan → fetch → fill, over all the input at once or chunk by chunk. No secret is read twice.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::FutureExt;

use super::shared::ReadingCounter;
use super::{Session, Stopped, Watch, watched};
use crate::audit::Audit;
use crate::backend::{Intent, Round};
use crate::budget::Budget;
use crate::error::{Error, Errors, Kind, Level};
use crate::policy::{Grant, Grants, Policy, Tally};
use crate::render::{
    self, Edits, FillOptions, Filling, Mask, MaskForm, Options, Plan, Record, Surroundings, ValueSource, Witness,
};
use crate::secret::{Access, Outcome, Secrets};
use crate::source::{Place, Source, Span};
use crate::words::count;

/// One run: it has a budget of its own, and one round of the store.
pub struct Run<'s> {
    pub(super) session: &'s mut Session,
    options: Options,
    pub(super) intent: Intent,
    surroundings: Arc<Surroundings>,
    pub(super) watch: &'s dyn Watch,
    pub(super) budget: Budget,
    pub(super) round: Option<(Box<dyn Round>, Arc<Policy>)>,
    audit: Option<Audit<'s>>,
    /// The secrets that the run has read by each rule.
    tally: Tally,
    pub(super) is_stopped: bool,
}

impl<'s> Run<'s> {
    pub(super) fn new(
        session: &'s mut Session,
        options: Options,
        intent: Intent,
        surroundings: Arc<Surroundings>,
        watch: &'s dyn Watch,
    ) -> Self {
        Self {
            session,
            options,
            intent,
            surroundings,
            watch,
            budget: Budget::default(),
            round: None,
            audit: None,
            tally: Tally::default(),
            is_stopped: false,
        }
    }

    /// The edits that fill `sources`, masked if the session masks. Everything that is wrong on the way goes to `errors`.
    pub async fn render(&mut self, sources: &[Arc<Source>], errors: &mut Errors) -> Edits {
        self.learn(sources);
        self.fill(sources, errors).await
    }

    /// The edits that fill `sources`, whose schemas are known.
    pub(super) async fn fill(&mut self, sources: &[Arc<Source>], errors: &mut Errors) -> Edits {
        let plan = render::plan(sources, &self.options, &self.surroundings, errors);
        if let Some(record) = &self.session.record {
            return render::fill(&plan, ValueSource::Recorded(record), self.filling(), errors);
        }
        self.fetch(plan.accesses(), errors).await;
        let Session { secrets, mask, fill_options, .. } = &mut *self.session;
        let filling = Filling { options: fill_options, budget: &self.budget };
        let masked = |mask| ValueSource::Masked(secrets, mask, MaskForm::Valid);
        let edits = render::fill(&plan, mask.as_ref().map_or(ValueSource::Clear(secrets), masked), filling, errors);
        plan.accesses().iter().for_each(|access| secrets.clear_warnings(&access.id));
        edits
    }

    /// The edits that fill `sources` with masks for people. Each secret is read once, however often it is shown.
    pub async fn render_marked(&mut self, sources: &[Arc<Source>], mask: &Mask, errors: &mut Errors) -> Edits {
        self.learn(sources);
        let plan = render::plan(sources, &self.options, &self.surroundings, errors);
        if let Some(record) = &self.session.record {
            return render::fill(&plan, ValueSource::Recorded(&record.shown(mask)), self.filling(), errors);
        }
        self.fetch(plan.accesses(), errors).await;
        let values = ValueSource::Masked(&self.session.secrets, mask, MaskForm::Marked);
        render::fill(&plan, values, self.filling(), errors)
    }

    /// The edits that fill `plan`, the secrets in them, and the options that they are filled with.
    pub async fn fill_plan(&mut self, plan: &Plan<'_>, errors: &mut Errors) -> (Edits, &Secrets, &FillOptions) {
        self.fetch(plan.accesses(), errors).await;
        let edits = render::fill(plan, ValueSource::Clear(&self.session.secrets), self.filling(), errors);
        (edits, &self.session.secrets, &self.session.fill_options)
    }

    /// The record of `sources`. Its errors are those of rendering them.
    pub async fn record(&mut self, sources: &[Arc<Source>], mask: Option<&Mask>, errors: &mut Errors) -> Record {
        self.learn(sources);
        let plan = render::plan(sources, &self.options, &self.surroundings, errors);
        self.fill_plan(&plan, errors).await;
        Record::of(&plan, &self.session.secrets, mask, self.filling())
    }

    /// Reads the secrets of all `chunks` before any of them is rendered. Errors with a place are left out: rendering finds them again.
    pub async fn read_ahead(&mut self, chunks: impl Iterator<Item = Vec<Arc<Source>>>, errors: &mut Errors) {
        if self.session.record.is_some() {
            return;
        }
        let accesses = self.accesses(chunks);
        let mut found = Errors::new();
        self.fetch(&accesses, &mut found).await;
        errors.extend(found.into_iter().filter(|error| error.place.is_none()));
    }

    /// Reads the secrets, for rules. Also returns the options to fill them in with.
    pub async fn read_for_rules(&mut self, accesses: &[Access], errors: &mut Errors) -> (&Secrets, &FillOptions) {
        self.fetch(accesses, errors).await;
        errors.extend(render::not_read(accesses, &self.session.secrets));
        (&self.session.secrets, &self.session.fill_options)
    }

    fn filling(&self) -> Filling<'_> {
        Filling { options: &self.session.fill_options, budget: &self.budget }
    }

    /// That the watch has stopped the run, for work that does not wait.
    pub(super) fn is_over(&self) -> Option<Stopped> {
        self.watch.stopped().now_or_never().map(Stopped)
    }

    pub(super) fn stop(&mut self, stopped: &Stopped, what: &str, errors: &mut Errors) {
        errors.push(Error::new(Kind::Store, format!("{stopped} while {what}")));
        self.is_stopped = true;
    }

    /// Adds the CustomResourceDefinitions in `sources` to the schemas of the run, after those that it knows already.
    pub(crate) fn learn(&mut self, sources: &[Arc<Source>]) {
        Arc::make_mut(&mut self.surroundings).schemas.learn(sources);
    }

    /// Each secret of `chunks` with each of its usages once, without the place, which would keep all of the chunks in memory.
    fn accesses(&self, chunks: impl Iterator<Item = Vec<Arc<Source>>>) -> Vec<Access> {
        let (mut known, mut accesses) = (HashSet::new(), Vec::new());
        let mut names: HashMap<String, Arc<Source>> = HashMap::new();
        // Filling says what has stopped it.
        for chunk in chunks.take_while(|_| self.is_over().is_none()) {
            let plan = render::plan(&chunk, &self.options, &self.surroundings, &mut Errors::new());
            for Access { id, usage, place } in plan.accesses() {
                let name = &place.source.name;
                if known.insert((id.clone(), usage.clone(), name.clone())) {
                    let source = names.entry(name.clone()).or_insert_with(|| Arc::new(Source::new(name, "")));
                    let place =
                        Place { resource: place.resource.clone(), ..Place::new(source.clone(), Span::new(0, 0)) };
                    accesses.push(Access { id: id.clone(), usage: usage.clone(), place });
                }
            }
        }
        accesses
    }

    pub(super) async fn fetch(&mut self, accesses: &[Access], errors: &mut Errors) {
        if let Some(broker) = self.session.broker() {
            return self.fetch_from(broker, accesses, errors).await;
        }
        let Some((_, policy)) = self.round(accesses, errors).await else { return };
        let policy = policy.clone();
        let judgement = policy.judge_within(accesses, &mut self.tally);
        errors.extend(judgement.errors());
        if let Some(audit) = &mut self.audit {
            audit.expect(accesses);
            audit.refused(&judgement.refusals);
        }
        let partly_refused = judgement.partly_refused();
        self.read(judgement.grants, errors).await;
        for (id, allowed) in partly_refused {
            self.session.secrets.restrict(&id, &allowed);
        }
        self.report_audit(errors);
    }

    /// Reports why readings could not be audited. If they must be, nothing more is read.
    fn report_audit(&mut self, errors: &mut Errors) {
        if let Some(trouble) = self.audit.as_mut().and_then(Audit::take_trouble) {
            self.is_stopped |= trouble.level == Level::Error;
            errors.push(trouble);
        }
    }

    async fn read(&mut self, grants: Grants, errors: &mut Errors) {
        let Some((round, _)) = &self.round else { return };
        let what = format!("reading {}", count::of(grants.count(), "secret"));
        let counter = self.session.reading_counter();
        let mut witness = ReadingWitness { audit: self.audit.as_mut(), round: &**round, counter };
        let secrets = &mut self.session.secrets;
        let reading = render::fetch(grants, &**round, self.intent, &self.budget, secrets, &mut witness);
        if let Err(stopped) = watched(self.watch, what, reading).await {
            self.stop(&stopped, "reading secrets", errors);
        }
    }

    /// The round of this run, once there is something to read and nothing is wrong with the settings.
    async fn round(&mut self, accesses: &[Access], errors: &mut Errors) -> Option<&(Box<dyn Round>, Arc<Policy>)> {
        self.session.ensure_store(!accesses.is_empty(), self.watch, errors).await;
        if self.round.is_none() {
            self.round = self.session.begin_round();
            self.begin_audit(errors);
        }
        self.round.as_ref().filter(|_| !self.is_stopped)
    }

    fn begin_audit(&mut self, errors: &mut Errors) {
        let Some(log) = self.session.audit_log() else { return };
        let (watch, is_preview) = (self.watch, self.intent == Intent::Preview);
        match log.begin(is_preview, Box::new(move |line| watch.audit(line))) {
            Ok(audit) => self.audit = Some(audit),
            Err(trouble) => {
                self.is_stopped = trouble.level == Level::Error;
                errors.push(trouble);
            }
        }
    }
}

/// Counts readings, and audits them where the settings ask for it.
struct ReadingWitness<'a, 's> {
    audit: Option<&'a mut Audit<'s>>,
    round: &'a dyn Round,
    counter: Option<ReadingCounter>,
}

impl Witness for ReadingWitness<'_, '_> {
    fn see(&mut self, grant: &Grant, outcome: &Outcome, is_repeat: bool) -> bool {
        self.counter.iter().filter(|_| !is_repeat).for_each(|counter| counter.count(outcome));
        match &mut self.audit {
            None => true,
            Some(audit) if is_repeat => audit.used_again(grant, outcome),
            Some(audit) => audit.read(grant, outcome, self.round.accessor(grant)),
        }
    }
}
