//! helm and kustomize as children: which one a folder is for, the command as a value, and one edge (`run.rs`) that runs it.
//! Knows no placeholder: the output of a tool is a source like any other.

mod address;
mod allow;
mod announce;
mod application;
mod bounds;
mod chart_resource;
mod command;
mod dependencies;
mod document;
mod environment;
mod failure;
mod group;
mod helm;
mod kustomize;
mod layout;
mod machine_files;
mod needs;
mod network;
mod operator_files;
mod parameter;
mod references;
mod run;
mod script;
mod version;
mod words;

pub(crate) use announce::announce;
pub(crate) use application::{is_for_tools, warnings};
pub(crate) use bounds::{Allowance, Containment, Sandbox};
pub(crate) use chart_resource::chart_resource;
pub(crate) use command::{Command, PathTarget, ToolContext};
pub(crate) use failure::NOT_BUILT;
pub(crate) use group::adopt_orphans;
pub(crate) use layout::Layout;
pub(crate) use machine_files::MachineFiles;
pub use needs::{Needs, RepositoryView, needs};
pub(crate) use run::{find, missing, run};
pub(crate) use version::version;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Errors, Kind};
use allow::ArgumentPolicy;

/// The tool that makes manifests of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tool {
    /// A chart.
    Helm,
    /// A kustomization.
    Kustomize,
    /// None: the folder holds manifests.
    Plain,
}

/// The files that tell a folder's tool: the first that is there decides.
const MARKS: [(&str, Tool); 4] = [
    ("Chart.yaml", Tool::Helm),
    ("kustomization.yaml", Tool::Kustomize),
    ("kustomization.yml", Tool::Kustomize),
    ("Kustomization", Tool::Kustomize),
];

impl Tool {
    /// The tool of a folder that holds the files which `holds` knows.
    pub(crate) fn of(holds: impl Fn(&str) -> bool) -> Self {
        MARKS.iter().find(|(name, _)| holds(name)).map_or(Self::Plain, |(_, tool)| *tool)
    }

    /// Whether the files of a folder tell of more than one tool.
    pub(crate) fn is_ambiguous(holds: impl Fn(&str) -> bool) -> bool {
        let first = Self::of(&holds);
        MARKS.iter().any(|(name, tool)| *tool != first && holds(name))
    }

    /// Its name, as `--tool` has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Helm => "helm",
            Self::Kustomize => "kustomize",
            Self::Plain => "plain",
        }
    }

    /// The command that prints the manifests.
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::Helm => "helm template",
            Self::Kustomize => "kustomize build",
            Self::Plain => "cat",
        }
    }

    /// The commands that make the folder's manifests, the last of them prints them; none for plain manifests.
    pub(crate) fn commands(self, context: &ToolContext<'_>, errors: &mut Errors) -> Vec<Command> {
        match self {
            Self::Helm => helm::commands(context, errors),
            Self::Kustomize => vec![kustomize::build(context, errors)],
            Self::Plain => Vec::new(),
        }
    }

    /// The folders with local charts that the folder's chart depends on. `helm dependency build` copies them into the folder.
    pub(crate) fn sibling_charts(self, context: &ToolContext<'_>) -> Vec<PathBuf> {
        if self == Self::Helm { dependencies::sibling_charts(context) } else { Vec::new() }
    }

    /// The operator's words for it, with other files in place of those that they name.
    pub(crate) fn with_files(self, words: &[String], other: &mut dyn FnMut(&str) -> Option<String>) -> Vec<String> {
        match self {
            Self::Helm => operator_files::with_files(helm::FLAGS, words, other),
            Self::Kustomize => operator_files::with_files(kustomize::FLAGS, words, other),
            Self::Plain => words.to_vec(),
        }
    }

    /// Whether the operator's words let it write into the folder that it reads.
    pub(crate) fn may_write(self, words: &[String]) -> bool {
        self == Self::Kustomize && kustomize::has_helm_enabled(words)
    }

    /// Why a tenant may not say these words to the tool: an error for each of them. Paths count as inside the repository.
    pub(crate) fn refusals(self, variable: &str, words: &str) -> Errors {
        let mut errors = Errors::new();
        let flags = match self {
            Self::Helm => helm::FLAGS,
            Self::Kustomize => kustomize::FLAGS,
            Self::Plain => return errors,
        };
        ArgumentPolicy { flags, tool: self.name(), variable, is_inside: &|_| true }.permit(words, &mut errors);
        errors
    }

    /// A warning for each setting of an Application that no tool reads, as it is for another one than this.
    pub(crate) fn unused_settings(self, variables: &BTreeMap<String, String>) -> Errors {
        let parameters = parameter::is_set(variables).then_some((parameter::VARIABLE, Tool::Helm));
        let words = application::of_tools(variables).map(|(variable, tool)| (variable.name, tool));
        // A tool that is run warns by itself.
        let mut errors = if self == Self::Plain { warnings(variables) } else { Errors::new() };
        errors.extend(words.chain(parameters).filter(|(_, tool)| *tool != self).map(|(name, tool)| {
            let detail =
                format!("`{name}` is for {}, and the folder is {}: it has no effect", tool.name(), self.name());
            Error::warning(Kind::Setting, detail)
        }));
        errors
    }

    /// The file that a template's name in the tool's output stands for.
    pub(crate) fn template(self, folder: &Path, origin: &str) -> Option<PathBuf> {
        match self {
            Self::Helm => helm::template_file(folder, origin),
            Self::Kustomize => below(folder, origin),
            Self::Plain => None,
        }
    }
}

/// The value of a result; an error goes to `errors`.
fn collect<T>(result: Result<T, Error>, errors: &mut Errors) -> Option<T> {
    result.map_err(|error| errors.push(error)).ok()
}

/// A path below a folder; `None` if it would lead out of it, for a manifest may claim to come from anywhere.
fn below(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    path.components().all(|part| matches!(part, Component::Normal(_))).then(|| folder.join(path))
}

/// A path without `.`, and without `..` but at its start.
fn without_dots(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            component => out.push(component),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_s_files_tell_its_tool() {
        for (files, tool) in [
            (&["Chart.yaml", "kustomization.yaml"][..], Tool::Helm),
            (&["kustomization.yaml", "a.yaml"], Tool::Kustomize),
            (&["kustomization.yml"], Tool::Kustomize),
            (&["Kustomization"], Tool::Kustomize),
            (&["chart.yaml", "a.yaml"], Tool::Plain),
            (&[], Tool::Plain),
        ] {
            assert_eq!(Tool::of(|name| files.contains(&name)), tool, "{files:?}");
        }
    }
}
