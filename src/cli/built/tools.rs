//! What helm and kustomize make of folders: run side by side, what they print a source like any other.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::{StreamExt, stream};

use super::super::environment::Environment;
use super::super::given::Flags;
use super::super::pass;
use super::super::progress::Progress;
use super::super::signal::Signals;
use super::allowance::allowance;
use crate::contain;
use crate::error::{Error, Errors, Kind};
use crate::input;
use crate::source::Source;
use crate::tool::{self, Allowance, Command, Containment, Given, Ground, Target, Tool};
use crate::workspace::Workspace;

/// The flags about the tools, the same for every command that runs them.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Helm and kustomize")]
pub(in crate::cli) struct Tools {
    /// The release of a chart; unset, the Application's name
    #[arg(long, value_name = "NAME")]
    release_name: Option<String>,

    /// The helm to run
    #[arg(long, value_name = "PATH", default_value = "helm")]
    helm: String,

    /// The kustomize to run
    #[arg(long, value_name = "PATH", default_value = "kustomize")]
    kustomize: String,

    /// Words for helm or kustomize, after its own
    #[arg(last = true, value_name = "WORD")]
    words: Vec<String>,
}

/// A folder that a tool makes manifests of.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Folder {
    /// The folder, as the user types it: what templates are called by.
    pub(in crate::cli) name: PathBuf,
    /// Where the tool finds it.
    pub(in crate::cli) place: PathBuf,
    /// The tool, helm or kustomize.
    pub(in crate::cli) tool: Tool,
    /// What its manifests are called in messages.
    pub(in crate::cli) output: String,
    /// What the place is a copy of, if it is one: the copy's root, and what that stands for.
    pub(in crate::cli) copy_of: Option<(PathBuf, String)>,
}

/// What came of a folder.
#[derive(Debug, Default)]
pub(in crate::cli) struct Outcome {
    /// What its tool has printed, unless it failed.
    pub(in crate::cli) source: Option<Arc<Source>>,
    /// What is wrong, and the tool's messages.
    pub(in crate::cli) errors: Errors,
}

/// What came of all folders.
#[derive(Debug, Default)]
pub(in crate::cli) struct Outcomes {
    /// Each folder's, in their order.
    pub(in crate::cli) list: Vec<Outcome>,
    /// What is wrong with all of them.
    pub(in crate::cli) errors: Errors,
}

impl Tools {
    /// Whether the tool is there to be run.
    pub(in crate::cli) fn has(&self, tool: Tool, environment: &Environment) -> bool {
        let program = if tool == Tool::Helm { &self.helm } else { &self.kustomize };
        tool::find(program, environment.workspace.search_path(), &environment.workspace.folder).is_some()
    }

    /// What the folders' tools print. Where they must not run, nothing does.
    pub(in crate::cli) fn build(
        &self,
        folders: &[Folder],
        workspace: &Workspace,
        flags: &Flags,
        environment: &Environment,
    ) -> Result<Outcomes, Error> {
        let [first, others @ ..] = folders else { return Ok(Outcomes::default()) };
        let (allowance, mut errors) = (allowance(flags, environment), Errors::new());
        let Some(containment) = allowance.containment(&contain::support(), &mut errors) else {
            return Ok(Outcomes { list: folders.iter().map(|_| Outcome::default()).collect(), errors });
        };
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let room = Room { tools: self, workspace, environment, allowance, containment, processors };
        let running = if others.is_empty() { first.tool.command() } else { "helm and kustomize" };
        let list = room.build_all(folders, running)?;
        Ok(Outcomes { list, errors })
    }
}

/// What all folders' tools have in common.
struct Room<'r> {
    tools: &'r Tools,
    workspace: &'r Workspace,
    environment: &'r Environment,
    allowance: Allowance,
    containment: Containment,
    processors: usize,
}

impl Room<'_> {
    /// Runs the folders' tools side by side, in the folders' order.
    fn build_all(&self, folders: &[Folder], running: &str) -> Result<Vec<Outcome>, Error> {
        let regions = self.regions(folders);
        let runtime = pass::runtime()?;
        let _progress = Progress::start(format!("running {running}"), self.environment);
        runtime.block_on(async {
            let signals = Signals::hear();
            let building = stream::iter(folders).map(|folder| self.build(folder, &regions));
            tokio::select! {
                built = building.buffered(self.processors).collect() => Ok(built),
                signal = signals.stopped() => {
                    Err(Error::new(Kind::Input, format!("stopped by {signal} while `{running}` ran")))
                }
            }
        })
    }

    /// What is read for these folders: most of them share one region.
    fn regions(&self, folders: &[Folder]) -> Regions {
        let mut regions = Regions::new();
        for folder in folders {
            regions.entry(input::region(&folder.place, self.workspace)).or_insert_with_key(|root| input::parts(root));
        }
        regions
    }

    async fn build(&self, folder: &Folder, regions: &Regions) -> Outcome {
        let mut errors = Errors::new();
        let root = input::region(&folder.place, self.workspace);
        let parts = regions.get(&root).map_or(&[][..], Vec::as_slice);
        let run = Run { room: self, folder, root, parts };
        let source = run.source(&mut errors).await.map_err(|error| errors.push(error)).ok().flatten();
        let named = errors.into_iter().map(|error| original(error, folder.copy_of.as_ref()));
        let mut errors = Errors::new();
        errors.extend(named);
        Outcome { source: source.map(Arc::new), errors }
    }
}

/// Folders that hold all that is read for some of the input, each with its parts but for Git's.
type Regions = BTreeMap<PathBuf, Vec<PathBuf>>;

/// One folder's tool at work.
struct Run<'r> {
    room: &'r Room<'r>,
    folder: &'r Folder,
    /// What holds all that it may read.
    root: PathBuf,
    /// The same without what is Git's.
    parts: &'r [PathBuf],
}

impl Run<'_> {
    /// What the tool prints; none if it cannot be asked, for reasons that are among the errors.
    async fn source(&self, errors: &mut Errors) -> Result<Option<Source>, Error> {
        let (private, workspace) = (private(&self.room.environment.workspace)?, self.room.workspace);
        if self.folder.tool == Tool::Helm {
            // helm reads what links lead to; kustomize refuses those that lead out of a kustomization.
            errors.extend(input::links(&self.folder.place, workspace));
        }
        let (mut commands, beside) = self.commands(private.path(), errors);
        // The words are the operator's, and a file of the repository is not: it may have become a link.
        let named = commands.iter().flat_map(|command| &command.named.read);
        errors.extend(named.filter_map(|path| input::may_read(path, workspace).err()));
        if errors.any() {
            return Ok(None);
        }
        let mut copy_of = self.folder.copy_of.clone();
        if let Some((root, place)) = self.copy(&commands, beside, private.path())? {
            commands.iter_mut().for_each(|command| command.folder.clone_from(&place));
            copy_of = Some((root, String::new()));
        }
        let printed = self.run(&commands, private.path(), copy_of.as_ref(), errors).await?;
        Ok(Some(Source::new(self.folder.output.clone(), printed)))
    }

    /// Runs the commands; what the last one prints.
    async fn run(
        &self,
        commands: &[Command],
        private: &Path,
        copy_of: Option<&(PathBuf, String)>,
        errors: &mut Errors,
    ) -> Result<Vec<u8>, Error> {
        let (room, repository) = (self.room, self.parts);
        let processors = u32::try_from(room.processors).unwrap_or(1);
        let (allowance, containment) = (&room.allowance, &room.containment);
        let Workspace { folder, variables } = &room.environment.workspace;
        let ground = Ground { folder, allowance, containment, repository, variables, private, processors };
        let mut printed = Vec::new();
        for command in commands {
            let output = tool::run(command, &ground).await.map_err(|error| original(error, copy_of))?;
            let talk = (!output.message.is_empty()).then(|| talkative(command, output.message));
            errors.extend(talk.map(|talk| original(talk, copy_of)));
            printed = output.stdout;
        }
        Ok(printed)
    }

    /// A copy for a tool that writes where it reads, or that must not meet a Git folder: its root, and where the folder is in it.
    fn copy(
        &self,
        commands: &[Command],
        beside: Vec<PathBuf>,
        private: &Path,
    ) -> Result<Option<(PathBuf, PathBuf)>, Error> {
        let (place, root) = (&self.folder.place, private.join("repository"));
        let folders = match self.folder.tool {
            Tool::Helm if commands.len() > 1 || self.holds_git() => [vec![place.clone()], beside].concat(),
            Tool::Kustomize if self.folder.tool.writes(&self.room.tools.words) => {
                vec![place.clone(), self.root.clone()]
            }
            _ => return Ok(None),
        };
        let workspace = self.room.workspace;
        let folders: Vec<PathBuf> = folders.iter().map(|folder| workspace.locate(folder)).collect();
        let place = input::copy(&folders, &workspace.in_folder(&self.root), &root)?;
        Ok(Some((root, place)))
    }

    /// Whether a part of the folder is Git's: helm would stumble over it.
    fn holds_git(&self) -> bool {
        let folder = self.room.workspace.locate(&self.folder.place);
        folder.canonicalize().is_ok_and(|folder| !self.parts.iter().any(|part| folder.starts_with(part)))
    }

    /// The commands, and the folders beside this one that those before the last read.
    fn commands(&self, private: &Path, errors: &mut Errors) -> (Vec<Command>, Vec<PathBuf>) {
        let (tools, tool, workspace) = (self.room.tools, self.folder.tool, self.room.workspace);
        let whole = workspace.locate(&self.folder.place);
        let given = Given {
            folder: &self.folder.place,
            working_folder: &workspace.folder,
            variables: &self.room.environment.workspace.variables,
            words: &tools.words,
            release_name: tools.release_name.as_deref(),
            helm: &tools.helm,
            kustomize: &tools.kustomize,
            private,
            processors: u32::try_from(self.room.processors).unwrap_or(1),
            memory: self.room.allowance.memory,
            inside: &|path| input::is_inside(path, workspace) && input::links(path, workspace).is_empty(),
            target: &|path| target(path, &whole, workspace),
            reaches: &|host| self.room.allowance.reaches(host),
            read: &|name| input::text(&whole.join(name), workspace).ok().flatten(),
            holds: &|name| whole.join(name).exists(),
        };
        (tool.commands(&given, errors), tool.beside(&given))
    }
}

/// What a path leads to, for a tool that reads `folder`.
fn target(path: &Path, folder: &Path, workspace: &Workspace) -> Target {
    match workspace.locate(path).canonicalize() {
        _ if input::leads_out(path, folder, workspace) => Target::Outside,
        Ok(path) if path.is_dir() => Target::Folder(path),
        Ok(path) => Target::File(path),
        Err(_) => Target::Nowhere,
    }
}

/// A finding that names files of a copy names the original's.
fn original(mut error: Error, copy_of: Option<&(PathBuf, String)>) -> Error {
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

impl Folder {
    /// A finding with the template's file instead of the name that the tool has for it.
    pub(in crate::cli) fn name_template(&self, mut error: Error, workspace: &Workspace) -> Error {
        if let Some(place) = &mut error.place {
            let file = place.origin.as_ref().and_then(|origin| self.tool.template(&self.name, origin));
            // What is not below the folder is not looked for: whether it is there is nobody's business.
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

/// Folders whose tools have printed something.
#[derive(Debug, Default)]
pub(in crate::cli) struct Printed {
    folders: Vec<Folder>,
}

impl Printed {
    /// One more.
    pub(in crate::cli) fn push(&mut self, folder: Folder) {
        self.folders.push(folder);
    }

    /// The findings, those in what a tool has printed with their template's file.
    pub(in crate::cli) fn name_templates(&self, errors: Vec<Error>, workspace: &Workspace) -> Vec<Error> {
        errors.into_iter().map(|error| self.name_template(error, workspace)).collect()
    }

    fn name_template(&self, error: Error, workspace: &Workspace) -> Error {
        let place = error.place.as_ref();
        let folder = place.and_then(|place| self.folders.iter().find(|folder| folder.output == place.source.name));
        match folder {
            Some(folder) => folder.name_template(error, workspace),
            None => error,
        }
    }
}

/// A folder that only we can read, gone at the end.
pub(in crate::cli) fn private(workspace: &Workspace) -> Result<tempfile::TempDir, Error> {
    let own = std::fs::Permissions::from_mode(0o700);
    tempfile::Builder::new().prefix("vault-render-").permissions(own).tempdir_in(workspace.temporary_folder()).map_err(
        |error| {
            Error::new(Kind::Input, "cannot make a temporary folder")
                .cause(error.to_string())
                .hint("`TMPDIR` names where")
        },
    )
}

/// What a command that succeeded has to say.
fn talkative(command: &Command, message: String) -> Error {
    Error::warning(Kind::Input, format!("`{}` succeeded with a message", command.name)).cause(message)
}
