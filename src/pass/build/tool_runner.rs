//! Runs helm and kustomize in many folders, side by side. Each output is a source like any other.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use futures_util::{StreamExt, stream};

use super::super::{Session, Watch, watched};
use super::BuildFolder;
use super::allowance::allowance;
use super::build_folder::name_original;
use super::folder_run::FolderRun;
use super::own_words::OwnWords;
use crate::contain;
use crate::error::{Error, Errors, Kind};
use crate::input;
use crate::source::Source;
use crate::tool::{self, Allowance, Containment, MachineFiles, Tool};
use crate::workspace::Workspace;

/// How the tools run.
#[derive(Clone, Debug)]
pub(crate) struct ToolOptions {
    /// The release of a chart; without one it is named after the Application.
    pub release_name: Option<String>,
    /// The helm to run: a name to look up, or a path.
    pub helm: String,
    /// The kustomize to run: a name to look up, or a path.
    pub kustomize: String,
    /// The operator's words for the tool, after its own.
    pub words: Vec<String>,
    /// Whether the tools reach no host, whatever the settings allow.
    pub is_offline: bool,
    /// Whether what the tools leave behind ends with them, as nobody ends this program's process group.
    pub ends_group: bool,
}

/// The output of a folder's tool.
#[derive(Debug, Default)]
pub(crate) struct FolderOutput {
    /// The manifests, unless the tool failed.
    pub source: Option<Arc<Source>>,
    /// Errors, and the tool's messages.
    pub errors: Errors,
}

/// The outputs of all folders' tools.
#[derive(Debug, Default)]
pub(crate) struct ToolOutputs {
    /// The output of each folder, in their order.
    pub folders: Vec<FolderOutput>,
    /// Errors that concern all folders.
    pub errors: Errors,
}

/// Runs the tools of a session's folders.
pub(crate) struct ToolRunner<'r> {
    pub(super) options: &'r ToolOptions,
    pub(super) allowance: Allowance,
    workspace: Workspace,
    watch: &'r dyn Watch,
    words: OnceLock<OwnWords>,
}

/// How the tools of all folders run.
pub(super) struct Conditions<'r> {
    pub(super) runner: &'r ToolRunner<'r>,
    /// The operator's words, whose pipes are read.
    pub(super) words: &'r [String],
    /// Where the folders are.
    pub(super) workspace: &'r Workspace,
    pub(super) containment: Containment,
    pub(super) processors: u32,
}

/// Each region that tools may read, with its files and folders but for Git's own.
type Regions = BTreeMap<PathBuf, Vec<PathBuf>>;

impl ToolOutputs {
    /// The manifests of all folders, and all that was found.
    pub(crate) fn into_sources(self) -> (Vec<Arc<Source>>, Errors) {
        let mut errors = self.errors;
        let sources = self.folders.into_iter().filter_map(|output| {
            errors.extend(output.errors);
            output.source
        });
        (sources.collect(), errors)
    }
}

impl Default for ToolOptions {
    fn default() -> Self {
        let [helm, kustomize] = [Tool::Helm, Tool::Kustomize].map(|tool| tool.name().to_owned());
        Self { release_name: None, helm, kustomize, words: Vec::new(), is_offline: false, ends_group: false }
    }
}

impl ToolOptions {
    /// The files of this machine that the tools may use, as the settings of `session` allow.
    pub(crate) fn machine_files(&self, session: &mut Session) -> MachineFiles {
        let (config, _) = session.local_settings();
        let Workspace { folder, variables, .. } = session.workspace();
        MachineFiles::of_tools([&self.helm, &self.kustomize], &self.words, &allowance(&config, self), variables, folder)
    }
}

impl<'r> ToolRunner<'r> {
    /// Runs tools as the settings of `session` allow. Errors of the settings are reported once the store is opened.
    pub(crate) fn new(options: &'r ToolOptions, session: &mut Session, watch: &'r dyn Watch) -> Self {
        let (config, _) = session.local_settings();
        let workspace = session.workspace().clone();
        let allowance = Allowance { is_separate: session.has_broker(), ..allowance(&config, options) };
        Self { options, allowance, workspace, watch, words: OnceLock::new() }
    }

    /// Where the session works.
    pub(crate) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Whether the tool is there to be run.
    pub(crate) fn has(&self, tool: Tool) -> bool {
        let program = if tool == Tool::Helm { &self.options.helm } else { &self.options.kustomize };
        tool::find(program, self.workspace.search_path(), &self.workspace.folder).is_some()
    }

    /// Runs the folders' tools in `workspace` and returns their outputs. Where this machine cannot contain them as it must, none runs.
    pub(crate) async fn run(&self, folders: &[BuildFolder], workspace: &Workspace) -> Result<ToolOutputs, Error> {
        let [first, others @ ..] = folders else { return Ok(ToolOutputs::default()) };
        let mut errors = tool::warnings(&self.workspace.variables);
        let Some(containment) = self.allowance.containment(&contain::support(), &mut errors) else {
            return Ok(ToolOutputs { folders: folders.iter().map(|_| FolderOutput::default()).collect(), errors });
        };
        let words = match self.words.get() {
            Some(words) => words,
            None => {
                let words = OwnWords::read(&self.options.words, &self.workspace)?;
                self.words.get_or_init(|| words)
            }
        };
        let processors = std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
        let conditions = Conditions { runner: self, words: &words.words, workspace, containment, processors };
        let running = if others.is_empty() { first.tool.command() } else { "helm and kustomize" };
        let outputs = watched(self.watch, format!("running {running}"), conditions.run_all(folders)).await;
        let folders = outputs.map_err(|stopped| Error::new(Kind::Input, format!("{stopped} while `{running}` ran")))?;
        Ok(ToolOutputs { folders, errors })
    }
}

impl Conditions<'_> {
    /// Runs the folders' tools side by side, in the folders' order.
    async fn run_all(&self, folders: &[BuildFolder]) -> Vec<FolderOutput> {
        let regions = self.regions(folders);
        let runs = stream::iter(folders).map(|folder| self.run(folder, &regions));
        runs.buffered(self.processors as usize).collect().await
    }

    /// The regions of these folders; most of them share one.
    fn regions(&self, folders: &[BuildFolder]) -> Regions {
        let mut regions = Regions::new();
        for folder in folders {
            regions
                .entry(input::region(&folder.place, self.workspace))
                .or_insert_with_key(|root| input::paths_without_git(root));
        }
        regions
    }

    async fn run(&self, folder: &BuildFolder, regions: &Regions) -> FolderOutput {
        let mut errors = Errors::new();
        let root = input::region(&folder.place, self.workspace);
        let parts = regions.get(&root).map_or(&[][..], Vec::as_slice);
        let run = FolderRun { conditions: self, folder, root, parts };
        let source = run.source(&mut errors).await.map_err(|error| errors.push(error)).ok().flatten();
        let named = errors.into_iter().map(|error| name_original(error, folder.copy_of.as_ref()));
        let mut errors = Errors::new();
        errors.extend(named);
        FolderOutput { source: source.map(Arc::new), errors }
    }
}
