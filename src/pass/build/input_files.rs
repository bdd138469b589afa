//! The files that paths name: manifests as they are written, charts and kustomizations as their tools print them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::{Session, Watch};
use super::{Build, BuildOptions, BuildPlan, BuildSite, BuiltFolders};
use crate::error::{Error, Errors};
use crate::input::{self, FileFilter};
use crate::source::Source;

/// The files that paths name, as they are on the disk.
#[derive(Debug, Default)]
pub(crate) struct InputFiles {
    /// Manifests, but for those that a tool reads.
    pub sources: Vec<Arc<Source>>,
    /// Errors of files that cannot be read.
    pub errors: Errors,
    /// The charts and kustomizations, built.
    pub build: Build,
}

impl InputFiles {
    /// Reads `paths`, and builds the charts and kustomizations below them.
    pub(crate) async fn read(paths: &[String], plan: &mut BuildPlan<'_>) -> Result<Self, Error> {
        Self::read_wanted(paths, plan, &|_| true).await
    }

    /// Reads and builds the files and folders that are `wanted` below `paths`.
    pub(crate) async fn read_wanted(
        paths: &[String],
        plan: &mut BuildPlan<'_>,
        wanted: FileFilter<'_>,
    ) -> Result<Self, Error> {
        let workspace = plan.workspace().clone();
        let (mut sources, errors) = input::read_wanted(paths, wanted, &workspace);
        let mut buildable = input::buildable_folders(paths, &workspace);
        buildable.retain(|(folder, _)| wanted(Path::new(folder)));
        let folders = plan.choose(&buildable);
        let find = |name: &str| Ok(PathBuf::from(if name.is_empty() { "." } else { name }));
        let build = plan.build(&folders, &BuildSite { workspace, find: &find, copy_of: None }).await?;
        sources.retain(|source| !build.is_printed(&source.name));
        Ok(Self { sources, errors, build })
    }

    /// Reads everything that `paths` name, for a caller that needs all of it. A folder that is left out is an error, unless `--no-build`
    /// asks for it.
    pub(crate) async fn read_all(
        paths: &[String],
        options: &BuildOptions,
        session: &mut Session,
        watch: &dyn Watch,
    ) -> (Vec<Arc<Source>>, Errors, BuiltFolders) {
        let mut plan = BuildPlan::new(options, session, watch);
        let read = Self::read(paths, &mut plan).await.map(Self::into_whole);
        let (sources, mut errors, built) =
            read.unwrap_or_else(|error| (Vec::new(), error.into(), BuiltFolders::default()));
        errors.extend(plan.errors_for_left_out());
        (sources, errors, built)
    }

    /// The sources, their errors, and the folders that were built.
    pub(crate) fn into_whole(self) -> (Vec<Arc<Source>>, Errors, BuiltFolders) {
        let (mut sources, mut errors, mut built) = (self.sources, self.errors, BuiltFolders::default());
        for (folder, source) in self.build.outputs {
            built.push(folder);
            sources.push(source);
        }
        errors.extend(self.build.errors);
        (sources, errors, built)
    }
}
