//! The mounts that Vault has named, for a minute: an operator may replace one. Sends no request.

use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::mount::Mount;
use crate::client::{Client, Deadline, Failure};

/// How long a mount is believed to be the same. A run takes seconds, and a mount that was moved or upgraded is soon noticed.
const LIFE: Duration = Duration::from_secs(60);

/// The known mounts, shared by all rounds.
#[derive(Default)]
pub(super) struct Mounts {
    known: Mutex<KnownMounts>,
}

/// The known mounts, under the lock.
#[derive(Default)]
pub(super) struct KnownMounts(Vec<KnownMount>);

struct KnownMount {
    namespace: Option<String>,
    mount: Mount,
    since: Instant,
}

impl Mounts {
    /// Locks the mounts. A reading that asks Vault keeps the lock meanwhile, so that Vault is asked for each mount once.
    pub(super) async fn lock(
        &self,
        client: &Client,
        deadline: Deadline,
    ) -> Result<MutexGuard<'_, KnownMounts>, Failure> {
        client.within(deadline, self.known.lock()).await
    }
}

impl KnownMounts {
    /// The known mount that `path` lies in.
    pub(super) fn find(&mut self, namespace: Option<&str>, path: &str, now: Instant) -> Option<Mount> {
        self.0.retain(|known| now < known.since + LIFE);
        let holds = |known: &&KnownMount| known.namespace.as_deref() == namespace && known.mount.contains(path);
        self.0.iter().find(holds).map(|known| known.mount.clone())
    }

    /// Remembers a mount that Vault named at `since`.
    pub(super) fn add(&mut self, namespace: Option<&str>, mount: Mount, since: Instant) {
        self.0.push(KnownMount { namespace: namespace.map(str::to_owned), mount, since });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_is_known_in_its_namespace_for_a_minute() {
        let (mut mounts, now) = (KnownMounts::default(), Instant::now());
        mounts.add(Some("team"), Mount { path: "secret/".into(), mount_type: "kv".into(), engine: None }, now);
        for (namespace, path, is_known) in [
            (Some("team"), "secret/app", true),
            (Some("team"), "secret", true),
            (Some("team"), "secrets/app", false),
            (None, "secret/app", false),
        ] {
            assert_eq!(mounts.find(namespace, path, now).is_some(), is_known, "{namespace:?} {path}");
        }
        assert!(mounts.find(Some("team"), "secret/app", now + LIFE).is_none());
    }
}
