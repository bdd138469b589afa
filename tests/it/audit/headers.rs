//! For whom a run reads travels to Vault, whose audit log has it once an operator names the headers there.

use serde_json::{Value, json};

use crate::support::program::Program;
use crate::support::render::{render, secret};
use crate::support::servers::{self, Approle, Setup, Vault};

const APPLICATION: &str = "x-vault-render-application";
const PROJECT: &str = "x-vault-render-project";
const NAMESPACE: &str = "x-vault-render-namespace";

/// A Vault that audits the headers, that of the namespace as an HMAC, and a login for it.
fn auditing_vault() -> Option<(Vault, Approle)> {
    let vault = servers::own_vault(Setup::default())?;
    for (header, hmac) in [(APPLICATION, false), (PROJECT, false), (NAMESPACE, true)] {
        vault.api().post(&format!("sys/config/auditing/request-headers/{header}"), &json!({"hmac": hmac})).ok();
    }
    vault.mount("audited", 2);
    vault.write("audited", "app", &json!({"password": "p"}));
    vault.policy("audited", &["audited/data/app"]);
    let approle = vault.approle("audited", &json!({"token_policies": ["audited"]}));
    Some((vault, approle))
}

fn run(vault: &Vault, approle: &Approle, placeholder: &str) -> Program {
    let run = render(&vault.address, &secret(&[placeholder])).env("AVP_AUTH_TYPE", "approle");
    run.env("AVP_MOUNT_PATH", "audited").env("AVP_ROLE_ID", &approle.role_id).env("AVP_SECRET_ID", &approle.secret_id)
}

/// The requests that came in since there were `before`, each with a header as Vault recorded it.
fn recorded(vault: &Vault, before: usize, header: &str) -> Vec<(String, Value)> {
    let entry = |entry: &Value| {
        let request = format!("{} {}", entry["request"]["operation"], entry["request"]["path"]).replace('"', "");
        (request, entry["request"]["headers"][header][0].clone())
    };
    let requests = vault.entries().into_iter().filter(|entry| entry["type"] == "request");
    requests.skip(before).map(|request| entry(&request)).collect()
}

#[test]
fn every_request_of_a_run_says_for_whom_its_login_too() {
    let Some((vault, approle)) = auditing_vault() else { return };
    let before = vault.requests().len();
    let run = run(&vault, &approle, "<path:audited/app#password>").env("ARGOCD_APP_NAME", "argocd_zoë 50%\n");
    let run = run.env("ARGOCD_APP_PROJECT_NAME", "shop").env("ARGOCD_APP_NAMESPACE", "prod");
    // A tenant names nobody.
    let run = run.env("ARGOCD_ENV_ARGOCD_APP_PROJECT_NAME", "forged").env("PARAM_PROJECT", "forged");
    run.stdout(secret(&["p"])).stderr_holds(["was read as"]).check();

    let applications = recorded(&vault, before, APPLICATION);
    let requests: Vec<&str> = applications.iter().map(|(request, _)| request.as_str()).collect();
    for request in ["update auth/audited/login", "read sys/internal/ui/mounts/audited/app", "read audited/data/app"] {
        assert!(requests.contains(&request), "{request} is not in {requests:?}");
    }
    for (request, application) in &applications {
        assert_eq!(application, "argocd_zo%C3%AB%2050%25%0A", "{request}");
    }
    for (request, project) in recorded(&vault, before, PROJECT) {
        assert_eq!(project, "shop", "{request}");
    }
    let hash = vault.api().post("sys/audit-hash/file", &json!({"input": "prod"})).ok()["data"]["hash"].clone();
    for (request, namespace) in recorded(&vault, before, NAMESPACE).into_iter().take(applications.len()) {
        assert_eq!(namespace, hash, "{request}");
    }
}

#[test]
fn what_is_not_known_of_a_requester_is_not_sent() {
    let Some((vault, approle)) = auditing_vault() else { return };
    let before = vault.requests().len();
    let run = run(&vault, &approle, "<path:audited/data/app#password>").env("ARGOCD_APP_NAME", "web");
    run.env("ARGOCD_ENV_ARGOCD_APP_NAMESPACE", "forged").stdout(secret(&["p"])).check();
    assert!(recorded(&vault, before, APPLICATION).iter().all(|(_, application)| application == "web"));
    for header in [PROJECT, NAMESPACE] {
        let known = recorded(&vault, before, header);
        assert!(known.len() >= 2 && known.iter().all(|(_, value)| value.is_null()), "{header}: {known:?}");
    }
}
