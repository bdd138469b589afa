//! How much of what was written a run has seen: a replicated server says so with each answer, and whoever asks another node sends it
//! on, so that the node does not answer from before. Knows no request.

use std::sync::{Mutex, MutexGuard};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The newest state that an answer of the session has shown.
#[derive(Default)]
pub(super) struct ReplicationState {
    newest: Mutex<Option<Seen>>,
}

struct Seen {
    header: String,
    position: Option<Position>,
}

/// The cluster, and how far its local and its replicated storage were.
type Position = (String, u64, u64);

/// A longer header is not a state.
const LONGEST: usize = 1024;

impl ReplicationState {
    /// Takes the header of an answer, unless an older answer was newer.
    pub(super) fn learn(&self, header: &str) {
        let position = position(header);
        let mut newest = self.newest();
        let is_older = match (newest.as_ref().and_then(|seen| seen.position.as_ref()), &position) {
            (Some((known, local, replicated)), Some((cluster, one, other))) => {
                known == cluster && (one, other) < (local, replicated)
            }
            _ => false,
        };
        if header.len() <= LONGEST && !is_older {
            *newest = Some(Seen { header: header.to_owned(), position });
        }
    }

    /// The header for the next request.
    pub(super) fn header(&self) -> Option<String> {
        self.newest().as_ref().map(|seen| seen.header.clone())
    }

    fn newest(&self) -> MutexGuard<'_, Option<Seen>> {
        self.newest.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The position in `base64("v1:CLUSTER:LOCAL:REPLICATED:HMAC")`, as Vault's own client reads it; `None` if it is something else.
fn position(header: &str) -> Option<Position> {
    let text = String::from_utf8(STANDARD.decode(header).ok()?).ok()?;
    let mut parts = text.split(':');
    let cluster = parts.next().filter(|version| *version == "v1").and_then(|_| parts.next())?;
    Some((cluster.to_owned(), parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(local: u64, replicated: u64) -> String {
        STANDARD.encode(format!("v1:cluster:{local}:{replicated}:hmac"))
    }

    #[test]
    fn the_newest_state_is_sent_on() {
        let state = ReplicationState::default();
        assert_eq!(state.header(), None);
        for (header, kept) in [
            (index(9, 2), index(9, 2)),
            (index(10, 1), index(10, 1)),
            (index(9, 7), index(10, 1)),
            ("opaque".to_owned(), "opaque".to_owned()),
            (index(3, 0), index(3, 0)),
            ("x".repeat(2000), index(3, 0)),
        ] {
            state.learn(&header);
            assert_eq!(state.header(), Some(kept));
        }
    }
}
