//! `discover`: whether the current folder is for this plugin, as Argo CD's discovery asks.

use std::process::ExitCode;

use super::environment::Environment;
use super::output;
use crate::input;
use crate::tool::Tool;

/// Print the current folder's tool (helm, kustomize or plain), or nothing if there is nothing to render
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {}

const AFTER_HELP: &str = "\
For the `discover.find.command` of an Argo CD plugin. It looks only at file names, reads no file and stops at the first name that decides.

Rather name the plugin in the Application (`spec.source.plugin.name`): if a discovery fails, Argo CD goes on
without the plugin and applies the manifests with their placeholders in them. docs/argocd.md says more.

Exit code: always 0.";

/// Prints the folder's tool, if there is anything to render.
pub(super) fn run(_args: &Args, environment: &Environment) -> anyhow::Result<ExitCode> {
    let workspace = &environment.workspace;
    let tool = Tool::of(|name| workspace.locate(name).exists());
    match tool {
        Tool::Plain if !input::has_manifest(workspace) => Ok(ExitCode::SUCCESS),
        tool => output::finish(&format!("{}\n", tool.name())),
    }
}
