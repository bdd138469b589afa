//! helm and kustomize within bounds: the real tools where a test names one, else scripts that try what the tools would not.

mod inherited;
mod kernel;
mod limits;
mod operator;
mod outside;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::support::program::{Program, program};
use crate::support::servers;

/// What must never come out.
const CANARY: &str = "canary-7f3a";

/// A folder with a repository, and files beside it that no tool may read.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    /// With a cloned repository, whose `.git` holds the canary as everything outside does.
    fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.write("repository/.git/config", &format!("[remote \"origin\"]\n\turl = https://x:{CANARY}@example.com\n"));
        site.write("repository/.git/HEAD", "ref: refs/heads/main\n");
        site.write("outside/kustomization.yaml", "resources: [a.yaml]\n");
        site.write("outside/a.yaml", &manifest(CANARY));
        site.write("outside/values.yaml", &format!("a: {CANARY}\n"));
        site.write("outside/Chart.yaml", "apiVersion: v2\nname: db\nversion: 0.1.0\n");
        site.write("outside/templates/a.yaml", &manifest(CANARY));
        site
    }

    fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    fn repository(&self) -> PathBuf {
        self.root().join("repository")
    }

    fn outside(&self) -> PathBuf {
        self.root().join("outside")
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// A chart in the repository, with this template.
    fn chart(&self, name: &str, template: &str) {
        self.write(&format!("repository/{name}/Chart.yaml"), "apiVersion: v2\nname: web\nversion: 0.1.0\n");
        self.write(&format!("repository/{name}/templates/a.yaml"), template);
    }

    /// A script that stands in for a tool.
    fn script(&self, name: &str, text: &str) -> String {
        self.write(name, text);
        let file = self.folder.path().join(name);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        file.display().to_string()
    }

    /// `vault-render build ARGS` in the repository.
    fn build<S: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Program {
        program(["build"]).args(arguments).folder(self.repository()).env("PATH", "/usr/bin:/bin")
    }
}

/// A ConfigMap that holds a text.
fn manifest(text: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{a: \"{text}\"}}\n")
}

/// The helms that are there: version 3 and 4.
fn helms() -> Vec<String> {
    ["helm3", "helm4"].into_iter().filter_map(tool).collect()
}

fn kustomize() -> Option<String> {
    tool("kustomize")
}

fn tool(name: &str) -> Option<String> {
    servers::binary(name).map(|path| path.display().to_string())
}

/// Runs the program and returns its output, in which no canary may be.
#[track_caller]
fn no_canary(run: Program, what: &str) -> String {
    let output = run.output();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stdout.contains(CANARY) && !stderr.contains(CANARY), "{what}: {stdout}{stderr}");
    assert!(!output.status.success(), "{what}: {stdout}{stderr}");
    stderr.into_owned()
}

/// Whether a script's own output, which is a manifest's text, holds something.
#[track_caller]
fn printed(run: Program) -> String {
    let output = run.output();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn link(target: impl AsRef<Path>, link: PathBuf) {
    fs::create_dir_all(link.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(target, link).unwrap();
}
