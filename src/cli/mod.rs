//! The terminal: parses arguments, prints output on stdout and findings on stderr, decides the exit code. Each command is one file with its
//! `Args` and its `run`. Nothing else reads the process's environment or prints.

mod build;
mod check;
mod cmp_server;
mod completions;
mod diff;
mod discover;
mod docs;
mod doctor;
mod empty_stdin;
mod environment;
mod explain;
mod filled_objects;
mod flags;
mod function;
mod generate;
mod harden;
mod healthcheck;
mod help;
mod judge;
mod keep;
mod leading_flags;
mod man;
mod mask;
mod migrate;
mod observers;
mod offline;
mod output;
mod parameters;
mod paths;
mod plan;
mod policy;
mod record;
mod runtime;
mod save;
mod schema;
mod separate;
mod serve;
mod settings;
mod signal;
mod sink;
mod stderr;
mod tools;
mod version;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use rustix::event::{PollFd, PollFlags, poll};
use tokio::runtime::Builder;

use crate::error::Error;
use crate::pass::{RenderSlot, Session, SettingFlags};
use crate::policy::Requester;
use crate::separate::NewReader;
use environment::Environment;
use flags::{Flags, OutputFlags};
use runtime::complete;
use schema::SchemaFlags;
use separate::NamedFiles;

/// The program's name.
const NAME: &str = "vault-render";

/// Fills the placeholders in Kubernetes manifests from HashiCorp Vault, OpenBao or a file. Every other byte stays as it is.
#[derive(Debug, Parser)]
#[command(
    name = NAME,
    bin_name = NAME,
    version,
    propagate_version = true,
    max_term_width = help::WIDTH
)]
#[command(subcommand_required = true, arg_required_else_help = true, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,

    #[command(flatten)]
    output: OutputFlags,
}

/// The commands that need a session: they read what tenants wrote, or ask a cluster or a store.
#[derive(Debug, Subcommand)]
enum SessionCommand {
    Generate(generate::Args),
    Build(build::Args),
    Check(check::Args),
    Diff(diff::Args),
    #[command(name = "fn")]
    Function(function::Args),
    Plan(plan::Args),
    Explain(explain::Args),
    Record(record::Args),
    Parameters(parameters::Args),
    Settings(settings::Args),
    Doctor(doctor::Args),
    Keep(keep::Args),
    Migrate(migrate::Args),
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Session(SessionCommand),
    Serve(serve::Args),
    Healthcheck(healthcheck::Args),
    Discover(discover::Args),
    Policy(policy::Args),
    Version(version::Args),
    Completions(completions::Args),
    Man(man::Args),
    #[command(hide = true)]
    Docs(docs::Args),
}

const AFTER_HELP: &str = "\
A placeholder names a secret and a key:

  password: <path:secret/data/app#password>
  auth: <path:secret/data/app#user | base64encode>

Examples:
  vault-render generate manifests/                     render a folder
  vault-render build apps/web                          run helm or kustomize, render what it prints
  kustomize build . | vault-render generate -          render what kustomize built
  helm template . | vault-render generate -            render what helm wrote
  vault-render fn < resource-list.yaml                 what kustomize and kpt call: a KRM function
  vault-render generate manifests/ --secrets FILE      without Vault: secrets from a file
  vault-render check manifests/                        find what is wrong, before anything ships
  vault-render diff --base main                        what changes against a branch, masked
  vault-render plan manifests/                         which secrets are needed, and by whom
  vault-render explain manifests/ --as project=shop    what a policy file allows them, and by which rule
  vault-render policy test policy.yaml                 whether a policy file means what its tests say
  vault-render record manifests/ -o FILE               for `generate --offline FILE`, without Vault
  vault-render settings                                what is set, and who set it
  vault-render doctor manifests/                       what stands between this set-up and its secrets
  vault-render keep list                               leases and certificates that outlive a run
  vault-render serve                                   render for Argo CD, in place of `argocd-cmp-server`

Exit codes: 0 fine, 1 `generate`, `build` or `fn` failed and filled nothing, `check` found something, `diff` a change, or `explain` and `policy` a denial, 2 wrong usage; \
other commands fail with 2. Interrupted: 130; ended by SIGTERM: 143.

`vault-render help COMMAND` says more about a command. Its flags may stand before it as well. docs/ in the sources has placeholders, modifiers, rules, settings and stores.";

/// Runs the program.
pub fn main() -> ExitCode {
    harden::harden();
    let mut environment = Environment::read();
    if cmp_server::is_called(&environment) {
        return cmp_server::main(&environment);
    }
    let reader = separate::start_ahead(&environment);
    if let Some(code) = completions::answer(&environment) {
        return code;
    }
    let program = parser();
    let words = leading_flags::behind_command(&environment.arguments, &program);
    let arguments = match parsed(program, &words).or_else(|_| parsed(command(), &words)) {
        Ok(arguments) => arguments,
        Err(error) => return output::usage(&error, &environment),
    };
    environment.output = arguments.output;
    if let Some(requester) = arguments.command.requester() {
        environment.act_as(requester);
    }
    let failed = arguments.command.failure_code();
    arguments.command.run(&environment, reader).unwrap_or_else(|failure| {
        output::fail(&failure, &environment);
        ExitCode::from(failed)
    })
}

impl Command {
    /// Runs the command, with the reader that was started ahead. Returns its exit code, or why it failed.
    fn run(self, environment: &Environment, reader: Option<NewReader>) -> anyhow::Result<ExitCode> {
        match self {
            // One thread: a run waits, it does not compute.
            Self::Session(command) => {
                complete(Builder::new_current_thread(), command.run_until_stopped(environment, reader))
            }
            Self::Serve(args) => complete(Builder::new_multi_thread(), serve::run(args, environment)),
            Self::Healthcheck(args) => complete(Builder::new_current_thread(), healthcheck::run(args, environment)),
            Self::Discover(args) => discover::run(&args, environment),
            Self::Policy(args) => policy::run(&args, environment),
            Self::Version(args) => version::run(&args),
            Self::Completions(args) => completions::run(&args, environment),
            Self::Man(args) => man::run(&args, environment),
            Self::Docs(args) => docs::run(&args),
        }
    }

    /// For whom it judges, if its flags name somebody.
    fn requester(&self) -> Option<&Requester> {
        match self {
            Self::Session(SessionCommand::Check(args)) => args.judge.requester(),
            Self::Session(SessionCommand::Explain(args)) => args.judge.requester(),
            _ => None,
        }
    }

    /// The exit code of a command that fails.
    fn failure_code(&self) -> u8 {
        match self {
            Self::Session(command) => command.failure_code(),
            Self::Healthcheck(_) => output::FOUND,
            _ => output::FAILED,
        }
    }
}

impl SessionCommand {
    /// Runs the command. A signal that asked it to end decides its exit code.
    async fn run_until_stopped(self, environment: &Environment, reader: Option<NewReader>) -> anyhow::Result<ExitCode> {
        let ended = self.run(environment, reader).await;
        let Some(code) = environment.signals.exit_code().await else { return ended };
        if let Err(failure) = ended {
            output::fail(&failure, environment);
        }
        Ok(code)
    }

    /// Runs the command in a session of its own. Returns its exit code, or why it failed.
    async fn run(self, environment: &Environment, reader: Option<NewReader>) -> anyhow::Result<ExitCode> {
        let link = environment.link.clone()?;
        let flags = self.flags().map(SettingFlags::from).unwrap_or_default();
        let flags = if link.is_some() { flags.for_reader() } else { flags };
        let requester = Requester::of(&environment.workspace.variables);
        let session = &mut Session::new(environment.workspace.clone(), requester, flags);
        if let Some(link) = link {
            output::report(link.warning(), environment);
            session.use_broker(link.clone(), link.settings());
        }
        // `doctor` has an end of its own.
        if let Some(limit) = session.time_limit().filter(|_| !matches!(self, Self::Doctor(_))) {
            environment.time_limit.get_or_init(|| limit);
        }
        let _slots = self.render_slots(session, environment).await?;
        if session.is_separate()
            && let Some(files) = self.files_to_separate(session)
        {
            return separate::run(&self, files, session, environment, reader).await;
        }
        drop(reader);
        if let Some(schemas) = self.schemas() {
            schemas.give(session, environment).await?;
        }
        match self {
            Self::Generate(args) => generate::run(&args, session, environment).await,
            Self::Build(args) => build::run(&args, session, environment).await,
            Self::Check(args) => check::run(&args, session, environment).await,
            Self::Diff(args) => diff::run(&args, session, environment).await,
            Self::Function(args) => function::run(&args, session, environment).await,
            Self::Plan(args) => plan::run(&args, session, environment).await,
            Self::Explain(args) => explain::run(&args, session, environment).await,
            Self::Record(args) => record::run(&args, session, environment).await,
            Self::Parameters(args) => parameters::run(&args, environment),
            Self::Settings(args) => settings::run(&args, session, environment).await,
            Self::Doctor(args) => doctor::run(&args, session, environment).await,
            Self::Keep(args) => keep::run(&args, session, environment).await,
            Self::Migrate(args) => migrate::run(&args, session, environment).await,
        }
    }

    /// The files that it names, if it prints what tenants wrote with secrets in it: that can be read in a process of its own.
    fn files_to_separate(&self, session: &mut Session) -> Option<NamedFiles> {
        match self {
            Self::Generate(args) => Some(args.files()),
            Self::Build(args) => Some(args.files(session)),
            Self::Function(args) => Some(args.files()),
            _ => None,
        }
    }

    /// The exit code of a command that fails.
    fn failure_code(&self) -> u8 {
        match self {
            Self::Generate(_) | Self::Build(_) | Self::Function(_) => output::FOUND,
            _ => output::FAILED,
        }
    }

    fn flags(&self) -> Option<&Flags> {
        match self {
            Self::Generate(args) => Some(&args.flags),
            Self::Build(args) => Some(&args.flags),
            Self::Check(args) => Some(&args.flags),
            Self::Diff(args) => Some(&args.flags),
            Self::Function(args) => Some(&args.flags),
            Self::Plan(args) => Some(&args.flags),
            Self::Explain(args) => Some(&args.flags),
            Self::Record(args) => Some(&args.flags),
            Self::Parameters(_) => None,
            Self::Settings(args) => Some(&args.flags),
            Self::Doctor(args) => Some(&args.flags),
            Self::Keep(args) => Some(&args.flags),
            Self::Migrate(args) => Some(&args.flags),
        }
    }

    fn schemas(&self) -> Option<&SchemaFlags> {
        match self {
            Self::Generate(args) => Some(&args.schemas),
            Self::Build(args) => Some(&args.schemas),
            Self::Check(args) => Some(&args.schemas),
            Self::Diff(args) => Some(&args.schemas),
            Self::Function(args) => Some(&args.schemas),
            Self::Plan(args) => Some(&args.schemas),
            Self::Explain(args) => Some(&args.schemas),
            Self::Record(args) => Some(&args.schemas),
            Self::Migrate(args) => Some(&args.schemas),
            Self::Parameters(_) | Self::Settings(_) | Self::Doctor(_) | Self::Keep(_) => None,
        }
    }

    /// The slots among the parallel renders, if the operator limits them and the command reads what tenants wrote: the project's own first, so
    /// that one project's queue holds nobody else's slot.
    async fn render_slots(&self, session: &mut Session, environment: &Environment) -> Result<Vec<RenderSlot>, Error> {
        // `doctor` has an end of its own, and must not wait for the renders that it is to explain.
        let is_reading = matches!(self, Self::Migrate(migrate::Args { compare: None, .. }));
        if is_reading || matches!(self, Self::Settings(_) | Self::Doctor(_) | Self::Keep(_)) {
            return Ok(Vec::new());
        }
        let limits = session.render_limits();
        if !limits.is_empty() && self.may_read_stdin() && !environment.stdin_is_terminal {
            await_input();
        }
        let mut slots = Vec::new();
        for limit in &limits {
            slots.push(RenderSlot::wait(limit, &environment.workspace, environment).await?);
        }
        Ok(slots)
    }

    /// Whether it reads what another command pipes into it.
    fn may_read_stdin(&self) -> bool {
        let names_stdin = |paths: &[String]| paths.iter().any(|path| path == "-");
        match self {
            Self::Function(_) => true,
            Self::Generate(args) => args.paths.is_empty() || names_stdin(&args.paths),
            Self::Check(args) => names_stdin(args.paths.list()),
            Self::Diff(args) => names_stdin(args.paths.list()),
            Self::Plan(args) => names_stdin(args.paths.list()),
            Self::Explain(args) => names_stdin(args.paths.list()),
            Self::Record(args) => names_stdin(args.paths.list()),
            Self::Migrate(args) => names_stdin(args.paths.list()),
            Self::Build(_) | Self::Parameters(_) | Self::Settings(_) | Self::Doctor(_) | Self::Keep(_) => false,
        }
    }
}

/// Waits for the first byte of stdin, which stays there: no slot is held while the command before the pipe runs, or hangs.
fn await_input() {
    let stdin = rustix::stdio::stdin();
    // Whatever is wrong with stdin, its reader says.
    let _ = poll(&mut [PollFd::new(&stdin, PollFlags::IN)], None);
}

/// The arguments that these words are; else the text that clap shows.
fn parsed(program: clap::Command, words: &[OsString]) -> Result<Arguments, clap::Error> {
    program.try_get_matches_from(words).and_then(|matches| Arguments::from_arg_matches(&matches))
}

/// The commands and flags as clap knows them, with their help arranged: that takes as long as the rest of the start.
fn command() -> clap::Command {
    help::arranged(parser())
}

/// The commands and flags, whose help is not arranged.
fn parser() -> clap::Command {
    man::with_names(Arguments::command())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_flags_are_consistent() {
        super::command().debug_assert();
    }

    #[test]
    fn every_command_says_what_it_does() {
        for command in super::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
        }
    }
}
