//! Where manifests come from: folders, files and stdin, as texts with the names that a user would type.
//! Must not know what is in them: no YAML, no placeholder.

mod copy;
mod folder;
mod git;
mod links;
mod names;
mod others;
mod parts;
mod region;
mod repository;
mod revision;
mod windows;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Errors, Kind};
use crate::source::Source;

use repository::{Repository, destination, plain};

pub use copy::copy;
pub use folder::built;
pub use git::Changed;
pub use links::links;
pub use others::others;
pub use parts::parts;
pub use region::region;
pub use revision::{Checkout, Past, Revision};
pub use windows::{Windows, windows};

/// How many entries a walk through a folder may meet: links to folders side by side multiply.
const ENTRIES: usize = if cfg!(test) { 10_000 } else { 1_000_000 };

/// Which files are read.
pub type Wanted<'w> = &'w dyn Fn(&Path) -> bool;

/// Where the program runs, and what it may find.
#[derive(Clone, Debug, Default)]
pub struct Here {
    /// The working folder, absolute.
    pub folder: PathBuf,
    /// `ARGOCD_APP_SOURCE_PATH`: the working folder's path inside the checkout.
    pub app_source_path: Option<String>,
    /// Whether a folder without manifests is fine.
    pub allow_empty: bool,
    /// Who runs it.
    pub user: User,
}

/// What of a user's environment matters to Git.
#[derive(Clone, Debug, Default)]
pub struct User {
    /// `PATH`: where `git` is looked for.
    pub path: Option<String>,
    /// `HOME`.
    pub home: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`, if it is not below the home.
    pub config_home: Option<PathBuf>,
}

impl User {
    /// Where the user's settings are.
    fn config_folder(&self) -> Option<PathBuf> {
        self.config_home.clone().or_else(|| Some(self.home.as_ref()?.join(".config")))
    }

    /// A path as a setting of Git has it: `~/` is the home.
    fn expand(&self, path: &str) -> PathBuf {
        let below_home = path.strip_prefix("~/").and_then(|rest| Some(self.home.as_ref()?.join(rest)));
        below_home.unwrap_or_else(|| PathBuf::from(path))
    }
}

/// A text that is not read yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Text {
    /// What is piped in.
    Stdin,
    /// A file, by the path that the user would type.
    File(PathBuf),
}

/// Reads stdin alone.
pub fn stdin() -> Result<Arc<Source>, Error> {
    Text::Stdin.read().map(Arc::new)
}

/// Reads what `paths` name: files as they are, folders in the order of their entries' names, `-` from stdin.
pub fn read(paths: &[String], here: &Here) -> (Vec<Arc<Source>>, Errors) {
    read_wanted(paths, here, &|_| true)
}

/// The same, of the files only those that are `wanted`.
pub fn read_wanted(paths: &[String], here: &Here, wanted: Wanted<'_>) -> (Vec<Arc<Source>>, Errors) {
    let (mut texts, mut errors) = list(paths, here);
    texts.retain(|text| !matches!(text, Text::File(path) if !wanted(path)));
    let mut sources = Vec::with_capacity(texts.len());
    for text in texts {
        match text.read() {
            Ok(source) => sources.push(Arc::new(source)),
            Err(error) => errors.push(error),
        }
    }
    (sources, errors)
}

/// The folder that a repository's content must not lead out of: the nearest parent of the working folder with `.git`, else
/// the checkout that Argo CD implies, else the working folder.
pub fn repository(here: &Here) -> PathBuf {
    Repository::around(&here.folder, here).root
}

/// The checkout that others may have written: the outermost around the working folder that Git or Argo CD tells of.
pub fn checkout(here: &Here) -> Option<PathBuf> {
    Repository::outermost(here)
}

/// The repository that a folder is read in: that of the working folder if it holds the folder, else the folder's own.
pub fn repository_of(folder: &Path, here: &Here) -> PathBuf {
    let folder = here.folder.join(folder);
    let common = repository(here);
    match folder.canonicalize().is_ok_and(|folder| folder.starts_with(&common)) {
        true => common,
        false => Repository::around(&folder, here).root,
    }
}

/// Whether there is a manifest below `folder`, without reading any.
pub fn any(folder: &Path) -> bool {
    folder::any(folder)
}

/// Whether `path` is there and stays in the repository, links resolved, and is not Git's own.
pub fn is_inside(path: &Path, here: &Here) -> bool {
    let repository = Repository::around(&here.folder, here);
    let is_ours = |real: &Path| real.starts_with(&repository.root) && !repository.is_git(real);
    here.folder.join(path).canonicalize().is_ok_and(|real| is_ours(&real))
}

/// Whether a path leads out of the repository that `folder` is read in, or to Git's own files, or would if it were there.
pub fn leads_out(path: &Path, folder: &Path, here: &Here) -> bool {
    let (common, folder) = (Repository::around(&here.folder, here), here.folder.join(folder));
    let is_common = folder.canonicalize().is_ok_and(|folder| folder.starts_with(&common.root));
    let repository = if is_common { common } else { Repository::around(&folder, here) };
    let path = here.folder.join(path);
    let real = destination(&path);
    // What is there depends on the process that looks.
    let is_of_process = plain(&path).starts_with("/proc");
    is_of_process || !real.starts_with(&repository.root) || repository.is_git(&real)
}

/// An error if a file that a user names may not be read: it is Git's own, or its name stands in the repository and leads out of it.
pub fn may_read(path: &Path, here: &Here) -> Result<(), Error> {
    Repository::around(&here.folder, here).admits_file(path, here)
}

/// An error if a file that a user names may not be written, because a link in the repository leads elsewhere.
pub fn may_write(path: &Path, here: &Here) -> Result<(), Error> {
    Repository::around(&here.folder, here).admits_writing(path, here)
}

/// The text of a file of the repository, such as a chart's values; none if there is none. One that is no regular file or leads out is an error.
pub fn text(path: &Path, here: &Here) -> Result<Option<String>, Error> {
    let whole = here.folder.join(path);
    if !whole.exists() && !whole.is_symlink() {
        return Ok(None);
    }
    Repository::around(whole.parent().unwrap_or(&whole), here).holds_as(&whole, path)?;
    if !whole.is_file() {
        return Err(Error::new(Kind::Input, format!("`{}` is not a regular file", typed(path))));
    }
    std::fs::read_to_string(&whole).map(Some).map_err(|error| unreadable(path, &error))
}

/// The texts that `paths` name, in order, none read yet.
fn list(paths: &[String], here: &Here) -> (Vec<Text>, Errors) {
    let mut texts = Vec::new();
    let mut errors = Errors::new();
    let repository = Repository::around(&here.folder, here);
    for path in paths {
        if path == "-" {
            match texts.contains(&Text::Stdin) {
                false => texts.push(Text::Stdin),
                true => errors.push(Error::new(Kind::Input, "stdin (`-`) is named twice").hint("name it once")),
            }
        } else if let Err(error) = repository.admits(Path::new(path), here) {
            errors.push(error);
        } else if Path::new(path).is_dir() {
            folder::list(Path::new(path), here, &mut texts, &mut errors);
        } else {
            texts.push(Text::File(PathBuf::from(path)));
        }
    }
    (texts, errors)
}

impl Text {
    fn name(&self) -> String {
        match self {
            Self::Stdin => "stdin".to_owned(),
            Self::File(path) => typed(path),
        }
    }

    fn open(&self) -> Result<Box<dyn Read>, Error> {
        match self {
            Self::Stdin => Ok(Box::new(std::io::stdin().lock())),
            Self::File(path) => match std::fs::File::open(path) {
                Ok(file) => Ok(Box::new(file)),
                Err(error) => Err(unreadable(path, &error)),
            },
        }
    }

    fn read(&self) -> Result<Source, Error> {
        let bytes = match self {
            Self::Stdin => {
                let mut bytes = Vec::new();
                let read = std::io::stdin().lock().read_to_end(&mut bytes);
                read.map(|_| bytes)
                    .map_err(|error| Error::new(Kind::Input, "cannot read stdin").cause(error.to_string()))
            }
            Self::File(path) => std::fs::read(path).map_err(|error| unreadable(path, &error)),
        };
        Ok(Source::new(self.name(), bytes?))
    }
}

/// A path as a user would type it: without a leading `./`, and without `/` at its end.
fn typed(path: &Path) -> String {
    let path: PathBuf = path.strip_prefix(".").unwrap_or(path).components().collect();
    path.to_string_lossy().into_owned()
}

fn too_many(folder: &Path) -> Error {
    let detail = format!("there are more than {ENTRIES} files and folders below `{}`", typed(folder));
    Error::new(Kind::Input, detail).hint("links to folders count as often as they are met: take them out")
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let detail = match error.kind() {
        std::io::ErrorKind::NotFound => format!("there is no file or folder `{}`", typed(path)),
        _ => format!("cannot read `{}`", typed(path)),
    };
    Error::new(Kind::Input, detail).cause(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(folder: &Path) -> Here {
        Here { folder: folder.to_owned(), ..Here::default() }
    }

    #[test]
    fn a_named_file_is_read_whatever_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kustomization.yaml");
        std::fs::write(&file, "a: 1\n").unwrap();
        let (sources, errors) = read(&[file.to_str().unwrap().to_owned()], &here(folder.path()));
        assert!(errors.is_empty());
        assert_eq!(sources[0].bytes, b"a: 1\n");
        assert_eq!(sources[0].first_line, 1);
    }

    #[test]
    fn what_is_not_there_is_an_error_and_the_rest_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        std::fs::write(&file, "x").unwrap();
        let paths = [folder.path().join("none.yaml"), file].map(|path| path.to_str().unwrap().to_owned());
        let (sources, errors) = read(&paths, &here(folder.path()));
        assert_eq!(sources.len(), 1);
        assert!(errors.iter().next().unwrap().detail.starts_with("there is no file or folder `"));
    }

    #[test]
    fn stdin_is_read_once() {
        let (texts, errors) = list(&["-".to_owned(), "-".to_owned()], &Here::default());
        assert_eq!(texts, [Text::Stdin]);
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
            assert_eq!(typed(Path::new(path)), name);
        }
    }
}
