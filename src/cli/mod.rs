//! The terminal: what is typed becomes one call, what it comes to becomes bytes on stdout, findings on stderr, an exit code.
//! One command is one file: its `Args` and its `run`. Nothing else reads the environment or prints.

mod build;
mod check;
mod completions;
mod diff;
mod discover;
mod docs;
mod environment;
mod flags;
mod function;
mod generate;
mod harden;
mod man;
mod mask;
mod offline;
mod output;
mod parameters;
mod paths;
mod plan;
mod record;
mod save;
mod session_command;
mod settings;
mod signal;
mod sink;
mod stderr;
mod tools;
mod version;
mod watch;

use std::process::ExitCode;

use anyhow::Context;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use tokio::runtime::Builder;

use environment::Environment;
use session_command::SessionCommand;

/// Fills the placeholders in Kubernetes manifests from HashiCorp Vault, OpenBao or a file. Every other byte stays as it is.
#[derive(Debug, Parser)]
#[command(
    name = "vault-render",
    bin_name = "vault-render",
    version,
    propagate_version = true,
    disable_help_subcommand = true
)]
#[command(subcommand_required = true, arg_required_else_help = true, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Session(SessionCommand),
    Discover(discover::Args),
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
  vault-render record manifests/ -o FILE               for `generate --offline FILE`, without Vault
  vault-render settings                                what is set, and who set it

Exit codes: 0 fine, 1 `generate`, `build` or `fn` failed and filled nothing, `check` found
something or `diff` a change, 2 wrong usage; other commands fail with 2.

`vault-render COMMAND --help` says more; docs/ in the sources has placeholders, modifiers, rules, settings and stores.";

/// Runs the program.
pub fn main() -> ExitCode {
    harden::harden();
    let environment = Environment::read();
    let arguments = match command().try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => arguments,
        Err(error) => return output::usage(&error, &environment),
    };
    let failed = arguments.command.failure_code();
    arguments.command.run(&environment).unwrap_or_else(|failure| {
        output::fail(&failure, &environment);
        ExitCode::from(failed)
    })
}

impl Command {
    /// Runs the command; its exit code, or what it failed with.
    fn run(self, environment: &Environment) -> anyhow::Result<ExitCode> {
        match self {
            // One thread: a run waits, it does not compute.
            Self::Session(command) => Builder::new_current_thread()
                .enable_all()
                .build()
                .context("cannot start the runtime")?
                .block_on(command.run(environment)),
            Self::Discover(args) => discover::run(&args, environment),
            Self::Version(args) => version::run(&args),
            Self::Completions(args) => completions::run(&args),
            Self::Man(args) => man::run(&args),
            Self::Docs(args) => docs::run(&args),
        }
    }

    /// The exit code of a command that fails.
    fn failure_code(&self) -> u8 {
        match self {
            Self::Session(command) => command.failure_code(),
            _ => output::FAILED,
        }
    }
}

/// The commands and flags as clap knows them.
fn command() -> clap::Command {
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
