//! Builds charts and kustomizations: runs helm and kustomize, whose outputs stand for the files that they read.

mod allowance;
mod build_folder;
mod build_plan;
mod checked_files;
mod folder_run;
mod input_files;
mod own_words;
mod tool_runner;
mod tool_version;

pub(crate) use build_folder::{BuildFolder, BuiltFolders};
pub(crate) use build_plan::{Build, BuildOptions, BuildPlan, BuildSite};
pub(crate) use checked_files::{CheckedFiles, Wanted};
pub(crate) use input_files::InputFiles;
pub(crate) use tool_runner::{FolderOutput, ToolOptions, ToolRunner};
pub(crate) use tool_version::tool_version;

use std::os::unix::fs::PermissionsExt;

use crate::error::{Error, Kind};
use crate::workspace::Workspace;

/// A folder that only the user can read, gone at the end.
pub(crate) fn private_folder(workspace: &Workspace) -> Result<tempfile::TempDir, Error> {
    let own = std::fs::Permissions::from_mode(0o700);
    let made =
        tempfile::Builder::new().prefix("vault-render-").permissions(own).tempdir_in(workspace.temporary_folder());
    made.map_err(|error| {
        Error::new(Kind::Input, "cannot make a temporary folder")
            .cause(error.to_string())
            .hint("let `TMPDIR` name a folder that can be written to")
    })
}
