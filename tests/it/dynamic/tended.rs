//! What Vault has made, between renderings: listed, renewed and revoked.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Renderer, asked, pki, user};
use crate::support::program::program;
use crate::support::render::secret;
use crate::support::servers::{self, Postgres, Setup, Vault};

/// A user of the database at `mount`.
fn manifest(mount: &str) -> String {
    secret(&[&format!("<path:{mount}/creds/app#username>"), &format!("<path:{mount}/creds/app#password>")])
}

fn renderer<'v>(vault: &'v Vault, postgres: &Postgres, database: &str, login: &'static str, ttl: &str) -> Renderer<'v> {
    postgres.serve(vault, database, ttl, "1h");
    let rules = format!("path \"{database}/creds/app\" {{ capabilities = [\"read\"] }}");
    Renderer::new(vault, login, &rules, json!({"token_ttl": "10m"}))
}

/// What `keep` prints with these arguments.
fn keep(renderer: &Renderer<'_>, arguments: &[&str]) -> (String, String, Option<i32>) {
    let output = renderer.with_login(program([&["keep"], arguments].concat())).output();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    (stdout, stderr, output.status.code())
}

#[test]
fn a_lease_is_listed_renewed_and_revoked_with_its_user() {
    let (Some(vault), Some(postgres)) = (servers::vault(), servers::postgres()) else { return };
    let renderer = renderer(vault, &postgres, "tended-db", "tended-approle", "10s");
    let first = renderer.rendered(&manifest("tended-db"));
    let (name, password) = user(&first);
    let (listed, _, code) = keep(&renderer, &["list", "--format", "json"]);
    let entry: Value = serde_json::from_str(listed.trim()).unwrap();
    assert!(code == Some(0) && entry["path"] == "tended-db/creds/app" && entry["accessor"].is_string(), "{listed}");
    assert!(!listed.contains(&name) && !listed.contains(&password), "{listed}");
    let (text, _, _) = keep(&renderer, &["list"]);
    assert!(text.starts_with("KIND") && text.contains("tended-db/creds/app"), "{text}");

    std::thread::sleep(Duration::from_secs(7));
    let (said, stderr, code) = keep(&renderer, &["renew"]);
    assert!(code == Some(0) && said.contains("tended-db/creds/app: renewed, good until "), "{said}{stderr}");
    std::thread::sleep(Duration::from_secs(4));
    assert!(postgres.lets_in(&name, &password), "its first ten seconds are over");
    assert!(renderer.rendered(&manifest("tended-db")) == first);

    let (said, stderr, code) = keep(&renderer, &["revoke", "tended-db/creds/app", "other/creds"]);
    assert!(said.contains("tended-db/creds/app: revoked") && code == Some(2), "{said}{stderr}");
    assert!(stderr.contains("nothing is kept for `other/creds`"), "{stderr}");
    // Vault revokes the leases of a token a moment later.
    let is_gone = (0..50).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        !postgres.lets_in(&name, &password)
    });
    assert!(is_gone);
    assert!(renderer.rendered(&manifest("tended-db")) != first);
    assert_eq!(asked(vault, "tended-db/creds/app"), 2);
    let (said, _, code) = keep(&renderer, &["revoke", "--all"]);
    assert!(said.contains("revoked") && code == Some(0), "{said}");
    assert_eq!(keep(&renderer, &["list", "--format", "json"]).0, "");
}

#[test]
fn what_could_not_be_revoked_stays_to_be_tried_again() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    pki(&vault, "pki");
    let role = json!({"allow_any_name": true, "key_type": "ec", "key_bits": 256, "ttl": "1h", "generate_lease": true});
    vault.api().post("pki/roles/web", &role).ok();
    let rules = "path \"pki/issue/web\" { capabilities = [\"update\"] }";
    let renderer = Renderer::new(&vault, "approle", rules, json!({"token_ttl": "10m"}));
    renderer.rendered(&secret(&["\"<path:pki/issue/web?common_name=app.example.org#serial_number>\""]));
    vault.seal();
    let (said, stderr, code) = keep(&renderer, &["revoke", "--all"]);
    assert!(code == Some(2) && stderr.contains("Vault is sealed") && !said.contains("forgotten"), "{said}{stderr}");
    assert!(keep(&renderer, &["list"]).0.contains("pki/issue/web"));
    vault.unseal().unwrap();
    let (said, _, code) = keep(&renderer, &["revoke", "--all"]);
    assert!(code == Some(0) && said.contains("revoked"), "{said}");
    assert!(!keep(&renderer, &["list"]).0.contains("pki/issue/web"));
}
