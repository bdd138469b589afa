//! The terminal: what is typed becomes one call, what it comes to becomes bytes on stdout, findings on stderr, an exit code.
//! One command is one file: its `Args` and its `run`. Nothing else reads the environment or prints.

mod build;
mod built;
mod check;
mod completions;
mod diff;
mod discover;
mod docs;
mod environment;
mod function;
mod generate;
mod given;
mod harden;
mod man;
mod mask;
mod offline;
mod output;
mod parameters;
mod pass;
mod paths;
mod plan;
mod progress;
mod record;
mod save;
mod settings;
mod signal;
mod stderr;
mod turn;
mod version;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use environment::Environment;

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
    Generate(generate::Args),
    Build(build::Args),
    Check(check::Args),
    Diff(diff::Args),
    #[command(name = "fn")]
    Function(function::Args),
    Plan(plan::Args),
    Record(record::Args),
    Discover(discover::Args),
    Parameters(parameters::Args),
    Settings(settings::Args),
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
    let arguments = match command().try_get_matches().and_then(|found| Arguments::from_arg_matches(&found)) {
        Ok(arguments) => arguments,
        Err(error) => return output::usage(&error, &environment),
    };
    match arguments.command {
        Command::Generate(args) => generate::run(&args, &environment),
        Command::Build(args) => build::run(&args, &environment),
        Command::Check(args) => check::run(&args, &environment),
        Command::Diff(args) => diff::run(&args, &environment),
        Command::Function(args) => function::run(args, &environment),
        Command::Plan(args) => plan::run(&args, &environment),
        Command::Record(args) => record::run(&args, &environment),
        Command::Discover(args) => discover::run(&args, &environment),
        Command::Parameters(args) => parameters::run(&args, &environment),
        Command::Settings(args) => settings::run(&args, &environment),
        Command::Version(args) => version::run(&args, &environment),
        Command::Completions(args) => completions::run(&args, &environment),
        Command::Man(args) => man::run(&args, &environment),
        Command::Docs(args) => docs::run(&args, &environment),
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
