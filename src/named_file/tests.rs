//! Names in and around a repository, and what each of them comes to.

use std::fs;
use std::os::unix::fs::symlink;

use super::*;

/// A folder with a repository in it, and what an attacker would like to have read.
fn around() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for path in ["repository/.git", "repository/app/sub", "etc/..data", "other"] {
        fs::create_dir_all(root.join(path)).unwrap();
    }
    for file in ["repository/app/own.yaml", "repository/.git/config", "etc/..data/avp.yaml", "other/secret.yaml"] {
        fs::write(root.join(file), "A: b\n").unwrap();
    }
    for (link, target) in [
        ("repository/app/out.yaml", "../../other/secret.yaml"),
        ("repository/app/environ.yaml", "/proc/self/environ"),
        ("repository/app/back.yaml", "/proc/self/cwd/Cargo.toml"),
        ("repository/app/inside.yaml", "sub/../own.yaml"),
        ("repository/app/git.yaml", "../.git/config"),
        ("repository/app/folder", "../../other"),
        ("repository/app/hop.yaml", "out.yaml"),
        ("repository/app/loop.yaml", "loop.yaml"),
        ("repository/app/nowhere.yaml", "../../other/none/../x"),
        ("etc/avp.yaml", "..data/avp.yaml"),
        ("etc/tenants.yaml", "../repository/app/own.yaml"),
        ("etc/through.yaml", "../repository/app/out.yaml"),
    ] {
        symlink(target, root.join(link)).unwrap();
    }
    folder
}

/// `tenant`, `operator`, or why it is refused.
fn judged(root: &Path, name: &str) -> String {
    let (folder, repository) = (root.join("repository/app"), root.join("repository"));
    let name = name.replace("ROOT", &root.to_string_lossy());
    let found = NamedFile::find(Path::new(&name), &folder, &repository).and_then(NamedFile::within_repository);
    let read = found.and_then(|file| file.read(SETTINGS_LIMIT, FileKind::Regular).map(|_| file.is_in_repository()));
    match read {
        Ok(true) => "tenant".to_owned(),
        Ok(false) => "operator".to_owned(),
        Err(refusal) => refusal.to_string(),
    }
}

#[test]
fn authority_goes_by_where_the_name_stands() {
    let folder = around();
    let outside = FileRefusal::Outside.to_string();
    let git = FileRefusal::Git.to_string();
    for (name, expected) in [
        ("own.yaml", "tenant"),
        ("ROOT/repository/app/own.yaml", "tenant"),
        ("../../repository/app/own.yaml", "tenant"),
        ("sub/../own.yaml", "tenant"),
        ("inside.yaml", "tenant"),
        ("../../etc/avp.yaml", "operator"),
        ("ROOT/etc/avp.yaml", "operator"),
        ("ROOT/repository/../etc/avp.yaml", "operator"),
        ("ROOT/etc/tenants.yaml", "tenant"),
        ("out.yaml", &outside),
        ("./sub/../out.yaml", &outside),
        ("ROOT/repository/app/out.yaml", &outside),
        ("../../repository/app/out.yaml", &outside),
        ("folder/secret.yaml", &outside),
        ("folder/../etc/avp.yaml", &outside),
        ("hop.yaml", &outside),
        ("environ.yaml", &outside),
        ("back.yaml", &outside),
        // Whether it is there is not told.
        ("nowhere.yaml", &outside),
        ("ROOT/etc/through.yaml", &outside),
        ("git.yaml", &git),
        ("../.git/config", &git),
        ("../.GIT/../.git/config", &git),
    ] {
        let judged = judged(folder.path(), name);
        // Where letters have one case, `.GIT` is not there.
        assert!(judged == expected || name.contains(".GIT") && judged.contains("os error"), "{name}: {judged}");
    }
}

#[test]
fn a_loop_ends() {
    assert!(judged(around().path(), "loop.yaml").contains("os error"));
}

#[test]
fn only_a_regular_file_of_bounded_length_is_read() {
    let folder = around();
    let root = folder.path();
    pipe(&root.join("etc/pipe"));
    fs::write(root.join("etc/long"), vec![b' '; SETTINGS_LIMIT as usize + 1]).unwrap();
    fs::write(root.join("etc/just"), vec![b' '; SETTINGS_LIMIT as usize]).unwrap();
    symlink("/proc/self/environ", root.join("etc/environ")).unwrap();
    for (name, expected) in [
        ("ROOT/etc/pipe", "it is not a regular file"),
        ("ROOT/etc", "it is not a regular file"),
        ("ROOT/etc/environ", "it is not a regular file"),
        ("/proc/self/environ", "it is not a regular file"),
        ("/dev/null", "it is not a regular file"),
        ("/dev/stdin", "it is not a regular file"),
        ("ROOT/etc/long", "it is longer than 1 MiB"),
        ("ROOT/etc/just", "operator"),
    ] {
        assert_eq!(judged(root, name), expected, "{name}");
    }
}

#[test]
fn a_stream_is_read_where_it_is_allowed_and_never_without_end() {
    let here = Path::new("/");
    let read =
        |name: &str| NamedFile::find(Path::new(name), here, here).unwrap().read(SETTINGS_LIMIT, FileKind::Stream);
    assert!(read("/dev/null").unwrap().is_empty());
    assert!(matches!(read("/dev/zero"), Err(FileRefusal::TooLong(_))));
    assert!(matches!(read("/tmp"), Err(FileRefusal::NoFile)));
}

/// A named pipe that nobody writes to.
fn pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}
