//! Three nodes of one Vault, which elect a leader among themselves.

use std::path::Path;

use serde_json::json;

use super::{Setup, Storage, Vault};

/// A cluster with a leader and two standby nodes. Dropped, its nodes are gone.
pub(crate) struct Cluster {
    /// The nodes; the first is the leader until it stops.
    pub(crate) nodes: Vec<Vault>,
}

impl Cluster {
    pub(in super::super) fn start(binary: &Path) -> Self {
        let setup = Setup { storage: Storage::Raft, ..Setup::default() };
        let leader = Vault::start(binary, &setup);
        let mut nodes = vec![leader];
        for _ in 0..2 {
            let mut node = Vault::start(binary, &Setup { is_new: true, storage: Storage::Raft, ..Setup::default() });
            let join = json!({"leader_api_addr": nodes[0].address});
            node.api.post("sys/storage/raft/join", &join).ok();
            (node.unseal_key, node.root) = (nodes[0].unseal_key.clone(), nodes[0].root.clone());
            node.api = node.api.with_token(&node.root);
            node.api.put("sys/unseal", &json!({"key": node.unseal_key})).ok();
            node.process
                .wait(|| node.api.try_get("sys/health").filter(|answer| answer.status == 429))
                .expect("a standby node");
            nodes.push(node);
        }
        // A node votes some seconds after it has joined; before that the leader must not go.
        let leader = &nodes[0];
        let votes = || {
            let servers = leader.api.get("sys/storage/raft/configuration").ok()["data"]["config"]["servers"].clone();
            let voters =
                servers.as_array().map_or(0, |servers| servers.iter().filter(|one| one["voter"] == true).count());
            (voters == 3).then_some(())
        };
        leader.process.wait(votes).expect("three voters");
        Self { nodes }
    }

    /// The addresses of all nodes, for `VAULT_ADDR`; the leader's is the first.
    pub(crate) fn addresses(&self) -> String {
        self.nodes.iter().map(|node| node.address.as_str()).collect::<Vec<_>>().join(",")
    }

    /// The leader is gone, and the others need some seconds to elect another.
    pub(crate) fn stop_the_leader(&mut self) {
        drop(self.nodes.remove(0));
    }
}
