//! Sentinels: they name the master, also after it has changed.

use super::*;
use crate::support::servers::{self, Redis};

/// A master, its replica, and a sentinel that watches them.
fn servers() -> Option<[Redis; 3]> {
    let master = servers::redis(&[], &[])?;
    let port = master.port.to_string();
    let replica = servers::redis(&["--replicaof", "127.0.0.1", &port], &[])?;
    let config = format!(
        "sentinel monitor argocd 127.0.0.1 {port} 1\nsentinel down-after-milliseconds argocd 500\n\
         sentinel failover-timeout argocd 5000\n"
    );
    let sentinel = servers::redis(&["{}/sentinel.conf", "--sentinel"], &[("sentinel.conf", &config)])?;
    for _ in 0..300 {
        let is_linked = replica.command(&["INFO", "replication"]).contains("master_link_status:up");
        if is_linked && sentinel.command(&["SENTINEL", "REPLICAS", "argocd"]).contains(&replica.port.to_string()) {
            return Some([master, replica, sentinel]);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the sentinel has not seen the replica: {}", sentinel.command(&["SENTINEL", "MASTERS"]));
}

fn address(sentinel: &Redis) -> String {
    // Nobody listens at the first: the next one is asked.
    format!("redis+sentinel://127.0.0.1:1,127.0.0.1:{}/argocd", sentinel.port)
}

#[tokio::test]
async fn after_a_failover_the_new_master_is_found_with_what_was_kept() {
    let Some([master, replica, sentinel]) = servers() else { return };
    let home = home();
    let keep = keep(&address(&sentinel), home.path(), &[]);
    put(&keep, "a").await.unwrap();
    assert_eq!(master.command(&["WAIT", "1", "20000"]), "1");
    assert_eq!(sentinel.command(&["SENTINEL", "FAILOVER", "argocd"]), "OK");
    let new = replica.port.to_string();
    for _ in 0..300 {
        let is_done = sentinel.command(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "argocd"]).ends_with(&new)
            && master.command(&["INFO", "replication"]).contains("role:slave");
        if is_done {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    put(&keep, "b").await.unwrap();
    assert!(has(&keep, "a").await.unwrap() && has(&keep, "b").await.unwrap());
    assert_eq!(replica.command(&["DBSIZE"]), "2");
}

#[tokio::test]
async fn a_master_that_no_sentinel_knows_is_named() {
    let Some([_master, _replica, sentinel]) = servers() else { return };
    let home = home();
    let keep = keep(&address(&sentinel).replace("/argocd", "/other"), home.path(), &[]);
    let error = has(&keep, "a").await.unwrap_err().in_one_line();
    assert!(error.contains("know no master `other`"), "{error}");
}
