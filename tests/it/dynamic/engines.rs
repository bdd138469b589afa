//! Other engines that make or compute a secret for who asks.

use serde_json::json;

use super::value;
use crate::support::render::{render, secret};
use crate::support::servers::{self, Directory};

#[test]
fn a_user_of_a_directory_is_made() {
    let (Some(vault), Some(directory)) = (servers::vault(), servers::directory()) else { return };
    let api = vault.api();
    api.post("sys/mounts/made-ldap", &json!({"type": "ldap"})).ok();
    let suffix = Directory::SUFFIX;
    let config = json!({
        "url": directory.address, "binddn": format!("cn=admin,{suffix}"), "bindpass": Directory::ADMIN_PASSWORD,
    });
    api.post("made-ldap/config", &config).ok();
    let entry = format!(
        "dn: uid={{{{.Username}}}},ou=people,{suffix}\nobjectClass: inetOrgPerson\nuid: {{{{.Username}}}}\ncn: {{{{.Username}}}}\n\
         sn: made\nuserPassword: {{{{.Password}}}}\n"
    );
    let removal = format!("dn: uid={{{{.Username}}}},ou=people,{suffix}\nchangetype: delete\n");
    let role = json!({"creation_ldif": entry, "deletion_ldif": removal, "default_ttl": "10m"});
    api.post("made-ldap/role/app", &role).ok();
    let manifest = secret(&["<path:made-ldap/creds/app#username>", "<path:made-ldap/creds/app#password>"]);
    let output = render(&vault.address, &manifest).env("VAULT_TOKEN", &vault.root).output();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.contains("`AVP_KEEP`"), "{said}");
    // Vault's own login asks the directory whether user and password belong together.
    vault.ldap("made-ldap", &directory.address, &["default"]);
    let (user, password) = (value(&output.stdout, "k0"), value(&output.stdout, "k1"));
    let log_in =
        |password: &str| api.post(&format!("auth/made-ldap/login/{user}"), &json!({"password": password})).status;
    assert_eq!((log_in(&password), log_in("another")), (200, 400));
}

#[test]
fn credentials_of_aws_are_made_by_reading_and_by_writing() {
    let (Some(vault), Some(moto)) = (servers::vault(), servers::moto()) else { return };
    let api = vault.api();
    let (key, secret_key) = moto.user("vault-root");
    moto.role("made");
    api.post("sys/mounts/made-aws", &json!({"type": "aws"})).ok();
    let root = json!({
        "access_key": key, "secret_key": secret_key, "region": "us-east-1", "iam_endpoint": moto.address, "sts_endpoint": moto.address,
    });
    api.post("made-aws/config/root", &root).ok();
    let role = json!({"credential_type": "assumed_role", "role_arns": ["arn:aws:iam::123456789012:role/made"]});
    api.post("made-aws/roles/app", &role).ok();
    for path in ["made-aws/sts/app", "made-aws/sts/app?ttl=1h&role_session_name=web"] {
        let manifest =
            secret(&[&format!("\"<path:{path}#access_key>\""), &format!("\"<path:{path}#security_token>\"")]);
        let output = render(&vault.address, &manifest).env("VAULT_TOKEN", &vault.root).output();
        assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(value(&output.stdout, "k0").starts_with("ASIA") && !value(&output.stdout, "k1").is_empty());
    }
}

#[test]
fn a_code_is_computed_and_nothing_is_made() {
    let Some(vault) = servers::vault() else { return };
    vault.api().post("sys/mounts/made-totp", &json!({"type": "totp"})).ok();
    let key = json!({"generate": true, "issuer": "Vault", "account_name": "app"});
    vault.api().post("made-totp/keys/app", &key).ok();
    let manifest = secret(&["<path:made-totp/code/app#code>"]);
    let output = render(&vault.address, &manifest).env("VAULT_TOKEN", &vault.root).output();
    let code = value(&output.stdout, "k0");
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
