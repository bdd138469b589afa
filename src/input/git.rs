//! How Git is asked: the program is run, the repository's own settings run nothing, and nothing is written.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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
        let commit = commit(revision, here)?;
        let ask = Ask::new(&here.folder, "cannot ask `git` what has changed");
        let root = ask.run(&["rev-parse", "--show-toplevel"])?;
        let root = PathBuf::from(OsStr::from_bytes(root.trim_ascii_end()));
        let ask = Ask { folder: &root, ..ask };
        let changed = ["diff", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "-z", &commit];
        let known = ask.run(&changed)?;
        let new = ask.run(&["ls-files", "--others", "--exclude-standard", "-z"])?;
        let names = known.split(|byte| *byte == 0).chain(new.split(|byte| *byte == 0)).filter(|name| !name.is_empty());
        let files = names.filter_map(|name| root.join(OsStr::from_bytes(name)).canonicalize().ok()).collect();
        Ok(Self { files })
    }

    /// Whether the file at `path` has changed.
    pub fn holds(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|path| self.files.contains(&path))
    }
}

/// Where Git is asked, and what could not be done if it fails.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    folder: &'a Path,
    failure: &'a str,
}

impl<'a> Ask<'a> {
    /// In `folder`; `failure` is what an error says.
    pub(super) fn new(folder: &'a Path, failure: &'a str) -> Self {
        Self { folder, failure }
    }

    /// What `git` prints.
    pub(super) fn run(&self, args: &[&str]) -> Result<Vec<u8>, Error> {
        self.run_with(args, &[])
    }

    /// The same, given something to read. Settings of the repository that name programs are switched off.
    fn run_with(&self, args: &[&str], stdin: &[u8]) -> Result<Vec<u8>, Error> {
        let mut command = Command::new("git");
        command.current_dir(self.folder).env("GIT_OPTIONAL_LOCKS", "0");
        command.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]).args(args);
        let failed = |cause: String| Error::new(Kind::Input, self.failure).cause(cause);
        let io = |error: std::io::Error| failed(error.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(io)?;
        let pipe = child.stdin.take();
        let output = std::thread::scope(|scope| {
            scope.spawn(move || pipe.map(|mut pipe| pipe.write_all(stdin)));
            child.wait_with_output()
        });
        let output = output.map_err(io)?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
        }
    }
}

/// The commit that a revision means.
pub(super) fn commit(revision: &str, here: &Here) -> Result<String, Error> {
    let commit = format!("{revision}^{{commit}}");
    let ask = Ask::new(&here.folder, "");
    let commit = ask.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]);
    let commit = commit.map_err(|error| unknown(revision, error))?;
    Ok(String::from_utf8_lossy(&commit).trim().to_owned())
}

/// What Git ignores below the repository's root: files, and folders of which it ignores everything.
pub(super) fn ignored(root: &Path) -> Result<HashSet<PathBuf>, Error> {
    let ask = Ask::new(root, "cannot ask `git` what it ignores");
    let listed = ask.run(&["ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z"])?;
    let paths = listed.split(|byte| *byte == 0).filter(|path| !path.is_empty());
    Ok(paths.map(|path| Path::new(OsStr::from_bytes(path)).components().collect()).collect())
}

/// The contents of some objects, in order: one process reads them all.
pub(super) fn objects(root: &Path, ids: &[String]) -> Result<Vec<Vec<u8>>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let failure = "cannot read from the repository with `git`";
    let asked: String = ids.iter().map(|id| format!("{id}\n")).collect();
    let answer = Ask::new(root, failure).run_with(&["cat-file", "--batch"], asked.as_bytes())?;
    let mut rest = &answer[..];
    let incomplete = || Error::new(Kind::Input, failure).cause("an object is missing: is the clone complete?");
    ids.iter().map(|_| object(&mut rest).ok_or_else(incomplete)).collect()
}

/// Takes one object: `ID TYPE SIZE`, a line break, its bytes, a line break.
fn object(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let size: usize = std::str::from_utf8(&rest[..end]).ok()?.rsplit(' ').next()?.parse().ok()?;
    let bytes = rest.get(end + 1..end + 1 + size)?.to_vec();
    *rest = rest.get(end + 2 + size..)?;
    Some(bytes)
}

fn unknown(revision: &str, error: Error) -> Error {
    let why = error.cause.filter(|cause| !cause.is_empty());
    let error = Error::new(Kind::Input, format!("`git` knows no revision `{revision}` here"))
        .hint("a branch, a tag or a commit; in CI the checkout may be too shallow: fetch more of the history");
    why.map_or_else(|| error.clone(), |why| error.clone().cause(why))
}
