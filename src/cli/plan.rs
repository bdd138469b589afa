//! `plan`: the secrets that `generate` would read. Nobody logs in, and the store is not asked.

use std::process::ExitCode;

use clap::ValueEnum;

use super::empty_stdin::EmptyStdin;
use super::environment::Environment;
use super::flags::Flags;
use super::output;
use super::paths::Paths;
use super::schema::SchemaFlags;
use super::tools::BuildFlags;
use crate::backend;
use crate::error::{Error, Errors};
use crate::pass::Session;
use crate::pass::build::InputFiles;
use crate::render::{self, Options};
use crate::report;
use crate::report::plan::{self as shown, ReadPlan};

/// List every secret that would be read, and who needs it; nothing is read
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) paths: Paths,

    /// The format of the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Look into any YAML or JSON, values files too, not only Kubernetes objects
    #[arg(long)]
    any: bool,

    #[command(flatten)]
    empty_stdin: EmptyStdin,

    #[command(flatten)]
    build: BuildFlags,

    #[command(flatten)]
    pub(super) schemas: SchemaFlags,

    #[command(flatten)]
    pub(super) flags: Flags,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people: each path with its resources, fields and places
    Text,
    /// One JSON document
    Json,
    /// Vault's policy for just these reads
    Hcl,
    /// A file for `--secrets` with every path and key, to fill in by hand
    Secrets,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render plan manifests/                         which secrets, which keys, who needs them
  vault-render plan manifests/ --format hcl | vault policy write web -
  vault-render plan manifests/ --format secrets > secrets.yaml
                                                       then fill it in: `generate --secrets secrets.yaml`
  vault-render plan overlays/prod --format json | jq -r '.reads[].path'
  vault-render plan chart/ -- -f chart/prod.yaml       charts and kustomizations are built, as `build` does it

The policy has one rule for each path. A path without `data/` may be on a KV version 2 mount, where it is read with it;
only Vault knows, so a comment says so: write `secret/data/app`, or set AVP_KV_VERSION.

An error in the manifests may hide further reads. Text and JSON then say that the list is not complete, and no policy is
printed.

Exit codes: 0 the list is complete, 2 it is not, or a setting is wrong.";

/// Prints the reads.
pub(super) async fn run(args: &Args, session: &mut Session, environment: &Environment) -> anyhow::Result<ExitCode> {
    let (config, wrong) = session.settings(environment).await;
    let store = match backend::facts(&config) {
        Ok(store) if !wrong.any() => store,
        facts => return Ok(failed(wrong, facts.err(), environment)),
    };
    let (policy, unusable) = session.policy(&config);
    if unusable.any() {
        return Ok(failed(unusable, None, environment));
    }
    let build = (&args.build).into();
    let (sources, mut errors, built) = InputFiles::read_all(args.paths.list(), &build, session, environment).await;
    errors.extend(args.empty_stdin.error(args.paths.list(), &sources));
    errors.extend(wrong);
    let plan = render::plan(
        &sources,
        &Options { any: args.any, ..Options::default() },
        &session.surroundings(&sources),
        &mut errors,
    );
    let judgement = policy.judge(plan.accesses());
    errors.extend(judgement.errors());
    let reads = plan.reads().into_iter().filter(|read| judgement.grants.allows(&read.id)).collect();
    let plan = ReadPlan { store, reads, is_complete: !errors.any() };
    let text = args.format.shown(&plan, &mut errors, environment);
    let is_complete = !errors.any();
    output::report(&built.name_templates(report::in_order(errors, &sources), session.workspace()), environment);
    let written = output::finish(&text)?;
    Ok(if is_complete { written } else { ExitCode::from(output::FAILED) })
}

fn failed(mut errors: Errors, error: Option<Error>, environment: &Environment) -> ExitCode {
    errors.extend(error);
    output::report(&report::in_order(errors, &[]), environment);
    ExitCode::from(output::FAILED)
}

impl Format {
    /// The text for stdout. Of a policy nothing is printed unless it is whole.
    fn shown(self, plan: &ReadPlan<'_>, errors: &mut Errors, environment: &Environment) -> String {
        match self {
            Self::Text => shown::text(plan, environment.stdout_colour()),
            Self::Json => shown::json(plan),
            Self::Secrets => shown::secrets(plan),
            Self::Hcl => match shown::policy(plan) {
                Ok(policy) if plan.is_complete => policy,
                Ok(_) => String::new(),
                Err(wrong) => {
                    errors.extend(wrong);
                    String::new()
                }
            },
        }
    }
}
