//! Users of a real PostgreSQL and certificates, which Vault makes for who asks: kept, renewed and replaced.

use serde_json::json;

use super::{Renderer, asked, pki, user};
use crate::support::program::program;
use crate::support::render::{render, secret};
use crate::support::servers;

/// A manifest with the user of a database and a certificate.
fn manifest(database: &str, pki: &str) -> String {
    let [username, password] = ["username", "password"].map(|key| format!("<path:{database}/creds/app#{key}>"));
    secret(&[&username, &password, &format!("\"<path:{pki}/issue/web?common_name=app.example.org#serial_number>\"")])
}

#[test]
fn without_a_keep_a_user_of_a_database_logs_in_and_a_warning_says_so() {
    let (Some(vault), Some(postgres)) = (servers::vault(), servers::postgres()) else { return };
    postgres.serve(vault, "leases-db", "10m", "1h");
    let manifest = secret(&["<path:leases-db/creds/app#username>", "<path:leases-db/creds/app#password>"]);
    let output = render(&vault.address, &manifest).env("VAULT_TOKEN", &vault.root).output();
    let (user, password) = user(&output.stdout);
    assert!(postgres.lets_in(&user, &password) && !postgres.lets_in(&user, "another"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("made for this run alone") && said.contains("`AVP_KEEP`"), "{said}");
}

#[test]
fn a_hundred_renderings_make_one_lease_and_one_certificate() {
    let (Some(vault), Some(postgres)) = (servers::vault(), servers::postgres()) else { return };
    postgres.serve(vault, "kept-db", "10m", "1h");
    pki(vault, "kept-pki");
    let rules = "path \"kept-db/creds/app\" { capabilities = [\"read\"] }
        path \"kept-pki/issue/web\" { capabilities = [\"update\"] }";
    let role = json!({"token_ttl": "18s", "token_max_ttl": "1h"});
    let (renderer, manifest) = (Renderer::new(vault, "kept-approle", rules, role), manifest("kept-db", "kept-pki"));
    let run = || renderer.rendered(&manifest);
    let first = run();
    let (user, password) = user(&first);
    let start = std::time::Instant::now();
    for number in 0..100 {
        assert!(run() == first, "rendering {number}");
        // Some of them after the end of the first token's time. A pause is shorter than the third of it in which the token is renewed.
        if number % 5 == 4 {
            std::thread::sleep(std::time::Duration::from_secs(1));
        }
    }
    assert!(start.elapsed() > std::time::Duration::from_secs(18), "the token's time has passed");
    assert_eq!((asked(vault, "kept-db/creds/app"), asked(vault, "kept-pki/issue/web")), (1, 1));
    assert!(postgres.lets_in(&user, &password));
    assert!(asked(vault, "auth/token/renew-self") > 0);

    // A lease that somebody revokes is replaced, and so is a certificate.
    vault.api().put("sys/leases/revoke-prefix/kept-db/creds/app", &json!({})).ok();
    assert!(!postgres.lets_in(&user, &password));
    let second = run();
    let (user, password) = super::user(&second);
    assert!(second != first && postgres.lets_in(&user, &password));
    let serial = super::value(&second, "k2");
    vault.api().post("kept-pki/revoke", &json!({"serial_number": serial})).ok();
    assert_ne!(super::value(&run(), "k2"), serial);
    assert_eq!((asked(vault, "kept-db/creds/app"), asked(vault, "kept-pki/issue/web")), (2, 2));
}

#[test]
fn four_processes_at_once_make_one_lease() {
    let (Some(vault), Some(postgres)) = (servers::vault(), servers::postgres()) else { return };
    postgres.serve(vault, "four-db", "10m", "1h");
    let rules = "path \"four-db/creds/app\" { capabilities = [\"read\"] }";
    let renderer = Renderer::new(vault, "four-approle", rules, json!({"token_ttl": "10m"}));
    let manifest = secret(&["<path:four-db/creds/app#username>", "<path:four-db/creds/app#password>"]);
    let outputs: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| renderer.rendered(&manifest))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert!(outputs.iter().all(|output| *output == outputs[0]));
    assert_eq!(asked(vault, "four-db/creds/app"), 1);
}

#[test]
fn who_may_no_longer_read_gets_nothing_from_the_keep() {
    let (Some(vault), Some(postgres)) = (servers::vault(), servers::postgres()) else { return };
    postgres.serve(vault, "lost-db", "10m", "1h");
    let rules = "path \"lost-db/creds/app\" { capabilities = [\"read\"] }";
    let renderer = Renderer::new(vault, "lost-approle", rules, json!({"token_ttl": "10m"}));
    let manifest = secret(&["<path:lost-db/creds/app#username>"]);
    renderer.rendered(&manifest);
    vault.policy_of("lost-approle", "path \"lost-db/creds/other\" { capabilities = [\"read\"] }");
    let output = renderer.render(&manifest).output();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.stdout.is_empty() && said.contains("denies reading `lost-db/creds/app`"), "{said}");
}

#[test]
fn a_preview_shows_what_is_kept_and_makes_nothing() {
    let (Some(vault), Some(postgres)) = (servers::vault(), servers::postgres()) else { return };
    postgres.serve(vault, "shown-db", "10m", "1h");
    let rules = "path \"shown-db/creds/app\" { capabilities = [\"read\"] }";
    let renderer = Renderer::new(vault, "shown-approle", rules, json!({"token_ttl": "10m"}));
    let manifest = secret(&["<path:shown-db/creds/app#username>"]);
    let preview = || {
        let run = renderer.with_login(program(["generate", "-", "--mask"]).env("VAULT_RENDER_MASK_KEY", "key"));
        String::from_utf8(run.stdin(manifest.as_str()).output().stdout).unwrap()
    };
    let planned = preview();
    assert_eq!(asked(vault, "shown-db/creds/app"), 0);
    renderer.rendered(&manifest);
    let kept = preview();
    assert!(planned != kept && kept == preview() && kept.contains("<redacted:"), "{planned}{kept}");
    assert_eq!(asked(vault, "shown-db/creds/app"), 1);
}

#[test]
fn a_lease_at_its_last_end_is_replaced_and_used_while_the_database_is_away() {
    let (Some(vault), Some(postgres)) = (servers::vault(), servers::postgres()) else { return };
    postgres.serve(vault, "last-db", "12s", "12s");
    let rules = "path \"last-db/creds/app\" { capabilities = [\"read\"] }";
    let renderer = Renderer::new(vault, "last-approle", rules, json!({"token_ttl": "10m"}));
    let manifest = secret(&["<path:last-db/creds/app#username>", "<path:last-db/creds/app#password>"]);
    let first = renderer.rendered(&manifest);
    std::thread::sleep(std::time::Duration::from_millis(8500));
    vault.api().post("last-db/config/pg", &json!({"allowed_roles": "none", "verify_connection": false})).ok();
    let output = renderer.render(&manifest).output();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.stdout == first && said.contains("ends soon, and could not be replaced"), "{said}");
    vault.api().post("last-db/config/pg", &json!({"allowed_roles": "*", "verify_connection": false})).ok();
    let second = renderer.rendered(&manifest);
    let (user, password) = user(&second);
    assert!(second != first && postgres.lets_in(&user, &password));
}
