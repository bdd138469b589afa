//! `diff`: the changes between two renderings, without showing a secret.

mod built;
mod canary;
mod history;
mod sides;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::program::{Program, program};

/// The secrets in two versions.
pub(crate) const SECRETS: &str = "\
secret/data/app: {user: bob, password: zq7Xk3vWn9Rb5Tg2, port: 5432}
secret/data/app#1: {user: bob, password: zq7Xk3vWn9Rb5Tg2-old, port: 5431}
";

/// A folder that Git knows, with the secrets beside it.
pub(crate) struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    /// Without a file; one commit is made.
    pub(crate) fn new() -> Self {
        let repository = Self { folder: tempfile::tempdir().expect("a folder") };
        std::fs::create_dir(repository.root()).expect("a folder");
        std::fs::write(repository.folder.path().join("secrets.yaml"), SECRETS).expect("the secrets");
        repository.git(&["init", "-q", "-b", "main"]);
        repository.git(&["commit", "-qm", "nothing", "--allow-empty"]);
        repository
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    /// Runs `git` with these settings alone.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let settings = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always"];
        let mut command = Command::new("git");
        command.args(settings).args(args).current_dir(self.root()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        let output = command.output().expect("git runs");
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.root().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.root().join(name)).expect("a file")
    }

    pub(crate) fn remove(&self, name: &str) -> &Self {
        std::fs::remove_file(self.root().join(name)).expect("a file");
        self
    }

    pub(crate) fn link(&self, name: &str, target: &str) -> &Self {
        std::os::unix::fs::symlink(target, self.root().join(name)).expect("a link");
        self
    }

    pub(crate) fn commit(&self) -> &Self {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-qm", "x", "--allow-empty"]);
        self
    }

    /// `vault-render diff ARGS` in the repository, with the secrets.
    pub(crate) fn diff(&self, args: &[&str]) -> Program {
        let secrets = self.folder.path().join("secrets.yaml");
        program(["diff"]).args(args).arg_file("--secrets", &secrets).folder(self.root())
    }
}

impl Program {
    /// With a flag that names a file.
    fn arg_file(self, flag: &str, file: &Path) -> Self {
        self.args([flag.as_ref(), file.as_os_str()])
    }
}

/// What a run printed, and its exit code.
pub(crate) fn shown(output: &Output) -> (String, String, Option<i32>) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

/// A ConfigMap.
pub(crate) fn map(namespace: &str, name: &str, value: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: {namespace}\ndata:\n  key: {value}\n"
    )
}
