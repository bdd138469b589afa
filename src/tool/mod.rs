//! helm and kustomize as children: which one a folder is for, the command as a value, and one edge (`run.rs`) that runs it.
//! Must not know a placeholder: what a tool prints is a source like any other.

mod address;
mod allow;
mod announce;
mod bounds;
mod command;
mod dependencies;
mod document;
mod environment;
mod failure;
mod helm;
mod kustomize;
mod layout;
mod named;
mod parameter;
mod references;
mod run;
mod script;
mod words;

pub use announce::announce;
pub use bounds::{ANY, Allowance, Containment, Ground, Reach};
pub use command::{Command, Given, Target};
pub use layout::Layout;
pub use named::Named;
pub use run::{Output, find, run};

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Errors, Kind};

/// What makes manifests of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    /// A chart.
    Helm,
    /// A kustomization.
    Kustomize,
    /// Nothing: they are manifests.
    Plain,
}

/// What tells a folder's tool, the first that is there.
const MARKS: [(&str, Tool); 4] = [
    ("Chart.yaml", Tool::Helm),
    ("kustomization.yaml", Tool::Kustomize),
    ("kustomization.yml", Tool::Kustomize),
    ("Kustomization", Tool::Kustomize),
];

/// What an Application says, and to which tool.
const SAID: [(&str, Tool); 4] = [
    (helm::WORDS, Tool::Helm),
    (helm::VALUES, Tool::Helm),
    (parameter::VARIABLE, Tool::Helm),
    (kustomize::WORDS, Tool::Kustomize),
];

impl Tool {
    /// The tool of a folder that holds the files which `holds` knows.
    pub fn of(holds: impl Fn(&str) -> bool) -> Self {
        MARKS.iter().find(|(name, _)| holds(name)).map_or(Self::Plain, |(_, tool)| *tool)
    }

    /// Its name, as `--tool` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Helm => "helm",
            Self::Kustomize => "kustomize",
            Self::Plain => "plain",
        }
    }

    /// The command that prints the manifests.
    pub fn command(self) -> &'static str {
        match self {
            Self::Helm => "helm template",
            Self::Kustomize => "kustomize build",
            Self::Plain => "cat",
        }
    }

    /// The commands that make the folder's manifests, the last of them prints them; none for plain manifests.
    pub fn commands(self, given: &Given<'_>, errors: &mut Errors) -> Vec<Command> {
        match self {
            Self::Helm => helm::commands(given, errors),
            Self::Kustomize => vec![kustomize::build(given, errors)],
            Self::Plain => Vec::new(),
        }
    }

    /// The folders beside this one that the commands before the last read, to write into this one.
    pub fn beside(self, given: &Given<'_>) -> Vec<PathBuf> {
        if self == Self::Helm { dependencies::beside(given) } else { Vec::new() }
    }

    /// Whether the operator's words make it write where it reads.
    pub fn writes(self, words: &[String]) -> bool {
        self == Self::Kustomize && kustomize::enables_helm(words)
    }

    /// What the Application says to another tool than this one, which has no effect.
    pub fn unheard(self, variables: &BTreeMap<String, String>) -> Errors {
        let said = |name: &str| variables.get(name).is_some_and(|value| !matches!(value.trim(), "" | "null" | "[]"));
        let others = SAID.iter().filter(|(name, tool)| *tool != self && said(name));
        let mut errors = Errors::new();
        errors.extend(others.map(|(name, tool)| {
            let detail =
                format!("`{name}` is for {}, and the folder is {}: it has no effect", tool.name(), self.name());
            Error::warning(Kind::Setting, detail)
        }));
        errors
    }

    /// The file that a template's name in the tool's output stands for.
    pub fn template(self, folder: &Path, origin: &str) -> Option<PathBuf> {
        match self {
            Self::Helm => helm::template_file(folder, origin),
            Self::Kustomize => below(folder, origin),
            Self::Plain => None,
        }
    }
}

/// The errors of one thing that may fail, and what it came to.
fn collect<T>(result: Result<T, Error>, errors: &mut Errors) -> Option<T> {
    result.map_err(|error| errors.push(error)).ok()
}

/// A path below a folder; none that would lead out of it, for a manifest may say anything of where it came from.
fn below(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    path.components().all(|part| matches!(part, Component::Normal(_))).then(|| folder.join(path))
}

/// A path without `.`, and without `..` but at its start.
fn plain(path: &Path) -> PathBuf {
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
