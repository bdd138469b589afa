//! Secrets that Vault makes for who asks: certificates, users of a database, what transit decrypts.

mod leases;
mod written;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::servers::Vault;

/// An engine for certificates at `mount`, with a root of its own and the role `web` for names below example.org.
fn pki(vault: &Vault, mount: &str) {
    vault.api().post(&format!("sys/mounts/{mount}"), &json!({"type": "pki"})).ok();
    let root = json!({"common_name": "example.org", "key_type": "ec", "ttl": "48h"});
    vault.api().post(&format!("{mount}/root/generate/internal"), &root).ok();
    let role = json!({
        "allowed_domains": "example.org", "allow_subdomains": true, "key_type": "ec", "key_bits": 256, "max_ttl": "24h",
    });
    vault.api().post(&format!("{mount}/roles/web"), &role).ok();
}

/// What transit makes of `text` with the key `app` at `mount`, both of which it makes first.
fn encrypted(vault: &Vault, mount: &str, text: &str) -> String {
    vault.api().post(&format!("sys/mounts/{mount}"), &json!({"type": "transit"})).ok();
    vault.api().post(&format!("{mount}/keys/app"), &json!({})).ok();
    let plain = STANDARD.encode(text);
    let answer: Value = vault.api().post(&format!("{mount}/encrypt/app"), &json!({"plaintext": plain})).ok();
    answer["data"]["ciphertext"].as_str().expect("a text").to_owned()
}

/// The value under `key` in a rendering of a Secret.
fn value(stdout: &[u8], key: &str) -> String {
    let object: serde_json::Value = serde_yaml::from_slice(stdout).expect("YAML");
    object["stringData"][key].as_str().expect("a text").to_owned()
}

/// The user and the password in the first two values.
fn user(stdout: &[u8]) -> (String, String) {
    (value(stdout, "k0"), value(stdout, "k1"))
}
