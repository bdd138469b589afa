//! What the keep has for readings that are made together, and what they note for it: it is asked once. Sends no request.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use tokio::sync::OnceCell;

use super::FoundSecrets;
use crate::keep::{Entry, EntryName};
use crate::secret::SecretId;

/// Readings that are made together.
pub(in crate::backend::vault) struct Batch {
    ids: Vec<SecretId>,
    /// How many of the readings are not done.
    left: AtomicUsize,
    /// Who is configured to read; `None` if the settings do not say.
    configured: OnceLock<Option<Vec<String>>>,
    /// What the keep has of what Vault makes; `None` if it is away, or nobody knows whose it would be.
    found: OnceCell<Option<Arc<FoundSecrets>>>,
    /// What the keep has of the last good readings.
    last_good: OnceCell<Arc<HashMap<SecretId, Entry>>>,
    /// What to keep of these readings, and what to remove.
    notes: Mutex<Vec<(EntryName, Option<Entry>)>>,
}

impl Batch {
    /// A batch of readings of these secrets.
    pub(in crate::backend::vault) fn new<'i>(ids: impl Iterator<Item = &'i SecretId>) -> Self {
        let ids: Vec<SecretId> = ids.cloned().collect();
        let (left, configured) = (AtomicUsize::new(ids.len()), OnceLock::new());
        let (found, last_good, notes) = (OnceCell::new(), OnceCell::new(), Mutex::default());
        Self { ids, left, configured, found, last_good, notes }
    }

    /// Notes that a reading is done. Whether it was the last one.
    pub(in crate::backend::vault) fn is_done(&self) -> bool {
        self.left.fetch_sub(1, Ordering::Relaxed) == 1
    }

    /// Who is configured to read; `find` finds it out the first time.
    pub(in crate::backend::vault) fn configured(
        &self,
        find: impl FnOnce() -> Option<Vec<String>>,
    ) -> Option<&[String]> {
        self.configured.get_or_init(find).as_deref()
    }

    /// What the keep has of what Vault makes; `ask` asks it the first time, for the secrets that Vault may make.
    pub(in crate::backend::vault) async fn found<E>(
        &self,
        ask: impl AsyncFnOnce(Vec<&SecretId>) -> Result<Option<FoundSecrets>, E>,
    ) -> Result<Option<Arc<FoundSecrets>>, E> {
        let wanted = || self.ids.iter().filter(|id| super::may_be_kept(id)).collect();
        self.found.get_or_try_init(|| async { Ok(ask(wanted()).await?.map(Arc::new)) }).await.cloned()
    }

    /// What the keep has of the last good readings; `ask` asks it the first time, for an entry for each of the secrets.
    pub(in crate::backend::vault) async fn last_good(
        &self,
        ask: impl AsyncFnOnce(&[SecretId]) -> Vec<Option<Entry>>,
    ) -> Arc<HashMap<SecretId, Entry>> {
        let ask = || async {
            let found = self.ids.iter().zip(ask(&self.ids).await);
            Arc::new(found.filter_map(|(id, entry)| Some((id.clone(), entry?))).collect())
        };
        self.last_good.get_or_init(ask).await.clone()
    }

    /// Notes what to keep under `name`; `None` removes what is there.
    pub(in crate::backend::vault) fn note(&self, name: EntryName, entry: Option<Entry>) {
        self.notes.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push((name, entry));
    }

    /// What was noted: what to keep, and the names of what to remove.
    pub(in crate::backend::vault) fn take_notes(&self) -> (Vec<(EntryName, Entry)>, Vec<EntryName>) {
        let notes = std::mem::take(&mut *self.notes.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
        let (mut good, mut gone) = (Vec::new(), Vec::new());
        for (name, entry) in notes {
            match entry {
                Some(entry) => good.push((name, entry)),
                None => gone.push(name),
            }
        }
        (good, gone)
    }
}
