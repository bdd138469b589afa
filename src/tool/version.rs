//! The command that prints the version of a tool.

use std::collections::BTreeMap;
use std::path::Path;

use super::Tool;
use super::command::{Command, PathTarget, ToolContext};
use super::environment::environment;
use super::operator_files::OperatorFiles;

/// `helm version` or `kustomize version`, run in the private folder. It reads no folder.
pub(crate) fn version(
    tool: Tool,
    program: &str,
    variables: &BTreeMap<String, String>,
    private: &Path,
    memory: u64,
) -> Command {
    let context = ToolContext {
        folder: private,
        working_folder: private,
        variables,
        words: &[],
        release_name: None,
        helm: program,
        kustomize: program,
        private,
        processors: 1,
        memory,
        is_inside: &|_| false,
        target: &|_| PathTarget::Nowhere,
        may_reach: &|_| Err(String::new()),
        read: &|_| None,
        has: &|_| false,
    };
    let (name, words) = match tool {
        Tool::Helm => ("helm version", &["version", "--short"][..]),
        _ => ("kustomize version", &["version"][..]),
    };
    Command {
        name,
        program: program.to_owned(),
        words: words.iter().map(ToString::to_string).collect(),
        folder: None,
        working_folder: private.to_owned(),
        environment: environment(&context),
        files: Vec::new(),
        operator_files: OperatorFiles::default(),
        logs_on_stdout: false,
        hints: &[],
    }
}
