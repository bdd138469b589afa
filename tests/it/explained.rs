//! What a message says of a secret that a real Vault does not have, or denies: who asked, what is near, what to write instead.

use serde_json::json;

use crate::support::program::Program;
use crate::support::render::{render, secret};
use crate::support::servers::{self, Vault};

/// Rendered by somebody with a policy of these rules: path and capabilities.
fn as_reader(vault: &Vault, policy: &str, rules: &[(&str, &str)], path: &str) -> Program {
    let rule = |(path, capability): &(&str, &str)| format!("path \"{path}\" {{ capabilities = [\"{capability}\"] }}");
    let text = rules.iter().map(rule).collect::<Vec<_>>().join("\n");
    vault.api().put(&format!("sys/policies/acl/{policy}"), &json!({"policy": text})).ok();
    render(&vault.address, &secret(&[&format!("<path:{path}#password>")])).env("VAULT_TOKEN", vault.token(&[policy]))
}

fn stderr(program: Program) -> String {
    let output = program.output();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

/// Both holds and lacks, or the whole of it.
fn assert_says(stderr: &str, parts: &[&str], others: &[&str]) {
    for part in parts {
        assert!(stderr.contains(part), "{part} is not in {stderr}");
    }
    for other in others {
        assert!(!stderr.contains(other), "{other} is in {stderr}");
    }
}

#[test]
fn a_missing_secret_names_its_neighbours_where_they_may_be_listed() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("near", 2);
    for name in ["team/database", "team/databases", "team/other", "team/folder/inner"] {
        vault.write("near", name, &json!({"password": "s3cret"}));
    }
    let (read, list) = (("near/data/*", "read"), ("near/metadata/*", "list"));
    let with_list = |path: &str| stderr(as_reader(vault, "near-list", &[read, list], path));
    let command = "`vault kv get -mount=near team/databse` asks the same";
    let near = "near it are `near/data/team/database`, `near/data/team/databases`";
    assert_says(&with_list("near/data/team/databse"), &[near, command], &["other", "s3cret"]);
    assert_says(&with_list("near/team/databse"), &[near, command, "was read as `near/data/team/databse`"], &[]);
    assert_says(&with_list("near/data/team/folder"), &["`near/data/team/folder` is a folder"], &["inner"]);
    let version = secret(&["<path:near/data/team/other#password#9>"]);
    let version = stderr(as_reader(vault, "near-list", &[read, list], "").stdin(version));
    assert_says(&version, &["the secret is there, this version is not", "-version=9"], &[]);
    // Without `list` nothing is near, and nothing else is wrong.
    let without = stderr(as_reader(vault, "near-read", &[read], "near/data/team/databse"));
    assert_says(&without, &["no secret at `near/data/team/databse`", command], &["near it are", "403"]);
}

#[test]
fn one_folder_is_listed_once() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("listed", 2);
    vault.write("listed", "app", &json!({"password": "s3cret"}));
    let paths: Vec<String> = (0..20).map(|number| format!("<path:listed/data/ap{number}#k>")).collect();
    let manifest = secret(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    let program = as_reader(vault, "listed", &[("listed/data/*", "read"), ("listed/metadata/*", "list")], "x");
    let before = vault.lists("listed/").len();
    assert_says(&stderr(program.stdin(manifest)), &["did you mean `listed/data/app`?"], &[]);
    assert_eq!(vault.lists("listed/").len(), before + 1);
}

#[test]
fn no_name_is_near_that_the_requester_may_not_read() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("teams", 2);
    for name in ["team-a-database", "team-b-database"] {
        vault.write("teams", name, &json!({"password": "s3cret"}));
    }
    let rules = [("teams/data/*", "read"), ("teams/metadata/*", "list")];
    let program = as_reader(vault, "teams", &rules, "teams/data/team-a-databse")
        .env("AVP_PATH_VALIDATION", "^teams/data/team-a-")
        .env("ARGOCD_APP_NAME", "app");
    assert_says(&stderr(program), &["did you mean `teams/data/team-a-database`?"], &["team-b"]);
}

#[test]
fn a_path_for_another_engine_or_mount_is_corrected() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("engine1", 1);
    vault.write("engine1", "app", &json!({"password": "s3cret"}));
    let as_root = |path: &str| {
        let manifest = secret(&[&format!("<path:{path}#password>")]);
        stderr(render(&vault.address, &manifest).env("VAULT_TOKEN", &vault.root))
    };
    let version_1 = "its mount `engine1/` is KV version 1: take `data/` out: `engine1/app`";
    assert_says(&as_root("engine1/data/app"), &[version_1], &[]);
    let unknown = "no engine is mounted at `engin1/`; did you mean `engine1/app`?";
    assert_says(&as_root("engin1/app"), &[unknown], &[]);
    assert_says(&as_root("v1/engine1/app"), &["not with `v1/`: `engine1/app`"], &[]);
    assert_says(&as_root("engine1/app?version=7"), &["`<path:engine1/app#KEY#7>`"], &[]);
}

#[test]
fn a_denial_says_who_asked() {
    let Some(vault) = servers::vault() else { return };
    let policies = json!({"token_policies": ["asked-a", "asked-b"], "token_no_default_policy": true});
    let approle = vault.approle("asked", &policies);
    let program = || {
        render(&vault.address, &secret(&["<path:secret/data/denied#password>"]))
            .env("AVP_AUTH_TYPE", "approle")
            .env("AVP_MOUNT_PATH", "auth/asked")
            .env("AVP_ROLE_ID", &approle.role_id)
            .env("AVP_SECRET_ID", &approle.secret_id)
    };
    let login = format!("asked `{}` with the login `approle` (mount `auth/asked`", vault.address);
    let said = stderr(program());
    let policies = format!("{login}, policies `asked-a`, `asked-b`)");
    let command = "`vault token capabilities secret/data/denied` shows what they grant";
    assert_says(&said, &["permission denied", &policies, command], &[&approle.role_id, &approle.secret_id]);
    // What the operator's login may do is none of a tenant's business.
    let said = stderr(program().env("ARGOCD_APP_NAME", "app"));
    assert_says(&said, &[&format!("{login})")], &["asked-a", &approle.role_id]);
}

#[test]
fn a_login_at_a_wrong_mount_names_the_setting_of_the_mount() {
    let Some(vault) = servers::vault() else { return };
    let manifest = secret(&["<path:secret/data/app#password>"]);
    let login = |auth_type: &str| render(&vault.address, &manifest).env("AVP_AUTH_TYPE", auth_type);
    let approle = login("approle").env("AVP_ROLE_ID", "r").env("AVP_SECRET_ID", "s3cret-id");
    let said = stderr(approle.env("AVP_MOUNT_PATH", "auth/nope"));
    let mounted = "is the method mounted at `auth/nope`, which `AVP_MOUNT_PATH` names?";
    assert_says(&said, &["cannot log in", mounted, &vault.address], &["s3cret-id"]);
    let said = stderr(login("github").env("AVP_GITHUB_TOKEN", "s3cret-token"));
    assert_says(&said, &["is the method mounted at `auth/github`"], &["s3cret-token"]);
}

#[test]
fn a_pod_without_a_token_is_told_how_to_mount_one() {
    let manifest = secret(&["<path:secret/data/app#password>"]);
    let pod = || render("http://127.0.0.1:1", &manifest).env("KUBERNETES_SERVICE_HOST", "10.0.0.1");
    assert_says(&stderr(pod()), &["neither a token nor a service account", "automountServiceAccountToken"], &[]);
    let k8s = pod().env("AVP_AUTH_TYPE", "k8s").env("AVP_K8S_ROLE", "argocd").env("AVP_K8S_TOKEN_PATH", "/none/token");
    assert_says(&stderr(k8s), &["cannot read `/none/token`", "serviceAccountToken"], &[]);
}
