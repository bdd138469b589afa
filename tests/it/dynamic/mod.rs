//! Secrets that Vault makes for who asks: certificates, users of a database, what transit decrypts.

mod engines;
mod last_good;
mod leases;
mod shared;
mod tended;
mod written;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::program::Program;
use crate::support::render::render;
use crate::support::servers::{Approle, Vault};

/// An engine for certificates at `mount`, with a root of its own and the role `web` for names below example.org.
pub(crate) fn pki(vault: &Vault, mount: &str) {
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

/// Who renders, and where what is made for them is kept.
pub(crate) struct Renderer<'v> {
    vault: &'v Vault,
    mount: &'static str,
    login: Approle,
    /// `AVP_KEEP`
    keep: String,
    folder: tempfile::TempDir,
}

impl<'v> Renderer<'v> {
    /// An AppRole at `mount`, which `rules` allow something; its tokens are made as `role` says. It keeps in a folder.
    pub(crate) fn new(vault: &'v Vault, mount: &'static str, rules: &str, role: Value) -> Self {
        vault.policy_of(mount, rules);
        let mut role = role;
        role["token_policies"] = json!([mount]);
        let (login, folder) = (vault.approle(mount, &role), tempfile::tempdir().unwrap());
        std::fs::write(folder.path().join("key"), "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
        Self { vault, mount, login, keep: folder.path().join("keep").to_str().unwrap().to_owned(), folder }
    }

    /// One who keeps elsewhere.
    pub(crate) fn keeping_in(self, keep: String) -> Self {
        Self { keep, ..self }
    }

    pub(crate) fn render(&self, manifest: &str) -> Program {
        self.with_login(render(&self.vault.address, manifest))
    }

    fn with_login(&self, run: Program) -> Program {
        run.env("VAULT_ADDR", &self.vault.address)
            .env("AVP_AUTH_TYPE", "approle")
            .env("AVP_MOUNT_PATH", self.mount)
            .env("AVP_ROLE_ID", &self.login.role_id)
            .env("AVP_SECRET_ID", &self.login.secret_id)
            .env("AVP_KEEP", &self.keep)
            .env("AVP_KEEP_KEY_FILE", self.folder.path().join("key"))
    }

    /// What a rendering prints; it says nothing else.
    pub(crate) fn rendered(&self, manifest: &str) -> Vec<u8> {
        let output = self.render(manifest).output();
        assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

/// How often `path` was asked for something.
fn asked(vault: &Vault, path: &str) -> usize {
    vault.requests().iter().filter(|request| request.ends_with(&format!(" {path}"))).count()
}
