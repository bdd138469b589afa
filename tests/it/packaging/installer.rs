//! install.sh: what it installs, and what it leaves behind when it refuses.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use walkdir::WalkDir;

use super::{Release, VERSION, ok, script, shown, write_program};
use crate::support::program::root;

/// The installer, run in an empty home.
fn installer(file: &Path, home: &Path) -> Command {
    let mut command = script("sh");
    command.arg(file).env("HOME", home).current_dir(home);
    command
}

fn files_below(folder: &Path) -> Vec<String> {
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.expect("it is readable"));
    let files = walk.filter(|entry| !entry.file_type().is_dir());
    files.map(|file| file.path().strip_prefix(folder).unwrap().display().to_string()).collect()
}

/// The installer failed with a message that holds `part`, and with a hint.
#[track_caller]
fn refused(output: &Output, part: &str) {
    let text = shown(output);
    let lines: Vec<&str> = text.lines().collect();
    let [error, hint] = &lines[lines.len().saturating_sub(2)..] else { panic!("{text}") };
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(error.starts_with("error: ") && error.contains(part), "`{part}` is missing: {text}");
    assert!(hint.starts_with("hint: "), "{text}");
}

#[test]
fn the_installer_of_a_release_installs_it_into_an_empty_home() {
    let (release, home) = (Release::new(), tempfile::tempdir().unwrap());
    let printed = ok(&mut installer(&release.installer(), home.path()));
    let program = home.path().join(".local/bin/vault-render");
    assert!(printed.contains(&format!("vault-render v{VERSION} (")) && printed.contains("is not in PATH"), "{printed}");
    assert_eq!(files_below(home.path()), [".local/bin/vault-render"]);
    assert!(ok(script(program).arg("version")).contains(VERSION));

    // It knows the sums of its own release: a table that was replaced together with the archive changes nothing.
    fs::write(release.file("SHA256SUMS"), "").unwrap();
    let to = home.path().join("a folder");
    let printed = ok(installer(&release.installer(), home.path()).arg("--to").arg(&to));
    assert!(printed.starts_with(&to.display().to_string()), "{printed}");
    ok(script(to.join("vault-render")).arg("version"));
}

#[test]
fn the_installer_of_a_clone_takes_the_sums_from_the_release() {
    let (release, home) = (Release::new(), tempfile::tempdir().unwrap());
    let text = fs::read_to_string(root().join("install.sh")).unwrap();
    // As `curl … | sh -s -- FLAGS` runs it, and with the version as a tag has it.
    let line = format!(
        "sh -s -- --version=v{VERSION} --base-url '{}/' --to bin < '{}'",
        release.address(),
        root().join("install.sh").display()
    );
    ok(script("sh").args(["-c", &line]).env("HOME", home.path()).current_dir(home.path()));
    assert_eq!(files_below(home.path()), ["bin/vault-render"]);

    // A script that arrives in part does nothing.
    for part in [text.len() / 4, text.len() / 2, text.len() - 12] {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("part.sh"), &text[..text.floor_char_boundary(part)]).unwrap();
        installer(&home.path().join("part.sh"), home.path()).output().unwrap();
        assert_eq!(files_below(home.path()), ["part.sh"]);
    }
}

#[test]
fn a_refusal_says_why_and_what_to_do() {
    let (release, home) = (Release::new(), tempfile::tempdir().unwrap());
    let (own, clone) = (release.installer(), root().join("install.sh"));
    let address = release.address();
    fs::write(home.path().join("file"), "").unwrap();
    fs::create_dir_all(home.path().join("taken/vault-render")).unwrap();
    let cases: &[(&Path, &[&str], &str)] = &[
        (&clone, &["--base-url", &address], "which version is to be installed is not known"),
        (&clone, &["--version", VERSION], "where the releases are is not known"),
        (&clone, &["--version", "9.9.9", "--base-url", &address], "cannot read"),
        (&clone, &["--version", "../x", "--base-url", &address], "`../x` is not a version"),
        (&own, &["--base-url", "http://releases.example.com"], "neither https:// nor file:///"),
        (&own, &["--base-url", "file://srv"], "neither https:// nor file:///"),
        (&own, &["--version"], "`--version` has no value"),
        (&own, &["--to="], "the value of `--to` is empty"),
        (&own, &["--prefix", "/usr"], "there is no argument `--prefix`"),
        (&own, &["--to", "file"], "cannot make the folder file"),
        (&own, &["--to", "taken"], "is a folder"),
    ];
    for (file, flags, part) in cases {
        refused(&installer(file, home.path()).args(*flags).output().unwrap(), part);
        assert_eq!(files_below(home.path()), ["file"], "{flags:?}");
    }
    let help = ok(installer(&own, home.path()).arg("--help"));
    assert!(["--version", "--base-url", "--to"].iter().all(|flag| help.contains(flag)), "{help}");
}

#[test]
fn the_machine_has_to_be_one_that_there_is_an_archive_for() {
    let (release, home, bin) = (Release::new(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let on = |system: &str, machine: &str| {
        let text = format!("#!/bin/sh\ncase $1 in -s) echo {system} ;; *) echo {machine} ;; esac\n");
        write_program(&bin.path().join("uname"), &text);
        let mut command = installer(&release.installer(), home.path());
        command.env("PATH", format!("{}:/usr/bin:/bin", bin.path().display())).output().unwrap()
    };
    refused(&on("Linux", "riscv64"), "riscv64");
    refused(&on("Darwin", "arm64"), "Darwin");
    assert_eq!(files_below(home.path()), [""; 0]);
    for machine in ["x86_64", "amd64", "aarch64", "arm64"] {
        assert!(on("Linux", machine).status.success(), "{machine}");
    }
}

/// What was installed before stays, whatever is wrong with what is new.
#[test]
fn a_damaged_archive_leaves_what_was_there() {
    let replaced = |release: &Release, name: &str| fs::write(release.file(name), "not what was summed").unwrap();
    let remove = |release: &Release, name: &str| fs::remove_file(release.file(name)).unwrap();
    type Damage<'a> = &'a dyn Fn(&Release);
    let archives = ["amd64", "arm64"].map(Release::archive_name);
    let cases: [(Release, Damage<'_>, bool, &str); 5] = [
        (Release::new(), &|release| archives.iter().for_each(|name| replaced(release, name)), true, "it should be"),
        (Release::new(), &|release| archives.iter().for_each(|name| replaced(release, name)), false, "it should be"),
        (Release::new(), &|release| replaced(release, "SHA256SUMS"), false, "has no line for"),
        (Release::new(), &|release| archives.iter().for_each(|name| remove(release, name)), true, "cannot read"),
        (Release::of("#!/bin/sh\nexit 1\n"), &|_| {}, true, "does not run on this machine"),
    ];
    for (release, damage, own, part) in cases {
        damage(&release);
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join(".local/bin")).unwrap();
        fs::write(home.path().join(".local/bin/vault-render"), "what was there").unwrap();
        let file = if own { release.installer() } else { root().join("install.sh") };
        let mut command = installer(&file, home.path());
        command.args(["--version", VERSION, "--base-url", &release.address()]).env("TMPDIR", home.path());
        refused(&command.output().unwrap(), part);
        assert_eq!(files_below(home.path()), [".local/bin/vault-render"], "{part}");
        assert_eq!(fs::read_to_string(home.path().join(".local/bin/vault-render")).unwrap(), "what was there");
    }
}

/// A curl that finds the files of `https://releases.example.com/…` in a folder.
#[test]
fn archives_are_fetched_by_https() {
    let (release, home, bin) = (Release::new(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let curl = format!(
        "#!/bin/sh\nwhile [ $# -gt 1 ]; do case $1 in --output) output=$2 ;; esac; shift; done\n\
         echo \"$1\" >> '{}'\nexec cp \"{}/${{1#https://releases.example.com/}}\" \"$output\"\n",
        bin.path().join("log").display(),
        release.folder.path().display(),
    );
    write_program(&bin.path().join("curl"), &curl);
    let run = |version: &str| {
        let mut command = installer(&root().join("install.sh"), home.path());
        command.args(["--version", version, "--base-url", "https://releases.example.com"]);
        command.env("PATH", format!("{}:/usr/bin:/bin", bin.path().display())).output().unwrap()
    };
    let output = run(VERSION);
    assert!(output.status.success(), "{}", shown(&output));
    let log = fs::read_to_string(bin.path().join("log")).unwrap();
    let below = format!("https://releases.example.com/v{VERSION}/");
    assert_eq!(log.lines().map(|line| line.strip_prefix(&below).is_some()).collect::<Vec<_>>(), [true, true], "{log}");
    refused(&run("9.9.9"), "cannot fetch https://releases.example.com/v9.9.9/vault-render-9.9.9-linux-");
}
