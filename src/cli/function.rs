//! `fn`: a KRM function. The ResourceList that kustomize or kpt pipes in goes out with its items filled and the findings as
//! its results.

use std::process::ExitCode;
use std::sync::Arc;

use clap::error::ErrorKind;

use super::environment::Environment;
use super::given::Flags;
use super::offline::Offline;
use super::output;
use super::pass::Pass;
use crate::error::{Error, Errors, Kind};
use crate::krm::{self, FunctionConfig, ResourceList};
use crate::render::{Edits, Options};
use crate::source::Source;
use crate::{backend, input, report};

/// Fill a ResourceList from stdin: the KRM function that kustomize and kpt call
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Refuse output in which an inline placeholder is left, in any encoding
    #[arg(long)]
    strict: bool,

    /// Accept a list without items
    #[arg(long)]
    allow_empty: bool,

    #[command(flatten)]
    offline: Offline,

    #[command(flatten)]
    pub(super) flags: Flags,
}

const AFTER_HELP: &str = "\
With kustomize, name it under `transformers:` in the kustomization, in a file such as

  apiVersion: v1
  kind: ConfigMap
  metadata:
    name: vault-render
    annotations:
      config.kubernetes.io/function: |
        exec: {path: vault-render, args: [fn]}
  data:
    strict: \"true\"

and run

  kustomize build --enable-alpha-plugins --enable-exec .

Without the second flag kustomize leaves the function out, silently.

The ConfigMap is the functionConfig. Its data may hold `strict`, `allow-empty` and settings such
as AVP_K8S_ROLE, with a tenant's authority, and no credential: these come from the environment.
docs/kustomize.md says more.

Findings are the list's `results`, and stand on stderr. `--offline` fills masked, without a store.

Exit codes: 0 filled, 1 something is wrong and nothing was filled, 2 wrong usage.";

/// Answers.
pub(super) fn run(args: Args, environment: &Environment) -> ExitCode {
    if environment.stdin_is_terminal {
        return output::usage(&no_input(), environment);
    }
    let answered = input::stdin().map_err(Errors::from).and_then(|source| answer(args, &source, environment));
    match answered {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(output::FOUND),
        Err(errors) => {
            output::report(&report::in_order(errors, &[]), environment);
            ExitCode::from(output::FOUND)
        }
    }
}

/// Prints the list, filled or with what is wrong; whether it is filled. An error is that it is no list.
fn answer(args: Args, source: &Arc<Source>, environment: &Environment) -> Result<bool, Errors> {
    let list = ResourceList::read(source)?;
    let mut errors = Errors::new();
    let config = FunctionConfig::read(&list, backend::settings(), &mut errors);
    if list.is_empty() && !args.allow_empty && !config.allow_empty {
        errors.push(empty());
    }
    let rendered = if errors.any() { Edits::default() } else { fill(args, config, source, environment, &mut errors) };
    let failed = errors.any();
    let findings = report::in_order(errors, std::slice::from_ref(source));
    output::report(&findings, environment);
    let rendered = if failed { Edits::default() } else { rendered };
    let answer = krm::answer(&list, &rendered, &findings)?;
    Ok(output::print(&[&answer], environment) && !failed)
}

fn fill(
    args: Args,
    config: FunctionConfig,
    source: &Arc<Source>,
    environment: &Environment,
    errors: &mut Errors,
) -> Edits {
    let options = Options { strict: args.strict || config.strict, any: false };
    let mut flags = args.flags;
    flags.function = config.settings;
    match args.offline.record(environment) {
        Ok(record) => {
            let mut pass = Pass::new(&flags, options, environment).offline(record);
            pass.render(std::slice::from_ref(source), errors)
        }
        Err(error) => {
            errors.push(error);
            Edits::default()
        }
    }
}

/// As for `generate`: a list that has become empty is more often a mistake than meant.
fn empty() -> Error {
    Error::new(Kind::Input, "the ResourceList has no items")
        .hint("is there anything before this function? `--allow-empty`, or `allow-empty: \"true\"`, accepts it")
}

fn no_input() -> clap::Error {
    let message = "nothing to fill: kustomize and kpt pipe a ResourceList in; `vault-render fn --help` shows how";
    let mut program = super::command();
    program.build();
    program.find_subcommand("fn").cloned().unwrap_or(program).error(ErrorKind::MissingRequiredArgument, message)
}
