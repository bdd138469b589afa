//! What Git says has changed: the program is asked, the repository's own settings run nothing.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Here;
use crate::error::{Error, Kind};

/// The files that differ from the revision, those that Git does not know yet included.
#[derive(Debug)]
pub struct Changed {
    files: HashSet<PathBuf>,
}

impl Changed {
    /// Asks Git in the working folder.
    pub fn since(revision: &str, here: &Here) -> Result<Self, Error> {
        let commit = format!("{revision}^{{commit}}");
        let commit = git(here, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
            .map_err(|error| unknown(revision, error))?;
        let commit = String::from_utf8_lossy(&commit).trim().to_owned();
        let root = git(here, &["rev-parse", "--show-toplevel"])?;
        let root = PathBuf::from(OsStr::from_bytes(root.trim_ascii_end()));
        let changed = ["diff", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "-z", &commit];
        let known = git(here, &[&["-C", &root.to_string_lossy()][..], &changed].concat())?;
        let new = git(here, &["-C", &root.to_string_lossy(), "ls-files", "--others", "--exclude-standard", "-z"])?;
        let names = known.split(|byte| *byte == 0).chain(new.split(|byte| *byte == 0)).filter(|name| !name.is_empty());
        let files = names.filter_map(|name| root.join(OsStr::from_bytes(name)).canonicalize().ok()).collect();
        Ok(Self { files })
    }

    /// Whether the file at `path` has changed.
    pub fn holds(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|path| self.files.contains(&path))
    }
}

/// What `git` prints. Settings of the repository that name programs are switched off.
fn git(here: &Here, args: &[&str]) -> Result<Vec<u8>, Error> {
    let mut command = Command::new("git");
    command.current_dir(&here.folder).args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]).args(args);
    let failed = |cause: String| Error::new(Kind::Input, "cannot ask `git` what has changed").cause(cause);
    let output = command.output().map_err(|error| failed(error.to_string()))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
    }
}

fn unknown(revision: &str, error: Error) -> Error {
    let why = error.cause.filter(|cause| !cause.is_empty());
    let error = Error::new(Kind::Input, format!("`git` knows no revision `{revision}` here"))
        .hint("a branch, a tag or a commit; in CI the checkout may be too shallow: fetch more of the history");
    why.map_or_else(|| error.clone(), |why| error.clone().cause(why))
}
