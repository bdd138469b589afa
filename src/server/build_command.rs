//! What `build` is told to do with each application's folder. A plain value: the command line makes one of its flags.

use crate::pass::build::ToolOptions;
use crate::tool::Tool;

/// The command, without its folder.
#[derive(Clone, Debug)]
pub(crate) struct BuildCommand {
    /// Whether an inline placeholder that is left is an error.
    pub(crate) is_strict: bool,
    /// Whether a folder may render to nothing.
    pub(crate) may_be_empty: bool,
    /// The tool; `None` if the folder tells.
    pub(crate) tool: Option<Tool>,
    /// How the tools run.
    pub(crate) tools: ToolOptions,
}

impl Default for BuildCommand {
    /// `build . --strict`
    fn default() -> Self {
        Self { is_strict: true, may_be_empty: false, tool: None, tools: ToolOptions::default() }
    }
}
