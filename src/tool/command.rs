//! A command as a value: program, words, environment, files. Knows no tool and runs nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::application::{self, Variable};
use super::operator_files::OperatorFiles;

/// A program to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// Its name in messages, e.g. `helm template`.
    pub name: &'static str,
    /// The program: a name to look up, or a path.
    pub program: String,
    /// Its arguments but the last. No shell reads them.
    pub words: Vec<String>,
    /// Its last argument: the folder that it reads, if it reads one.
    pub folder: Option<PathBuf>,
    /// Where it runs.
    pub working_folder: PathBuf,
    /// All of its environment.
    pub environment: BTreeMap<String, String>,
    /// The files that its private folder must hold before it starts.
    pub files: Vec<PrivateFile>,
    /// The files and programs that the operator's words name.
    pub operator_files: OperatorFiles,
    /// Whether its stdout holds messages, not manifests.
    pub logs_on_stdout: bool,
    /// Words of its messages, each with the hint that helps.
    pub hints: &'static [(&'static str, &'static str)],
}

/// A file that a command reads in its private folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PrivateFile {
    /// Its path.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// How messages call it: where the user has written the text.
    pub name: String,
}

/// Whether a path exists and stays in the repository, so that a tenant may name it.
pub(super) type IsInside<'g> = &'g dyn Fn(&Path) -> bool;

/// The target of a path, links followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PathTarget {
    /// Nothing.
    Nowhere,
    /// A place outside the repository, whether anything exists there or not, or a file of Git's own.
    Outside,
    /// A file, by its path without links.
    File(PathBuf),
    /// A folder, by its path without links.
    Folder(PathBuf),
}

/// Everything that a command is built from. The caller reads the folder's files.
pub(crate) struct ToolContext<'g> {
    /// The folder, as it was typed.
    pub folder: &'g Path,
    /// Where the commands run, and where relative paths start.
    pub working_folder: &'g Path,
    /// The environment of this program.
    pub variables: &'g BTreeMap<String, String>,
    /// The operator's own words for the tool.
    pub words: &'g [String],
    /// The release that `--release-name` names.
    pub release_name: Option<&'g str>,
    /// The helm to run.
    pub helm: &'g str,
    /// The kustomize to run.
    pub kustomize: &'g str,
    /// A folder that nobody else can read, gone at the end.
    pub private: &'g Path,
    /// How many processors the tool may use.
    pub processors: u32,
    /// How many bytes of memory.
    pub memory: u64,
    /// Whether a path that a tenant names stays in the repository.
    pub is_inside: IsInside<'g>,
    /// The target of a path.
    pub target: &'g dyn Fn(&Path) -> PathTarget,
    /// Whether the operator lets tools reach a host by https; else the hint.
    pub may_reach: &'g dyn Fn(&str) -> Result<(), String>,
    /// The text of a file in the folder, if it is there.
    pub read: &'g dyn Fn(&str) -> Option<String>,
    /// Whether something is in the folder.
    pub has: &'g dyn Fn(&str) -> bool,
}

impl Command {
    /// A message of the program, its private files called as the user knows them.
    pub(super) fn in_words_of_user(&self, message: &str) -> String {
        let called = |message: String, file: &PrivateFile| message.replace(&*file.path.to_string_lossy(), &file.name);
        self.files.iter().fold(message.to_owned(), called)
    }
}

impl ToolContext<'_> {
    /// A variable of the Application's, in whatever spelling, unless it is blank.
    pub(super) fn of_application(&self, name: &str) -> Option<Variable<'_>> {
        application::find(self.variables, name)
    }

    /// The value of a variable, unless it is blank.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

/// A path as an argument. A relative one begins with `./`, so that it is never taken for a flag, a name or an address.
pub(super) fn argument(path: &Path) -> String {
    let here = if path.is_absolute() { Path::new("") } else { Path::new(".") };
    here.join(path).to_string_lossy().into_owned()
}
