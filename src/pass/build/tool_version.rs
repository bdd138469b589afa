//! The version of a tool, as the tool says it, within the bounds of any other run of it.

use super::allowance::allowance;
use super::{ToolOptions, private_folder};
use crate::config::Config;
use crate::contain;
use crate::error::{Error, Errors, Kind};
use crate::tool::{self, Sandbox, Tool};
use crate::workspace::Workspace;

/// How many characters of what a tool prints are shown.
const LONGEST: usize = 80;

/// The program of a tool with its version. Where this machine cannot contain it as it must, that is the error.
pub(crate) async fn tool_version(
    tool: Tool,
    options: &ToolOptions,
    config: &Config,
    workspace: &Workspace,
) -> Result<String, Error> {
    let program = if tool == Tool::Helm { &options.helm } else { &options.kustomize };
    if tool::find(program, workspace.search_path(), &workspace.folder).is_none() {
        return Err(tool::missing(program, tool.name()));
    }
    let allowance = allowance(config, options);
    let mut errors = Errors::new();
    let Some(containment) = allowance.containment(&contain::support(), &mut errors) else {
        let unknown = || Error::new(Kind::Bug, "no reason is given why the tools cannot be contained");
        return Err(errors.into_iter().next().unwrap_or_else(unknown));
    };
    let private = private_folder(workspace)?;
    let command = tool::version(tool, program, &workspace.variables, private.path(), allowance.memory);
    let sandbox = Sandbox {
        folder: &workspace.folder,
        allowance: &allowance,
        containment: &containment,
        repository: &[],
        variables: &workspace.variables,
        private: private.path(),
        processors: 1,
    };
    let output = tool::run(&command, &sandbox).await?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let version: String = printed.trim().lines().next().unwrap_or_default().chars().take(LONGEST).collect();
    Ok(format!("`{program}` is {version}"))
}
