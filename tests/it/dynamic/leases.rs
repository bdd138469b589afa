//! Users of a real PostgreSQL, which Vault makes for who asks.

use crate::support::render::{render, secret};
use crate::support::servers;

/// The user and the password that a rendering of [`secret`] holds.
fn user(stdout: &[u8]) -> (String, String) {
    let object: serde_json::Value = serde_yaml::from_slice(stdout).expect("YAML");
    let text = |key: &str| object["stringData"][key].as_str().expect("a text").to_owned();
    (text("k0"), text("k1"))
}

#[test]
fn a_user_of_a_database_logs_in() {
    let (Some(vault), Some(postgres)) = (servers::vault(), servers::postgres()) else { return };
    postgres.serve(vault, "leases-db", "10m", "1h");
    let manifest = secret(&["<path:leases-db/creds/app#username>", "<path:leases-db/creds/app#password>"]);
    let output = render(&vault.address, &manifest).env("VAULT_TOKEN", &vault.root).output();
    let (user, password) = user(&output.stdout);
    assert!(postgres.lets_in(&user, &password) && !postgres.lets_in(&user, "another"));
}
