//! `keep`: what is kept between runs is listed, renewed, revoked, or sealed with another key.

mod list;
mod tend;

use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use clap::error::ErrorKind;

use super::environment::Environment;
use super::flags::Flags;
use super::output;
use crate::client::Deadline;
use crate::config::{self, Config};
use crate::error::{Error, Kind};
use crate::keep::Keep;
use crate::pass::{Session, Watch};
use crate::report;

/// List, renew or revoke what is kept between runs, or seal it with another key
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// What to do
    #[arg(value_enum)]
    action: Action,

    /// For `revoke`: the paths of the secrets, as `list` shows them
    #[arg(value_name = "SECRET")]
    paths: Vec<String>,

    /// For `revoke`: everything that this Vault has made
    #[arg(long)]
    all: bool,

    /// For `renew`: go on, and do it again after this time
    #[arg(long, value_name = "DURATION", value_parser = config::duration)]
    every: Option<Duration>,

    /// For `list`: the format of the output
    #[arg(long, value_enum)]
    format: Option<Format>,

    #[command(flatten)]
    pub(super) flags: Flags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Print what is kept: path, namespace, accessor, when it was made and when it ends; never a value
    List,
    /// Renew the leases that end soon, with the tokens that made them
    Renew,
    /// Revoke the tokens that made leases, and with them the leases; forget what is kept
    Revoke,
    /// Seal with the first key of `AVP_KEEP_KEY_FILE` what an older one has sealed
    RotateKey,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// A table
    #[default]
    Text,
    /// One JSON object per line
    Json,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render keep list                               what is kept, and until when
  vault-render keep renew --every 1m                   beside the renderer: no lease ends between two renders
  vault-render keep revoke database/creds/app          the next render gets another user
  vault-render keep revoke --all
  vault-render keep rotate-key                         once a new key stands first in the file

What is kept lies where `AVP_KEEP` says, a folder or a Redis; docs/keep.md shows how to set it up. A lease ends with the token that made it,
so that token is kept with it, and revoking it takes away all that it made.

Exit codes: 0 done, 2 something could not be done.";

/// How long a command has for the keep.
const TIME: Duration = Duration::from_secs(30);

/// Does what the action says.
pub(super) async fn run(args: &Args, session: &mut Session, environment: &Environment) -> anyhow::Result<ExitCode> {
    if let Some(wrong) = args.contradiction() {
        return Ok(output::usage(&wrong, environment));
    }
    let (config, errors) = session.settings(environment).await;
    let has_failed = errors.any();
    output::report(&report::in_order(errors, &[]), environment);
    if has_failed {
        return Ok(ExitCode::from(output::FAILED));
    }
    match args.action {
        Action::List => list::run(&keep(&config, environment)?, args.format.unwrap_or_default(), environment).await,
        Action::RotateKey => rotate(&keep(&config, environment)?).await,
        Action::Renew => tend::renew(&config, args.every, environment).await,
        Action::Revoke => tend::revoke(&config, &args.paths, environment).await,
    }
}

async fn rotate(keep: &Keep) -> anyhow::Result<ExitCode> {
    let count = keep.rotate(Deadline::after(TIME)).await.map_err(|trouble| trouble.into_error())?;
    output::finish(&format!("sealed anew with the first key: {}\n", entries(count)))
}

/// `1 entry`, `2 entries`
fn entries(count: usize) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

/// The keep of the settings.
fn keep(config: &Config, environment: &Environment) -> Result<Keep, Error> {
    Keep::open(&config.view(&[]), environment.journal())?.ok_or_else(|| {
        Error::new(Kind::Setting, "`AVP_KEEP` is not set: nothing is kept")
            .hint("it names a folder or a Redis; docs/keep.md shows how to set it up")
    })
}

impl Args {
    /// Why these arguments do not go together.
    fn contradiction(&self) -> Option<clap::Error> {
        let is = |action| self.action == action;
        let (kind, message) = match self {
            _ if is(Action::Revoke) && self.all != self.paths.is_empty() => (
                ErrorKind::MissingRequiredArgument,
                "`revoke` takes the paths of secrets, or `--all`\n\n  vault-render keep revoke database/creds/app",
            ),
            _ if !is(Action::Revoke) && (self.all || !self.paths.is_empty()) => {
                (ErrorKind::ArgumentConflict, "paths and `--all` are for `revoke` alone")
            }
            _ if !is(Action::Renew) && self.every.is_some() => {
                (ErrorKind::ArgumentConflict, "`--every` is for `renew` alone")
            }
            _ if !is(Action::List) && self.format.is_some() => {
                (ErrorKind::ArgumentConflict, "`--format` is for `list` alone")
            }
            _ => return None,
        };
        let mut program = super::command();
        program.build();
        Some(program.find_subcommand("keep").cloned().unwrap_or(program).error(kind, message))
    }
}
