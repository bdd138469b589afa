//! A Git repository for Argo CD to read.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A repository with one commit. Dropped, it is gone.
pub(crate) struct Repository {
    folder: TempDir,
}

impl Repository {
    /// These files, by name and content.
    pub(crate) fn new<N: AsRef<str>, C: AsRef<[u8]>>(files: impl IntoIterator<Item = (N, C)>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, content) in files {
            let file = folder.path().join(name.as_ref());
            fs::create_dir_all(file.parent().expect("below the repository")).expect("a folder");
            fs::write(file, content).expect("written");
        }
        Self::of(folder)
    }

    /// What is in `folder`, committed.
    pub(crate) fn of(folder: TempDir) -> Self {
        let person = ["-c", "user.name=tests", "-c", "user.email=tests@example.com", "-c", "commit.gpgsign=false"];
        git(folder.path(), &["init", "--quiet", "--initial-branch=main"]);
        git(folder.path(), &["add", "--all", "--force"]);
        git(folder.path(), &[&person[..], &["commit", "--quiet", "--message=all"]].concat());
        Self { folder }
    }

    /// Where it is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// As Argo CD names it.
    pub(super) fn url(&self) -> String {
        format!("file://{}", self.folder.path().display())
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    let run = git.args(arguments).current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").output();
    let output = run.expect("git runs");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
