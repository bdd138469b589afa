//! Paths with parameters: which endpoints are written, how often, and that nothing else is.

use std::process::Command;

use super::{encrypted, pki};
use crate::support::program::program;
use crate::support::render::{render, secret};
use crate::support::servers::{self, Vault};

/// A token with these rules, and what every token may ask of its mounts.
fn token(vault: &Vault, name: &str, rules: &str) -> String {
    vault.policy_of(name, rules);
    vault.token(&[name])
}

fn updates(vault: &Vault, below: &str) -> Vec<String> {
    vault.requests().into_iter().filter(|request| request.starts_with(&format!("update {below}"))).collect()
}

#[test]
fn the_parts_of_a_certificate_belong_together_whatever_the_order_of_the_parameters() {
    let (Some(vault), Some(openssl)) = (servers::vault(), servers::installed("openssl")) else { return };
    pki(vault, "written-pki");
    let token = token(vault, "written-pki", r#"path "written-pki/issue/web" { capabilities = ["update"] }"#);
    let manifest = secret(&[
        "\"<path:written-pki/issue/web?common_name=app.example.org&ttl=2h#certificate>\"",
        "\"<path:written-pki/issue/web?ttl=2h&common_name=app.example.org#private_key>\"",
        "\"<path:written-pki/issue/web?ttl=%32h&common_name=app.example.org#issuing_ca>\"",
    ]);
    let output = render(&vault.address, &manifest).env("VAULT_TOKEN", token).output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(updates(vault, "written-pki/issue"), ["update written-pki/issue/web"]);

    let object: serde_json::Value = serde_yaml::from_slice(&output.stdout).expect("YAML");
    let folder = tempfile::tempdir().unwrap();
    for (key, file) in [("k0", "certificate"), ("k1", "key"), ("k2", "ca")] {
        std::fs::write(folder.path().join(file), object["stringData"][key].as_str().expect("PEM")).unwrap();
    }
    let said = |command: &str| {
        let output = Command::new(&openssl).args(command.split(' ')).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    said("verify -CAfile ca certificate");
    assert_eq!(said("x509 -in certificate -pubkey -noout"), said("pkey -in key -pubout"));
    assert!(said("x509 -in certificate -noout -ext subjectAltName").contains("app.example.org"));
}

#[test]
fn transit_decrypts_what_git_holds() {
    let Some(vault) = servers::vault() else { return };
    let ciphertext = encrypted(vault, "written-transit", "wörd");
    let token = token(vault, "written-transit", r#"path "written-transit/decrypt/app" { capabilities = ["update"] }"#);
    let inline = format!("<path:written-transit/decrypt/app?ciphertext={ciphertext}#plaintext | base64decode>");
    let manifest =
        secret(&[&inline]).replace("  name: app\n", "  name: app\n  annotations:\n    avp.kubernetes.io/path: PATH\n");
    let manifest = manifest.replace("PATH", &format!("written-transit/decrypt/app?ciphertext={ciphertext}"));
    let manifest = format!("{manifest}  again: <plaintext | base64decode>\n");
    let output = render(&vault.address, &manifest).env("VAULT_TOKEN", token).output();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("k0: 'wörd'\n  again: 'wörd'\n"), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(updates(vault, "written-transit/decrypt").len(), 1);
}

#[test]
fn nothing_is_written_that_could_change_what_vault_holds() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("written-kv", 2);
    vault.write("written-kv", "app", &serde_json::json!({"k": "v"}));
    pki(vault, "written-root");
    for (path, hint) in [
        ("written-kv/data/app?version=1", "`<path:written-kv/data/app#KEY#1>`"),
        ("written-kv/data/app?k=evil", "`written-kv/` is kv"),
        ("written-root/root/rotate/internal?common_name=evil", "`written-root/` is pki"),
        ("written-root/roles/web?allow_any_name=true", "`pki/issue/*`"),
        ("auth/token/create?policies=root", ""),
        ("sys/leases/revoke?lease_id=x", ""),
        ("sys/policies/acl/evil?policy=x", ""),
        ("identity/entity?name=evil", ""),
        ("cubbyhole/app?k=evil", ""),
    ] {
        let before = updates(vault, "").len();
        let output = render(&vault.address, &secret(&[&format!("\"<path:{path}#k>\"")]))
            .env("VAULT_TOKEN", &vault.root)
            .output();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{path}: {said}");
        assert!(said.contains("takes no parameters") && said.contains(hint), "{path}: {said}");
        let sent = updates(vault, "")
            .into_iter()
            .skip(before)
            .filter(|request| request.contains(path.split('?').next().unwrap()));
        assert_eq!(sent.count(), 0, "{path}");
    }
}

#[test]
fn a_preview_makes_nothing_and_shows_a_mask_that_stays() {
    let Some(vault) = servers::vault() else { return };
    pki(vault, "written-preview");
    let ciphertext = encrypted(vault, "written-preview-transit", "canary");
    let folder = tempfile::tempdir().unwrap();
    let manifest = secret(&[
        "\"<path:written-preview/issue/web?common_name=app.example.org#certificate>\"",
        &format!("\"<path:written-preview-transit/decrypt/app?ciphertext={ciphertext}#plaintext | base64decode>\""),
    ]);
    std::fs::write(folder.path().join("app.yaml"), manifest).unwrap();
    let run = |arguments: &[&str]| {
        let run = program(arguments.iter().copied()).folder(folder.path());
        run.env("VAULT_ADDR", &vault.address)
            .env("VAULT_TOKEN", &vault.root)
            .env("VAULT_RENDER_MASK_KEY", "key")
            .output()
    };
    let first = run(&["generate", "app.yaml", "--mask"]);
    let text = String::from_utf8(first.stdout).unwrap();
    assert!(first.status.success() && !text.contains("canary") && !text.contains("BEGIN"), "{text}");
    assert_eq!(text, String::from_utf8(run(&["generate", "app.yaml", "--mask"]).stdout).unwrap());
    let record = run(&["record", ".", "-o", "record.json"]);
    let recorded = std::fs::read_to_string(folder.path().join("record.json")).unwrap_or_default();
    assert!(recorded.contains(r#""certificate": "text any""#), "{recorded}{record:?}");
    let offline = run(&["generate", "app.yaml", "--offline", "record.json"]);
    assert_eq!(String::from_utf8_lossy(&offline.stdout), text, "{offline:?}");
    let checked = run(&["check", "app.yaml", "--online"]);
    assert!(
        String::from_utf8_lossy(&checked.stdout).contains("is not read: that would create something"),
        "{checked:?}"
    );
    std::fs::create_dir(folder.path().join("base")).unwrap();
    let diff = run(&["diff", "app.yaml", "--base", "base"]);
    assert!(String::from_utf8_lossy(&diff.stdout).contains("<redacted:"), "{diff:?}");
    let plan = run(&["plan", "app.yaml", "--format", "hcl"]);
    let rule = "path \"written-preview/issue/web\" {\n  capabilities = [\"update\"]\n}";
    assert!(String::from_utf8_lossy(&plan.stdout).contains(rule), "{plan:?}");
    assert_eq!(updates(vault, "written-preview/issue").len(), 0);
}
