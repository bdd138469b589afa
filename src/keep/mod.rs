//! What outlives a run: leases, certificates, last good values. Sealed with the operator's key, in a folder or in a Redis that replicas
//! share. The keep never decides whether something kept may be used: that is the store's business. Knows no store.
//!
//! A run goes on without the keep: each method that fails returns a [`Trouble`], which a run shows as a warning.

mod entry;
mod folder;
mod key_file;
mod lock;
mod place;
mod redis;
mod seal;
pub(crate) mod settings;
mod storage;
mod trouble;

pub use entry::{Entry, EntryLabel, EntryName};
pub use lock::KeepLock;
pub use seal::{StoredName, Unreadable};
pub use trouble::Trouble;

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use zeroize::Zeroizing;

use crate::client::Deadline;
use crate::config::View;
use crate::error::Error;
use crate::journal::Journal;
use seal::{Keys, SealKey, SealedEntry};
use settings::KEEP;
use storage::Storage;

/// The place where things are kept. Clones share it.
#[derive(Clone)]
pub struct Keep(Arc<Inner>);

struct Inner {
    place: String,
    storage: Storage,
    keys: Keys,
    clock: Clock,
    journal: Journal,
}

/// Tells the time.
type Clock = fn() -> SystemTime;

/// An entry as it lies in the keep, and its content, if a key opens it.
pub type StoredEntry = (StoredName, Result<(EntryName, Entry), Unreadable>);

impl Keep {
    /// The keep that `AVP_KEEP` names; `None` where it is not set. Reads the keys; opens no connection.
    pub fn open(settings: &View, journal: Journal) -> Result<Option<Self>, Error> {
        let Some(place) = settings.get(&KEEP) else { return Ok(None) };
        let keys = key_file::read(settings)?;
        let storage = Storage::new(place, settings, &journal)?;
        Ok(Some(Self(Arc::new(Inner { place: place.to_string(), storage, keys, clock: SystemTime::now, journal }))))
    }

    /// Where things are kept, for messages.
    pub fn place(&self) -> &str {
        &self.0.place
    }

    /// The time by the clock of the keep.
    pub fn now(&self) -> SystemTime {
        (self.0.clock)()
    }

    /// The entry with this name. One that has ended, is from the future or cannot be opened is not there.
    pub async fn load(&self, name: &EntryName, deadline: Deadline) -> Result<Option<Entry>, Trouble> {
        Ok(self.load_all(std::slice::from_ref(name), deadline).await?.pop().flatten())
    }

    /// The entries with these names, in their order, as [`Self::load`] gives each.
    pub async fn load_all(&self, names: &[EntryName], deadline: Deadline) -> Result<Vec<Option<Entry>>, Trouble> {
        let keys = &self.0.keys;
        let stored: Vec<StoredName> = names.iter().flat_map(|name| self.stored_names(name)).collect();
        let sealed = self.0.storage.read(&stored, deadline).await?;
        let found = stored.chunks(keys.len()).zip(sealed.chunks(keys.len()));
        Ok(found.zip(names).map(|((stored, sealed), name)| self.first_usable(name, stored, sealed)).collect())
    }

    /// Keeps an entry until it ends, in place of an older one.
    pub async fn store(&self, name: &EntryName, entry: &Entry, deadline: Deadline) -> Result<(), Trouble> {
        self.store_all([(name, entry)], deadline).await
    }

    /// Keeps entries until they end, in place of older ones.
    pub async fn store_all<'e>(
        &self,
        entries: impl IntoIterator<Item = (&'e EntryName, &'e Entry)>,
        deadline: Deadline,
    ) -> Result<(), Trouble> {
        let (first, now) = (self.0.keys.first(), self.now());
        let entries = entries.into_iter().filter(|(_, entry)| entry.ends > now);
        let sealed = entries.map(|(name, entry)| self.seal(first, name, entry, true)).collect::<Result<Vec<_>, _>>()?;
        self.0.storage.write(sealed, now, deadline).await
    }

    /// Removes the entry with this name.
    pub async fn remove(&self, name: &EntryName, deadline: Deadline) -> Result<(), Trouble> {
        self.remove_all(std::slice::from_ref(name), deadline).await
    }

    /// Removes the entries with these names.
    pub async fn remove_all(&self, names: &[EntryName], deadline: Deadline) -> Result<(), Trouble> {
        let stored: Vec<StoredName> = names.iter().flat_map(|name| self.stored_names(name)).collect();
        self.0.storage.remove(&stored, deadline).await
    }

    /// Waits for the lock of an entry, which holds until it is released or dropped, at most until the deadline. The entry need not be
    /// there. `None` if somebody else holds it until the deadline.
    pub async fn lock(&self, name: &EntryName, deadline: Deadline) -> Result<Option<KeepLock>, Trouble> {
        self.0.storage.lock(&self.0.keys.first().stored_name(name), deadline).await
    }

    /// All entries, those included that no key opens.
    pub async fn entries(&self, deadline: Deadline) -> Result<Vec<StoredEntry>, Trouble> {
        let all = self.sealed_entries(deadline).await?;
        let open =
            |(stored, sealed): &(StoredName, Zeroizing<Vec<u8>>)| self.open_sealed(stored, sealed).map(|(_, it)| it);
        Ok(all.iter().map(|one| (one.0.clone(), open(one))).collect())
    }

    /// Seals with the first key what older ones have sealed, under its new name. Returns how many entries these were.
    pub async fn rotate(&self, deadline: Deadline) -> Result<usize, Trouble> {
        let (mut fresh, mut old) = (Vec::new(), Vec::new());
        for (stored, sealed) in self.sealed_entries(deadline).await? {
            if let Ok((index @ 1.., (name, entry))) = self.open_sealed(&stored, &sealed) {
                self.0.journal.tell(|| format!("keep: an entry of kind `{}` is of key {}", name.kind, index + 1));
                // One that a run has kept under the first key meanwhile is newer.
                fresh.push(self.seal(self.0.keys.first(), &name, &entry, false)?);
                old.push(stored);
            }
        }
        self.0.storage.write(fresh, self.now(), deadline).await?;
        self.0.storage.remove(&old, deadline).await?;
        Ok(old.len())
    }

    /// The names under which an entry may be stored, one for each key.
    fn stored_names<'k>(&'k self, name: &'k EntryName) -> impl Iterator<Item = StoredName> + 'k {
        self.0.keys.iter().map(|key| key.stored_name(name))
    }

    fn seal(&self, key: &SealKey, name: &EntryName, entry: &Entry, replaces: bool) -> Result<SealedEntry, Trouble> {
        let sealed = key.seal(name, entry).map_err(|_| Trouble::without_randomness(&self.0.place))?;
        Ok(SealedEntry { name: key.stored_name(name), sealed, ends: entry.ends, replaces })
    }

    /// The first of what is stored under an entry's names that may be used.
    fn first_usable(
        &self,
        name: &EntryName,
        stored: &[StoredName],
        sealed: &[Option<Zeroizing<Vec<u8>>>],
    ) -> Option<Entry> {
        let now = self.now();
        let found = self.0.keys.iter().zip(stored).zip(sealed).find_map(|((key, stored), sealed)| {
            let (opened, entry) = key.open(stored, sealed.as_ref()?).ok()?;
            (opened == *name && entry.is_usable(now)).then_some(entry)
        });
        let state = if found.is_some() { "is kept" } else { "is not kept" };
        self.0.journal.tell(|| format!("keep: an entry of kind `{}` {state}", name.kind));
        found
    }

    async fn sealed_entries(&self, deadline: Deadline) -> Result<Vec<(StoredName, Zeroizing<Vec<u8>>)>, Trouble> {
        let names = self.0.storage.names(deadline).await?;
        let sealed = self.0.storage.read(&names, deadline).await?;
        // One that has ended meanwhile is gone.
        Ok(names.into_iter().zip(sealed).filter_map(|(name, sealed)| Some((name, sealed?))).collect())
    }

    /// What is stored, and which key opens it.
    fn open_sealed(&self, stored: &StoredName, sealed: &[u8]) -> Result<(usize, (EntryName, Entry)), Unreadable> {
        let mut keys = self.0.keys.iter().enumerate();
        keys.find_map(|(index, key)| Some((index, key.open(stored, sealed).ok()?))).ok_or(Unreadable)
    }
}

impl fmt::Debug for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keep({})", self.0.place)
    }
}

#[cfg(test)]
mod tests;
