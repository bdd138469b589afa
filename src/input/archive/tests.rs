//! Archives against folders on a disk, and against everything that Argo CD would not send.

mod disk;

use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use super::unpacking::ENTRIES;
use super::{Archive, ArchiveLimits, FileModes};
use crate::error::{Error, Errors};

const LIMITS: ArchiveLimits = ArchiveLimits { bytes: 1 << 20, until: None };

/// A tar with entries that nobody has checked.
fn raw_tar(entries: &[(&str, EntryType, &str)]) -> Vec<u8> {
    let mut tar = Builder::new(Vec::new());
    for (name, kind, content) in entries {
        let mut header = Header::new_ustar();
        let old = header.as_old_mut();
        old.name[..name.len()].copy_from_slice(name.as_bytes());
        let has_content = !matches!(kind, EntryType::Symlink | EntryType::Link);
        if !has_content {
            old.linkname[..content.len()].copy_from_slice(content.as_bytes());
        }
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        header.set_size(if has_content { content.len() as u64 } else { 0 });
        header.set_cksum();
        tar.append(&header, if has_content { content.as_bytes() } else { b"" }).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn archive(entries: &[(&str, EntryType, &str)]) -> Vec<u8> {
    gzip(&raw_tar(entries))
}

fn unpacked(entries: &[(&str, EntryType, &str)]) -> Result<Archive, Error> {
    Archive::unpack(&archive(entries), Path::new("."), LIMITS)
}

type Texts = Vec<(String, Vec<u8>)>;
type Words = Vec<(String, Option<String>, Option<String>)>;

fn words(read: (Vec<std::sync::Arc<crate::source::Source>>, Errors)) -> (Texts, Words) {
    let texts = read.0.iter().map(|source| (source.name.clone(), source.bytes.clone()));
    let errors = read.1.iter().map(|error| (error.detail.clone(), error.hint.clone(), error.cause.clone()));
    (texts.collect(), errors.collect())
}

fn read(archive: &Archive) -> (Texts, Words) {
    words(archive.read(Path::new("."), false))
}

fn names(read: (Texts, Words)) -> Vec<String> {
    read.0.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn files_folders_and_links_are_taken_and_the_last_of_a_name_counts() {
    let archive = unpacked(&[
        ("./", EntryType::Directory, ""),
        ("a.yaml", EntryType::Regular, "first"),
        ("dev.yaml", EntryType::Char, ""),
        ("fifo.yaml", EntryType::Fifo, ""),
        ("hard.yaml", EntryType::Link, "a.yaml"),
        ("cont.yaml", EntryType::Continuous, "x"),
        ("./sub//b.yaml", EntryType::Regular, "b"),
        ("sub", EntryType::Directory, ""),
        ("l.yaml", EntryType::Symlink, "/sub/b.yaml"),
        ("a.yaml", EntryType::Regular, "last"),
    ]);
    let text = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let texts = [text("a.yaml", "last"), text("l.yaml", "b"), text("sub/b.yaml", "b")];
    assert_eq!(read(&archive.unwrap()), (texts.to_vec(), vec![]));
}

#[test]
fn what_leads_out_or_lies_below_a_file_is_an_error() {
    let file = ("a", EntryType::Regular, "");
    for (entries, cause) in [
        (&[("../x", EntryType::Regular, "")][..], "`../x` leads out of it"),
        (&[("a/../../x", EntryType::Directory, "")], "`a/../../x` leads out of it"),
        (&[("l", EntryType::Symlink, "../x")], "`../x` is a link that leads out of it"),
        (&[("a/l", EntryType::Symlink, "/../../x")], "`/../../x` is a link that leads out of it"),
        (&[file, ("a/x", EntryType::Regular, "")], "`a/x` lies below a file or link"),
        (&[("a", EntryType::Symlink, "b"), ("a/x", EntryType::Regular, "")], "`a/x` lies below a file or link"),
        (&[("a", EntryType::GNUSparse, "")], "a file in it is sparse"),
        (&[("a", EntryType::Directory, "x")], "a folder or link in it has content"),
    ] {
        let error = unpacked(entries).unwrap_err();
        assert_eq!(error.cause.as_deref(), Some(cause), "{entries:?}");
    }
}

#[test]
fn long_names_are_read_in_both_ways_of_writing_them() {
    let (long, target) = (format!("{}.yaml", "n".repeat(150)), format!("{}/x.yaml", "t".repeat(120)));
    let mut tar = Builder::new(Vec::new());
    let header = |kind: EntryType, size: u64| {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o644);
        header.set_cksum();
        header
    };
    let mut append = |kind, name: &str, content: &str| {
        let mut header = header(kind, content.len() as u64);
        tar.append_data(&mut header, name, content.as_bytes()).unwrap();
    };
    append(EntryType::Regular, &long, "1");
    append(EntryType::Regular, &target, "2");
    let record = |key: &str, value: &str| {
        let body = format!(" {key}={value}\n");
        let digits = (body.len() + 3).to_string().len();
        format!("{}{body}", body.len() + digits)
    };
    let records = record("path", "é\n.yaml") + &record("linkpath", &target);
    append(EntryType::XHeader, "pax", &records);
    append(EntryType::Symlink, "short", "");
    let archive = Archive::unpack(&gzip(&tar.into_inner().unwrap()), Path::new("."), LIMITS).unwrap();
    assert_eq!(names(read(&archive)), [long, target, "é\n.yaml".to_owned()]);
}

#[test]
fn several_members_are_one_archive_and_a_cut_one_is_an_error() {
    let tar = raw_tar(&[("a.yaml", EntryType::Regular, &"x".repeat(2000)), ("b.yaml", EntryType::Regular, "y")]);
    let whole = [gzip(&tar[..700]), gzip(&tar[700..])].concat();
    let unpack = |bytes: &[u8]| Archive::unpack(bytes, Path::new("."), LIMITS);
    assert_eq!(names(read(&unpack(&whole).unwrap())), ["a.yaml", "b.yaml"]);
    for length in [0, 5, whole.len() / 2] {
        assert!(unpack(&whole[..length]).is_err(), "{length}");
    }
    assert!(unpack(&gzip(&tar[..700])).is_err());
    assert!(unpack(&gzip(&raw_tar(&[]))).is_ok());
    assert!(unpack(b"no gzip").is_err());
}

#[test]
fn only_what_an_application_needs_is_kept_and_links_bring_what_they_lead_to() {
    let long = "x".repeat(5000);
    let entries = [
        ("app/l", EntryType::Symlink, "../lib/k"),
        ("app/a.yaml", EntryType::Regular, "a"),
        ("lib/k", EntryType::Symlink, "../far"),
        ("far/f.yaml", EntryType::Regular, "f"),
        ("other/o.yaml", EntryType::Regular, &long),
    ];
    let gzip = archive(&entries);
    let limits = ArchiveLimits { bytes: 1000, ..LIMITS };
    let mut archive = Archive::unpack(&gzip, Path::new("app"), limits).unwrap();
    assert_eq!(names(words(archive.read(Path::new("app"), false))), ["a.yaml", "l/f.yaml"]);
    assert!(archive.exists(Path::new("other/o.yaml")) && archive.exists(Path::new("app/l/f.yaml")));
    let error = archive.widen(&gzip, &[Path::new("other")]).unwrap_err();
    assert!(error.detail.ends_with("longer than 1000 bytes") && error.hint.is_some(), "{error:?}");
    let mut archive = Archive::unpack(&gzip, Path::new("app"), LIMITS).unwrap();
    archive.widen(&gzip, &[Path::new("other")]).unwrap();
    assert_eq!(names(words(archive.read(Path::new("other"), false))), ["o.yaml"]);
    archive.widen_to_all(&gzip).unwrap();
    let all = ["app/a.yaml", "app/l/f.yaml", "far/f.yaml", "lib/k/f.yaml", "other/o.yaml"];
    assert_eq!(names(read(&archive)), all);
}

#[test]
fn an_archive_ends_at_its_limits() {
    let unpack = |tar: &[u8], bytes| {
        Archive::unpack(&gzip(tar), Path::new("app"), ArchiveLimits { bytes, ..LIMITS })
            .map(|_| ())
            .map_err(|error| error.detail)
    };
    let kept = raw_tar(&[("app/a", EntryType::Regular, "12345")]);
    assert_eq!(unpack(&kept, 1000), Ok(()));
    // Names count as well, four bytes here.
    let exact = raw_tar(&[("app/a", EntryType::Regular, &"1".repeat(1000))]);
    assert_eq!(unpack(&exact, 1004), Ok(()));
    assert!(unpack(&exact, 1003).unwrap_err().contains("longer than 1003 bytes"));
    let passed_over = raw_tar(&[("other", EntryType::Regular, &"1".repeat(17_000)), ("app", EntryType::Directory, "")]);
    assert_eq!(unpack(&passed_over, 2000), Ok(()));
    assert!(unpack(&passed_over, 1000).unwrap_err().contains("longer than 16000 bytes"));
    let names: Vec<String> = (0..=ENTRIES).map(|number| number.to_string()).collect();
    let many: Vec<_> = names.iter().map(|name| (&**name, EntryType::Regular, "")).collect();
    assert!(unpack(&raw_tar(&many), 1 << 30).unwrap_err().contains("more than 1000 files"));
    assert!(unpack(&raw_tar(&many[..ENTRIES]), 1 << 30).is_ok());
    let over = ArchiveLimits { until: Some(std::time::Instant::now()), ..LIMITS };
    assert!(Archive::unpack(&gzip(&kept), Path::new("app"), over).unwrap_err().detail.starts_with("the time was over"));
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let archive = unpacked(&[("a.yaml", EntryType::Regular, ""), (".git/x", EntryType::Regular, "")]).unwrap();
    for folder in ["none", "a.yaml", ".git"] {
        let (texts, errors) = words(archive.read(&PathBuf::from(folder), true));
        assert!(texts.is_empty() && errors[0].0.starts_with(&format!("there is no folder `{folder}`")), "{errors:?}");
    }
}

#[test]
fn what_is_written_stays_in_its_private_folder() {
    use std::os::unix::fs::PermissionsExt;
    let gzip = archive(&[
        ("app/run.sh", EntryType::Regular, "#!"),
        ("app/etc", EntryType::Symlink, "/lib"),
        ("app/none", EntryType::Symlink, "../gone"),
        ("app/lib/x", EntryType::Regular, "x"),
        ("app/.git/config", EntryType::Regular, "[core]"),
        ("other/x", EntryType::Regular, "x"),
        ("other/l", EntryType::Symlink, "x"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("repository");
    let archive = Archive::unpack(&gzip, Path::new("app"), LIMITS).unwrap();
    archive.write(&to, FileModes::Fixed).unwrap();
    let mode = |path: &str| to.join(path).symlink_metadata().ok().map(|found| found.permissions().mode() & 0o777);
    assert_eq!((mode(""), mode("app/run.sh"), mode("other/x")), (Some(0o700), Some(0o644), None));
    let link = |path: &str| to.join(path).read_link().ok().map(|target| target.to_string_lossy().into_owned());
    let links = ["app/etc", "app/none", "other/l"].map(link);
    assert_eq!(links, [Some("lib".to_owned()), Some("../gone".to_owned()), None]);
    assert_eq!((to.join(".git").exists(), std::fs::read_dir(to.join("app/.git")).unwrap().count()), (false, 0));
    assert!(archive.write(&to, FileModes::Fixed).is_err());
    std::os::unix::fs::symlink("elsewhere", folder.path().join("link")).unwrap();
    assert!(archive.write(&folder.path().join("link"), FileModes::Fixed).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn files_keep_their_modes_where_that_is_asked_for() {
    use std::os::unix::fs::PermissionsExt;
    let mut tar = Builder::new(Vec::new());
    let mut header = Header::new_ustar();
    header.set_mode(0o6750);
    header.set_size(0);
    tar.append_data(&mut header, "run.sh", &b""[..]).unwrap();
    let archive = Archive::unpack(&gzip(&tar.into_inner().unwrap()), Path::new(""), LIMITS).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (modes, expected) in [(FileModes::Fixed, 0o644), (FileModes::Sent, 0o750)] {
        let to = folder.path().join(format!("{modes:?}"));
        archive.write(&to, modes).unwrap();
        let mode = to.join("run.sh").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, expected, "{modes:?}");
    }
}

#[test]
fn a_digest_tells_what_was_kept_and_nothing_else() {
    let app = [
        ("app/a.yaml", EntryType::Regular, "a"),
        ("app/l", EntryType::Symlink, "../lib"),
        ("lib/b.yaml", EntryType::Regular, "b"),
        ("other/c.yaml", EntryType::Regular, "c"),
    ];
    let digest = |entries: &[(&str, EntryType, &str)]| {
        Archive::unpack(&archive(entries), Path::new("app"), LIMITS).unwrap().digest()
    };
    let changed = |at: usize, name: &'static str, content: &'static str| {
        let mut entries = app;
        entries[at] = (name, entries[at].1, content);
        digest(&entries)
    };
    let whole = digest(&app);
    let mut reversed = app;
    reversed.reverse();
    assert_eq!(digest(&reversed), whole);
    for same in [changed(3, "other/c.yaml", "d"), changed(3, "other/d.yaml", "c"), changed(3, ".git/x", "c")] {
        assert_eq!(same, whole);
    }
    let others = [
        changed(0, "app/a.yaml", "b"),
        changed(0, "app/a.yml", "a"),
        changed(1, "app/l", "../other"),
        changed(2, "lib/b.yaml", "c"),
        changed(3, "app/.git", ""),
        changed(3, "app/none", ""),
    ];
    others.iter().for_each(|other| assert_ne!(*other, whole));
}
