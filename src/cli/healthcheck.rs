//! `healthcheck`: whether the server on the plugin's socket serves, for probes in an image without a shell.

use std::path::PathBuf;
use std::process::ExitCode;

use super::environment::Environment;
use super::serve::NameFlags;
use crate::server;

/// Ask the server on the plugin's socket whether it serves, as a probe of its container
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The socket; unset, the one that `serve` binds with the same name and version
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "plugin_version"])]
    socket: Option<PathBuf>,

    #[command(flatten)]
    name: NameFlags,
}

const AFTER_HELP: &str = "\
For an exec probe:

  livenessProbe:
    exec:
      command: [vault-render, healthcheck]

It asks by gRPC's health protocol and waits 5 seconds at most. Vault is not asked.

Exit codes: 0 it serves, 1 it does not.";

/// Asks the server.
pub(super) async fn run(args: Args, environment: &Environment) -> anyhow::Result<ExitCode> {
    let socket = match args.socket {
        Some(socket) => environment.workspace.locate(socket),
        None => server::PluginName::from(args.name).socket(&environment.workspace)?,
    };
    server::check_health(&socket).await?;
    Ok(ExitCode::SUCCESS)
}
