//! What is kept in a real Redis that several processes share, and what lies there.

use serde_json::json;

use super::{Renderer, pki, user, value};
use crate::support::render::secret;
use crate::support::servers::{self, Redis, Vault};

/// A renderer that keeps in Redis, and a manifest with a user of a database and a certificate.
fn sharing<'v>(vault: &'v Vault, redis: &Redis, name: &'static str, ttl: &str) -> (Renderer<'v>, String) {
    pki(vault, &format!("{name}-pki"));
    let rules = format!(
        "path \"{name}-db/creds/app\" {{ capabilities = [\"read\"] }}
         path \"{name}-pki/issue/web\" {{ capabilities = [\"update\"] }}"
    );
    let mut renderer = Renderer::new(vault, name, &rules, json!({"token_ttl": ttl, "token_max_ttl": "1h"}));
    renderer.keep = redis.address();
    let [username, password] = ["username", "password"].map(|key| format!("<path:{name}-db/creds/app#{key}>"));
    let certificate = format!("\"<path:{name}-pki/issue/web?common_name=app.example.org#serial_number>\"");
    (renderer, secret(&[&username, &password, &certificate]))
}

#[test]
fn four_processes_at_once_share_one_lease_and_one_certificate() {
    let (Some(vault), Some(postgres)) = (servers::vault(), servers::postgres()) else { return };
    let Some(redis) = servers::redis(&[], &[]) else { return };
    postgres.serve(vault, "four-shared-db", "10m", "1h");
    let (renderer, manifest) = sharing(vault, &redis, "four-shared", "12s");
    let start = std::time::Instant::now();
    let outputs: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let run = || {
            let rendered = |_| {
                std::thread::sleep(std::time::Duration::from_millis(500));
                renderer.rendered(&manifest)
            };
            (0..25).map(rendered).collect::<Vec<_>>()
        };
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    });
    assert!(start.elapsed() > std::time::Duration::from_secs(12), "the time of the first token has passed");
    assert!(outputs.len() == 100 && outputs.iter().all(|output| *output == outputs[0]));
    assert_eq!(super::asked(vault, "four-shared-db/creds/app"), 1);
    assert_eq!(super::asked(vault, "four-shared-pki/issue/web"), 1);
    let (user, password) = user(&outputs[0]);
    assert!(postgres.lets_in(&user, &password));

    // Whoever reads that Redis learns neither values nor paths.
    let dump = redis.dump();
    let holds = |text: &str| dump.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("vault-render:"), "something is there");
    for text in [
        &user,
        &password,
        &value(&outputs[0], "k2"),
        "four-shared-db",
        "four-shared-pki",
        "creds",
        "example.org",
        "hvs.",
    ] {
        assert!(!holds(text), "{text}");
    }

    // A revoked lease is replaced, once.
    vault.api().put("sys/leases/revoke-prefix/four-shared-db/creds/app", &json!({})).ok();
    let (next, _) = super::user(&renderer.rendered(&manifest));
    assert!(next != user && super::asked(vault, "four-shared-db/creds/app") == 2);
    // A Redis that has lost everything is a first run.
    redis.command(&["FLUSHALL"]);
    assert!(super::user(&renderer.rendered(&manifest)).0 != next);
}

#[test]
fn a_redis_that_is_away_is_a_warning() {
    let (Some(vault), Some(postgres)) = (servers::vault(), servers::postgres()) else { return };
    let Some(redis) = servers::redis(&[], &[]) else { return };
    postgres.serve(vault, "away-db", "10m", "1h");
    let (renderer, manifest) = sharing(vault, &redis, "away", "10m");
    renderer.rendered(&manifest);
    redis.pause();
    let start = std::time::Instant::now();
    let output = renderer.render(&manifest).output();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("no answer within 1000 ms"), "{said}");
    assert_eq!(said.matches("the run goes on without it").count(), 1, "{said}");
    assert!(start.elapsed() < std::time::Duration::from_secs(15));
    redis.resume();
    renderer.rendered(&manifest);
}

#[test]
fn a_wrapped_secret_id_serves_every_run() {
    let Some(vault) = servers::vault() else { return };
    let Some(redis) = servers::redis(&[], &[]) else { return };
    vault.mount("once-kv", 1);
    vault.write("once-kv", "app", &json!({"k": "v"}));
    let rules = "path \"once-kv/app\" { capabilities = [\"read\"] }";
    let mut renderer = Renderer::new(vault, "once", rules, json!({"token_ttl": "10m"}));
    renderer.keep = redis.address();
    let path = "auth/once/role/web/secret-id";
    renderer.login.secret_id = vault.wrapped(path);
    let manifest = secret(&["<path:once-kv/app#k>"]);
    for _ in 0..2 {
        let run = renderer.render(&manifest).env("AVP_SECRET_ID_WRAPPING_PATH", path);
        run.env("AVP_DISABLE_TOKEN_CACHE", "true").stdout(secret(&["v"])).check();
    }
    assert_eq!(vault.logins("once").len(), 2);
}
