//! The charts and kustomizations of one side. The outputs of their tools stand for the files that the tools read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::{Session, Watch};
use super::{BuildFolder, ToolOptions, ToolRunner};
use crate::error::{Error, Errors, Kind, Level, Subject};
use crate::input::{self, Buildable};
use crate::source::Source;
use crate::tool::{Layout, Tool};
use crate::words::list;
use crate::workspace::Workspace;

/// How many folders a note names.
const NAMED: usize = 5;

/// The hint of a folder that cannot be built.
const LEAVE: &str = "`--no-build` leaves charts and kustomizations out";

/// Which charts and kustomizations are built, and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct BuildOptions {
    /// Whether none is built.
    pub no_build: bool,
    /// How the tools run.
    pub tools: ToolOptions,
}

/// Where the folders of one side are.
pub(crate) struct BuildSite<'p> {
    /// Where the tools run, and how far they may look.
    pub workspace: Workspace,
    /// Where a folder is that the user knows by this name.
    pub find: &'p (dyn Fn(&str) -> Result<PathBuf, Error> + Sync),
    /// If the site is a copy: the copy's root, and the prefix of the original's names.
    pub copy_of: Option<(PathBuf, String)>,
}

/// The folders of one side, built.
#[derive(Debug, Default)]
pub(crate) struct Build {
    layout: Layout,
    /// Each folder that was built, with what its tool has printed.
    pub outputs: Vec<(BuildFolder, Arc<Source>)>,
    /// The folders that could not be built.
    pub failed: Vec<BuildFolder>,
    /// Errors of the folders, and the tools' messages.
    pub errors: Errors,
}

/// Chooses the folders to build, and remembers those that are left out.
pub(crate) struct BuildPlan<'b> {
    no_build: bool,
    runner: ToolRunner<'b>,
    /// Whether a folder was chosen.
    has_chosen: bool,
    /// The folders that hold a kustomization beside the chart that is built.
    ambiguous: BTreeSet<String>,
    left_out: BTreeMap<Tool, BTreeSet<String>>,
}

impl<'b> BuildPlan<'b> {
    /// A plan for the charts and kustomizations of a session. Nothing is left out yet.
    pub(crate) fn new(options: &'b BuildOptions, session: &mut Session, watch: &'b dyn Watch) -> Self {
        let runner = ToolRunner::new(&options.tools, session, watch);
        Self {
            no_build: options.no_build,
            runner,
            has_chosen: false,
            ambiguous: BTreeSet::new(),
            left_out: BTreeMap::new(),
        }
    }

    /// Where the session works.
    pub(crate) fn workspace(&self) -> &Workspace {
        self.runner.workspace()
    }

    /// The folders that can be built.
    pub(crate) fn choose(&mut self, buildable: &Buildable) -> BTreeSet<(PathBuf, Tool)> {
        let mut folders = BTreeMap::new();
        // A chart that holds a kustomization is a chart.
        for tool in [Tool::Kustomize, Tool::Helm] {
            for (folder, _) in buildable.iter().filter(|(_, name)| *name == tool.name()) {
                let is_second = folders.insert(folder, tool).is_some();
                self.ambiguous.extend((is_second && !self.no_build).then(|| folder.clone()));
            }
        }
        let mut chosen = BTreeSet::new();
        for (folder, tool) in folders {
            match self.obstacle(tool) {
                Some(_) => drop(self.left_out.entry(tool).or_default().insert(folder.clone())),
                None => drop(chosen.insert((PathBuf::from(folder), tool))),
            }
        }
        self.has_chosen |= !chosen.is_empty();
        chosen
    }

    /// Builds those of the folders that stand for themselves.
    pub(crate) async fn build(
        &self,
        folders: &BTreeSet<(PathBuf, Tool)>,
        site: &BuildSite<'_>,
    ) -> Result<Build, Error> {
        let layout = site.layout(folders);
        let folders: Vec<BuildFolder> =
            layout.whole.iter().map(|(name, tool)| site.folder(name, *tool)).collect::<Result<_, _>>()?;
        let outputs = self.runner.run(&folders, &site.workspace).await?;
        let mut build = Build { layout, errors: outputs.errors, ..Build::default() };
        for (folder, output) in folders.into_iter().zip(outputs.folders) {
            let name = site.shown(&folder.name);
            build.errors.extend(output.errors.into_iter().map(|error| of_folder(&name, error)));
            match output.source {
                Some(source) => build.outputs.push((folder, source)),
                None => build.failed.push(folder),
            }
        }
        Ok(build)
    }

    /// For each tool, a sentence that names the folders which are left out.
    pub(crate) fn notes(&self) -> impl Iterator<Item = String> {
        self.left_out.iter().filter_map(|(tool, folders)| {
            let what = if *tool == Tool::Helm { "charts" } else { "kustomizations" };
            Some(format!("{what} are not built, {}: {}", self.obstacle(*tool)?, listed(folders)))
        })
    }

    /// A sentence that names the folders of which only a part is built.
    pub(crate) fn choice(&self) -> Option<String> {
        let folders = &self.ambiguous;
        (!folders.is_empty())
            .then(|| format!("a chart is built, not the kustomization in the same folder: {}", listed(folders)))
    }

    /// The findings about folders that are left out, for a caller that needs all of them: errors, unless `--no-build` asks for it.
    pub(crate) fn errors_for_left_out(&self) -> Errors {
        let mut errors = Errors::new();
        errors.extend(self.unused_words());
        errors.extend(self.choice().map(|note| Error::note(Kind::Input, note)));
        errors.extend(self.notes().map(|note| match self.no_build {
            true => Error::note(Kind::Input, note),
            false => Error::new(Kind::Input, note).hint(LEAVE),
        }));
        errors
    }

    /// The error that there are words for a tool, and no folder for which one is run.
    pub(crate) fn unused_words(&self) -> Option<Error> {
        let words = &self.runner.options.words;
        let is_unused = !words.is_empty() && !self.has_chosen && self.left_out.is_empty();
        is_unused.then(|| {
            Error::new(
                Kind::Setting,
                "nothing takes the words after `--`: there is neither a chart nor a kustomization",
            )
            .hint("leave them out, or name the folder of a chart or a kustomization")
        })
    }

    /// Why a tool's folders are not built, if they are not.
    fn obstacle(&self, tool: Tool) -> Option<String> {
        if self.no_build {
            return Some("as `--no-build` says".to_owned());
        }
        (!self.runner.has(tool)).then(|| {
            let name = tool.name();
            format!("there is no `{name}` (install it, or name it with `--{name} PATH`)")
        })
    }
}

impl BuildSite<'_> {
    /// Which folders stand for themselves, and which are parts of others.
    pub(super) fn layout(&self, folders: &BTreeSet<(PathBuf, Tool)>) -> Layout {
        let find = |path: &Path| (self.find)(&path.to_string_lossy());
        Layout::new(folders, &|path| input::text(&find(path).ok()?, &self.workspace).ok()?)
    }

    fn folder(&self, name: &Path, tool: Tool) -> Result<BuildFolder, Error> {
        let place = (self.find)(&name.to_string_lossy())?;
        let output = format!("{}/ ({})", self.shown(name), tool.command());
        Ok(BuildFolder { name: name.to_owned(), place, tool, output, copy_of: self.copy_of.clone(), added: None })
    }

    fn shown(&self, folder: &Path) -> String {
        let before = self.copy_of.as_ref().map_or("", |(_, before)| before);
        format!("{before}{}", shown(folder))
    }
}

impl Build {
    /// Whether the manifest of this name is part of a tool's output.
    pub(crate) fn is_printed(&self, name: &str) -> bool {
        self.layout.is_printed(Path::new(name))
    }
}

/// A finding with its folder as its subject.
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
