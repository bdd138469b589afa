//! The charts and kustomizations of one side: what their tools print stands for the files that they read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::environment::Environment;
use super::super::given::Flags;
use super::tools::{Folder, Tools};
use crate::error::{Error, Errors, Kind, Level, Subject};
use crate::input;
use crate::source::Source;
use crate::tool::{Layout, Tool};
use crate::words::list;
use crate::workspace::Workspace;

/// How many folders a note names.
const NAMED: usize = 5;

/// What helps if a folder cannot be built.
const LEAVE: &str = "`--no-build` leaves charts and kustomizations out";

/// Folders with a tool's name, as the input finds them.
pub(in crate::cli) type Found = BTreeSet<(String, &'static str)>;

/// The flags about building.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Building {
    /// Leave charts and kustomizations out; a note names them
    #[arg(long, help_heading = "Helm and kustomize")]
    no_build: bool,

    #[command(flatten)]
    tools: Tools,
}

/// Where the folders of one side are.
pub(in crate::cli) struct Place<'p> {
    /// Where the tools run, and how far they may look.
    pub(in crate::cli) workspace: Workspace,
    /// Where a folder is that the user knows by this name.
    pub(in crate::cli) find: &'p dyn Fn(&str) -> Result<PathBuf, Error>,
    /// What the place is a copy of, if it is one: the copy's root, and what goes before the original's names.
    pub(in crate::cli) copy_of: Option<(PathBuf, String)>,
}

/// One side's folders.
#[derive(Debug, Default)]
pub(in crate::cli) struct Built {
    layout: Layout,
    /// Each folder that was built, with what its tool has printed.
    pub(in crate::cli) outputs: Vec<(Folder, Arc<Source>)>,
    /// Those that could not be built.
    pub(in crate::cli) failed: Vec<Folder>,
    /// What is wrong with them, and the tools' messages.
    pub(in crate::cli) errors: Errors,
}

/// Builds, and remembers what was left.
pub(in crate::cli) struct Builder<'b> {
    building: &'b Building,
    flags: &'b Flags,
    environment: &'b Environment,
    left: BTreeMap<Tool, BTreeSet<String>>,
}

impl<'b> Builder<'b> {
    /// Nothing is left yet.
    pub(in crate::cli) fn new(building: &'b Building, flags: &'b Flags, environment: &'b Environment) -> Self {
        Self { building, flags, environment, left: BTreeMap::new() }
    }

    /// The working folder and what may be found from it; a folder without manifests is fine.
    pub(in crate::cli) fn workspace(&self) -> Workspace {
        self.environment.workspace.clone()
    }

    /// The folders that can be built.
    pub(in crate::cli) fn choose(&mut self, found: &Found) -> BTreeSet<(PathBuf, Tool)> {
        let mut folders = BTreeMap::new();
        // A chart that holds a kustomization is a chart.
        for tool in [Tool::Kustomize, Tool::Helm] {
            folders.extend(found.iter().filter(|(_, name)| *name == tool.name()).map(|(folder, _)| (folder, tool)));
        }
        let mut chosen = BTreeSet::new();
        for (folder, tool) in folders {
            match self.obstacle(tool) {
                Some(_) => drop(self.left.entry(tool).or_default().insert(folder.clone())),
                None => drop(chosen.insert((PathBuf::from(folder), tool))),
            }
        }
        chosen
    }

    /// Builds those of the folders that stand for themselves.
    pub(in crate::cli) fn build(&self, folders: &BTreeSet<(PathBuf, Tool)>, place: &Place<'_>) -> Result<Built, Error> {
        let find = |path: &Path| (place.find)(&path.to_string_lossy());
        let layout = Layout::new(folders, &|path| input::text(&find(path).ok()?, &place.workspace).ok()?);
        let folders: Vec<Folder> =
            layout.whole.iter().map(|(name, tool)| place.folder(name, *tool)).collect::<Result<_, _>>()?;
        let all = self.building.tools.build(&folders, &place.workspace, self.flags, self.environment)?;
        let mut built = Built { layout, errors: all.errors, ..Built::default() };
        for (folder, one) in folders.into_iter().zip(all.list) {
            let name = place.shown(&folder.name);
            built.errors.extend(one.errors.into_iter().map(|error| of_folder(&name, error)));
            match one.source {
                Some(source) => built.outputs.push((folder, source)),
                None => built.failed.push(folder),
            }
        }
        Ok(built)
    }

    /// What was left, in a sentence for each tool.
    pub(in crate::cli) fn notes(&self) -> impl Iterator<Item = String> {
        self.left.iter().filter_map(|(tool, folders)| {
            let what = if *tool == Tool::Helm { "charts" } else { "kustomizations" };
            Some(format!("{what} are not built, {}: {}", self.obstacle(*tool)?, listed(folders)))
        })
    }

    /// The same for who needs all of them: an error, unless leaving them was asked for.
    pub(in crate::cli) fn left(&self) -> Errors {
        let mut errors = Errors::new();
        errors.extend(self.notes().map(|note| match self.building.no_build {
            true => Error::note(Kind::Input, note),
            false => Error::new(Kind::Input, note).hint(LEAVE),
        }));
        errors
    }

    /// Why a tool's folders are not built, if they are not.
    fn obstacle(&self, tool: Tool) -> Option<String> {
        if self.building.no_build {
            return Some("as `--no-build` says".to_owned());
        }
        (!self.building.tools.has(tool, self.environment)).then(|| {
            let name = tool.name();
            format!("there is no `{name}` (install it, or name it with `--{name} PATH`)")
        })
    }
}

impl Place<'_> {
    fn folder(&self, name: &Path, tool: Tool) -> Result<Folder, Error> {
        let place = (self.find)(&name.to_string_lossy())?;
        let output = format!("{}/ ({})", self.shown(name), tool.command());
        Ok(Folder { name: name.to_owned(), place, tool, output, copy_of: self.copy_of.clone() })
    }

    fn shown(&self, folder: &Path) -> String {
        let before = self.copy_of.as_ref().map_or("", |(_, before)| before);
        format!("{before}{}", shown(folder))
    }
}

impl Built {
    /// Whether a tool prints what the manifest of this name says.
    pub(in crate::cli) fn takes(&self, name: &str) -> bool {
        self.layout.takes(Path::new(name))
    }
}

/// A finding about a folder says which one.
fn of_folder(folder: &str, error: Error) -> Error {
    let mut error = error.about(Subject::Folder(folder.to_owned()));
    error.hint = error.hint.or_else(|| (error.level == Level::Error).then(|| LEAVE.to_owned()));
    error
}

fn listed(folders: &BTreeSet<String>) -> String {
    list::few_quoted(folders.iter().map(|name| shown(Path::new(name))), NAMED)
}

/// A folder's name for messages; the working folder is `.`.
fn shown(folder: &Path) -> std::path::Display<'_> {
    let name = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    name.display()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_named_as_long_as_they_are_few() {
        let names = ["", "a", "b", "c", "d", "e", "f"].map(str::to_owned);
        assert_eq!(listed(&names.into()), "`.`, `a`, `b`, `c`, `d` and 2 more");
    }
}
