//! `discover`: whether the current folder is for this plugin, as Argo CD's discovery asks.

use std::process::ExitCode;

use super::environment::Environment;
use super::output;
use crate::input;
use crate::tool::Tool;

/// Print what the current folder is (helm, kustomize, plain); nothing if there is nothing to render
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {}

const AFTER_HELP: &str = "\
For the `discover.find.command` of an Argo CD plugin. It looks at names, reads no file and stops at the first that tells.

Rather name the plugin in the Application (`spec.source.plugin.name`): whatever goes wrong in a discovery, Argo CD goes on
without the plugin and applies the manifests with their placeholders in them. docs/argocd.md says more.

Exit code: 0, whatever was found.";

/// Prints the folder's tool, if there is anything to render.
pub(super) fn run(_args: &Args, environment: &Environment) -> anyhow::Result<ExitCode> {
    let workspace = &environment.workspace;
    let tool = Tool::of(|name| workspace.locate(name).exists());
    match tool {
        Tool::Plain if !input::has_manifest(workspace) => Ok(ExitCode::SUCCESS),
        tool => output::finish(&format!("{}\n", tool.name())),
    }
}
