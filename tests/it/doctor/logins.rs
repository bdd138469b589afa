//! What `doctor` says of the token of each login: accessor, policies, time and uses, and never the token.

use std::fs;

use serde_json::json;

use super::setup::{SetUp, answer};
use crate::guides::blocks;
use crate::support::program::root;
use crate::support::servers::{self, Issuer, Setup};

#[test]
fn the_token_of_each_login_is_described_and_not_shown() {
    // Its own, as the agent of the page logs in at `auth/approle`.
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    vault.policy("described", &["described/*"]);
    let policies = json!({"token_policies": ["described"], "token_ttl": "10m", "token_num_uses": 40});
    let role = vault.approle("described", &policies);
    vault.userpass("described-users", "ann", "right-password", &["described"]);
    let issuer = Issuer::new();
    vault.jwt(
        "described-jwt",
        &issuer,
        json!({"token_policies": ["described"], "token_ttl": "10m", "bound_audiences": ["v"]}),
    );
    let token = vault.token_with(json!({"policies": ["described"], "ttl": "10m"}));
    let (folder, jwt) = (tempfile::tempdir().unwrap(), issuer.token(&json!({"sub": "me", "aud": "v"}), 60));
    let file = folder.path().join("token");
    fs::write(&file, &token).unwrap();
    let page = fs::read_to_string(root().join("docs/authentication.md")).unwrap();
    let config = blocks(page.split_once("\n## none\n").expect("its section").1, "hcl")
        .next()
        .expect("the agent's configuration");
    let through_agent = vault.approle("approle", &json!({"token_policies": ["described"], "token_ttl": "10m"}));
    let Some(agent) = vault.agent(config, &through_agent) else { return };
    let set_up = |name: &'static str, settings: &[(&str, &str)]| {
        let set_up = SetUp::new(name).env("VAULT_ADDR", &vault.address).env("AVP_AUTH_TYPE", name);
        settings.iter().fold(set_up, |set_up, (name, value)| set_up.env(name, value))
    };
    let file = file.display().to_string();
    for (login, settings, uses) in [
        (
            "approle",
            &[("AVP_MOUNT_PATH", "described"), ("AVP_ROLE_ID", &*role.role_id), ("AVP_SECRET_ID", &*role.secret_id)][..],
            Some("40 uses left"),
        ),
        (
            "userpass",
            &[("AVP_MOUNT_PATH", "described-users"), ("AVP_USERNAME", "ann"), ("AVP_PASSWORD", "right-password")],
            None,
        ),
        ("jwt", &[("AVP_MOUNT_PATH", "described-jwt"), ("AVP_AUTH_ROLE", "web"), ("AVP_JWT", &*jwt)], None),
        ("token", &[("VAULT_TOKEN", &*token)], None),
        ("token_file", &[("AVP_TOKEN_FILE", &*file)], None),
        ("none", &[("VAULT_ADDR", &*agent.address)], None),
    ] {
        let answers = set_up(login, settings).is_healthy();
        let (state, told) = answer(&answers, "policies");
        assert!(state == "ok" && told.contains("`described`") && told.contains("lives for"), "{login}: {told}");
        assert_eq!(uses.is_some_and(|uses| told.contains(uses)), uses.is_some(), "{login}: {told}");
        // An agent keeps the accessor of its token to itself.
        if login != "none" {
            let accessor = told.split("accessor `").nth(1).and_then(|rest| rest.split('`').next()).expect(login);
            let known = vault.api().post("auth/token/lookup-accessor", &json!({"accessor": accessor})).ok();
            assert!(known["data"]["policies"].to_string().contains("described"), "{login}: {known}");
        }
        let all = format!("{answers:?}");
        for secret in [&token, &role.secret_id, &jwt, "right-password", "hvs."] {
            assert!(!all.contains(secret), "{login}: {all}");
        }
    }
    // A tenant is told of neither policies nor accessors.
    let tenants = set_up("token", &[("VAULT_TOKEN", &*token), ("AVP_TENANT", "true")]).answers().1;
    let (_, told) = answer(&tenants, "policies");
    assert!(!told.contains("accessor") && !told.contains("described"), "{told}");
}
