//! A folder that a tool makes manifests of, and how findings in what the tool printed name its files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Kind};
use crate::source::Source;
use crate::tool::Tool;
use crate::workspace::Workspace;

/// A folder with a chart or a kustomization.
#[derive(Clone, Debug)]
pub(crate) struct BuildFolder {
    /// The folder, as the user types it. The names of templates begin with it.
    pub name: PathBuf,
    /// Where the tool finds it.
    pub place: PathBuf,
    /// The tool, helm or kustomize.
    pub tool: Tool,
    /// The name of its manifests in messages.
    pub output: String,
    /// If the place is in a copy: the copy's root, and the original's name.
    pub copy_of: Option<(PathBuf, String)>,
    /// A file that the folder gets before its tool runs, in a copy: its path below the folder, and its text.
    pub added: Option<(PathBuf, Arc<Source>)>,
}

/// Folders whose tools have printed something.
#[derive(Debug, Default)]
pub(crate) struct BuiltFolders {
    folders: Vec<BuildFolder>,
}

impl BuildFolder {
    /// The folder that a user types as `name`, for a tool.
    pub(crate) fn new(name: &Path, tool: Tool) -> Self {
        let output = tool.command().to_owned();
        Self { name: name.to_owned(), place: name.to_owned(), tool, output, copy_of: None, added: None }
    }

    /// The note which of two tools is taken, for a folder with a chart and a kustomization.
    pub(crate) fn note_of_choice(&self) -> Error {
        let (name, command) = (self.name.display(), self.tool.command());
        Error::note(Kind::Input, format!("`{name}` holds a chart and a kustomization: `{command}` is run"))
            .hint("`--tool kustomize` builds the kustomization, `--then kustomize` gives it the chart's output")
    }

    /// The error that it has no manifest: an empty render would make Argo CD delete what it manages.
    pub(crate) fn empty(&self) -> Error {
        let error = Error::new(Kind::Input, format!("{} has printed no manifest", self.tool.name()));
        error.hint("`--allow-empty` accepts an empty result")
    }

    /// A finding that names the template's file instead of the tool's own name for it.
    pub(crate) fn name_template(&self, mut error: Error, workspace: &Workspace) -> Error {
        if let Some(place) = &mut error.place {
            let file = place.origin.as_ref().and_then(|origin| self.tool.template(&self.name, origin));
            // A file outside the folder is not looked for, as a message would tell whether it exists.
            let is_below = |file: &Path| {
                let [file, folder] = [file, &self.name].map(|path| workspace.locate(path).canonicalize());
                file.is_ok_and(|file| file.is_file() && folder.is_ok_and(|folder| file.starts_with(folder)))
            };
            if let Some(file) = file.filter(|file| is_below(file)) {
                let file = file.strip_prefix(".").unwrap_or(&file);
                place.origin = Some(Arc::from(file.to_string_lossy()));
            }
        }
        error
    }
}

impl BuiltFolders {
    /// Adds a folder.
    pub(crate) fn push(&mut self, folder: BuildFolder) {
        self.folders.push(folder);
    }

    /// The folder whose tool has printed the output of this name.
    pub(crate) fn folder_of(&self, output: &str) -> Option<&BuildFolder> {
        self.folders.iter().find(|folder| folder.output == output)
    }

    /// The findings. Those in a tool's output name the template's file.
    pub(crate) fn name_templates(&self, errors: Vec<Error>, workspace: &Workspace) -> Vec<Error> {
        errors.into_iter().map(|error| self.name_template(error, workspace)).collect()
    }

    fn name_template(&self, error: Error, workspace: &Workspace) -> Error {
        let place = error.place.as_ref();
        let folder = place.and_then(|place| self.folder_of(&place.source.name));
        match folder {
            Some(folder) => folder.name_template(error, workspace),
            None => error,
        }
    }
}

/// A finding about files of a copy with the original's names.
pub(super) fn name_original(mut error: Error, copy_of: Option<&(PathBuf, String)>) -> Error {
    if let Some((root, original)) = copy_of {
        let root = format!("{}/", root.display());
        error.detail = error.detail.replace(&root, original);
        error.cause = error.cause.map(|cause| cause.replace(&root, original));
        if let Some(place) = error.place.as_mut().filter(|place| place.source.name.starts_with(&root)) {
            let mut source = (*place.source).clone();
            source.name = source.name.replace(&root, original);
            place.source = Arc::new(source);
        }
    }
    error
}
