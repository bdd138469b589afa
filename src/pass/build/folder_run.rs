//! One folder's tool at work: its commands, a copy where the tool writes where it reads, and what is printed.

use std::path::{Path, PathBuf};

use super::build_folder::name_original;
use super::tool_runner::Conditions;
use super::{BuildFolder, private_folder};
use crate::error::{Error, Errors, Kind};
use crate::input;
use crate::source::Source;
use crate::tool::{self, Command, PathTarget, Sandbox, Tool, ToolContext};
use crate::workspace::Workspace;

/// One folder's tool at work.
pub(super) struct FolderRun<'r> {
    pub(super) conditions: &'r Conditions<'r>,
    pub(super) folder: &'r BuildFolder,
    /// The folder that holds everything that the tool may read.
    pub(super) root: PathBuf,
    /// The files and folders of the root without Git's own.
    pub(super) parts: &'r [PathBuf],
}

impl FolderRun<'_> {
    /// The output of the tool; `None` if it must not run, for reasons that are among the errors.
    pub(super) async fn source(&self, errors: &mut Errors) -> Result<Option<Source>, Error> {
        let (private, workspace) = (private_folder(self.conditions.runner.workspace())?, self.conditions.workspace);
        if self.folder.tool == Tool::Helm {
            // helm reads what links lead to; kustomize refuses those that lead out of a kustomization.
            errors.extend(input::links(&self.folder.place, workspace));
        }
        let (mut commands, siblings) = self.commands(private.path(), errors);
        // The operator chose the words, but a file of the repository that they name may have become a link.
        let named = commands.iter().flat_map(|command| &command.operator_files.read);
        errors.extend(named.filter_map(|path| input::check_readable(path, workspace).err()));
        if errors.any() {
            return Ok(None);
        }
        let mut copy_of = self.folder.copy_of.clone();
        if let Some((root, place)) = self.copy(&commands, siblings, private.path())? {
            self.add(&place)?;
            commands.iter_mut().for_each(|command| command.folder = Some(place.clone()));
            copy_of = Some((root, String::new()));
        }
        let printed = self.run(&commands, private.path(), copy_of.as_ref(), errors).await?;
        Ok(Some(Source::new(self.folder.output.clone(), printed)))
    }

    /// Runs the commands. Returns the output of the last one.
    async fn run(
        &self,
        commands: &[Command],
        private: &Path,
        copy_of: Option<&(PathBuf, String)>,
        errors: &mut Errors,
    ) -> Result<Vec<u8>, Error> {
        let Conditions { runner, containment, processors, .. } = self.conditions;
        let Workspace { folder, variables, .. } = runner.workspace();
        let (allowance, repository, processors) = (&runner.allowance, self.parts, *processors);
        let sandbox = Sandbox { folder, allowance, containment, repository, variables, private, processors };
        let mut printed = Vec::new();
        for command in commands {
            let output = tool::run(command, &sandbox).await.map_err(|error| name_original(error, copy_of))?;
            let message = (!output.message.is_empty()).then(|| message_of(command, output.message));
            errors.extend(message.map(|message| name_original(message, copy_of)));
            printed = output.stdout;
        }
        Ok(printed)
    }

    /// A copy for a tool that writes into the folder, or that must not meet a Git folder: the copy's root, and the folder's place in it.
    fn copy(
        &self,
        commands: &[Command],
        siblings: Vec<PathBuf>,
        private: &Path,
    ) -> Result<Option<(PathBuf, PathBuf)>, Error> {
        let (place, root) = (&self.folder.place, private.join("repository"));
        let folders = match self.folder.tool {
            Tool::Helm if commands.len() > 1 || self.has_git() => [vec![place.clone()], siblings].concat(),
            Tool::Kustomize if self.folder.added.is_some() || self.may_write() => {
                vec![place.clone(), self.root.clone()]
            }
            _ => return Ok(None),
        };
        let workspace = self.conditions.workspace;
        let folders: Vec<PathBuf> = folders.iter().map(|folder| workspace.locate(folder)).collect();
        let place = input::copy(&folders, &workspace.in_folder(&self.root), &root)?;
        Ok(Some((root, place)))
    }

    /// Writes the file that the folder gets into its copy.
    fn add(&self, place: &Path) -> Result<(), Error> {
        let Some((name, source)) = &self.folder.added else { return Ok(()) };
        let file = place.join(name);
        let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
        folder.and_then(|()| std::fs::write(&file, &source.bytes)).map_err(|error| {
            Error::new(Kind::Input, format!("cannot write `{}` into a copy", name.display())).cause(error.to_string())
        })
    }

    fn may_write(&self) -> bool {
        self.folder.tool.may_write(self.conditions.words)
    }

    /// Whether a part of the folder is Git's own, which helm must not read.
    fn has_git(&self) -> bool {
        let folder = self.conditions.workspace.locate(&self.folder.place);
        folder.canonicalize().is_ok_and(|folder| !self.parts.iter().any(|part| folder.starts_with(part)))
    }

    /// The commands, and the folders with local charts. The commands before the last one read these, and write into this folder.
    fn commands(&self, private: &Path, errors: &mut Errors) -> (Vec<Command>, Vec<PathBuf>) {
        let Conditions { runner, workspace, processors, .. } = self.conditions;
        let (options, tool) = (runner.options, self.folder.tool);
        let whole = workspace.locate(&self.folder.place);
        let context = ToolContext {
            folder: &self.folder.place,
            working_folder: &workspace.folder,
            variables: &runner.workspace().variables,
            words: self.conditions.words,
            release_name: options.release_name.as_deref(),
            helm: &options.helm,
            kustomize: &options.kustomize,
            private,
            processors: *processors,
            memory: runner.allowance.memory,
            is_inside: &|path| input::is_inside(path, workspace) && input::links(path, workspace).is_empty(),
            target: &|path| target(path, &whole, workspace),
            may_reach: &|host| runner.allowance.reaches(host),
            read: &|name| input::text(&whole.join(name), workspace).ok().flatten(),
            has: &|name| whole.join(name).exists(),
        };
        (tool.commands(&context, errors), tool.sibling_charts(&context))
    }
}

/// The target of a path, for a tool that reads `folder`.
fn target(path: &Path, folder: &Path, workspace: &Workspace) -> PathTarget {
    match workspace.locate(path).canonicalize() {
        _ if input::is_outside(path, folder, workspace) => PathTarget::Outside,
        Ok(path) if path.is_dir() => PathTarget::Folder(path),
        Ok(path) => PathTarget::File(path),
        Err(_) => PathTarget::Nowhere,
    }
}

/// The warning that a command succeeded with a message.
fn message_of(command: &Command, message: String) -> Error {
    Error::warning(Kind::Input, format!("`{}` succeeded with a message", command.name)).cause(message)
}
