//! Readings under way, which others may wait for. Knows nothing of what is read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::SharedBytes;
use crate::digest::Digest;

/// What is known of a reading: nothing yet, or how it ended.
type State = Option<Option<SharedBytes>>;

/// The readings under way, by their names.
#[derive(Clone, Default)]
pub(super) struct Flights(Arc<Mutex<HashMap<Digest, Flight>>>);

/// A reading under way.
#[derive(Clone)]
pub(super) struct Flight {
    /// When it began.
    pub(super) began: Instant,
    state: watch::Receiver<State>,
}

/// The end of a reading. Dropped before, nobody hears of one.
pub(super) struct Landing {
    flights: Flights,
    name: Digest,
    state: watch::Sender<State>,
}

impl Flights {
    /// The reading of this name that began no longer ago than `patience`, to wait for; else the end of one that begins now. Without patience
    /// it is always a new one.
    pub(super) fn board(&self, name: Digest, now: Instant, patience: Option<Duration>) -> Result<Flight, Landing> {
        let mut flights = self.lock();
        let known = flights.get(&name).zip(patience);
        if let Some((flight, _)) = known.filter(|(flight, patience)| now < flight.began + *patience) {
            return Ok(flight.clone());
        }
        let (sender, receiver) = watch::channel(None);
        flights.insert(name, Flight { began: now, state: receiver });
        Err(Landing { flights: self.clone(), name, state: sender })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Flight>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight {
    /// How it ended: with what was found for all, or with nothing for others; `None` if whoever read is gone.
    pub(super) async fn landed(&mut self) -> Option<Option<SharedBytes>> {
        self.state.wait_for(Option::is_some).await.ok()?.clone()
    }
}

impl Landing {
    /// Ends the reading with what was found for all, if anything was.
    pub(super) fn land(self, found: Option<SharedBytes>) {
        self.state.send_replace(Some(found));
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut flights = self.flights.lock();
        // A later reading may have taken the place of a slow one.
        let own = self.state.subscribe();
        if flights.get(&self.name).is_some_and(|flight| flight.state.same_channel(&own)) {
            flights.remove(&self.name);
        }
    }
}
