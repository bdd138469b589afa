//! What the audit and Vault's own log say of two projects behind one sidecar.

use std::fs;

use serde_json::{Value, json};

use super::set_up::{PROJECTS, secret, shared};
use crate::support::servers::{Application, Repository};

const POLICY: &str = "rules: [{allow: {paths: ['secret/data/{project}/**']}}]\n";

#[test]
fn each_line_and_each_request_belongs_to_its_project() {
    let folder = tempfile::tempdir().unwrap();
    let [audit, policy] = ["audit.jsonl", "policy.yaml"].map(|name| folder.path().join(name).display().to_string());
    fs::write(&policy, POLICY).unwrap();
    let required = ("AVP_AUDIT_REQUIRED", "true".to_owned());
    let Some(shared) = shared(vec![("AVP_AUDIT", audit.clone()), required, ("AVP_POLICY", policy.clone())]) else {
        return;
    };
    let header = "sys/config/auditing/request-headers/x-vault-render-project";
    shared.vault.api().post(header, &json!({"hmac": false})).ok();
    let repository = Repository::new([("web/secret.yaml", secret("<path:secret/data/shop/db#password>"))]);
    shared.render("shop", &repository, &Application::at("web")).unwrap();
    // Another project asks for the same, in its own name and in that of the first.
    let forged = Application::at("web").env("ARGOCD_APP_PROJECT_NAME", "shop").named("shop");
    for application in [Application::at("web"), forged] {
        let error = shared.render("rival", &repository, &application).unwrap_err();
        assert!(error.contains("no rule") && !error.contains(&policy), "{error}");
    }

    let lines: Vec<Value> =
        fs::read_to_string(&audit).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = lines.iter().map(|line| (&line["project"], &line["result"], &line["manifest"])).collect();
    let [found, denied] =
        [("shop", "found"), ("rival", "denied")].map(|(project, result)| (json!(project), json!(result)));
    let file = json!("secret.yaml");
    assert_eq!(told, [(&found.0, &found.1, &file), (&denied.0, &denied.1, &file), (&denied.0, &denied.1, &file)]);
    let token = shared.vault.api().post("auth/token/lookup-accessor", &json!({"accessor": lines[0]["login"]})).ok();
    assert_eq!(token["data"]["meta"]["role"], "app-shop");
    assert_eq!(lines[0]["rule"], format!("rule 1 ({policy}:1)"));

    // Of Vault's log each request that names a project names the one whose path it reads.
    let named = |entry: &Value| {
        let project = entry["request"]["headers"]["x-vault-render-project"][0].as_str()?.to_owned();
        Some((project, entry["request"]["path"].as_str()?.to_owned()))
    };
    let requests: Vec<(String, String)> = shared.vault.entries().iter().filter_map(named).collect();
    assert!(requests.contains(&("shop".into(), "secret/data/shop/db".into())), "{requests:?}");
    assert!(requests.iter().all(|(project, _)| project == "shop"), "nothing was asked for the other: {requests:?}");
}

/// What a plugin that fails writes to stderr is a part of what Argo CD shows.
#[test]
fn a_tenant_who_sees_the_audit_on_stderr_sees_no_accessor() {
    let Some(shared) = shared(vec![("AVP_AUDIT", "stderr".to_owned())]) else { return };
    for project in PROJECTS {
        let manifest = secret(&format!("<path:secret/data/{project}/db#missing>"));
        let repository = Repository::new([("web/secret.yaml", manifest)]);
        let error = shared.render(project, &repository, &Application::at("web")).unwrap_err();
        assert!(error.contains("\"result\":\"found\"") && !error.contains("\"login\""), "{error}");
    }
}
