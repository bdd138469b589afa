//! The rules of a policy file in the audit: which rule decided, and with which login was read.

use std::fs;

use serde_json::json;

use super::{members, sorted_lines};
use crate::support::files;
use crate::support::program::program;
use crate::support::render::secret;
use crate::support::servers;

const POLICY: &str = "\
logins:
  shop: {AVP_AUTH_TYPE: approle, AVP_MOUNT_PATH: audit-shop, AVP_ROLE_ID: {env: SHOP_ROLE_ID}, AVP_SECRET_ID: {env: SHOP_SECRET_ID}}
rules:
  - deny: {paths: ['audit-rules/{project}/hidden']}
  - {who: {project: shop}, allow: {paths: ['audit-rules/{project}/**']}, login: {name: shop}}
  - allow: {paths: ['audit-rules/common']}
";

#[test]
fn a_line_names_the_rule_and_the_accessor_of_its_login() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("audit-rules", 1);
    for path in ["shop/db", "shop/hidden", "common", "other"] {
        vault.write("audit-rules", path, &json!({"k": "v", "l": "w"}));
    }
    vault.policy("audit-shop", &["audit-rules/shop/*"]);
    vault.policy("audit-common", &["audit-rules/common"]);
    let [shop, common] =
        ["audit-shop", "audit-common"].map(|mount| vault.approle(mount, &json!({"token_policies": [mount]})));
    let folder = tempfile::tempdir().unwrap();
    let (audit, policy) = (folder.path().join("audit.jsonl"), folder.path().join("policy.yaml"));
    fs::write(&policy, POLICY).unwrap();
    let placeholders = ["shop/db#k", "shop/hidden#k", "shop/hidden#l", "common#k", "other#k"]
        .map(|path| format!("<path:audit-rules/{path}>"));
    files::write(folder.path(), "work/m.yaml", &secret(&placeholders.each_ref().map(String::as_str)));
    let run = |audit: &std::ffi::OsStr| {
        let run = program(["generate", "m.yaml"]).folder(folder.path().join("work")).env("VAULT_ADDR", &vault.address);
        let run = run.env("AVP_AUTH_TYPE", "approle").env("AVP_MOUNT_PATH", "audit-common");
        let run = run.env("AVP_ROLE_ID", &common.role_id).env("AVP_SECRET_ID", &common.secret_id);
        let run = run.env("SHOP_ROLE_ID", &shop.role_id).env("SHOP_SECRET_ID", &shop.secret_id);
        let run = run.env("AVP_POLICY", &policy).env("AVP_AUDIT", audit).env("ARGOCD_APP_PROJECT_NAME", "shop");
        let output = run.env("ARGOCD_APP_NAME", "web").output();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        said
    };
    let said = run(audit.as_os_str());
    let lines = sorted_lines(&audit);
    let rule = |number: usize, line: usize| format!("rule {number} ({}:{line})", policy.display());
    let (first, second, third) = (rule(1, 4), rule(2, 5), rule(3, 6));
    let told = members(&lines, &["path", "result", "by", "rule", "keys"]);
    assert_eq!(
        told,
        [
            ["audit-rules/common", "found", "null", &third, r#"["k"]"#],
            ["audit-rules/other", "denied", "policy", "null", r#"["k"]"#],
            ["audit-rules/shop/db", "found", "null", &second, r#"["k"]"#],
            ["audit-rules/shop/hidden", "denied", "policy", &first, r#"["k","l"]"#],
        ],
        "{said}"
    );
    for (line, mount) in [(&lines[0], "audit-common"), (&lines[2], "audit-shop")] {
        let accessor = vault.api().post("auth/token/lookup-accessor", &json!({"accessor": line["login"]})).ok();
        assert_eq!(accessor["data"]["path"], format!("auth/{mount}/login"));
    }
    assert!(lines[1]["login"].is_null() && vault.reads("audit-rules/other").is_empty());

    // On stderr, which a tenant may see, no line tells the rules and the logins of the operator.
    let said = run("stderr".as_ref());
    let shown: Vec<&str> = said.lines().filter(|line| line.starts_with('{')).collect();
    assert_eq!(shown.len(), 4, "{said}");
    assert!(!said.contains("\"rule\"") && !said.contains("\"login\"") && !said.contains("policy.yaml"), "{said}");
}
