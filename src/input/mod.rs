//! The input: folders, files and stdin as texts with the names that a user would type. Knows nothing of their content: no YAML, no
//! placeholder.

mod archive;
mod by_kind;
mod chunks;
mod copy;
mod entry_error;
mod folder;
mod git;
mod links;
mod marker;
mod names;
mod non_manifests;
mod once;
mod region;
mod repository;
mod revision;
mod root;
mod text_kind;
mod tree;
mod typed_folder;
mod without_git;
mod yaml_files;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Errors, Kind};
use crate::source::Source;
use crate::words::suggestion;
use crate::workspace::Workspace;

use once::Texts;
use repository::{Repository, destination, without_dots};

pub use archive::{Archive, ArchiveLimits, FileModes};
pub(crate) use by_kind::{TextsByKind, read_by_kind};
pub(crate) use chunks::chunks;
pub(crate) use copy::copy;
pub(crate) use folder::{Buildable, buildable_folders};
pub(crate) use git::{ChangedFiles, MergeBase, revisions};
pub(crate) use links::links;
pub(crate) use names::{CHART, KUSTOMIZATIONS};
pub(crate) use region::region;
pub(crate) use revision::Revision;
pub(crate) use root::{file_at_revision, file_at_root, path_below, root_around};
pub(crate) use text_kind::looks_like_a_manifest;
pub use without_git::paths_without_git;
pub(crate) use yaml_files::yaml_files;

/// How many entries a walk through a folder may meet: links to folders side by side multiply.
const ENTRIES: usize = if cfg!(test) { 10_000 } else { 1_000_000 };

/// How many letters of a path may be wrong for another to be suggested.
const TYPOS: usize = 2;

/// Which files are read.
pub(crate) type FileFilter<'w> = &'w (dyn Fn(&Path) -> bool + Sync);

/// A text that is not read yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum InputText {
    /// The process's stdin.
    Stdin,
    /// A file, by the path that the user types.
    Named(PathBuf),
    /// A file of a folder, by the path that the user would type.
    Found(PathBuf),
}

/// Reads stdin alone.
pub(crate) fn stdin() -> Result<Arc<Source>, Error> {
    read_stdin().map(Arc::new)
}

/// Reads the texts that `paths` name: files as they are, folders in the order of their entries' names, `-` from stdin. A file
/// of a folder that says so itself is left out, as Argo CD leaves it out. A folder without manifests is an error unless it `may_be_empty`.
pub(crate) fn read(paths: &[String], may_be_empty: bool, workspace: &Workspace) -> (Vec<Arc<Source>>, Errors) {
    let (texts, errors) = list(paths, may_be_empty, workspace);
    read_texts(texts, errors, workspace)
}

/// Reads the files that are `wanted` among those that `paths` name. A folder may be without manifests.
pub(crate) fn read_wanted(
    paths: &[String],
    wanted: FileFilter<'_>,
    workspace: &Workspace,
) -> (Vec<Arc<Source>>, Errors) {
    let (mut texts, errors) = list(paths, true, workspace);
    texts.retain(|text| text.path().is_none_or(wanted));
    read_texts(texts, errors, workspace)
}

fn read_texts(texts: Vec<InputText>, mut errors: Errors, workspace: &Workspace) -> (Vec<Arc<Source>>, Errors) {
    let mut sources = Vec::with_capacity(texts.len());
    for text in texts {
        match text.read(workspace) {
            Ok(source) if text.is_found() && marker::is_marked(&source.bytes) => {}
            Ok(source) => sources.push(Arc::new(source)),
            Err(error) => errors.push(error),
        }
    }
    (sources, errors)
}

/// The folder that a repository's content must not lead out of: the nearest parent of the working folder with `.git`, else
/// the checkout that Argo CD implies, else the working folder.
pub(crate) fn repository(workspace: &Workspace) -> PathBuf {
    Repository::around(&workspace.folder, workspace).root
}

/// The name of a file from the repository's root; the name itself of what is not a file there.
pub(crate) fn name_in_repository(name: &str, workspace: &Workspace) -> String {
    let folder = workspace.folder.canonicalize().unwrap_or_else(|_| workspace.folder.clone());
    let place = without_dots(&folder.join(name));
    let below = place.strip_prefix(repository(workspace)).ok().filter(|_| place.exists());
    below.map_or_else(|| name.to_owned(), |below| below.to_string_lossy().into_owned())
}

/// The checkout that others may have written: the outermost around the working folder that Git or Argo CD tells of.
pub(crate) fn checkout(workspace: &Workspace) -> Option<PathBuf> {
    Repository::outermost(workspace)
}

/// Whether there is a manifest below the working folder. No file is read.
pub(crate) fn has_manifest(workspace: &Workspace) -> bool {
    folder::has_manifest(&workspace.folder)
}

/// Whether a folder holds a kustomization. No file is read.
pub(crate) fn has_kustomization(folder: &Path, workspace: &Workspace) -> bool {
    let folder = workspace.locate(folder);
    names::KUSTOMIZATIONS.iter().any(|name| folder.join(name).is_file())
}

/// Whether `path` exists in the repository, links resolved, and is not Git's own.
pub(crate) fn is_inside(path: &Path, workspace: &Workspace) -> bool {
    let repository = Repository::around(&workspace.folder, workspace);
    let is_ours = |real: &Path| real.starts_with(&repository.root) && !repository.is_git(real);
    workspace.locate(path).canonicalize().is_ok_and(|real| is_ours(&real))
}

/// Whether a path leads out of the repository that `folder` is read in, or to Git's own files, or would if it were there.
pub(crate) fn is_outside(path: &Path, folder: &Path, workspace: &Workspace) -> bool {
    let (common, folder) = (Repository::around(&workspace.folder, workspace), workspace.locate(folder));
    let is_common = folder.canonicalize().is_ok_and(|folder| folder.starts_with(&common.root));
    let repository = if is_common { common } else { Repository::around(&folder, workspace) };
    let path = workspace.locate(path);
    let real = destination(&path);
    // The content of `/proc` depends on the process that looks.
    let is_of_process = without_dots(&path).starts_with("/proc");
    is_of_process || !real.starts_with(&repository.root) || repository.is_git(&real)
}

/// Checks that a file which a user names may be read. It may not if it is Git's own, or if its name stands in the repository and leads out.
pub(crate) fn check_readable(path: &Path, workspace: &Workspace) -> Result<(), Error> {
    Repository::around(&workspace.folder, workspace).check_file(path, workspace)
}

/// Checks that a file which a user names may be written. It may not if a link in the repository leads elsewhere.
pub(crate) fn check_writable(path: &Path, workspace: &Workspace) -> Result<(), Error> {
    Repository::around(&workspace.folder, workspace).check_writing(path, workspace)
}

/// The text of a file of the repository, such as a chart's values; `None` if it does not exist. A file that is not a regular one, or leads
/// out, is an error.
pub(crate) fn text(path: &Path, workspace: &Workspace) -> Result<Option<String>, Error> {
    let whole = workspace.locate(path);
    if !whole.exists() && !whole.is_symlink() {
        return Ok(None);
    }
    Repository::around(whole.parent().unwrap_or(&whole), workspace).check_link_as(&whole, path)?;
    if !whole.is_file() {
        return Err(Error::new(Kind::Input, format!("`{}` is not a regular file", typed_name(path))));
    }
    std::fs::read_to_string(&whole).map(Some).map_err(|error| unreadable(path, &error, workspace))
}

/// The texts that `paths` name, in order, each once and none read yet. A warning tells of a path whose files another path names.
fn list(paths: &[String], may_be_empty: bool, workspace: &Workspace) -> (Vec<InputText>, Errors) {
    let (mut texts, mut errors) = (Texts::new(workspace), Errors::new());
    let repository = Repository::around(&workspace.folder, workspace);
    for path in paths {
        let named = Path::new(path);
        let mut found = Vec::new();
        if path == "-" {
            found.push(InputText::Stdin);
        } else if let Err(error) = repository.check_path(named, workspace) {
            errors.push(error);
        } else if workspace.locate(path).is_dir() {
            folder::list(named, may_be_empty, workspace, &mut found, &mut errors);
        } else {
            found.push(InputText::Named(named.to_owned()));
        }
        errors.extend(texts.add(found));
    }
    (texts.list, errors)
}

impl InputText {
    fn name(&self) -> String {
        self.path().map_or_else(|| "stdin".to_owned(), typed_name)
    }

    /// The path of a file.
    fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdin => None,
            Self::Named(path) | Self::Found(path) => Some(path),
        }
    }

    /// Whether a folder holds it that the user names.
    fn is_found(&self) -> bool {
        matches!(self, Self::Found(_))
    }

    fn open(&self, workspace: &Workspace) -> Result<Box<dyn Read + Send>, Error> {
        let Some(path) = self.path() else { return Ok(Box::new(std::io::stdin())) };
        match std::fs::File::open(workspace.locate(path)) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) => Err(unreadable(path, &error, workspace)),
        }
    }

    fn read(&self, workspace: &Workspace) -> Result<Source, Error> {
        let Some(path) = self.path() else { return read_stdin() };
        let bytes = std::fs::read(workspace.locate(path)).map_err(|error| unreadable(path, &error, workspace))?;
        Ok(Source::new(self.name(), bytes))
    }
}

fn read_stdin() -> Result<Source, Error> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| Error::new(Kind::Input, "cannot read stdin").cause(error.to_string()))?;
    Ok(Source::new(InputText::Stdin.name(), bytes))
}

/// A path as a user would type it: without a leading `./`, and without `/` at its end.
fn typed_name(path: &Path) -> String {
    let path: PathBuf = path.strip_prefix(".").unwrap_or(path).components().collect();
    path.to_string_lossy().into_owned()
}

/// A folder's name for messages; the working folder is `.`.
fn shown(folder: &Path) -> String {
    match typed_name(folder) {
        name if name.is_empty() => ".".to_owned(),
        name => name,
    }
}

fn too_many(folder: &Path) -> Error {
    let detail = format!("there are more than {ENTRIES} files and folders below `{}`", shown(folder));
    Error::new(Kind::Input, detail).hint("links to folders count as often as they are met: remove them")
}

fn unreadable(path: &Path, error: &std::io::Error, workspace: &Workspace) -> Error {
    let is_missing = error.kind() == std::io::ErrorKind::NotFound;
    let what = if is_missing { "there is no file or folder" } else { "cannot read" };
    let found = Error::new(Kind::Input, format!("{what} `{}`", typed_name(path))).cause(error.to_string());
    let near = is_missing.then(|| near(path, workspace)).flatten();
    near.into_iter().fold(found, |error, near| error.hint(suggestion::did_you_mean(near)))
}

/// The name that a user probably meant: the first part of the path that is not there, as its neighbours are called. Outside the
/// repository nothing is named: others may have chosen the path.
pub(crate) fn near(path: &Path, workspace: &Workspace) -> Option<String> {
    let is_missing = |part: &&Path| !workspace.locate(part).exists();
    let missing = path.ancestors().take_while(is_missing).last()?;
    let (name, folder) = (missing.file_name()?.to_string_lossy(), missing.parent()?);
    if !is_inside(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }, workspace) {
        return None;
    }
    let entries = std::fs::read_dir(workspace.locate(folder)).ok()?.take(ENTRIES).flatten();
    let names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let near = suggestion::by_edits(&name, names.iter().map(String::as_str), TYPOS.min(name.len() / 2))?;
    let whole: PathBuf = folder.join(near).join(path.strip_prefix(missing).ok()?).components().collect();
    workspace.locate(&whole).exists().then(|| typed_name(&whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_file_is_read_whatever_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kustomization.yaml");
        std::fs::write(&file, "a: 1\n").unwrap();
        let (sources, errors) = read(&["kustomization.yaml".to_owned()], false, &Workspace::bare(folder.path()));
        assert!(errors.is_empty());
        assert_eq!(sources[0].bytes, b"a: 1\n");
        assert_eq!(sources[0].first_line, 1);
    }

    #[test]
    fn what_is_not_there_is_an_error_and_the_rest_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        std::fs::write(&file, "x").unwrap();
        let paths = ["none.yaml", "a.txt"].map(str::to_owned);
        let (sources, errors) = read(&paths, false, &Workspace::bare(folder.path()));
        assert_eq!(sources.len(), 1);
        assert!(errors.iter().next().unwrap().detail.starts_with("there is no file or folder `"));
    }

    #[test]
    fn stdin_is_read_once() {
        let (texts, errors) = list(&["-".to_owned(), "-".to_owned()], false, &Workspace::default());
        assert_eq!(texts, [InputText::Stdin]);
        assert!(errors.any());
    }

    #[test]
    fn names_are_as_a_user_would_type_them() {
        for (path, name) in [
            ("./a.yaml", "a.yaml"),
            ("x/a.yaml", "x/a.yaml"),
            ("../a.yaml", "../a.yaml"),
            ("/a", "/a"),
            ("a//b/", "a/b"),
        ] {
            assert_eq!(typed_name(Path::new(path)), name);
        }
    }
}
