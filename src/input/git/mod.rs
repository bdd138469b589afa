//! Questions to Git. It runs none of the programs that a repository's settings name, and writes nothing.

mod bounds;
mod dir;
mod run;
mod stand_in;

use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind};
use crate::words::suggestion;
use crate::workspace::Workspace;

pub(super) use dir::{GitDir, NAME};
use run::GitCall;
use stand_in::StandIn;

/// The hint where Git knows no revision of a name, and none is near.
const UNKNOWN: &str =
    "a branch, a tag or a commit; in CI the checkout may be too shallow: `git fetch` more of the history";

/// How many letters of a name may be wrong for a branch or tag to be suggested.
const TYPOS: usize = 2;

/// The hint where Git refuses another user's repository.
const OWNER: &str = "Git reads a repository of another user only if that is allowed: `git config --global --add safe.directory DIR`, \
                     or run as its owner";

/// Words of Git's messages, each with the hint that helps.
const HINTS: [(&str, &str); 6] = [
    ("dubious ownership", OWNER),
    ("missing", FETCH),
    ("unable to read", FETCH),
    ("bad object", FETCH),
    ("not a tree", FETCH),
    ("bad tree", FETCH),
];

/// How many digits of a commit's id are shown.
const SHORT: usize = 12;

/// How many branches and tags are listed.
const MOST_NAMES: &str = "--count=5000";

/// The hint where objects are missing.
const FETCH: &str = "nothing is fetched here: `git fetch --unshallow`, or `git fetch --refetch --no-filter` in a partial clone, brings what is missing";

/// The files that differ from the revision, those that Git does not know yet included.
#[derive(Debug)]
pub(crate) struct ChangedFiles {
    files: HashSet<PathBuf>,
    /// The same files by their names, with those that are gone.
    names: Vec<PathBuf>,
    folder: PathBuf,
}

impl ChangedFiles {
    /// Asks Git in the working folder.
    pub(crate) fn since(revision: &str, workspace: &Workspace) -> Result<Self, Error> {
        let (git, commit) = Git::at(revision, workspace)?;
        let ask = |args: &[&str]| git.ask("cannot ask `git` what has changed", args, &[]);
        // In a submodule Git would run itself, on that one's settings.
        let how = ["--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all"];
        let known = ask(&[&["diff", "--name-only", "-z"][..], &how, &[&commit]].concat())?;
        let new = ask(&["ls-files", "--others", "--exclude-standard", "-z"])?;
        let names = known.split(|byte| *byte == 0).chain(new.split(|byte| *byte == 0)).filter(|name| !name.is_empty());
        let names: Vec<PathBuf> = names.map(|name| git.work_tree().join(OsStr::from_bytes(name))).collect();
        let files = names.iter().filter_map(|name| name.canonicalize().ok()).collect();
        Ok(Self { files, names, folder: workspace.folder.clone() })
    }

    /// Whether the file that a user types as `path` has changed.
    pub(crate) fn contains(&self, path: &Path) -> bool {
        self.folder.join(path).canonicalize().is_ok_and(|path| self.files.contains(&path))
    }

    /// Whether a file has changed that is or was below what a user types as `path`.
    pub(crate) fn has_below(&self, path: &Path) -> bool {
        let place = self.folder.join(path);
        place.canonicalize().is_ok_and(|place| self.names.iter().any(|name| name.starts_with(&place)))
    }
}

/// The branches and tags of the repository around the working folder; none where Git cannot tell.
pub(crate) fn revisions(workspace: &Workspace) -> Vec<String> {
    Git::open(workspace).map(|git| git.names()).unwrap_or_default()
}

/// Where the branch left the branch that it follows.
#[derive(Debug)]
pub(crate) struct MergeBase {
    /// The branch that it follows, such as `origin/main`.
    pub upstream: String,
    /// The start of the commit's id, which is a revision.
    pub commit: String,
}

impl MergeBase {
    /// Asks Git in the working folder; `None` where the branch follows none, or there is no repository.
    pub(crate) fn find(workspace: &Workspace) -> Result<Option<Self>, Error> {
        if GitDir::around(&workspace.folder).is_none() {
            return Ok(None);
        }
        let git = Git::open(workspace)?;
        let ask = |args: &[&str]| {
            let answer = git.ask("cannot ask `git` where the branch left its upstream", args, &[]);
            answer.map(|answer| String::from_utf8_lossy(&answer).trim().to_owned())
        };
        let named = ask(&["rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}"]);
        let Some(upstream) = named.ok().filter(|name| !name.is_empty()) else { return Ok(None) };
        let commit = ask(&["merge-base", "HEAD", "@{upstream}"]).map_err(|error| error.hint(FETCH))?;
        Ok(Some(Self { upstream, commit: commit.chars().take(SHORT).collect() }))
    }
}

/// Git, for one repository.
#[derive(Debug)]
pub(super) struct Git {
    program: PathBuf,
    dir: GitDir,
    stand_in: StandIn,
    /// The files and folders that Git reads.
    read: Vec<PathBuf>,
}

impl Git {
    /// For the repository of the working folder.
    pub(super) fn open(workspace: &Workspace) -> Result<Self, Error> {
        let dir = GitDir::around(&workspace.folder).ok_or_else(|| {
            Error::new(Kind::Input, format!("there is no Git repository around `{}`", workspace.folder.display()))
        })?;
        let program = run::find(workspace.search_path())?;
        let stand_in = StandIn::new(&dir, &program, workspace)?;
        let mut read = vec![dir.work_tree.clone(), dir.own.clone(), dir.common.clone(), stand_in.path().to_owned()];
        read.extend(dir.alternates().into_iter().chain(stand_in.ignore_file.clone()));
        Ok(Self { program, dir, stand_in, read })
    }

    /// Git for the repository of the working folder, and the commit that a revision means.
    pub(super) fn at(revision: &str, workspace: &Workspace) -> Result<(Self, String), Error> {
        let git = Self::open(workspace).map_err(|error| unknown(revision, Some(error), workspace))?;
        let commit = format!("{revision}^{{commit}}");
        let commit = git.ask("", &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit], &[]);
        let commit = commit.map_err(|error| unknown(revision, error.cause.is_some().then_some(error), workspace))?;
        Ok((git, String::from_utf8_lossy(&commit).trim().to_owned()))
    }

    /// The repository's root, without links in its path.
    pub(super) fn work_tree(&self) -> &Path {
        &self.dir.work_tree
    }

    /// The names of branches, of those of remotes, and of tags; none where Git cannot tell.
    fn names(&self) -> Vec<String> {
        let args = ["for-each-ref", MOST_NAMES, "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"];
        let listed = self.ask("cannot ask `git` for its branches", &args, &[]).unwrap_or_default();
        String::from_utf8_lossy(&listed).lines().map(str::to_owned).collect()
    }

    /// The files of a commit, each as `MODE TYPE ID`, a tab, a path and a NUL.
    pub(super) fn files(&self, commit: &str) -> Result<Vec<u8>, Error> {
        self.ask("cannot read the revision with `git`", &["ls-tree", "-r", "-z", "--full-tree", commit], &[])
    }

    /// The bytes of a file of a commit, by its path below the root; `None` if there is none. A link is an error.
    pub(super) fn file(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let failure = "cannot read the revision with `git`";
        let listed = self.ask(failure, &["ls-tree", "-z", "--full-tree", commit, "--", path], &[])?;
        // MODE SP TYPE SP ID TAB PATH
        let about =
            String::from_utf8_lossy(listed.split(|byte| *byte == b'\t').next().unwrap_or_default()).into_owned();
        match about.split(' ').collect::<Vec<_>>()[..] {
            [mode, "blob", id] if mode != "120000" => Ok(self.objects(&[id.to_owned()])?.pop()),
            [_] => Ok(None),
            _ => Err(Error::new(Kind::Input, format!("`{path}` is not a regular file in that revision"))),
        }
    }

    /// The files that Git ignores below the root, and the folders of which it ignores everything. A tracked file is never among them.
    pub(super) fn ignored(&self) -> Result<HashSet<PathBuf>, Error> {
        let args = ["ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z"];
        let listed = self.ask("cannot ask `git` what it ignores", &args, &[])?;
        let paths = listed.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        Ok(paths.map(|path| Path::new(OsStr::from_bytes(path)).components().collect()).collect())
    }

    /// The contents of some objects, in order: one process reads them all.
    pub(super) fn objects(&self, ids: &[String]) -> Result<Vec<Vec<u8>>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let failure = "cannot read from the repository with `git`";
        let wanted: String = ids.iter().map(|id| format!("{id}\n")).collect();
        let answer = self.ask(failure, &["cat-file", "--batch"], wanted.as_bytes())?;
        let mut rest = &answer[..];
        let incomplete = || Error::new(Kind::Input, failure).cause("an object is missing").hint(FETCH);
        ids.iter().map(|_| object(&mut rest).ok_or_else(incomplete)).collect()
    }

    /// The output of `git`; `failure` is the detail of an error.
    fn ask(&self, failure: &str, args: &[&str], stdin: &[u8]) -> Result<Vec<u8>, Error> {
        let environment = [("GIT_DIR", self.stand_in.path()), ("GIT_WORK_TREE", self.work_tree())];
        let (program, folder, read) = (&self.program, self.work_tree(), &self.read);
        let call = GitCall { program, folder, environment: &environment, args, stdin, read };
        call.output().map_err(|cause| {
            let hint = HINTS.iter().find(|(words, _)| cause.contains(words)).map(|(_, hint)| *hint);
            hint.into_iter().fold(Error::new(Kind::Input, failure).cause(cause), Error::hint)
        })
    }
}

/// Takes one object: `ID TYPE SIZE`, a line break, its bytes, a line break.
fn object(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let size: usize = std::str::from_utf8(&rest[..end]).ok()?.rsplit(' ').next()?.parse().ok()?;
    let bytes = rest.get(end + 1..end + 1 + size)?.to_vec();
    *rest = rest.get(end + 2 + size..)?;
    Some(bytes)
}

fn unknown(revision: &str, why: Option<Error>, workspace: &Workspace) -> Error {
    let error = Error::new(Kind::Input, format!("`git` knows no revision `{revision}` here"));
    if revision.is_empty() {
        return error.hint("the revision is empty: does the command fail that should print it?");
    }
    let (cause, hint) = why.map(|why| (why.cause.unwrap_or(why.detail), why.hint)).unwrap_or_default();
    let error = if cause.is_empty() { error } else { error.cause(cause) };
    let names = revisions(workspace);
    let near = suggestion::by_edits(revision, names.iter().map(String::as_str), TYPOS.min(revision.len() / 2));
    error.hint(match (hint, near) {
        (Some(hint), _) => hint,
        (None, Some(near)) => suggestion::did_you_mean(near),
        (None, None) => UNKNOWN.to_owned(),
    })
}
