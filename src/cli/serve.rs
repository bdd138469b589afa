//! `serve`: renders for Argo CD on the plugin's socket, until a signal asks it to end.

use std::process::ExitCode;

use super::environment::Environment;
use super::flags::Flags;
use super::output;
use crate::pass::SettingFlags;
use crate::report;
use crate::server::{self, Options};

/// Render for Argo CD on the plugin's socket, in place of `argocd-cmp-server`
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The plugin's name: Applications have it in `spec.source.plugin.name`
    #[arg(long, value_name = "NAME", default_value = super::NAME)]
    name: String,

    /// The plugin's version: Applications have it after the name and a `-`
    #[arg(long, value_name = "VERSION")]
    plugin_version: Option<String>,

    #[command(flatten)]
    flags: Flags,
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
    let options = Options { name: args.name, version: args.plugin_version };
    let flags = SettingFlags::from(&args.flags);
    match server::serve(&options, environment.workspace.clone(), flags, environment).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(errors) => {
            output::report(&report::in_order(errors, &[]), environment);
            Ok(ExitCode::from(output::FAILED))
        }
    }
}
