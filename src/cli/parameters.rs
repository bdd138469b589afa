//! `parameters`: what Argo CD's UI offers to set for the current folder.

use std::path::Path;
use std::process::ExitCode;

use super::environment::Environment;
use super::output;
use crate::input;
use crate::tool::{self, Tool};

/// Print the parameters of the current folder, as Argo CD's UI shows them
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {}

const AFTER_HELP: &str = "\
For the `parameters.dynamic.command` of an Argo CD plugin: a JSON array with release name, values files, values, and each
single value of the chart's values.yaml. A folder without a chart has no parameters.";

/// Prints the announcement.
pub(super) fn run(_args: &Args, environment: &Environment) -> anyhow::Result<ExitCode> {
    let is_chart = Tool::of(|name| environment.workspace.locate(name).exists()) == Tool::Helm;
    let values = input::text(Path::new("values.yaml"), &environment.workspace)?.unwrap_or_default();
    let list = if is_chart { tool::announce(&values, &environment.workspace.variables) } else { "[]".to_owned() };
    output::finish(&(list + "\n"))
}
