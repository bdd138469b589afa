//! The commands to Redis, as values. Every key has a prefix of ours, so that nothing else in the database is touched. Pure.

use std::time::{Duration, SystemTime};

use ::redis::{Cmd, Pipeline, cmd, pipe};

use crate::keep::seal::{SealedEntry, StoredName};

/// The prefix of the keys of entries.
const ENTRY: &str = "vault-render:entry:";
/// The prefix of the keys of locks.
const LOCK: &str = "vault-render:lock:";

/// Sets a lock that nobody has, or that this owner has already: the answer to an earlier attempt may have been lost.
const ACQUIRE: &str = "\
if redis.call('get', KEYS[1]) == ARGV[1] then return 1 end
if redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0";

/// Frees a lock, if this owner still has it.
const RELEASE: &str = "\
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0";

/// `MGET KEY…`
pub(super) fn read(names: &[StoredName]) -> Pipeline {
    alone(cmd("MGET").arg(entry_keys(names)))
}

/// `SET KEY SEALED PX MILLISECONDS [NX]` for each entry.
pub(super) fn write(entries: &[SealedEntry], now: SystemTime) -> Pipeline {
    let mut commands = pipe();
    for SealedEntry { name, sealed, ends, replaces } in entries {
        let life = millis(ends.duration_since(now).unwrap_or_default());
        commands.cmd("SET").arg(format!("{ENTRY}{name}")).arg(sealed.as_slice()).arg("PX").arg(life);
        if !replaces {
            commands.arg("NX");
        }
    }
    commands
}

/// `DEL KEY…`
pub(super) fn remove(names: &[StoredName]) -> Pipeline {
    alone(cmd("DEL").arg(entry_keys(names)))
}

/// `SCAN CURSOR MATCH vault-render:entry:* COUNT 1000`
pub(super) fn scan(cursor: u64) -> Pipeline {
    alone(cmd("SCAN").arg(cursor).arg("MATCH").arg(format!("{ENTRY}*")).arg("COUNT").arg(1000))
}

/// `EVAL`: takes a lock until `life` is over.
pub(super) fn acquire(name: &StoredName, owner: &str, life: Duration) -> Pipeline {
    alone(cmd("EVAL").arg(ACQUIRE).arg(1).arg(format!("{LOCK}{name}")).arg(owner).arg(millis(life)))
}

/// `EVAL`: frees a lock.
pub(super) fn release(name: &StoredName, owner: &str) -> Pipeline {
    alone(cmd("EVAL").arg(RELEASE).arg(1).arg(format!("{LOCK}{name}")).arg(owner))
}

/// `SENTINEL GET-MASTER-ADDR-BY-NAME MASTER`
pub(super) fn find_master(master: &str) -> Pipeline {
    alone(cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(master))
}

/// The name in the key of an entry; `None` if the key is not one of ours.
pub(super) fn entry_name(key: &str) -> Option<StoredName> {
    StoredName::parse(key.strip_prefix(ENTRY)?)
}

fn entry_keys(names: &[StoredName]) -> Vec<String> {
    names.iter().map(|name| format!("{ENTRY}{name}")).collect()
}

/// Redis refuses a life of zero.
fn millis(life: Duration) -> u64 {
    u64::try_from(life.as_millis()).unwrap_or(u64::MAX).max(1)
}

fn alone(command: &mut Cmd) -> Pipeline {
    let mut commands = pipe();
    commands.add_command(command.clone());
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The arguments of the first command.
    fn words(commands: &Pipeline) -> Vec<String> {
        let arguments = commands.cmd_iter().next().unwrap().args_iter();
        let text = |argument: ::redis::Arg<&[u8]>| match argument {
            ::redis::Arg::Simple(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
            _ => unreachable!("no cursor is made by the library"),
        };
        arguments.map(text).collect()
    }

    #[test]
    fn every_key_is_ours_and_every_entry_and_lock_ends() {
        let (name, now) = (StoredName::parse(&"a".repeat(64)).unwrap(), SystemTime::now());
        let key = format!("{ENTRY}{name}");
        assert_eq!(entry_name(&key), Some(name.clone()));
        assert_eq!(entry_name(&format!("{LOCK}{name}")), None);
        let ends = now + Duration::from_secs(2);
        let entry = |replaces| SealedEntry { name: name.clone(), sealed: b"s".to_vec(), ends, replaces };
        assert_eq!(words(&write(&[entry(true)], now)), ["SET", &key, "s", "PX", "2000"]);
        assert_eq!(words(&write(&[entry(false)], ends)), ["SET", &key, "s", "PX", "1", "NX"]);
        assert_eq!(words(&read(&[name.clone(), name.clone()])), ["MGET", &key, &key]);
        let acquired = words(&acquire(&name, "me", Duration::from_secs(1)));
        assert_eq!(acquired[2..], ["1", &format!("{LOCK}{name}"), "me", "1000"]);
    }
}
