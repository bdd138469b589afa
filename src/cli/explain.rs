//! `explain`: for each placeholder, whether it may be read, by which rule, and as whom. Nobody logs in, and the store is not asked.

use std::process::ExitCode;

use clap::ValueEnum;

use super::empty_stdin::EmptyStdin;
use super::environment::Environment;
use super::flags::Flags;
use super::judge::JudgeFlags;
use super::output;
use super::paths::Paths;
use super::schema::SchemaFlags;
use super::tools::BuildFlags;
use crate::pass::Session;
use crate::pass::build::InputFiles;
use crate::render::{self, Options};
use crate::report::{self, explain as shown};

/// Say for each placeholder whether it may be read, by which rule, and as whom; nothing is read
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) paths: Paths,

    #[command(flatten)]
    pub(super) judge: JudgeFlags,

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
    /// For people: a line for each placeholder
    Text,
    /// One JSON object per line
    Json,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render explain manifests/ --policy policy.yaml --as project=shop,app=web
                                                       what the rules say to the Application `web` of `shop`
  vault-render explain apps/web                        with the file that AVP_POLICY names, for whom Argo CD names
  vault-render explain --format json | jq 'select(.allowed | not)'

Within Argo CD, where a tenant may read the output, it names no rule that denies: such a rule may be about others. docs/tenants.md has
the whole language of policy files.

Exit codes: 0 everything is allowed, 1 something is denied, 2 failed: a file, a setting, a manifest.";

/// Prints what the policy says.
pub(super) async fn run(args: &Args, session: &mut Session, environment: &Environment) -> anyhow::Result<ExitCode> {
    let (config, mut errors) = session.settings(environment).await;
    let (policy, unusable) = args.judge.policy(session, &config, environment);
    errors.extend(unusable);
    if errors.any() {
        output::report(&report::in_order(errors, &[]), environment);
        return Ok(ExitCode::from(output::FAILED));
    }
    let policy = if environment.has_tenant { policy } else { policy.telling_rules() };
    let build = (&args.build).into();
    let (sources, found, built) = InputFiles::read_all(args.paths.list(), &build, session, environment).await;
    errors.extend(found);
    errors.extend(args.empty_stdin.error(args.paths.list(), &sources));
    let options = Options { any: args.any, ..Options::default() };
    let plan = render::plan(&sources, &options, &session.surroundings(&sources), &mut errors);
    let explanations = policy.explain(plan.accesses());
    let has_failed = errors.any();
    output::report(&built.name_templates(report::in_order(errors, &sources), session.workspace()), environment);
    let is_denied = explanations.iter().any(|explanation| explanation.verdict.is_err());
    output::write(&[match args.format {
        Format::Text => shown::text(&explanations, policy.requester(), environment.stdout_colour()),
        Format::Json => shown::json(&explanations),
    }
    .as_bytes()])?;
    Ok(match (has_failed, is_denied) {
        (true, _) => ExitCode::from(output::FAILED),
        (false, true) => ExitCode::from(output::FOUND),
        (false, false) => ExitCode::SUCCESS,
    })
}
