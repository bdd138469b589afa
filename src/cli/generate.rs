//! `generate`: the manifests with their placeholders filled, on stdout, or nothing.

use std::process::ExitCode;

use clap::error::ErrorKind;

use super::environment::Environment;
use super::output;
use crate::{input, report};

/// Render manifests to stdout: all of them, or nothing and exit code 1
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Files, folders, or `-` for stdin; without any, stdin
    #[arg(value_name = "PATH")]
    paths: Vec<String>,

    /// Refuse output in which an inline placeholder is left, in any encoding
    #[arg(long)]
    strict: bool,

    /// Render in constant memory; after an error the output is not complete
    #[arg(long)]
    stream: bool,

    /// Fill any YAML or JSON, values files too, not only Kubernetes objects
    #[arg(long)]
    any: bool,

    /// Accept an empty result, which makes Argo CD delete what it manages
    #[arg(long)]
    allow_empty: bool,

    /// Accepted as argocd-vault-plugin has it; a secret is never printed
    #[arg(long)]
    verbose_sensitive_output: bool,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render generate manifests/
  kustomize build overlays/prod | vault-render generate -
  vault-render generate manifests/ --secrets examples/plain/secrets.yaml

In a folder every .yaml, .yml and .json is read, in the order of the names; hidden files, kustomizations and what belongs
to a chart (Chart.yaml, values*.yaml, templates/, charts/) are skipped.

Exit codes: 0 rendered, 1 something is wrong and nothing was printed, 2 wrong usage.";

/// Renders.
pub(super) fn run(args: &Args, environment: &Environment) -> ExitCode {
    if args.paths.is_empty() && environment.stdin_is_terminal {
        return output::usage(&no_input());
    }
    let stdin = ["-".to_owned()];
    let paths = if args.paths.is_empty() { &stdin[..] } else { &args.paths[..] };
    let (sources, errors) = input::read(paths, &environment.here(args.allow_empty));
    output::report(&report::in_order(errors, &sources), environment);
    ExitCode::SUCCESS
}

fn no_input() -> clap::Error {
    let message = "nothing to render: name files or folders, or pipe manifests in\n\n  \
                   vault-render generate manifests/\n  kustomize build . | vault-render generate -";
    super::command().error(ErrorKind::MissingRequiredArgument, message)
}
