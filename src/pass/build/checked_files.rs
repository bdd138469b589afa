//! The texts that `check` judges: those of folders and named files, each by what it is, and what helm and kustomize print for the folders.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Build, BuildPlan, BuildSite, BuiltFolders};
use crate::error::{Error, Errors};
use crate::input::{self, Buildable, FileFilter, TextsByKind};
use crate::source::Source;
use crate::tool::{Layout, Tool};

/// The texts of a check.
#[derive(Debug, Default)]
pub(crate) struct CheckedFiles {
    /// The files.
    pub texts: TextsByKind,
    /// The outputs of charts and kustomizations.
    pub outputs: Vec<Arc<Source>>,
    /// The folders that were built.
    pub built: BuiltFolders,
    /// Errors of files that cannot be read and folders that cannot be built.
    pub errors: Errors,
    layout: Layout,
}

/// Which texts are checked.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'w> {
    /// Whether a file is.
    pub file: FileFilter<'w>,
    /// Whether a file or folder holds such a file, or did.
    pub folder: FileFilter<'w>,
}

impl CheckedFiles {
    /// Reads what `paths` name, and builds the charts and kustomizations of the folders among them. Nothing is built for a named file.
    pub(crate) async fn read(paths: &[String], plan: &mut BuildPlan<'_>, wanted: Wanted<'_>) -> Result<Self, Error> {
        let workspace = plan.workspace().clone();
        let find = |name: &str| Ok(PathBuf::from(if name.is_empty() { "." } else { name }));
        let (texts, errors) = input::read_by_kind(paths, wanted.file, &workspace);
        let mut buildable = input::buildable_folders(paths, &workspace);
        let site = BuildSite { workspace, find: &find, copy_of: None };
        let layout = site.layout(&around(&buildable, &texts, &site));
        buildable.retain(|(folder, _)| layout.reach(Path::new(folder)).iter().any(|part| (wanted.folder)(part)));
        let folders = plan.choose(&buildable);
        let build = plan.build(&folders, &site).await?;
        let mut files = Self { texts, errors, ..Self::default() };
        files.texts.hand_to_tools(|name| layout.is_printed(Path::new(name)));
        files.add(build);
        files.errors.extend(plan.errors_for_left_out());
        files.layout = layout;
        Ok(files)
    }

    /// The files that the tool of a folder may have read: those below it, and below what it takes in.
    pub(crate) fn read_for(&self, folder: &Path) -> impl Iterator<Item = &Arc<Source>> {
        let reach = self.layout.reach(folder);
        self.all().filter(move |source| reach.iter().any(|part| Path::new(&source.name).starts_with(part)))
    }

    /// All files, without outputs.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Source>> {
        self.texts.all()
    }

    fn add(&mut self, build: Build) {
        for (folder, output) in build.outputs {
            self.built.push(folder);
            self.outputs.push(output);
        }
        self.errors.extend(build.errors);
    }
}

/// The folders that can be built, and those with a kustomization around the files that are read.
fn around(buildable: &Buildable, texts: &TextsByKind, site: &BuildSite<'_>) -> BTreeSet<(PathBuf, Tool)> {
    let tools = [Tool::Helm, Tool::Kustomize];
    let tool = |name: &str| tools.into_iter().find(|tool| tool.name() == name);
    let mut folders: BTreeSet<_> =
        buildable.iter().filter_map(|(folder, name)| Some((folder.into(), tool(name)?))).collect();
    let parents: BTreeSet<&Path> =
        texts.manifests.iter().flat_map(|source| Path::new(&source.name).ancestors().skip(1)).collect();
    let with = parents.into_iter().filter(|folder| input::has_kustomization(folder, &site.workspace));
    folders.extend(with.map(|folder| (folder.to_owned(), Tool::Kustomize)));
    folders
}
