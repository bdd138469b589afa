//! `just release` refuses before it compiles anything.

use std::fs;
use std::path::Path;

use super::{VERSION, ok, script, shown};
use crate::diff::Repository;
use crate::support::program::root;

/// A repository with what the first steps of a release read.
fn repository() -> Repository {
    let repository = Repository::new();
    let changelog = format!("# Changelog\n\n## {VERSION}\n\n- Something.\n");
    fs::create_dir_all(repository.root().join("packaging")).unwrap();
    // Copied, as they have to stay executable.
    for file in ["Cargo.toml", "packaging/release", "packaging/fact"] {
        fs::copy(root().join(file), repository.root().join(file)).unwrap();
    }
    repository.write("CHANGELOG.md", &changelog).commit();
    repository
}

#[track_caller]
fn refused(repository: &Path, words: &[&str], part: &str) {
    let mut command = script("bash");
    // Nothing of a compiler is in this PATH: what passes the first checks says that it lacks programs.
    let bin = repository.parent().unwrap().join("bin");
    fs::create_dir_all(&bin).unwrap();
    for program in ["bash", "git", "grep", "sed", "dirname", "uname", "env"] {
        let _ = std::os::unix::fs::symlink(Path::new("/usr/bin").join(program), bin.join(program));
    }
    let output =
        command.arg("packaging/release").args(words).current_dir(repository).env("PATH", bin).output().unwrap();
    assert!(!output.status.success() && shown(&output).contains(part), "`{part}` is missing: {}", shown(&output));
}

#[test]
fn a_release_is_of_the_version_in_cargo_toml_and_of_what_is_committed() {
    let repository = repository();
    let folder = repository.root();
    for (words, part) in [
        (&[][..], "which version?"),
        (&["9.9.9"], "`9.9.9` is not the version in Cargo.toml"),
        (&[VERSION, "9.9.9"], "one version, not also `9.9.9`"),
        (&[VERSION, "--fast"], "there is no flag `--fast`"),
        (&[VERSION, "--base-url"], "--base-url has no value"),
        (&[VERSION], "programs are missing: apt-get install"),
    ] {
        refused(&folder, words, part);
    }
    repository.write("untracked", "");
    refused(&folder, &[VERSION], "the working tree is not what is committed:\n?? untracked");
    fs::remove_file(folder.join("untracked")).unwrap();
    repository.write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n").commit();
    refused(&folder, &[VERSION], &format!("CHANGELOG.md has no heading `## {VERSION}`"));
}

/// The check of the static binary, on files that are like good and bad ones.
#[test]
fn a_binary_with_a_folder_of_its_machine_in_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("binary");
    let look = || {
        let path = format!("{}:/usr/bin:/bin", servers_path());
        script(root().join("tests/packaging/no-paths"))
            .arg(&file)
            .env("PATH", path)
            .env("HOME", "/home/someone")
            .output()
    };
    fs::write(&file, "\0/cargo/registry/src/index/ring-0.17/src/lib.rs\0/src/main.rs\0").unwrap();
    let output = look().unwrap();
    assert!(output.status.success(), "{}", shown(&output));
    for bad in ["/home/someone/x", "/home/other/.cargo/registry/src", &root().join("src/main.rs").display().to_string()]
    {
        fs::write(&file, format!("\0/cargo/registry/src\0{bad}\0")).unwrap();
        let output = look().unwrap();
        assert!(!output.status.success() && shown(&output).contains("no-paths: "), "{bad}: {}", shown(&output));
    }
    // A binary that was built in another way proves nothing.
    fs::write(&file, "nothing").unwrap();
    assert!(!look().unwrap().status.success());
}

/// Where Cargo and rustc are, for a script that asks them.
fn servers_path() -> String {
    let cargo = Path::new(env!("CARGO"));
    cargo.parent().expect("a folder").display().to_string()
}

#[test]
fn the_facts_of_a_release_are_cargo_toml_s() {
    let fact = |name: &str| ok(script(root().join("packaging/fact")).arg(name)).trim().to_owned();
    assert_eq!((fact("version"), fact("description")), (VERSION.to_owned(), env!("CARGO_PKG_DESCRIPTION").to_owned()));
    assert_eq!(fact("repository"), env!("CARGO_PKG_REPOSITORY"));
    assert_eq!(fact("address").is_empty(), fact("repository").is_empty());
}
