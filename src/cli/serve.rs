//! `serve`: renders for Argo CD on the plugin's socket, until a signal asks it to end.

use std::process::ExitCode;

use super::environment::Environment;
use super::flags::Flags;
use super::observers::ObserverFlags;
use super::output;
use crate::pass::SettingFlags;
use crate::report;
use crate::server::{self, Discovery, Options, PluginName};

/// Render for Argo CD on the plugin's socket, in place of `argocd-cmp-server`
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    name: NameFlags,

    /// Tell Argo CD that the plugin finds its applications: every folder with something to render. If it fails, Argo CD goes on without it
    #[arg(long)]
    discover: bool,

    #[command(flatten)]
    observers: ObserverFlags,

    #[command(flatten)]
    flags: Flags,
}

/// The flags for the plugin's name.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct NameFlags {
    /// The plugin's name: Applications have it in `spec.source.plugin.name`
    #[arg(long, value_name = "NAME", default_value = super::NAME)]
    name: String,

    /// The plugin's version: Applications have it after the name and a `-`
    #[arg(long, value_name = "VERSION")]
    plugin_version: Option<String>,
}

const AFTER_HELP: &str = "\
It takes the place of Argo CD's own `argocd-cmp-server` in the sidecar of the repo-server: no process and no login for each Application.
An Application is rendered as `vault-render build . --strict` renders its folder.

The socket is NAME.sock, or NAME-VERSION.sock, in the folder that ARGOCD_PLUGINSOCKFILEPATH names (/home/argocd/cmp-server/plugins if it
names none). It is bound once the settings and the policy file are read, and right. Who runs as the same user or group may connect.

SIGTERM or SIGINT: no new connection is taken, calls under way have 25 seconds to finish.

Exit codes: 0 ended by a signal, 2 a setting is wrong or the socket is taken.";

/// Serves until a signal comes.
pub(super) async fn run(args: Args, environment: &Environment) -> anyhow::Result<ExitCode> {
    let discovery = if args.discover { Discovery::Renderable } else { Discovery::Off };
    let options = Options { name: args.name.into(), discovery, ..args.observers.options(environment)? };
    serve(&options, SettingFlags::from(&args.flags), environment).await
}

/// Serves with these options until a signal comes.
pub(super) async fn serve(
    options: &Options,
    flags: SettingFlags,
    environment: &Environment,
) -> anyhow::Result<ExitCode> {
    match server::serve(options, environment.workspace.clone(), flags, environment).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(errors) => {
            output::report(&report::in_order(errors, &[]), environment);
            Ok(ExitCode::from(output::FAILED))
        }
    }
}

impl From<NameFlags> for PluginName {
    fn from(flags: NameFlags) -> Self {
        Self { name: flags.name, version: flags.plugin_version }
    }
}
