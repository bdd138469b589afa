//! What helm and kustomize make of folders: run side by side, what they print a source like any other.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::{StreamExt, stream};

use super::super::environment::Environment;
use super::super::pass;
use super::super::progress::Progress;
use crate::error::{Error, Errors, Kind};
use crate::input::{self, Here};
use crate::source::Source;
use crate::tool::{self, Command, Given, Target, Tool};

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
    /// Whether nothing may be written into it, not even the charts that it needs.
    pub(in crate::cli) is_read_only: bool,
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

impl Tools {
    /// Whether the tool is there to be run.
    pub(in crate::cli) fn has(&self, tool: Tool, environment: &Environment) -> bool {
        let program = if tool == Tool::Helm { &self.helm } else { &self.kustomize };
        tool::find(program, environment.get("PATH")).is_some()
    }

    /// What the folders' tools print, in the folders' order.
    pub(in crate::cli) fn build(
        &self,
        folders: &[Folder],
        here: &Here,
        environment: &Environment,
    ) -> Result<Vec<Outcome>, Error> {
        let [first, others @ ..] = folders else { return Ok(Vec::new()) };
        let running = if others.is_empty() { first.tool.command() } else { "helm and kustomize" };
        let runtime = pass::runtime()?;
        let _progress = Progress::start(format!("running {running}"), environment);
        runtime.block_on(async {
            let together = std::thread::available_parallelism().map_or(1, usize::from);
            let building = stream::iter(folders).map(|folder| self.built(folder, here, environment));
            tokio::select! {
                built = building.buffered(together).collect() => Ok(built),
                signal = pass::stopped() => {
                    Err(Error::new(Kind::Input, format!("stopped by {signal} while `{running}` ran")))
                }
            }
        })
    }

    async fn built(&self, folder: &Folder, here: &Here, environment: &Environment) -> Outcome {
        let mut errors = Errors::new();
        let run = Run { tools: self, folder, here, environment };
        let source = run.source(&mut errors).await.map_err(|error| errors.push(error)).ok().flatten();
        let named = errors.into_iter().map(|error| original(error, folder.copy_of.as_ref()));
        let mut errors = Errors::new();
        errors.extend(named);
        Outcome { source: source.map(Arc::new), errors }
    }
}

/// One folder's tool at work.
struct Run<'r> {
    tools: &'r Tools,
    folder: &'r Folder,
    here: &'r Here,
    environment: &'r Environment,
}

impl Run<'_> {
    /// What the tool prints; none if it cannot be asked, for reasons that are among the errors.
    async fn source(&self, errors: &mut Errors) -> Result<Option<Source>, Error> {
        let private = private()?;
        if self.folder.tool == Tool::Helm {
            // helm reads what links lead to; kustomize refuses those that lead out of a kustomization.
            errors.extend(input::links(&self.folder.place, self.here));
        }
        let (mut commands, beside) = self.commands(private.path(), errors);
        if errors.any() {
            return Ok(None);
        }
        let mut copy_of = self.folder.copy_of.clone();
        if commands.len() > 1 && self.folder.is_read_only {
            let root = private.path().join("repository");
            let place = input::copy(&[vec![self.folder.place.clone()], beside].concat(), self.here, &root)?;
            commands.iter_mut().for_each(|command| command.folder.clone_from(&place));
            copy_of = Some((root, String::new()));
        }
        let mut printed = Vec::new();
        for command in &commands {
            let output = tool::run(command).await.map_err(|error| original(error, copy_of.as_ref()))?;
            let talk = (!output.message.is_empty()).then(|| talkative(command, output.message));
            errors.extend(talk.map(|talk| original(talk, copy_of.as_ref())));
            printed = output.stdout;
        }
        Ok(Some(Source::new(self.folder.output.clone(), printed)))
    }

    /// The commands, and the folders beside this one that those before the last read.
    fn commands(&self, private: &Path, errors: &mut Errors) -> (Vec<Command>, Vec<PathBuf>) {
        let (tools, tool, here) = (self.tools, self.folder.tool, self.here);
        let whole = here.folder.join(&self.folder.place);
        let given = Given {
            folder: &self.folder.place,
            working_folder: &here.folder,
            variables: &self.environment.variables,
            words: &tools.words,
            release_name: tools.release_name.as_deref(),
            helm: &tools.helm,
            kustomize: &tools.kustomize,
            private,
            inside: &|path| input::is_inside(path, here) && input::links(path, here).is_empty(),
            target: &|path| target(path, &whole, here),
            reaches: &|_| true,
            read: &|name| input::text(&whole.join(name), here).ok().flatten(),
            holds: &|name| whole.join(name).exists(),
        };
        (tool.commands(&given, errors), tool.beside(&given))
    }
}

/// What a path leads to, for a tool that reads `folder`.
fn target(path: &Path, folder: &Path, here: &Here) -> Target {
    match here.folder.join(path).canonicalize() {
        _ if input::leads_out(path, folder, here) => Target::Outside,
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
    pub(in crate::cli) fn name_template(&self, mut error: Error) -> Error {
        if let Some(place) = &mut error.place {
            let file = place.origin.as_ref().and_then(|origin| self.tool.template(&self.name, origin));
            // What is not below the folder is not looked for: whether it is there is nobody's business.
            let is_below = |file: &Path| {
                let (file, folder) = (file.canonicalize(), self.name.canonicalize());
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
    pub(in crate::cli) fn name_templates(&self, errors: Vec<Error>) -> Vec<Error> {
        errors.into_iter().map(|error| self.name_template(error)).collect()
    }

    fn name_template(&self, error: Error) -> Error {
        let place = error.place.as_ref();
        let folder = place.and_then(|place| self.folders.iter().find(|folder| folder.output == place.source.name));
        match folder {
            Some(folder) => folder.name_template(error),
            None => error,
        }
    }
}

/// A folder that only we can read, gone at the end.
pub(in crate::cli) fn private() -> Result<tempfile::TempDir, Error> {
    tempfile::Builder::new().prefix("vault-render-").tempdir().map_err(|error| {
        Error::new(Kind::Input, "cannot make a temporary folder").cause(error.to_string()).hint("`TMPDIR` names where")
    })
}

/// What a command that succeeded has to say.
fn talkative(command: &Command, message: String) -> Error {
    Error::warning(Kind::Input, format!("`{}` succeeded with a message", command.name)).cause(message)
}
