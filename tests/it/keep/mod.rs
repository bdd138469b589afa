//! The keep in a real Redis: what is kept, locks, and what happens where Redis is not as it should be.

mod command;
mod faults;
mod redis;
mod sentinel;

use std::path::Path;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use vault_render::internals::backend::config_for_test;
use vault_render::internals::client::Deadline;
use vault_render::internals::keep::{Entry, EntryLabel, EntryName, Keep};
use vault_render::{Error, Journal};
use zeroize::Zeroizing;

/// A key, as `head -c 32 /dev/urandom | base64` makes one.
const KEY: &str = "LS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0=";

/// A keep at `address`, with further settings. The files of the settings are in `home`.
fn keep(address: &str, home: &Path, more: &[(&str, &str)]) -> Keep {
    let key = home.join("key");
    let own = [("AVP_KEEP", address), ("AVP_KEEP_KEY_FILE", key.to_str().unwrap())];
    let config = config_for_test(&[&own, more].concat());
    Keep::open(&config.view(&[]), Journal::default()).unwrap().unwrap()
}

fn deadline() -> Deadline {
    Deadline::after(Duration::from_secs(30))
}

fn soon() -> Deadline {
    Deadline::after(Duration::from_millis(200))
}

fn name(path: &str) -> EntryName {
    EntryName::new("lease", ["https://vault.example.com", "team-a", path])
}

/// An entry that lives for a minute.
fn entry(path: &str) -> Entry {
    let label = EntryLabel { path: path.to_owned(), namespace: Some("team-a".to_owned()), accessor: None };
    let made = SystemTime::now();
    Entry { made, ends: made + Duration::from_secs(60), label, body: Zeroizing::new(b"hunter2".to_vec()) }
}

/// Whether an entry is kept.
async fn has(keep: &Keep, path: &str) -> Result<bool, Error> {
    let found = keep.load(&name(path), deadline()).await.map_err(|trouble| trouble.into_warning())?;
    Ok(found.is_some_and(|found| *found.body == *b"hunter2"))
}

async fn put(keep: &Keep, path: &str) -> Result<(), Error> {
    keep.store(&name(path), &entry(path), deadline()).await.map_err(|trouble| trouble.into_warning())
}

fn home() -> TempDir {
    let home = TempDir::new().unwrap();
    std::fs::write(home.path().join("key"), KEY).unwrap();
    home
}
