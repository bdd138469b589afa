//! What was found, for a while and within some memory: what was used least lately goes first. Zeroed when dropped. Pure.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tokio::time::Instant;

use super::SharedBytes;
use crate::digest::Digest;

/// What an entry takes beside its bytes.
const OVERHEAD: u64 = 256;

/// What shares the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CacheKind {
    /// A reading under way, which takes none.
    UnderWay,
    /// Responses of stores.
    Secrets,
    /// Rendered manifests.
    Renderings,
}

/// The cache.
pub(crate) struct Cache {
    entries: HashMap<Digest, Entry>,
    /// The names by their last use.
    order: BTreeMap<u64, Digest>,
    uses: u64,
    /// The bytes of secrets and of renderings.
    taken: [u64; 2],
    most: u64,
}

struct Entry {
    kind: CacheKind,
    found: SharedBytes,
    /// When it was asked for: it is at least as new as that.
    asked: Instant,
    used: u64,
}

impl CacheKind {
    /// The name of its hits in figures.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::UnderWay => "reads",
            Self::Secrets => "secrets",
            Self::Renderings => "results",
        }
    }
}

impl Cache {
    pub(super) fn new(most: u64) -> Self {
        Self { entries: HashMap::new(), order: BTreeMap::new(), uses: 0, taken: [0; 2], most }
    }

    /// What is there under `name`, if it was asked for less than `life` ago.
    pub(crate) fn get(&mut self, name: &Digest, now: Instant, life: Duration) -> Option<SharedBytes> {
        let asked = self.entries.get(name)?.asked;
        if now.saturating_duration_since(asked) >= life {
            self.remove(name);
            return None;
        }
        self.uses += 1;
        let entry = self.entries.get_mut(name)?;
        self.order.remove(&entry.used);
        entry.used = self.uses;
        self.order.insert(entry.used, *name);
        Some(entry.found.clone())
    }

    /// Keeps what was found under `name`, unless something newer is there. What is larger than an eighth of the memory is not kept.
    pub(crate) fn insert(&mut self, kind: CacheKind, name: Digest, found: SharedBytes, asked: Instant) {
        let is_newer = self.entries.get(&name).is_none_or(|known| known.asked <= asked);
        if !is_newer {
            return;
        }
        self.remove(&name);
        if size(&found) > self.most / 8 {
            return;
        }
        self.uses += 1;
        self.taken[index(kind)] += size(&found);
        self.order.insert(self.uses, name);
        self.entries.insert(name, Entry { kind, found, asked, used: self.uses });
        while self.taken.iter().sum::<u64>() > self.most
            && let Some(oldest) = self.order.first_key_value().map(|(_, name)| *name)
        {
            self.remove(&oldest);
        }
    }

    /// Drops what is there under `name`.
    pub(crate) fn remove(&mut self, name: &Digest) {
        let Some(entry) = self.entries.remove(name) else { return };
        self.order.remove(&entry.used);
        self.taken[index(entry.kind)] -= size(&entry.found);
    }

    /// Drops everything.
    pub(super) fn clear(&mut self) {
        (self.entries, self.order, self.taken) = (HashMap::new(), BTreeMap::new(), [0; 2]);
    }

    /// How many bytes are taken, by what takes them.
    pub(crate) fn bytes(&self) -> Vec<(&'static str, u64)> {
        let kinds = [CacheKind::Secrets, CacheKind::Renderings];
        kinds.into_iter().map(|kind| (kind.name(), self.taken[index(kind)])).collect()
    }
}

fn index(kind: CacheKind) -> usize {
    usize::from(kind == CacheKind::Renderings)
}

fn size(found: &SharedBytes) -> u64 {
    found.len() as u64 + OVERHEAD
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use zeroize::Zeroizing;

    use super::*;
    use crate::digest::DigestKey;

    const MINUTE: Duration = Duration::from_secs(60);

    fn bytes(length: usize) -> SharedBytes {
        Arc::new(Zeroizing::new(vec![b'x'; length]))
    }

    fn names() -> [Digest; 12] {
        let key = DigestKey::random().unwrap();
        std::array::from_fn(|number| key.digest(|add| add(&[number as u8])))
    }

    #[test]
    fn what_was_found_counts_for_its_time() {
        let (mut cache, [name, ..], now) = (Cache::new(1 << 20), names(), Instant::now());
        cache.insert(CacheKind::Secrets, name, bytes(1), now);
        assert!(cache.get(&name, now + MINUTE - Duration::from_millis(1), MINUTE).is_some());
        assert!(cache.get(&name, now + MINUTE, MINUTE).is_none());
        assert_eq!(cache.taken, [0; 2]);
    }

    #[test]
    fn an_older_reading_that_ends_later_replaces_nothing() {
        let (mut cache, [name, ..], now) = (Cache::new(1 << 20), names(), Instant::now());
        cache.insert(CacheKind::Secrets, name, bytes(2), now + MINUTE);
        cache.insert(CacheKind::Secrets, name, bytes(1), now);
        assert_eq!(cache.get(&name, now + MINUTE, MINUTE).unwrap().len(), 2);
    }

    #[test]
    fn what_is_used_least_goes_when_the_memory_is_full() {
        let (mut cache, names, now) = (Cache::new(10 * 1024), names(), Instant::now());
        let kept = |cache: &Cache| names.map(|name| cache.entries.contains_key(&name));
        names[..10].iter().for_each(|name| cache.insert(CacheKind::Secrets, *name, bytes(1024 - 256), now));
        assert_eq!(kept(&cache)[..10], [true; 10]);
        assert!(cache.get(&names[0], now, MINUTE).is_some());
        cache.insert(CacheKind::Renderings, names[10], bytes(1024 - 256), now);
        assert_eq!((kept(&cache)[0], kept(&cache)[1], kept(&cache)[10]), (true, false, true));
        cache.insert(CacheKind::Secrets, names[11], bytes(2 * 1024), now);
        assert!(!kept(&cache)[11], "it would take the place of too many");
        assert_eq!(cache.bytes(), [("secrets", 9 * 1024), ("results", 1024)]);
    }
}
