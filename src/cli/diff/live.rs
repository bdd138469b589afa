//! `--base live`: the objects that applying the manifests would leave, against those of the cluster.

use std::sync::Arc;

use futures_util::{StreamExt, stream};

use super::super::environment::Environment;
use super::super::filled_objects::filled_objects;
use super::super::output;
use super::{Args, Difference};
use crate::client::kubernetes::{ApiResponse, Cluster};
use crate::compare::Comparison;
use crate::error::{Error, Errors, Kind, Level};
use crate::live::{DryRun, Object, Objects};
use crate::pass::build::{BuildPlan, InputFiles};
use crate::pass::{Session, watched};
use crate::render::{Document, Survey};
use crate::report;
use crate::source::Source;
use crate::words::count;
use crate::workspace::Workspace;

/// The name of a cluster as a base.
pub(super) const NAME: &str = "live";

/// How many objects are asked about at once.
const TOGETHER: usize = 8;

/// Compares two sides.
pub(super) async fn compare(
    args: &Args,
    session: &mut Session,
    environment: &Environment,
) -> anyhow::Result<Option<Difference>> {
    if args.offline.record(session.workspace())?.is_some() {
        return Err(no_record().into());
    }
    let mut key_warnings = Errors::new();
    let mask = args.mask.mask(session, &mut key_warnings)?;
    let options = (&args.build).into();
    let mut build_plan = BuildPlan::new(&options, session, environment);
    let mut files = InputFiles::read(args.paths.list(), &mut build_plan).await?;
    let mut build_errors = std::mem::take(&mut files.build.errors);
    if args.require_build {
        build_errors.extend(build_plan.errors_for_left_out());
    }
    let (sources, mut errors, built) = files.into_whole();
    errors.extend(key_warnings);
    let shown = |errors: Errors| built.name_templates(report::in_order(errors, &sources), build_plan.workspace());
    errors.extend(learn_schemas(&sources, session, environment).await);
    let objects = filled_objects(args.options(), &sources, session, environment, &mut errors).await;
    if errors.any() {
        errors.extend(build_errors);
        output::report(&shown(errors), environment);
        return Ok(None);
    }
    let answers = answers(&objects, &args.field_manager, environment).await?;
    let (sides, findings) = objects.sides(&answers, &mask);
    let mut comparison = Comparison::new(sides.before, sides.after);
    comparison.find_only_secrets((&sides.blank.0, &sides.blank.1));
    comparison.base = NAME.to_owned();
    comparison.notes = build_plan.notes().filter(|_| !args.require_build).collect();
    comparison.notes.extend(findings.iter().map(|finding| finding.to_string()).chain(nameless(objects.nameless)));
    let is_complete = !findings.any() && !build_errors.any();
    errors.extend(findings);
    errors.extend(build_errors);
    output::report(&shown(errors), environment);
    Ok(Some(Difference { comparison, is_complete }))
}

/// Asks the cluster for the schemas of its own kinds, if one of them has placeholders. Without them its fields are filled as elsewhere.
async fn learn_schemas(sources: &[Arc<Source>], session: &mut Session, environment: &Environment) -> Option<Error> {
    let survey = Survey::new(sources, &session.surroundings(sources));
    let is_asked = |document: &Document<'_>| {
        document.resources.iter().any(|(_, resource)| !resource.is_built_in() && document.has_gaps(resource))
    };
    if !survey.documents().any(is_asked) {
        return None;
    }
    let error = session.ask_cluster_for_schemas(environment).await.err()?;
    Some(Error { level: Level::Warning, ..error })
}

fn no_record() -> Error {
    Error::new(Kind::Setting, "`--base live` needs the values, and a record holds none")
        .hint("leave out `--offline`, or compare with a revision or a folder")
}

/// The cluster's answer about each object. Without objects the cluster is not asked.
async fn answers(objects: &Objects, manager: &str, environment: &Environment) -> Result<Vec<Option<DryRun>>, Error> {
    let count = objects.list.len();
    if count == 0 {
        return Ok(Vec::new());
    }
    let what = format!("asking the cluster about {count} objects");
    let answers = watched(environment, what, ask(objects, manager, &environment.workspace)).await;
    answers.unwrap_or_else(|stopped| Err(Error::new(Kind::Store, format!("{stopped} while the cluster was asked"))))
}

async fn ask(objects: &Objects, manager: &str, workspace: &Workspace) -> Result<Vec<Option<DryRun>>, Error> {
    let cluster = Cluster::connect(manager, workspace).await?;
    let answers = stream::iter(&objects.list).map(|object| about(&cluster, object)).buffered(TOGETHER);
    answers.collect::<Vec<_>>().await.into_iter().collect()
}

fn nameless(count: usize) -> Option<String> {
    let documents = count::of_subject(count, "document");
    (count > 0).then(|| format!("{documents} not compared: not a Kubernetes object with a name"))
}

async fn about(cluster: &Cluster, object: &Object) -> Result<Option<DryRun>, Error> {
    let name = object.id.name.as_deref().unwrap_or_default();
    let namespace = object.id.namespace.as_deref();
    let Some(at) = cluster.locate(&object.api_version, &object.id.kind, namespace, name).await? else {
        return Ok(None);
    };
    let live = cluster.get(&at).await?;
    let readable = match &live {
        ApiResponse::Object(_) => true,
        ApiResponse::Refused(refusal) => refusal.code == 404,
    };
    let applied = if readable { Some(cluster.dry_run(&at, &object.json()).await?) } else { None };
    Ok(Some(DryRun { at, live, applied }))
}
