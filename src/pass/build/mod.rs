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
use std::path::Path;

use tempfile::TempDir;

use crate::error::{Error, Kind};
use crate::workspace::Workspace;

/// A folder for temporary files that only the user can read, gone at the end.
pub(crate) fn private_folder(workspace: &Workspace) -> Result<TempDir, Error> {
    private_folder_in(&workspace.temporary_folder())
        .map_err(|error| error.hint("let `TMPDIR` name a folder that can be written to"))
}

/// A folder below `parent` that only the user can read, gone at the end.
pub(crate) fn private_folder_in(parent: &Path) -> Result<TempDir, Error> {
    let own = std::fs::Permissions::from_mode(0o700);
    let made = tempfile::Builder::new().prefix("vault-render-").permissions(own).tempdir_in(parent);
    made.map_err(|error| Error::new(Kind::Input, "cannot make a temporary folder").cause(error.to_string()))
}
