//! What a release is made of, with stand-ins for its binaries: `just release` compiles the real ones, which takes half an hour.

mod dockerfile;
mod installer;
mod linters;
mod names;
mod page;
mod release;
mod versions;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::support::program::{binary, root};

pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
const ARCHITECTURES: [&str; 2] = ["amd64", "arm64"];

/// A release in a folder of its own, as `just release` leaves one below `target/dist`.
pub(crate) struct Release {
    folder: tempfile::TempDir,
}

impl Release {
    /// Its programs are scripts that call the program under test.
    pub(crate) fn new() -> Self {
        Self::of(&format!("#!/bin/sh\nexec '{}' \"$@\"\n", binary()))
    }

    /// Its programs are this text.
    fn of(program: &str) -> Self {
        let release = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(release.path()).unwrap();
        let file = release.folder.path().join("program");
        write_program(&file, program);
        for architecture in ARCHITECTURES {
            archive(architecture, &file, &release.path());
        }
        ok(script("sh").args(["-c", "sha256sum -- *.gz > SHA256SUMS"]).current_dir(release.path()));
        ok(script(root().join("packaging/fill")).arg(release.path()).arg(release.address()));
        release
    }

    /// Where the files are.
    fn path(&self) -> PathBuf {
        self.folder.path().join(format!("v{VERSION}"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    /// The address of releases that holds this one.
    pub(crate) fn address(&self) -> String {
        format!("file://{}", self.folder.path().display())
    }

    /// The installer that lies beside the archives.
    pub(crate) fn installer(&self) -> PathBuf {
        self.file("install.sh")
    }

    fn archive_name(architecture: &str) -> String {
        format!("vault-render-{VERSION}-linux-{architecture}.tar.gz")
    }
}

/// Packs an archive into `folder`.
fn archive(architecture: &str, program: &Path, folder: &Path) {
    let mut command = script(root().join("packaging/archive"));
    command.args([VERSION, architecture]).arg(program).arg(generated_files()).arg(folder);
    ok(command.env("SOURCE_DATE_EPOCH", "1700000000"));
}

/// The completions and man pages, written once.
fn generated_files() -> &'static Path {
    static FILES: OnceLock<tempfile::TempDir> = OnceLock::new();
    FILES
        .get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            ok(script(root().join("packaging/files")).arg(binary()).arg(folder.path()));
            folder
        })
        .path()
}

/// A script or program of the system's, with none of the environment but a PATH.
fn script(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/bin:/bin");
    command
}

fn write_program(file: &Path, text: &str) {
    fs::write(file, text).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}

/// What a command prints that has to succeed.
fn ok(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{command:?}\n{}", shown(&output));
    String::from_utf8(output.stdout).expect("text")
}

fn shown(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
