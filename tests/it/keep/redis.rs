//! What is kept in Redis, who finds it, and who does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::*;
use crate::support::servers;

#[tokio::test]
async fn what_one_keeps_another_finds_and_nobody_else_can_read() {
    let Some(redis) = servers::redis(&[], &[]) else { return };
    let (home, strangers) = (home(), home());
    let [one, other] = [(); 2].map(|()| keep(&redis.address(), home.path(), &[]));
    assert!(!has(&one, "database/creds/app").await.unwrap(), "an empty Redis is a first run");
    put(&one, "database/creds/app").await.unwrap();
    assert!(has(&other, "database/creds/app").await.unwrap());
    assert!(!has(&other, "database/creds/other").await.unwrap());
    let dump = redis.dump();
    for plain in [&b"hunter2"[..], b"database/creds", b"vault.example.com", b"team-a", b"lease"] {
        assert!(!dump.windows(plain.len()).any(|window| window == plain), "{}", String::from_utf8_lossy(plain));
    }
    assert!(dump.windows(19).any(|window| window == b"vault-render:entry:"), "the dump holds the entry");
    std::fs::write(strangers.path().join("key"), "Kysr".repeat(10) + "Kys=").unwrap();
    let stranger = keep(&redis.address(), strangers.path(), &[]);
    assert!(!has(&stranger, "database/creds/app").await.unwrap());
    assert!(stranger.entries(deadline()).await.unwrap()[0].1.is_err());
    one.remove(&name("database/creds/app"), deadline()).await.unwrap();
    assert!(!has(&other, "database/creds/app").await.unwrap());
}

#[tokio::test]
async fn an_entry_under_the_name_of_another_does_not_count() {
    let Some(redis) = servers::redis(&[], &[]) else { return };
    let home = home();
    let keep = keep(&redis.address(), home.path(), &[]);
    put(&keep, "a").await.unwrap();
    let a = redis.command(&["--scan"]);
    put(&keep, "b").await.unwrap();
    let both = redis.command(&["--scan"]);
    let b = both.lines().find(|key| *key != a).unwrap();
    assert_eq!(redis.command(&["COPY", &a, b, "REPLACE"]), "1");
    assert!(has(&keep, "a").await.unwrap() && !has(&keep, "b").await.unwrap());
    redis.command(&["SET", &a, "garbage"]);
    assert!(!has(&keep, "a").await.unwrap());
    redis.command(&["DEL", &a]);
    redis.command(&["LPUSH", &a, "another type"]);
    assert!(!has(&keep, "a").await.unwrap(), "as Redis' MGET has it");
    put(&keep, "a").await.unwrap();
    assert!(has(&keep, "a").await.unwrap());
}

#[tokio::test]
async fn entries_and_locks_end_by_themselves() {
    let Some(redis) = servers::redis(&[], &[]) else { return };
    let home = home();
    let keep = keep(&redis.address(), home.path(), &[]);
    let brief = Entry { ends: SystemTime::now() + Duration::from_millis(200), ..entry("a") };
    keep.store(&name("a"), &brief, deadline()).await.unwrap();
    assert!(has(&keep, "a").await.unwrap());
    let lock = keep.lock(&name("a"), Deadline::after(Duration::from_millis(300))).await.unwrap().unwrap();
    // Its owner dies.
    std::mem::forget(lock);
    assert!(keep.lock(&name("a"), Deadline::after(Duration::from_millis(50))).await.unwrap().is_none());
    let start = Instant::now();
    let lock = keep.lock(&name("a"), deadline()).await.unwrap().unwrap();
    assert!(start.elapsed() < Duration::from_secs(2));
    assert!(!has(&keep, "a").await.unwrap());
    lock.release().await;
    assert_eq!(redis.command(&["DBSIZE"]), "0");
}

#[tokio::test]
async fn a_lock_is_freed_by_its_owner_alone() {
    let Some(redis) = servers::redis(&[], &[]) else { return };
    let home = home();
    let [one, other] = [(); 2].map(|()| keep(&redis.address(), home.path(), &[]));
    let late = one.lock(&name("a"), Deadline::after(Duration::from_millis(100))).await.unwrap().unwrap();
    let held = other.lock(&name("a"), deadline()).await.unwrap().unwrap();
    late.release().await;
    assert!(one.lock(&name("a"), soon()).await.unwrap().is_none(), "whoever was too late frees nothing");
    drop(held);
    assert!(one.lock(&name("a"), deadline()).await.unwrap().is_some(), "a dropped lock is free");
}

#[test]
fn of_many_at_once_one_holds_the_lock() {
    let Some(redis) = servers::redis(&[], &[]) else { return };
    let (home, inside, done) = (home(), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let keep = keep(&redis.address(), home.path(), &[]);
                runtime.block_on(async {
                    for _ in 0..5 {
                        let lock = keep.lock(&name("a"), deadline()).await.unwrap().unwrap();
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        tokio::time::sleep(Duration::from_millis(5)).await;
                        inside.fetch_sub(1, Ordering::SeqCst);
                        done.fetch_add(1, Ordering::SeqCst);
                        lock.release().await;
                    }
                });
            });
        }
    });
    assert_eq!(done.load(Ordering::SeqCst), 20);
}

#[tokio::test]
async fn a_thousand_entries_take_no_thousand_requests() {
    let Some(redis) = servers::redis(&[], &[]) else { return };
    let home = home();
    let keep = keep(&redis.address(), home.path(), &[]);
    let all: Vec<_> = (0..1000).map(|number| (name(&format!("kv/{number}")), entry("kv"))).collect();
    keep.store_all(all.iter().map(|(name, entry)| (name, entry)), deadline()).await.unwrap();
    let names: Vec<EntryName> = all.into_iter().map(|(name, _)| name).collect();
    let found = keep.load_all(&names, deadline()).await.unwrap();
    assert_eq!(found.iter().flatten().count(), 1000);
    assert_eq!(keep.entries(deadline()).await.unwrap().len(), 1000);
    let stats = redis.command(&["INFO", "commandstats"]);
    let calls = stats.lines().find_map(|line| line.strip_prefix("cmdstat_mget:calls=")?.split(',').next());
    assert_eq!(calls, Some("20"));
    keep.remove_all(&names, deadline()).await.unwrap();
    assert_eq!(redis.command(&["DBSIZE"]), "0");
}

#[tokio::test]
async fn a_rotated_key_seals_everything_anew_until_its_end() {
    let Some(redis) = servers::redis(&[], &[]) else { return };
    let home = home();
    let old = keep(&redis.address(), home.path(), &[]);
    put(&old, "a").await.unwrap();
    let new_key = "Kysr".repeat(10) + "Kys=";
    std::fs::write(home.path().join("key"), format!("{new_key}\n{KEY}\n")).unwrap();
    let both = keep(&redis.address(), home.path(), &[]);
    assert!(has(&both, "a").await.unwrap());
    assert_eq!(both.rotate(deadline()).await.unwrap(), 1);
    std::fs::write(home.path().join("key"), new_key).unwrap();
    let new = keep(&redis.address(), home.path(), &[]);
    assert!(has(&new, "a").await.unwrap() && !has(&old, "a").await.unwrap());
    let key = redis.command(&["--scan"]);
    let left: u64 = redis.command(&["PTTL", &key]).parse().unwrap();
    assert!((1..=60_000).contains(&left), "{left}");
}

#[tokio::test]
async fn what_others_keep_there_stays() {
    let Some(redis) = servers::redis(&[], &[]) else { return };
    let home = home();
    redis.command(&["SET", "mfst|app|1.8.3", "argocd"]);
    redis.command(&["SET", "vault-render:entry:notes", "somebody's"]);
    let keep = keep(&format!("{}/0", redis.address()), home.path(), &[]);
    put(&keep, "a").await.unwrap();
    assert_eq!(keep.entries(deadline()).await.unwrap().len(), 1);
    keep.remove(&name("a"), deadline()).await.unwrap();
    assert_eq!(redis.command(&["DBSIZE"]), "2");
    let elsewhere = super::keep(&format!("{}/3", redis.address()), home.path(), &[]);
    put(&elsewhere, "a").await.unwrap();
    assert_eq!((redis.command(&["DBSIZE"]), redis.command(&["-n", "3", "DBSIZE"])), ("2".into(), "1".into()));
}
