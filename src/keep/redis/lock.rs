//! A lock in Redis: a key that ends by itself, should its owner die. Only its owner frees it.

use std::sync::Arc;
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

use super::{Redis, commands};
use crate::client::Deadline;
use crate::keep::seal::StoredName;
use crate::keep::trouble::Trouble;

/// The lock of an entry, until it is dropped.
pub(in crate::keep) struct RedisLock {
    redis: Arc<Redis>,
    name: StoredName,
    owner: String,
    deadline: Deadline,
    is_free: bool,
}

/// How long a lock lives at most.
const LONGEST_LIFE: Duration = Duration::from_secs(600);
/// How long whoever waits for a lock sleeps at least, and at most twice as long.
const INTERVAL: Duration = Duration::from_millis(20);

impl RedisLock {
    /// Waits for the lock of an entry. It lives until the deadline, which its owner's request must keep. `None` if somebody else
    /// holds it until then.
    pub(in crate::keep) async fn wait(
        redis: &Arc<Redis>,
        name: &StoredName,
        deadline: Deadline,
    ) -> Result<Option<Self>, Trouble> {
        let owner = owner(redis)?;
        loop {
            let life = deadline.end().saturating_duration_since(Instant::now());
            if life.is_zero() {
                return Ok(None);
            }
            let acquire = commands::acquire(name, &owner, life.min(LONGEST_LIFE));
            let [is_held]: [bool; 1] = match redis.run(&acquire, deadline).await {
                Err(_) if Instant::now() >= deadline.end() => return Ok(None),
                answer => answer?,
            };
            if is_held {
                let (redis, name) = (redis.clone(), name.clone());
                return Ok(Some(Self { redis, name, owner, deadline, is_free: false }));
            }
            sleep(jittered(&owner, life).min(life)).await;
        }
    }

    /// Frees the lock. Where that fails it ends by itself.
    pub(in crate::keep) async fn release(mut self) {
        self.is_free = true;
        let release = commands::release(&self.name, &self.owner);
        let _: Result<[i64; 1], _> = self.redis.run(&release, self.deadline).await;
    }
}

impl Drop for RedisLock {
    fn drop(&mut self) {
        if let (false, Ok(runtime)) = (self.is_free, Handle::try_current()) {
            let (redis, release) = (self.redis.clone(), commands::release(&self.name, &self.owner));
            let deadline = self.deadline;
            runtime.spawn(async move {
                let _: Result<[i64; 1], _> = redis.run(&release, deadline).await;
            });
        }
    }
}

impl std::fmt::Debug for RedisLock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RedisLock({})", self.name)
    }
}

/// A name that no other owner has.
fn owner(redis: &Redis) -> Result<String, Trouble> {
    let mut bytes = [0; 16];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Trouble::without_randomness(&redis.place))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Differs from owner to owner, and from one time to the next, so that those who wait do not come all at once.
fn jittered(owner: &str, left: Duration) -> Duration {
    let seed = owner.bytes().map(u32::from).sum::<u32>() + left.subsec_micros();
    INTERVAL + INTERVAL * (seed % 16) / 16
}
