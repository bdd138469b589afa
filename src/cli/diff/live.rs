//! `--base live`: the manifests as applying them would leave them, against the cluster as it is.

use std::sync::Arc;

use futures_util::{StreamExt, stream};

use super::super::built::{Builder, Disk};
use super::super::environment::Environment;
use super::super::output;
use super::super::pass::{self, Pass};
use super::super::progress::Progress;
use super::{Args, Compared};
use crate::client::kubernetes::{Answer, Cluster};
use crate::compare::Comparison;
use crate::error::{Error, Errors, Kind};
use crate::live::{self, DryRun, Object, Objects};
use crate::render::Survey;
use crate::report;
use crate::source::Source;
use crate::words::count;
use crate::workspace::Workspace;

/// What `--base` calls it.
pub(super) const NAME: &str = "live";

/// How many objects are asked about at once.
const TOGETHER: usize = 8;

/// Compares.
pub(super) fn compare(args: &Args, environment: &Environment) -> Compared {
    if args.offline.record(environment)?.is_some() {
        return Err(Error::new(Kind::Setting, "a record holds no values, and the cluster is asked with them")
            .hint("leave out `--offline`, or compare with a revision or a folder"));
    }
    let mask = args.mask.mask(&args.flags, environment)?;
    let mut builder = Builder::new(&args.building, &args.flags, environment);
    let mut disk = Disk::read(args.paths.list(), &mut builder)?;
    let said = std::mem::take(&mut disk.built.errors);
    let (sources, mut errors, printed) = disk.whole();
    let objects = objects(args, &sources, environment, &mut errors);
    if errors.any() {
        errors.extend(said);
        output::report(
            &printed.name_templates(report::in_order(errors, &sources), &environment.workspace),
            environment,
        );
        return Ok(None);
    }
    let answers = answers(&objects, &args.field_manager, environment)?;
    let (sides, findings) = objects.sides(&answers, &mask);
    let mut comparison = Comparison::new(sides.before, sides.after);
    comparison.find_only_secrets((&sides.blank.0, &sides.blank.1));
    comparison.base = NAME.to_owned();
    comparison.notes = builder.notes().collect();
    comparison.notes.extend(findings.iter().map(|finding| finding.to_string()).chain(nameless(objects.nameless)));
    let complete = !findings.any() && !said.any();
    errors.extend(findings);
    errors.extend(said);
    output::report(&printed.name_templates(report::in_order(errors, &sources), &environment.workspace), environment);
    Ok(Some((comparison, complete)))
}

/// The objects, filled.
fn objects(args: &Args, sources: &[Arc<Source>], environment: &Environment, errors: &mut Errors) -> Objects {
    let survey = Survey::new(sources);
    let drafts = live::drafts(&survey, errors);
    let plan = survey.plan(&args.options(), errors);
    let mut pass = Pass::new(&args.flags, args.options(), environment);
    let rendered = pass.fill_plan(&plan, errors);
    live::objects(drafts, &plan, pass.secrets(), &rendered, errors)
}

/// What the cluster says about each object; without objects nobody is asked.
fn answers(objects: &Objects, manager: &str, environment: &Environment) -> Result<Vec<Option<DryRun>>, Error> {
    let count = objects.list.len();
    if count == 0 {
        return Ok(Vec::new());
    }
    let _progress = Progress::start(format!("asking the cluster about {count} objects"), environment);
    pass::runtime()?.block_on(ask(objects, manager, &environment.workspace))
}

async fn ask(objects: &Objects, manager: &str, workspace: &Workspace) -> Result<Vec<Option<DryRun>>, Error> {
    let cluster = Cluster::connect(manager, workspace).await?;
    let answers = stream::iter(&objects.list).map(|object| about(&cluster, object)).buffered(TOGETHER);
    answers.collect::<Vec<_>>().await.into_iter().collect()
}

fn nameless(count: usize) -> Option<String> {
    let documents = count::of_subject(count, "document");
    (count > 0).then(|| format!("{documents} not compared, being no Kubernetes objects with a name"))
}

async fn about(cluster: &Cluster, object: &Object) -> Result<Option<DryRun>, Error> {
    let name = object.id.name.as_deref().unwrap_or_default();
    let namespace = object.id.namespace.as_deref();
    let Some(at) = cluster.locate(&object.api_version, &object.id.kind, namespace, name).await? else {
        return Ok(None);
    };
    let live = cluster.get(&at).await?;
    let readable = match &live {
        Answer::Object(_) => true,
        Answer::Refused(refusal) => refusal.code == 404,
    };
    let applied = if readable { Some(cluster.dry_run(&at, &object.json()).await?) } else { None };
    Ok(Some(DryRun { at, live, applied }))
}
