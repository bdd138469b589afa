//! The findings of a check: rules and plan over each kind of text, what the outputs of tools show traced to its source, and what comments
//! accept taken out. Prints nothing.

use std::path::Path;
use std::sync::Arc;

use super::super::environment::Environment;
use super::{Args, levels, locate};
use crate::budget::Budget;
use crate::error::{Error, Errors, Kind};
use crate::input;
use crate::lint::{self, Comments, Readings};
use crate::manifest::Schemas;
use crate::pass::Session;
use crate::pass::build::CheckedFiles;
use crate::render::{self, Filling, Leftovers, Options, Surroundings, Survey, ValueSource};
use crate::report;
use crate::source::Source;

/// A check, as its flags ask for it.
pub(super) struct Check<'c> {
    pub(super) args: &'c Args,
    pub(super) environment: &'c Environment,
}

impl Check<'_> {
    /// All findings, in the order of the files.
    pub(super) async fn findings(&self, files: &mut CheckedFiles, session: &mut Session) -> Vec<Error> {
        let mut errors = std::mem::take(&mut files.errors);
        let manifests: Vec<Arc<Source>> = files.texts.manifests.iter().chain(&files.outputs).cloned().collect();
        let others: Vec<Arc<Source>> = files.texts.templates.iter().chain(&files.texts.others).cloned().collect();
        errors.extend(lint::check_templates(&files.texts.templates));
        let options = Options { leftovers: Leftovers::Refused, any: self.args.any };
        let comments = [
            self.look(&manifests, &others, options, &mut errors, session).await,
            self.look_at_tool_inputs(&files.texts.tool_inputs, &mut errors, session),
        ];
        let errors = without_other_formats(errors);
        let errors = lint::hide(locate::in_sources(lint::hide(errors), files, &self.environment.workspace));
        let errors = comments.iter().fold(errors, |errors, comments| comments.remaining(errors));
        let errors = levels::apply(errors, self.args.paths.list(), self.args.since.as_deref(), session);
        report::in_order(errors, &in_order_of_names(files))
    }

    /// Looks at manifests and other texts. Returns their comments.
    async fn look(
        &self,
        manifests: &[Arc<Source>],
        others: &[Arc<Source>],
        options: Options,
        errors: &mut Errors,
        session: &mut Session,
    ) -> Comments {
        let survey = Survey::new(manifests, &session.surroundings(manifests));
        let comments = Comments::of(&survey, others);
        errors.extend(lint::check(&survey, others));
        let plan = survey.plan(&options, errors);
        if self.args.judge.is_asked() {
            // Errors of the settings are reported once the store is opened.
            let (config, _) = session.local_settings();
            let (policy, unusable) = self.args.judge.policy(session, &config, self.environment);
            match unusable.any() {
                true => errors.extend(unusable),
                false => errors.extend(policy.judge(plan.accesses()).errors()),
            }
        }
        if self.args.online {
            let mut run = session.preview(options, self.environment);
            let (secrets, options) = run.read_for_rules(plan.accesses(), errors).await;
            let filling = Filling { options, budget: &Budget::default() };
            errors.extend(lint::check_online(&Readings { plan: &plan, secrets, filling }));
            render::fill(&plan, ValueSource::Clear(secrets), filling, errors);
        }
        comments
    }

    /// Looks at kustomizations, patches and values, which are no objects of Kubernetes themselves. A template among them does not parse, and
    /// the tool that reads a file reports what is wrong with its YAML.
    fn look_at_tool_inputs(&self, inputs: &[Arc<Source>], errors: &mut Errors, session: &mut Session) -> Comments {
        let surroundings = Surroundings { schemas: Schemas::by_names(), variables: session.path_variables() };
        let survey = Survey::new(inputs, &Arc::new(surroundings));
        let comments = Comments::of(&survey, &[]);
        let mut found = Errors::new();
        found.extend(lint::check(&survey, &[]));
        survey.plan(&Options { leftovers: Leftovers::Refused, any: true }, &mut found);
        // Annotations that kustomize or a chart puts on resources stand elsewhere here than in a resource.
        let counts = |error: &Error| error.rule != Kind::Syntax.id() && error.kind != Kind::Annotation;
        errors.extend(found.into_iter().filter(counts));
        comments
    }
}

/// The findings without those that a text is not YAML or JSON which is meant to be something else: a template, or JSON with comments.
fn without_other_formats(errors: Errors) -> Errors {
    let is_other = |source: &Source| {
        let holds = |sign: &[u8]| memchr::memmem::find(&source.bytes, sign).is_some();
        let is_other = source.name.ends_with(".json") || holds(b"{{") || holds(b"{%");
        is_other && !holds(b"\0") && !input::looks_like_a_manifest(&source.bytes)
    };
    let is_meant = |error: &Error| {
        error.rule != Kind::Syntax.id() || !error.place.as_ref().is_some_and(|place| is_other(&place.source))
    };
    let mut meant = Errors::new();
    meant.extend(errors.into_iter().filter(is_meant));
    meant
}

/// All sources of a check, in the order of their names.
fn in_order_of_names(files: &CheckedFiles) -> Vec<Arc<Source>> {
    let mut sources: Vec<Arc<Source>> = files.all().chain(&files.outputs).cloned().collect();
    sources.sort_by(|a, b| Path::new(&a.name).cmp(Path::new(&b.name)));
    sources
}
