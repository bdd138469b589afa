//! A git dir that stands in for the repository's: it has its objects, branches and index by links, and of its settings only those
//! that say how these are to be read. So no setting can name a program, an address or a file.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::dir::GitDir;
use super::run::GitCall;
use crate::error::{Error, Kind};
use crate::workspace::Workspace;

/// The files that a work tree has for itself.
const OWN: [&str; 6] = ["FETCH_HEAD", "ORIG_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "BISECT_HEAD"];

/// The files and folders that it shares with other work trees.
const COMMON: [&str; 7] = ["objects", "refs", "packed-refs", "reftable", "shallow", "info", "logs"];

/// The settings that are taken over, without what stands between the first and the last dot: formats, and what `@{upstream}` means.
const SETTINGS: [&str; 15] = [
    "core.repositoryformatversion",
    "core.autocrlf",
    "core.eol",
    "core.filemode",
    "core.ignorecase",
    "core.precomposeunicode",
    "core.sparsecheckout",
    "core.sparsecheckoutcone",
    "core.symlinks",
    "extensions.compatobjectformat",
    "extensions.objectformat",
    "extensions.refstorage",
    "branch.merge",
    "branch.remote",
    "remote.fetch",
];

/// The setting that names a file of what is to be ignored.
const IGNORE: &str = "core.excludesfile";

/// The git dir, gone at the end.
#[derive(Debug)]
pub(super) struct StandIn {
    folder: TempDir,
    /// The user's file of what Git is to ignore everywhere.
    pub(super) ignore_file: Option<PathBuf>,
}

impl StandIn {
    /// One for `dir`, asking `program` for its settings.
    pub(super) fn new(dir: &GitDir, program: &Path, workspace: &Workspace) -> Result<Self, Error> {
        let failed = |cause: String| Error::new(Kind::Input, "cannot prepare to ask `git`").cause(cause);
        let io = |error: std::io::Error| failed(error.to_string());
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix("vault-render-git-").permissions(private);
        let folder = builder.tempdir_in(workspace.temporary_folder()).map_err(io)?;
        let mut stand_in = Self { folder, ignore_file: None };
        stand_in.link(dir).map_err(io)?;
        let own = stand_in.settings(program, &dir.common.join("config")).map_err(failed)?;
        stand_in.ignore_file = own
            .iter()
            .rev()
            .find(|(name, _)| name == IGNORE)
            .map(|(_, path)| expand(path, workspace.home()))
            .or_else(|| stand_in.ignore_file_of(program, workspace))
            .filter(|file| file.is_file());
        std::fs::write(stand_in.path().join("config"), stand_in.config(&own)).map_err(io)?;
        Ok(stand_in)
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn link(&self, dir: &GitDir) -> std::io::Result<()> {
        let shared = std::fs::read_dir(&dir.own)?.flatten().map(|entry| entry.file_name());
        let shared = shared.filter(|name| name.as_encoded_bytes().starts_with(b"sharedindex."));
        let own = OWN.iter().map(Into::into).chain(shared).map(|name| (dir.own.join(&name), name));
        let common = COMMON.iter().map(|name| (dir.common.join(name), (*name).into()));
        for (target, name) in own.chain(common).filter(|(target, _)| target.exists()) {
            std::os::unix::fs::symlink(target, self.path().join(name))?;
        }
        // Git takes no link to a file as its HEAD, and would write beside the index that a link leads to.
        for name in ["HEAD", "index"].into_iter().filter(|name| dir.own.join(name).exists()) {
            copy(&dir.own.join(name), &self.path().join(name))?;
        }
        std::fs::write(self.path().join("config"), "[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
    }

    /// The settings in a file that are taken over, by their names in lower case.
    fn settings(&self, program: &Path, file: &Path) -> Result<Vec<(String, String)>, String> {
        if !file.exists() {
            return Ok(Vec::new());
        }
        let args = ["config", "--file", &file.to_string_lossy(), "--no-includes", "--null", "--list"];
        let listed = self.ask(program, &args, file)?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let settings = listed.split('\0').filter_map(|setting| setting.split_once('\n'));
        let settings = settings.filter(|(name, _)| *name == IGNORE || SETTINGS.contains(&&*kind(name)));
        Ok(settings.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// The file that the user's own settings name, else the one where Git looks for it.
    fn ignore_file_of(&self, program: &Path, workspace: &Workspace) -> Option<PathBuf> {
        let home = workspace.home();
        let xdg = workspace.named_folder("XDG_CONFIG_HOME").map(Path::to_owned);
        let config = xdg.or_else(|| Some(home?.join(".config")))?.join("git");
        let files = [home?.join(".gitconfig"), config.join("config")];
        let named = files.iter().filter(|file| file.is_file()).find_map(|file| {
            let args = ["config", "--file", &file.to_string_lossy(), "--includes", "--null", "--get", IGNORE];
            let named = self.ask(program, &args, file).ok()?;
            let named = String::from_utf8_lossy(&named).into_owned();
            Some(expand(named.trim_end_matches('\0'), home))
        });
        Some(named.unwrap_or_else(|| config.join("ignore")))
    }

    /// Asks for what the settings in `file` say.
    fn ask(&self, program: &Path, args: &[&str], file: &Path) -> Result<Vec<u8>, String> {
        let environment = [("GIT_DIR", self.path())];
        let read = [self.path().to_owned(), file.to_owned()];
        GitCall { program, folder: self.path(), environment: &environment, args, stdin: b"", read: &read }.output()
    }

    /// The settings as Git reads them.
    fn config(&self, own: &[(String, String)]) -> String {
        let file = self.ignore_file.as_ref().map(|file| (IGNORE.to_owned(), file.to_string_lossy().into_owned()));
        let bare = ("core.bare".to_owned(), "false".to_owned());
        let own = own.iter().filter(|(name, _)| name != IGNORE).cloned();
        own.chain(file).chain([bare]).map(|(name, value)| entry(&name, &value)).collect()
    }
}

/// A path as a setting of Git has it: `~/` is the home.
fn expand(path: &str, home: Option<&Path>) -> PathBuf {
    let below_home = path.strip_prefix("~/").and_then(|rest| Some(home?.join(rest)));
    below_home.unwrap_or_else(|| PathBuf::from(path))
}

/// A copy as old as the original: what changed since the index was written is told by its age.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::copy(from, to)?;
    let age = from.metadata()?.modified()?;
    std::fs::File::options().write(true).open(to)?.set_modified(age)
}

/// `branch.main.merge` is `branch.merge`.
fn kind(name: &str) -> String {
    let (first, last) = (name.split('.').next().unwrap_or_default(), name.rsplit('.').next().unwrap_or_default());
    format!("{first}.{last}")
}

/// A setting as a section of its own.
fn entry(name: &str, value: &str) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"));
    let (section, key) = name.rsplit_once('.').unwrap_or(("core", name));
    let section = match section.split_once('.') {
        Some((section, name)) => format!("{section} {}", quoted(name)),
        None => section.to_owned(),
    };
    format!("[{section}]\n\t{key} = {}\n", quoted(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_written_as_git_reads_them() {
        assert_eq!(entry("core.bare", "false"), "[core]\n\tbare = \"false\"\n");
        assert_eq!(entry("branch.a.b\"c.merge", "x\ny\\"), "[branch \"a.b\\\"c\"]\n\tmerge = \"x\\ny\\\\\"\n");
        assert_eq!(kind("branch.a.b.merge"), "branch.merge");
    }

    #[test]
    fn no_setting_that_is_taken_over_names_a_program() {
        for named in
            ["fsmonitor", "sshcommand", "hookspath", "clean", "smudge", "process", "textconv", "url", "worktree"]
        {
            assert!(!SETTINGS.iter().any(|setting| setting.ends_with(named)), "{named}");
        }
    }
}
