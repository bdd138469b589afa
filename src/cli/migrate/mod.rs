//! `migrate`: what becomes of a set-up of argocd-vault-plugin; with `--compare`, whether both programs print the same.

mod compare;
mod program;

use std::process::ExitCode;
use std::sync::Arc;

use super::environment::Environment;
use super::flags::Flags;
use super::mask::MaskKey;
use super::output;
use super::paths::Paths;
use super::schema::SchemaFlags;
use super::tools::BuildFlags;
use crate::error::Errors;
use crate::input;
use crate::migrate;
use crate::pass::Session;
use crate::report::{self, migration};
use crate::source::Source;

/// Say what of a set-up of argocd-vault-plugin stays, changes or stops, and in which order to move
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) paths: Paths,

    /// Run this argocd-vault-plugin and vault-render on the same manifests and store, and show where they differ
    #[arg(long, value_name = "PROGRAM")]
    pub(super) compare: Option<String>,

    #[command(flatten)]
    build: BuildFlags,

    #[command(flatten)]
    mask: MaskKey,

    #[command(flatten)]
    pub(super) schemas: SchemaFlags,

    #[command(flatten)]
    pub(super) flags: Flags,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render migrate gitops/                         all YAML of a repository
  vault-render migrate argocd-values.yaml apps/        the values of the chart argo-cd, and Applications
  kubectl get -n argocd -o yaml cm,deploy,applications | vault-render migrate -
  kustomize build argocd/ | vault-render migrate -     what patches make
  vault-render migrate --compare argocd-vault-plugin apps/web
                                                       do both print the same?

It reads definitions of plugins (ConfigManagementPlugin, ConfigMaps with them, argocd-cm, values of the chart argo-cd), the containers of
the repo-server, settings and the names of Secrets, Applications and ApplicationSets. Of Secrets the values are not looked at, but for
the store and the login. Scripts in `sh -c` are read, not run; what is not among the known shapes is `not understood`. It asks no cluster
and no store, and writes no file.

With --compare, PROGRAM gets this environment, `-c` and `-s`, and runs as `PROGRAM generate PATH`; charts and kustomizations are built once, and
PROGRAM reads the output from a pipe. Objects are compared, whatever the order of their keys: `-` is PROGRAM's, `+` is vault-render's, and values
are masked as in `diff`.

Exit codes: 0 everything stays or changes, 1 something stops or is not understood, 2 a file cannot be read. With --compare: 0 both print the
same, 1 they differ, 2 failed.";

/// Reads the files, and prints what becomes of them; or compares.
pub(super) async fn run(args: &Args, session: &mut Session, environment: &Environment) -> anyhow::Result<ExitCode> {
    match &args.compare {
        Some(program) => compare::run(program, args, session, environment).await,
        None => read(args, environment),
    }
}

fn read(args: &Args, environment: &Environment) -> anyhow::Result<ExitCode> {
    let (sources, errors) = sources(args.paths.list(), environment);
    let has_failed = errors.any();
    output::report(&report::in_order(errors, &sources), environment);
    if has_failed {
        return Ok(ExitCode::from(output::FAILED));
    }
    let migration = migrate::read(&sources);
    let code = output::finish(&migration::text(&migration, environment.stdout_colour()))?;
    Ok(if migration.is_clear() { code } else { ExitCode::from(output::FOUND) })
}

/// The files that are named, and all YAML and JSON of folders, values and kustomizations too.
fn sources(paths: &[String], environment: &Environment) -> (Vec<Arc<Source>>, Errors) {
    let named: Vec<String> = paths.iter().flat_map(|path| input::yaml_files(path, &environment.workspace)).collect();
    if named.is_empty() { (Vec::new(), Errors::new()) } else { input::read(&named, true, &environment.workspace) }
}
