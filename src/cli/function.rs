//! `fn`: a KRM function. The ResourceList that kustomize or kpt pipes in goes out with its items filled and the findings as
//! its results.

use std::process::ExitCode;
use std::sync::Arc;

use clap::error::ErrorKind;

use super::environment::Environment;
use super::flags::Flags;
use super::mask::MaskFlags;
use super::offline::Offline;
use super::output;
use super::schema::SchemaFlags;
use super::separate::NamedFiles;
use crate::error::{Error, Errors, Kind};
use crate::krm::{self, FunctionConfig, ResourceList};
use crate::pass::Session;
use crate::render::{Edits, Leftovers, Options};
use crate::source::Source;
use crate::{backend, input, report};

/// Fill a ResourceList from stdin: the KRM function that kustomize and kpt call
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Refuse output in which an inline placeholder is left, in any encoding; unset, it is a warning
    #[arg(long)]
    strict: bool,

    /// Accept a list without items
    #[arg(long)]
    allow_empty: bool,

    #[command(flatten)]
    offline: Offline,

    #[command(flatten)]
    mask: MaskFlags,

    #[command(flatten)]
    pub(super) schemas: SchemaFlags,

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

Findings are the list's `results`, and stand on stderr. `--mask` fills masked, `--offline` so and without a store.

Exit codes: 0 filled, 1 something is wrong and nothing was filled, 2 wrong usage.";

/// Fills the list and prints it with its results.
pub(super) async fn run(args: &Args, session: &mut Session, environment: &Environment) -> anyhow::Result<ExitCode> {
    if environment.stdin_is_terminal {
        return Ok(output::usage(&no_input(), environment));
    }
    let source = input::stdin()?;
    let list = match ResourceList::read(&source) {
        Ok(list) => list,
        Err(errors) => return Ok(refuse(errors, environment)),
    };
    let mut errors = Errors::new();
    let config = FunctionConfig::read(&list, backend::settings(), &mut errors);
    if list.is_empty() && !args.allow_empty && !config.allow_empty {
        errors.push(empty());
    }
    let edits = match errors.any() {
        true => Edits::default(),
        false => args.fill(config, &source, session, environment, &mut errors).await,
    };
    let has_failed = errors.any();
    let findings = report::in_order(errors, std::slice::from_ref(&source));
    output::report(&findings, environment);
    let edits = if has_failed { Edits::default() } else { edits };
    match krm::answer(&list, &edits, &findings) {
        Ok(answer) => output::write(&[&answer])?,
        Err(error) => return Ok(refuse(error.into(), environment)),
    }
    Ok(output::rendered(!has_failed))
}

/// Reports why no list is printed.
fn refuse(errors: Errors, environment: &Environment) -> ExitCode {
    output::report(&report::in_order(errors, &[]), environment);
    ExitCode::from(output::FOUND)
}

impl Args {
    /// The files that the command names.
    pub(super) fn files(&self) -> NamedFiles {
        let flags = self.schemas.files().chain(self.offline.file()).chain(self.mask.file()).cloned().collect();
        NamedFiles { flags, ..NamedFiles::default() }
    }

    /// The edits that fill the list, with the settings of its configuration.
    async fn fill(
        &self,
        config: FunctionConfig,
        source: &Arc<Source>,
        session: &mut Session,
        environment: &Environment,
        errors: &mut Errors,
    ) -> Edits {
        session.add_function_settings(config.settings);
        if let Err(error) = self.use_masks(session, errors) {
            errors.push(error);
            return Edits::default();
        }
        let options = Options { leftovers: Leftovers::of_strict(self.strict || config.strict), any: false };
        session.run(options, environment).render(std::slice::from_ref(source), errors).await
    }

    /// Has the session fill from the record, or mask.
    fn use_masks(&self, session: &mut Session, errors: &mut Errors) -> Result<(), Error> {
        session.use_record(self.offline.record(session.workspace())?);
        let mask = self.mask.mask(session, errors)?;
        session.use_mask(mask);
        Ok(())
    }
}

/// A list without items is more often a mistake than an intention.
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
