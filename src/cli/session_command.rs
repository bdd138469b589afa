//! The commands that need a session: they read what tenants wrote, or ask somebody for settings and secrets.

use std::io::BufRead;
use std::process::ExitCode;

use clap::Subcommand;

use super::environment::Environment;
use super::flags::Flags;
use super::{build, check, diff, function, generate, output, parameters, plan, record, settings};
use crate::error::Error;
use crate::pass::{RenderSlot, Session, SettingFlags};
use crate::policy::Requester;

#[derive(Debug, Subcommand)]
pub(super) enum SessionCommand {
    Generate(generate::Args),
    Build(build::Args),
    Check(check::Args),
    Diff(diff::Args),
    #[command(name = "fn")]
    Function(function::Args),
    Plan(plan::Args),
    Record(record::Args),
    Parameters(parameters::Args),
    Settings(settings::Args),
}

impl SessionCommand {
    /// Runs the command in a session of its own; its exit code, or what it failed with.
    pub(super) async fn run(self, environment: &Environment) -> anyhow::Result<ExitCode> {
        let flags = self.flags().map(SettingFlags::from).unwrap_or_default();
        let requester = Requester::of(&environment.workspace.variables);
        let session = &mut Session::new(environment.workspace.clone(), requester, flags);
        let _slot = self.render_slot(session, environment).await?;
        match self {
            Self::Generate(args) => generate::run(&args, session, environment).await,
            Self::Build(args) => build::run(&args, session, environment).await,
            Self::Check(args) => check::run(&args, session, environment).await,
            Self::Diff(args) => diff::run(&args, session, environment).await,
            Self::Function(args) => function::run(&args, session, environment).await,
            Self::Plan(args) => plan::run(&args, session, environment).await,
            Self::Record(args) => record::run(&args, session, environment).await,
            Self::Parameters(args) => parameters::run(&args, environment),
            Self::Settings(args) => settings::run(&args, session, environment).await,
        }
    }

    /// The exit code of a command that fails.
    pub(super) fn failure_code(&self) -> u8 {
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
            Self::Record(args) => Some(&args.flags),
            Self::Parameters(_) => None,
            Self::Settings(args) => Some(&args.flags),
        }
    }

    /// A slot among the parallel renders, if the operator limits them and the command reads what tenants wrote.
    async fn render_slot(&self, session: &mut Session, environment: &Environment) -> Result<Option<RenderSlot>, Error> {
        if matches!(self, Self::Settings(_)) {
            return Ok(None);
        }
        let Some(slots) = session.parallel_renders() else { return Ok(None) };
        if self.reads_stdin() && !environment.stdin_is_terminal {
            await_input();
        }
        RenderSlot::wait(slots, &environment.workspace, environment).await.map(Some)
    }

    /// Whether it reads what another command pipes into it.
    fn reads_stdin(&self) -> bool {
        let names_stdin = |paths: &[String]| paths.iter().any(|path| path == "-");
        match self {
            Self::Function(_) => true,
            Self::Generate(args) => args.paths.is_empty() || names_stdin(&args.paths),
            Self::Check(args) => names_stdin(args.paths.list()),
            Self::Diff(args) => names_stdin(args.paths.list()),
            Self::Plan(args) => names_stdin(args.paths.list()),
            Self::Record(args) => names_stdin(args.paths.list()),
            Self::Build(_) | Self::Parameters(_) | Self::Settings(_) => false,
        }
    }
}

/// Waits for the first byte of stdin, which stays there: while the command before the pipe runs, or hangs, nobody needs a slot.
fn await_input() {
    let _ = std::io::stdin().lock().fill_buf();
}
