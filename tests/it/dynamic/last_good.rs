//! Values of the last good reading, which stand in while Vault is away.

use serde_json::json;

use super::Renderer;
use crate::support::program::Program;
use crate::support::render::secret;
use crate::support::servers::{self, Setup, Vault};

/// A Vault of its own with a secret, and somebody who may read it.
fn set_up() -> Option<Vault> {
    let vault = servers::own_vault(Setup::default())?;
    vault.mount("kv", 2);
    vault.write("kv", "app", &json!({"k": "first"}));
    vault.write("kv", "other", &json!({"k": "other"}));
    Some(vault)
}

fn renderer(vault: &Vault) -> Renderer<'_> {
    Renderer::new(vault, "approle", "path \"kv/data/*\" { capabilities = [\"read\"] }", json!({"token_ttl": "10m"}))
}

fn run(renderer: &Renderer<'_>, path: &str) -> Program {
    // No token is kept, as in a pod whose home is read-only.
    let manifest = secret(&[&format!("<path:{path}#k>")]);
    renderer
        .render(&manifest)
        .env("AVP_LAST_GOOD", "1h")
        .env("AVP_DISABLE_TOKEN_CACHE", "true")
        .env("VAULT_MAX_RETRIES", "0")
}

/// Output and messages of a run that ends with `status`.
#[track_caller]
fn ends(run: Program, status: i32) -> (String, String) {
    let output = run.output();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{said}");
    (String::from_utf8(output.stdout).unwrap(), said)
}

#[test]
fn a_sealed_vault_is_stood_in_for_and_says_so() {
    let Some(vault) = set_up() else { return };
    let renderer = renderer(&vault);
    let (good, said) = ends(run(&renderer, "kv/data/app"), 0);
    assert_eq!((good.as_str(), said.as_str()), (secret(&["first"]).as_str(), ""));
    vault.seal();
    let (stood_in, said) = ends(run(&renderer, "kv/data/app"), 0);
    assert_eq!(stood_in, good);
    assert!(
        said.contains("warning: the value of `kv/data/app` is of 20") && said.contains("Vault is sealed"),
        "{said}"
    );
    // What was never read is an error, and so is it all for somebody else and without the setting.
    assert!(ends(run(&renderer, "kv/data/other"), 1).1.contains("Vault is sealed"));
    assert!(ends(run(&renderer, "kv/data/app").env("AVP_SECRET_ID", "guessed"), 1).1.contains("Vault is sealed"));
    assert!(ends(run(&renderer, "kv/data/app").env("AVP_LAST_GOOD", "0"), 1).1.contains("Vault is sealed"));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert!(ends(run(&renderer, "kv/data/app").env("AVP_LAST_GOOD", "1s"), 1).1.contains("Vault is sealed"));
    vault.unseal().unwrap();
    vault.write("kv", "app", &json!({"k": "second"}));
    assert_eq!(ends(run(&renderer, "kv/data/app"), 0), (secret(&["second"]), String::new()));
}

#[test]
fn no_outage_brings_back_what_was_deleted_or_denied() {
    let Some(vault) = set_up() else { return };
    let renderer = renderer(&vault);
    for (path, remove) in [
        ("kv/data/app", (|vault: &Vault| vault.delete_versions("kv", "app", &[1])) as fn(&Vault)),
        ("kv/data/other", |vault| vault.policy_of("approle", "path \"kv/data/none\" { capabilities = [\"read\"] }")),
    ] {
        ends(run(&renderer, path), 0);
        remove(&vault);
        ends(run(&renderer, path), 1);
        vault.pause();
        let (_, said) = ends(run(&renderer, path).env("VAULT_CLIENT_TIMEOUT", "1s"), 1);
        assert!(said.contains("no response"), "{said}");
        vault.resume();
    }
}

#[test]
fn a_vault_that_hangs_is_stood_in_for_within_the_time_of_the_run() {
    let Some(vault) = set_up() else { return };
    let renderer = renderer(&vault);
    let (good, _) = ends(run(&renderer, "kv/data/app"), 0);
    vault.pause();
    let start = std::time::Instant::now();
    let (stood_in, said) = ends(run(&renderer, "kv/data/app").env("AVP_TIMEOUT", "2s"), 0);
    assert!(stood_in == good && said.contains("no response"), "{said}");
    assert!(start.elapsed() < std::time::Duration::from_secs(10));
    vault.resume();
}

#[test]
fn a_keep_that_takes_no_value_is_a_warning() {
    let (Some(vault), Some(mut redis)) = (set_up(), servers::redis(&[], &[])) else { return };
    let renderer = renderer(&vault).keeping_in(redis.address());
    let two = secret(&["<path:kv/data/app#k>", "<path:kv/data/other#k>"]);
    let run = || renderer.render(&two).env("AVP_LAST_GOOD", "1h");
    assert_eq!(ends(run(), 0), (secret(&["first", "other"]), String::new()));
    redis.stop();
    let (stdout, said) = ends(run(), 0);
    assert_eq!(stdout, secret(&["first", "other"]));
    assert_eq!(said.matches("the run goes on without it").count(), 1, "{said}");
}
