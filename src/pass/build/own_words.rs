//! The operator's own words for the tools. A pipe that they name can be read only once, and the tools of several folders and of both
//! sides of a comparison read it: it is kept as a file.

use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::private_folder;
use crate::error::{Error, Kind};
use crate::input;
use crate::named_file::{DATA_LIMIT, FileKind, NamedFile};
use crate::tool::Tool;
use crate::workspace::Workspace;

/// The words, and the folder of the files that stand for pipes.
#[derive(Debug)]
pub(super) struct OwnWords {
    pub(super) words: Vec<String>,
    _kept: Option<TempDir>,
}

impl OwnWords {
    /// Reads the pipes that `words` name by the flags of helm and kustomize.
    pub(super) fn read(words: &[String], workspace: &Workspace) -> Result<Self, Error> {
        let mut pipes = Pipes { workspace, folder: None, kept: Vec::new(), failure: None };
        let mut words = words.to_vec();
        for tool in [Tool::Helm, Tool::Kustomize] {
            words = tool.with_files(&words, &mut |path| pipes.replacement(path));
        }
        match pipes.failure {
            Some(error) => Err(error),
            None => Ok(Self { words, _kept: pipes.folder }),
        }
    }
}

/// The pipes that were met, each read once.
struct Pipes<'w> {
    workspace: &'w Workspace,
    folder: Option<TempDir>,
    kept: Vec<(PathBuf, String)>,
    failure: Option<Error>,
}

impl Pipes<'_> {
    /// The file that stands for the pipe at `path`; `None` if there is no pipe.
    fn replacement(&mut self, path: &str) -> Option<String> {
        let place = self.workspace.locate(path);
        let kind = place.metadata().ok()?.file_type();
        if !(kind.is_fifo() || kind.is_char_device() || kind.is_socket()) {
            return None;
        }
        if let Some((_, file)) = self.kept.iter().find(|(known, _)| *known == place) {
            return Some(file.clone());
        }
        let file = self.keep(path).map_err(|error| self.failure = Some(error)).ok()?;
        self.kept.push((place, file.clone()));
        Some(file)
    }

    fn keep(&mut self, path: &str) -> Result<String, Error> {
        input::check_readable(Path::new(path), self.workspace)?;
        let failed = |cause: String| Error::new(Kind::Input, format!("cannot read `{path}`")).cause(cause);
        let pipe = NamedFile::find(Path::new(path), &self.workspace.folder, Path::new(""));
        let bytes = pipe.and_then(|pipe| pipe.read(DATA_LIMIT, FileKind::Stream));
        let bytes = bytes.map_err(|refusal| failed(refusal.to_string()))?;
        let folder = match self.folder.take() {
            Some(folder) => folder,
            None => private_folder(self.workspace)?,
        };
        let file = self.folder.insert(folder).path().join(format!("pipe-{}.yaml", self.kept.len() + 1));
        std::fs::write(&file, &bytes).map_err(|error| failed(error.to_string()))?;
        Ok(file.to_string_lossy().into_owned())
    }
}
