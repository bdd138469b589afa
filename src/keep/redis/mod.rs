//! A Redis as the keep: several machines may share it. One connection, opened when it is needed; each operation is over within a second.

mod commands;
mod connect;
mod fault;
mod lock;
mod send;

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use ::redis::aio::MultiplexedConnection;
use ::redis::{FromRedisValue, Pipeline, Value};
use futures_util::future::try_join_all;
use tokio::sync;
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use super::place::RedisAddress;
use super::seal::{SealedEntry, StoredName};
use super::trouble::Trouble;
use crate::client::Deadline;
use crate::config::View;
use crate::error::Error;
use crate::journal::Journal;
use connect::Connector;
use fault::Fault;
pub(super) use lock::RedisLock;
use send::send;

/// A Redis that holds entries.
pub(super) struct Redis {
    place: String,
    connector: Connector,
    connection: sync::Mutex<Option<MultiplexedConnection>>,
    /// When Redis was away, and why.
    away: Mutex<Option<(Instant, Trouble)>>,
    journal: Journal,
}

/// How long an operation may take before the run goes on without the keep.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a Redis that was away is left alone: a thousand operations do not wait for it one after the other.
const REST: Duration = Duration::from_secs(5);
/// How many entries one command reads or writes.
const CHUNK: usize = 100;

impl Redis {
    /// The Redis at an address. Opens no connection.
    pub(super) fn new(address: &RedisAddress, settings: &View, journal: Journal) -> Result<Self, Error> {
        let connector = Connector::new(address, settings)?;
        let (connection, away) = (sync::Mutex::default(), Mutex::default());
        Ok(Self { place: address.to_string(), connector, connection, away, journal })
    }

    /// What is stored under each name.
    pub(super) async fn read(
        &self,
        names: &[StoredName],
        deadline: Deadline,
    ) -> Result<Vec<Option<Zeroizing<Vec<u8>>>>, Trouble> {
        let commands = names.chunks(CHUNK).map(commands::read);
        let chunks: Vec<[Vec<Option<Vec<u8>>>; 1]> = self.run_all(commands, deadline).await?;
        let found = chunks.into_iter().flat_map(|[chunk]| chunk);
        Ok(found.map(|sealed| sealed.map(Zeroizing::new)).collect())
    }

    /// Stores entries until they end.
    pub(super) async fn write(
        &self,
        entries: &[SealedEntry],
        now: SystemTime,
        deadline: Deadline,
    ) -> Result<(), Trouble> {
        let commands = entries.chunks(CHUNK).map(|entries| commands::write(entries, now));
        self.run_all::<Vec<Value>>(commands, deadline).await.map(drop)
    }

    /// Removes what is stored under the names.
    pub(super) async fn remove(&self, names: &[StoredName], deadline: Deadline) -> Result<(), Trouble> {
        self.run_all::<[i64; 1]>(names.chunks(CHUNK).map(commands::remove), deadline).await.map(drop)
    }

    /// The names of all entries.
    pub(super) async fn names(&self, deadline: Deadline) -> Result<Vec<StoredName>, Trouble> {
        let (mut names, mut cursor) = (Vec::new(), 0);
        loop {
            let [(next, found)]: [(u64, Vec<String>); 1] = self.run(&commands::scan(cursor), deadline).await?;
            names.extend(found.iter().filter_map(|key| commands::entry_name(key)));
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
        // A scan may show a key twice.
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Sends chunks of commands, all together so that they take the time of one, and returns their answers in order.
    async fn run_all<T: FromRedisValue>(
        &self,
        chunks: impl Iterator<Item = Pipeline>,
        deadline: Deadline,
    ) -> Result<Vec<T>, Trouble> {
        let runs = chunks.map(|commands| async move { self.run(&commands, deadline).await });
        try_join_all(runs).await
    }

    /// Sends commands, and returns their answers.
    async fn run<T: FromRedisValue>(&self, commands: &Pipeline, deadline: Deadline) -> Result<T, Trouble> {
        if let Some((_, trouble)) = self.away().clone().filter(|(since, _)| since.elapsed() < REST) {
            return Err(trouble);
        }
        let start = Instant::now();
        let end = deadline.end().min(start + PATIENCE);
        let done = timeout_at(end, self.attempt(commands)).await;
        self.journal.tell_timed(start.elapsed(), || format!("keep: {} commands to `{}`", commands.len(), self.place));
        let fault = match done {
            Ok(Ok(answers)) => return Ok(answers),
            Ok(Err(fault)) => fault,
            Err(_) => Fault::silent(end.saturating_duration_since(start)),
        };
        let trouble = Trouble::new(&self.place, fault.cause, fault.hint);
        // Whoever had less time than that cannot say that Redis is away.
        if fault.is_of_connection && end >= start + PATIENCE {
            *self.connection.lock().await = None;
            *self.away() = Some((Instant::now(), trouble.clone()));
        }
        Err(trouble)
    }

    /// Sends commands; once more over a new connection, if the one from before is broken or leads to a server that is no master any more.
    async fn attempt<T: FromRedisValue>(&self, commands: &Pipeline) -> Result<T, Fault> {
        let (connection, is_new) = self.connection().await?;
        let answers = send(commands, connection).await;
        match answers {
            Err(error) if !is_new && fault::is_stale(&error) => {
                *self.connection.lock().await = None;
                let (connection, _) = self.connection().await?;
                send(commands, connection).await.map_err(|error| Fault::of_redis(&error))
            }
            answers => answers.map_err(|error| Fault::of_redis(&error)),
        }
    }

    /// The connection, and whether it is new.
    async fn connection(&self) -> Result<(MultiplexedConnection, bool), Fault> {
        let mut connection = self.connection.lock().await;
        if let Some(open) = &*connection {
            return Ok((open.clone(), false));
        }
        let open = self.connector.connect().await?;
        Ok((connection.insert(open).clone(), true))
    }

    fn away(&self) -> std::sync::MutexGuard<'_, Option<(Instant, Trouble)>> {
        self.away.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
