//! The keep in a folder.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

use super::*;
use crate::backend::config_for_test;
use crate::client::Allowance;

const DAY: Duration = Duration::from_secs(86_400);

fn deadline() -> Deadline {
    Allowance::new(Duration::ZERO).deadline(Duration::from_secs(10))
}

/// A keep in `folder` under keys that consist of these bytes.
fn keep(folder: &Path, keys: &[u8], clock: Clock) -> Keep {
    let file = folder.with_extension("key");
    let lines: Vec<String> = keys.iter().map(|byte| STANDARD.encode([*byte; 32])).collect();
    fs::write(&file, lines.join("\n")).unwrap();
    let config =
        config_for_test(&[("AVP_KEEP", folder.to_str().unwrap()), ("AVP_KEEP_KEY_FILE", file.to_str().unwrap())]);
    let keep = Keep::open(&config.view(&[]), Journal::default()).unwrap().unwrap();
    let Ok(inner) = Arc::try_unwrap(keep.0) else { unreachable!("nobody else has it") };
    Keep(Arc::new(Inner { clock, ..inner }))
}

fn name(path: &str) -> EntryName {
    EntryName::new("lease", ["https://vault:8200", "", path])
}

fn entry(path: &str) -> Entry {
    let (made, label) = (SystemTime::now(), EntryLabel { path: path.to_owned(), ..EntryLabel::default() });
    Entry { made, ends: made + DAY, label, body: Zeroizing::new(format!("hunter2 of {path}").into_bytes()) }
}

async fn body(keep: &Keep, path: &str) -> Option<String> {
    let entry = keep.load(&name(path), deadline()).await.unwrap()?;
    Some(String::from_utf8(entry.body.to_vec()).unwrap())
}

/// The content of all files of the keep, and their names.
fn everything(folder: &Path) -> String {
    let mut all = String::new();
    for file in fs::read_dir(folder).unwrap().flatten() {
        all.push_str(&file.file_name().to_string_lossy());
        all.push_str(&String::from_utf8_lossy(&fs::read(file.path()).unwrap_or_default()));
    }
    all
}

#[tokio::test]
async fn an_entry_is_kept_for_its_owner_and_shows_nothing() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("deep/keep");
    fs::create_dir(home.path().join("deep")).unwrap();
    let first = keep(&folder, &[1], SystemTime::now);
    assert_eq!(body(&first, "a").await, None, "an empty keep is a first run");
    first.store(&name("a"), &entry("a"), deadline()).await.unwrap();
    let other = keep(&folder, &[1], SystemTime::now);
    assert_eq!(body(&other, "a").await.as_deref(), Some("hunter2 of a"));
    assert_eq!(body(&other, "b").await, None);
    assert_eq!(body(&keep(&folder, &[2], SystemTime::now), "a").await, None, "another key finds nothing");
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
    let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
    for plain in ["hunter2", "vault", "lease"] {
        assert!(!everything(&folder).contains(plain), "{plain}");
    }
    first.remove(&name("a"), deadline()).await.unwrap();
    assert_eq!(body(&other, "a").await, None);
}

#[tokio::test]
async fn an_entry_that_has_ended_or_is_from_the_future_is_not_there() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("keep");
    keep(&folder, &[1], SystemTime::now).store(&name("a"), &entry("a"), deadline()).await.unwrap();
    let clocks: [(Clock, bool); 4] = [
        (SystemTime::now, true),
        (|| SystemTime::now() + Duration::from_secs(3600), true),
        (|| SystemTime::now() - Duration::from_secs(3600), false),
        (|| SystemTime::now() + DAY, false),
    ];
    for (index, (clock, expected)) in clocks.into_iter().enumerate() {
        assert_eq!(body(&keep(&folder, &[1], clock), "a").await.is_some(), expected, "clock {index}");
    }
}

#[tokio::test]
async fn in_a_folder_that_others_may_write_a_private_one_is_made() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("keep");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    let keep = keep(&folder, &[1], SystemTime::now);
    keep.store(&name("a"), &entry("a"), deadline()).await.unwrap();
    assert!(body(&keep, "a").await.is_some());
    let own = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    assert_eq!(fs::metadata(&own).unwrap().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o777, "the operator's folder stays as it is");
    fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).unwrap();
    let trouble = keep.load(&name("a"), deadline()).await.unwrap_err().into_warning();
    assert!(
        trouble.cause.as_ref().is_some_and(|cause| cause.contains("not a folder of this user alone")),
        "{trouble:?}"
    );
}

#[tokio::test]
async fn no_link_is_followed_and_what_others_may_read_does_not_count() {
    let home = TempDir::new().unwrap();
    let (elsewhere, link) = (home.path().join("elsewhere"), home.path().join("keep"));
    let own = keep(&elsewhere, &[1], SystemTime::now);
    own.store(&name("a"), &entry("a"), deadline()).await.unwrap();
    symlink(&elsewhere, &link).unwrap();
    let through = keep(&link, &[1], SystemTime::now);
    assert!(through.load(&name("a"), deadline()).await.is_err());
    assert!(through.store(&name("a"), &entry("a"), deadline()).await.is_err());
    let file = fs::read_dir(&elsewhere).unwrap().next().unwrap().unwrap().path();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(body(&own, "a").await, None);
}

#[tokio::test]
async fn ended_entries_and_what_killed_processes_left_are_cleared() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("keep");
    let brief = Entry { ends: SystemTime::now() + Duration::from_millis(300), ..entry("a") };
    keep(&folder, &[1], SystemTime::now).store(&name("a"), &brief, deadline()).await.unwrap();
    let lock = folder.join(format!("lock-{}", "a".repeat(64)));
    let part = folder.join("entry-a.1-2.part");
    for file in [&lock, &part] {
        fs::write(file, "").unwrap();
        let yesterday = SystemTime::now() - DAY;
        fs::File::options().write(true).open(file).unwrap().set_modified(yesterday).unwrap();
    }
    fs::write(folder.join("notes"), "").unwrap();
    std::thread::sleep(Duration::from_millis(350));
    keep(&folder, &[1], SystemTime::now).store(&name("b"), &entry("b"), deadline()).await.unwrap();
    assert!(!lock.exists() && !part.exists());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "the new entry, and a file of somebody else's");
}

#[tokio::test]
async fn one_lock_is_held_once_and_free_when_it_is_dropped() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("keep");
    let [one, other] = [(); 2].map(|()| keep(&folder, &[1], SystemTime::now));
    let soon = || Allowance::new(Duration::ZERO).deadline(Duration::from_millis(50));
    let held = one.lock(&name("a"), deadline()).await.unwrap().unwrap();
    assert!(other.lock(&name("a"), soon()).await.unwrap().is_none());
    assert!(other.lock(&name("b"), soon()).await.unwrap().is_some(), "another entry has another lock");
    held.release().await;
    let held = other.lock(&name("a"), soon()).await.unwrap().unwrap();
    drop(held);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "no locks pile up");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_want_one_lock_hold_it_one_after_the_other() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("keep");
    let inside = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let tasks = (0..16).map(|_| {
        let (keep, inside) = (keep(&folder, &[1], SystemTime::now), inside.clone());
        tokio::spawn(async move {
            let lock = keep.lock(&name("a"), deadline()).await.unwrap().unwrap();
            assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
            tokio::time::sleep(Duration::from_millis(3)).await;
            inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
            lock.release().await;
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn a_new_key_seals_old_ones_open_and_rotation_leaves_nothing_to_them() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("keep");
    let [old, both] = [&[1][..], &[2, 1]].map(|keys| keep(&folder, keys, SystemTime::now));
    for path in ["a", "b"] {
        old.store(&name(path), &entry(path), deadline()).await.unwrap();
    }
    assert!(body(&both, "a").await.is_some());
    let newer = Entry { body: Zeroizing::new(b"newer".to_vec()), ..entry("b") };
    both.store(&name("b"), &newer, deadline()).await.unwrap();
    let listed = both.entries(deadline()).await.unwrap();
    assert_eq!(listed.iter().filter(|(_, entry)| entry.is_ok()).count(), 3);
    assert_eq!(both.rotate(deadline()).await.unwrap(), 2);
    assert_eq!(both.rotate(deadline()).await.unwrap(), 0);
    let new = keep(&folder, &[2], SystemTime::now);
    assert_eq!(body(&new, "a").await.as_deref(), Some("hunter2 of a"));
    assert_eq!(body(&new, "b").await.as_deref(), Some("newer"), "the newer one stays");
    assert_eq!(body(&old, "a").await, None);
    assert!(old.entries(deadline()).await.unwrap().iter().all(|(_, entry)| *entry == Err(Unreadable)));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_a_warning() {
    let keep = {
        let home = TempDir::new().unwrap();
        keep(&home.path().join("keep"), &[1], SystemTime::now)
    };
    let home = Path::new(keep.place()).parent().unwrap().to_owned();
    fs::write(&home, "").unwrap();
    let trouble = keep.store(&name("a"), &entry("a"), deadline()).await.unwrap_err().into_warning();
    fs::remove_file(&home).unwrap();
    assert!(trouble.level == crate::error::Level::Warning && trouble.detail.ends_with("the run goes on without it"));
}

#[test]
fn a_keep_needs_a_key() {
    let home = TempDir::new().unwrap();
    let (folder, file) = (home.path().join("keep"), home.path().join("key"));
    let open = |file: Option<&Path>| {
        let mut pairs = vec![("AVP_KEEP", folder.to_str().unwrap())];
        pairs.extend(file.map(|file| ("AVP_KEEP_KEY_FILE", file.to_str().unwrap())));
        Keep::open(&config_for_test(&pairs).view(&[]), Journal::default()).map(|keep| keep.is_some())
    };
    assert_eq!(open(None).unwrap_err().detail, "`AVP_KEEP` needs `AVP_KEEP_KEY_FILE`: what is kept is sealed");
    assert!(open(Some(&file)).unwrap_err().detail.starts_with("cannot read `"));
    fs::write(&file, "hunter2").unwrap();
    let error = open(Some(&file)).unwrap_err();
    assert!(error.detail.ends_with("is not base64 in line 1") && !error.in_one_line().contains("hunter2"), "{error}");
    fs::write(&file, STANDARD.encode([7; 32])).unwrap();
    assert!(open(Some(&file)).unwrap());
    assert!(Keep::open(&config_for_test(&[]).view(&[]), Journal::default()).unwrap().is_none());
}
