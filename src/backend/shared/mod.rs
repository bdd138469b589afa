//! What the readings of one process share: those of the same secret that are under way at once are one, and what was found counts for a
//! while. A store decides what may be shared, and names it by who reads. Knows no store.

mod cache;
mod counts;
mod flights;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use crate::digest::{Digest, DigestKey};
use crate::error::Error;
use cache::Cache;
pub(crate) use cache::CacheKind;
pub(crate) use counts::{Counts, LoginResult};
use flights::{Flights, Landing};

/// Bytes that several hold, zeroed once nobody does.
pub(crate) type SharedBytes = Arc<Zeroizing<Vec<u8>>>;

/// How long others wait for one reading. An older one is not joined: another one begins, and takes its place.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether a run takes what an earlier one has found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Freshness {
    /// What was found a while ago will do.
    #[default]
    Recent,
    /// Everything is read after the run has begun.
    New,
}

/// What the readings of one process share.
pub(crate) struct SharedReadings {
    key: DigestKey,
    /// How many have been given a number to be told apart by.
    readers: AtomicU64,
    flights: Flights,
    cache: Mutex<Cache>,
    /// How long what was found counts; zero is not at all.
    life: Duration,
    counts: Counts,
}

/// Where a reading gets its bytes from.
pub(crate) enum Source {
    /// From another reading.
    Shared(SharedBytes),
    /// From the store, for others as well.
    Lead(Lead),
    /// From the store, for itself.
    Alone,
}

/// A reading that others wait for. Dropped without a word, one of them takes its place.
pub(crate) struct Lead {
    readings: Arc<SharedReadings>,
    name: Digest,
    asked: Instant,
    landing: Landing,
}

impl SharedReadings {
    /// Shares what was found for `life`, in at most `bytes` of memory.
    pub(crate) fn new(life: Duration, bytes: u64) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            key: DigestKey::random()?,
            readers: AtomicU64::default(),
            flights: Flights::default(),
            cache: Mutex::new(Cache::new(bytes)),
            life,
            counts: Counts::default(),
        }))
    }

    /// What has happened so far.
    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// A number for whom the store takes for somebody else than all before.
    pub(crate) fn new_reader(&self) -> u64 {
        self.readers.fetch_add(1, Ordering::Relaxed)
    }

    /// The name of what `reader` reads at a place that these texts tell.
    pub(crate) fn name<'t>(&self, reader: u64, texts: impl IntoIterator<Item = &'t str>) -> Digest {
        self.key.digest(|add| {
            add(&reader.to_be_bytes());
            texts.into_iter().for_each(|text| add(text.as_bytes()));
        })
    }

    /// Where the reading of this name gets its bytes from, once that is known.
    pub(crate) async fn source(self: &Arc<Self>, name: Digest, freshness: Freshness) -> Source {
        loop {
            let now = Instant::now();
            if freshness == Freshness::Recent
                && let Some(found) = self.cached(&name, now)
            {
                return Source::Shared(found);
            }
            let may_join = freshness == Freshness::Recent;
            let mut flight = match self.flights.board(name, now, may_join.then_some(PATIENCE)) {
                Ok(flight) => flight,
                Err(landing) => {
                    return Source::Lead(Lead { readings: self.clone(), name, asked: now, landing });
                }
            };
            match timeout_at(flight.began + PATIENCE, flight.landed()).await {
                Ok(Some(Some(found))) => {
                    self.counts.count_hit(CacheKind::UnderWay);
                    return Source::Shared(found);
                }
                Ok(Some(None)) => return Source::Alone,
                // It is gone, or slow: whoever comes first takes its place.
                Ok(None) | Err(_) => {}
            }
        }
    }

    /// Forgets what was found.
    pub(crate) fn forget(&self, name: &Digest) {
        self.cache().remove(name);
    }

    /// Forgets everything that was found.
    pub(crate) fn forget_all(&self) {
        self.cache().clear();
    }

    /// The renderings and how many bytes the caches hold.
    pub(crate) fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cached(&self, name: &Digest, now: Instant) -> Option<SharedBytes> {
        let found = self.cache().get(name, now, self.life)?;
        self.counts.count_hit(CacheKind::Secrets);
        Some(found)
    }
}

impl Lead {
    /// Gives the others what was found, and keeps it for those to come.
    pub(crate) fn share(self, found: &[u8]) {
        let found: SharedBytes = Arc::new(Zeroizing::new(found.to_vec()));
        if !self.readings.life.is_zero() {
            self.readings.cache().insert(CacheKind::Secrets, self.name, found.clone(), self.asked);
        }
        self.landing.land(Some(found));
    }

    /// Lets each of the others read for itself, as this one has found nothing for them.
    pub(crate) fn keep_own(self) {
        self.landing.land(None);
    }
}

impl fmt::Debug for SharedReadings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedReadings").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
