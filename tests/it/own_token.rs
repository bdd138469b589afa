//! The renderer's own credentials are never values: no path, namespace or command returns its token.

use serde_json::json;

use crate::support::program::{Program, program};
use crate::support::render::{render, secret};
use crate::support::servers::{self, Faults, Response, Setup, Vault};

const TENANT: (&str, &str) = ("ARGOCD_APP_NAME", "app");

/// Paths of Vault's own, in spellings that lead there.
const SYSTEM: [&str; 12] = [
    "auth/token/lookup-self#id",
    "/auth/token/lookup-self#id",
    "auth//token/./x/../lookup-self/#*",
    "auth/token/lookup-self#data",
    "cubbyhole/mine#token",
    "cubbyhole/response#response",
    "sys/internal/ui/mounts#secret",
    "sys/wrapping/lookup#creation_path",
    "sys/mounts#request_id",
    "identity/oidc/token/web#token",
    "identity/entity/id#keys",
    "audit/file#path",
];

fn generate(vault: &Vault, token: &str, placeholder: &str) -> Program {
    render(&vault.address, &secret(&[&format!("<path:{placeholder}>")])).env("VAULT_TOKEN", token)
}

/// It failed, printed nothing, and did not name the token.
#[track_caller]
fn withheld(run: Program, token: &str, words: &[&str]) {
    let output = run.output();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!stdout.contains(token) && !stderr.contains(token), "{stdout}{stderr}");
    assert_ne!(output.status.code(), Some(0), "{stdout}{stderr}");
    assert_ne!(output.status.code(), Some(101), "{stderr}");
    for word in words {
        assert!(stderr.contains(word) || stdout.contains(word), "`{word}` is not in: {stdout}{stderr}");
    }
}

#[test]
fn a_tenant_reads_none_of_vaults_own_paths() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    vault.api().post("cubbyhole/mine", &json!({"token": &vault.root})).ok();
    for placeholder in SYSTEM {
        let run = generate(&vault, &vault.root, placeholder).env(TENANT.0, TENANT.1);
        withheld(run, &vault.root, &["Vault's own paths", "AVP_SYSTEM_PATHS=", "stdin:6:"]);
    }
    let annotated = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\n  annotations: {avp.kubernetes.io/path: //auth/token/lookup-self}\n\
                     stringData: {k: <id>, l: '%3Cpath%3Aauth%2Ftoken%2Flookup-self%23id%3E'}\n";
    let run = render(&vault.address, annotated).env("VAULT_TOKEN", &vault.root).env(TENANT.0, TENANT.1);
    withheld(run, &vault.root, &["Vault's own paths"]);
    for first in ["auth/token/lookup", "sys/internal", "sys/wrapping/lookup", "sys/mounts", "identity", "cubbyhole"] {
        assert!(vault.reads(first).is_empty(), "{first} was asked for");
    }
}

#[test]
fn no_command_reads_vaults_own_paths_for_a_tenant() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    let manifest = secret(&["<path:auth/token/lookup-self#id>", "<path:identity/oidc/token/web#token>"]);
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("app.yaml"), manifest).unwrap();
    std::fs::write(other.path().join("app.yaml"), secret(&["x"])).unwrap();
    let (here, there) = (folder.path().to_str().unwrap(), other.path().to_str().unwrap());
    for command in [
        &["generate", here][..],
        &["generate", here, "--stream"],
        &["plan", here],
        &["plan", here, "--format", "hcl"],
        &["plan", here, "--format", "json"],
        &["record", here, "-o", "-"],
        &["check", here, "--online"],
        &["diff", here, "--base", there],
    ] {
        let run = program(command).env("VAULT_ADDR", &vault.address).env("VAULT_TOKEN", &vault.root);
        withheld(run.env(TENANT.0, TENANT.1), &vault.root, &["Vault's own paths", "identity/oidc/token"]);
    }
    assert!(vault.reads("auth/token/lookup").is_empty() && vault.reads("identity").is_empty());
}

#[test]
fn mounts_that_only_look_like_vaults_own_are_read() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("authz", 1);
    vault.mount("Auth", 1);
    vault.mount("own-two", 2);
    for (mount, path) in [("authz", "app"), ("Auth", "app"), ("own-two", "auth/app"), ("own-two", "sys/token")] {
        vault.write(mount, path, &json!({"k": "fine"}));
    }
    for path in ["authz/app", "Auth/app", "own-two/data/auth/app", "own-two/data/sys/token", "own-two/auth/app"] {
        let run = generate(vault, &vault.root, &format!("{path}#k")).env(TENANT.0, TENANT.1);
        assert_eq!(String::from_utf8_lossy(&run.output().stdout), secret(&["fine"]), "{path}");
    }
}

#[test]
fn the_operator_allows_prefixes_and_the_token_stays_withheld() {
    let Some(vault) = servers::vault() else { return };
    let token = vault.token_with(json!({"policies": ["default"], "display_name": "argocd"}));
    let run = |placeholder| generate(vault, &token, placeholder).env(TENANT.0, TENANT.1);
    let allowed = |placeholder| run(placeholder).env("AVP_SYSTEM_PATHS", "auth/token/lookup-self");
    allowed("auth/token/lookup-self#display_name").stdout(secret(&["token-argocd"])).check();
    withheld(allowed("auth/token/lookup-self#id"), &token, &["credential"]);
    let own = run("auth/token/lookup-self#display_name").env("ARGOCD_ENV_AVP_SYSTEM_PATHS", "auth");
    withheld(own, &token, &["AVP_SYSTEM_PATHS"]);
}

#[test]
fn nobodys_value_is_the_renderers_own_token() {
    let Some(vault) = servers::vault() else { return };
    let token = vault.token_with(json!({"policies": ["default", "root"], "ttl": "1h"}));
    vault.mount("own-values", 1);
    let json = json!({"token": &token}).to_string();
    vault.write("own-values", "app", &json!({"plain": &token, "json": &json, "deep": {"a": [&token]}, "fine": "fine"}));
    let accessor = vault.api().with_token(&token).get("auth/token/lookup-self").ok()["data"]["accessor"].clone();
    for placeholder in [
        "auth/token/lookup-self#id",
        "auth/token/lookup-self#id | base64encode",
        "auth/token/lookup-self#id | sha256sum",
        "auth/token/lookup-self#id | default x",
        "auth/token/lookup-self#accessor",
        "auth/token/lookup-self#*",
        "auth/token/lookup-self#* | jsonPath {.id}",
        "own-values/app#plain",
        "own-values/app#json | jsonParse | jsonPath {.token}",
        "own-values/app#deep | jsonPath {.a[0]}",
        "own-values/app#*",
    ] {
        withheld(generate(vault, &token, placeholder), &token, &["credential", "stdin:6:"]);
        withheld(generate(vault, &token, placeholder), accessor.as_str().unwrap(), &[]);
    }
    generate(vault, &token, "own-values/app#fine").stdout(secret(&["fine"])).check();
}

#[test]
fn no_login_hands_out_what_it_logs_in_with() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("own-logins", 1);
    vault.policy("own-logins", &["own-logins/*", "auth/token/lookup-self"]);
    let role = vault.approle("own-role", &json!({"token_policies": ["own-logins"], "token_ttl": "1h"}));
    vault.write("own-logins", "app", &json!({"id": &role.secret_id, "role": &role.role_id}));
    let home = tempfile::tempdir().unwrap();
    let run = |placeholder: &str| {
        let run = render(&vault.address, &secret(&[&format!("<path:{placeholder}>")])).env("HOME", home.path());
        let run = run.env("AVP_AUTH_TYPE", "approle").env("AVP_MOUNT_PATH", "auth/own-role");
        run.env("AVP_ROLE_ID", &role.role_id).env("AVP_SECRET_ID", &role.secret_id)
    };
    // The first logs in, the others find the token in the cache.
    for placeholder in ["auth/token/lookup-self#accessor", "auth/token/lookup-self#accessor", "own-logins/app#id"] {
        withheld(run(placeholder), &role.secret_id, &["credential"]);
    }
    let output = run("own-logins/app#role").output();
    assert!(String::from_utf8_lossy(&output.stdout).contains(&role.role_id), "a role id is a name");
    assert_eq!(vault.logins("own-role").len(), 1);
}

/// A Vault with namespaces in its paths, which answers with this type of mount, and this when asked for the mount.
fn namespaced(mount_type: &'static str, mount: &'static str) -> Faults {
    Faults::start(move |_, request| match request.path.contains("sys/internal/ui/mounts") {
        true if mount.is_empty() => Response::json(403, r#"{"errors":["preflight capability check returned 403"]}"#),
        true => Response::json(200, mount),
        false if mount_type.is_empty() => Response::json(200, r#"{"data":{"id":"s.value","ttl":7}}"#),
        false => Response::json(200, &format!(r#"{{"data":{{"id":"s.value","ttl":7}},"mount_type":"{mount_type}"}}"#)),
    })
}

#[test]
fn a_namespace_in_front_of_a_path_hides_nothing() {
    const TOKEN: &str = r#"{"data":{"path":"auth/token/","type":"token"}}"#;
    const APPROLE: &str = r#"{"data":{"path":"team-a/auth/approle/","type":"approle"}}"#;
    const KV: &str = r#"{"data":{"path":"team-a/auth/","type":"kv","options":{"version":"1"}}}"#;
    const BELOW: &str = r#"{"data":{"path":"db/","type":"database"}}"#;
    for (path, mount_type, mount, refused) in [
        ("team-a/auth/token/lookup-self", "token", "", true),
        ("team-a/auth/token/lookup-self", "ns_token", "", true),
        ("team-a/b/cubbyhole/x", "ns_cubbyhole", "", true),
        ("team-a/x/y", "ns_system", "", true), // whatever the path looks like
        ("team-a/auth/token/lookup-self", "", TOKEN, true),
        ("team-a/auth/token/lookup-self", "", "", true),
        ("team-a/auth/approle/role/web/role-id", "approle", APPROLE, true),
        ("team-a/auth/app", "", KV, false),
        ("team-a/auth/app", "kv", "", false),
        ("db/creds/auth", "database", BELOW, false),
        ("team-a/app", "", "", false),
    ] {
        let faults = namespaced(mount_type, mount);
        let run = render(&faults.address, &secret(&[&format!("<path:{path}#id>")])).env("VAULT_TOKEN", "a-token");
        let output = run.env(TENANT.0, TENANT.1).output();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), !refused, "{path} {mount_type} {mount}: {stderr}");
        assert_eq!(stderr.contains("Vault's own paths"), refused, "{path} {mount_type} {mount}: {stderr}");
    }
}
