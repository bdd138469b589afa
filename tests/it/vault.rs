//! Reading from a real Vault: versions, paths, counts, messages.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::support::program::Program;
use crate::support::render::{custom, render, secret};
use crate::support::servers::{self, Faults, Request, Response, Setup, Vault};

/// Rendered by somebody who may read just these paths.
fn as_reader(vault: &Vault, policy: &str, paths: &[&str], manifest: &str) -> Program {
    vault.policy(policy, paths);
    render(&vault.address, manifest).env("VAULT_TOKEN", vault.token(&[policy]))
}

#[test]
fn both_engines_are_read_and_told_apart_without_a_setting() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("engines1", 1);
    vault.mount("engines2", 2);
    vault.write("engines1", "app", &json!({"password": "one"}));
    vault.write("engines2", "app", &json!({"password": "two"}));
    let manifest = secret(&["<path:engines1/app#password>", "<path:engines2/data/app#password>"]);
    as_reader(vault, "engines", &["engines1/app", "engines2/data/app"], &manifest)
        .stdout(secret(&["one", "two"]))
        .check();
    assert_eq!(vault.reads("engines1/"), ["read engines1/app"]);
    assert_eq!(vault.reads("engines2/"), ["read engines2/data/app"]);
}

#[test]
fn the_kv_version_can_be_said() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("said1", 1);
    // Looks like version 2 in every detail.
    let metadata = json!({"created_time": "2026-01-01T00:00:00Z", "destroyed": false, "version": 1});
    vault.write("said1", "app", &json!({"data": {"password": "inner"}, "metadata": metadata}));
    let manifest = custom(&["<path:said1/app#data>"]);
    as_reader(vault, "said", &["said1/app"], &manifest)
        .env("AVP_KV_VERSION", "1")
        .stdout(
            custom(&["{password: inner}"]).replace("{password: inner}", "\n    password: inner").replace(": \n", ":\n"),
        )
        .check();
}

#[test]
fn versions_are_those_of_kv_2() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("versions", 2);
    for value in ["first", "second", "third"] {
        vault.write("versions", "app", &json!({"password": value}));
    }
    let path = |version: &str| format!("<path:versions/data/app#password#{version}>");
    let manifest = secret(&[&path("1"), &path("2"), &path("latest"), "<path:versions/data/app#password>"]);
    as_reader(vault, "versions", &["versions/data/app"], &manifest)
        .stdout(secret(&["first", "second", "third", "third"]))
        .check();
    assert_eq!(vault.reads("versions/").len(), 3, "latest and none are the same reading");
}

#[test]
fn the_annotation_names_path_and_version() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("annotated", 2);
    vault.write("annotated", "app", &json!({"password": "first"}));
    vault.write("annotated", "app", &json!({"password": "second"}));
    let annotations =
        "  annotations:\n    avp.kubernetes.io/path: annotated/data/app\n    avp.kubernetes.io/secret-version: \"1\"\n";
    let annotate = |text: String| text.replace("stringData:", &format!("{annotations}stringData:"));
    as_reader(vault, "annotated", &["annotated/data/app"], &annotate(secret(&["<password>"])))
        .stdout(annotate(secret(&["first"])))
        .check();
}

#[test]
fn missing_deleted_and_destroyed_versions_have_each_their_message() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("gone", 2);
    for value in ["s3cret-one", "s3cret-two", "s3cret-three"] {
        vault.write("gone", "app", &json!({"password": value}));
    }
    vault.delete_versions("gone", "app", &[1]);
    vault.destroy_versions("gone", "app", &[2]);
    for (version, message) in [("1", "deleted"), ("2", "destroyed"), ("9", "version"), ("x", "version")] {
        let manifest = secret(&[&format!("<path:gone/data/app#password#{version}>")]);
        let program = as_reader(vault, "gone", &["gone/data/app"], &manifest).status(1);
        program.stderr_holds(["gone/data/app", message, "stdin:6:"]).check();
    }
    assert!(vault.reads("gone/").len() <= 3 * 3, "a version that is no number asks nobody");
}

#[test]
fn a_path_without_data_is_corrected_with_a_warning() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("nodata", 2);
    vault.write("nodata", "team/app", &json!({"password": "right"}));
    let manifest = secret(&["<path:nodata/team/app#password>"]);
    as_reader(vault, "nodata", &["nodata/data/team/app"], &manifest)
        .stdout(secret(&["right"]))
        .stderr_holds(["warning", "nodata/data/team/app"])
        .check();
    assert_eq!(vault.reads("nodata/"), ["read nodata/team/app", "read nodata/data/team/app"]);
}

#[test]
fn where_neither_reading_works_both_are_named() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("neither", 2);
    vault.write("neither", "app", &json!({"password": "s3cret"}));
    // Somebody who may see the mount but read nothing of use.
    let manifest = secret(&["<path:neither/app#password>"]);
    as_reader(vault, "neither", &["neither/data/other"], &manifest)
        .status(1)
        .stderr_holds(["neither/app", "neither/data/app"])
        .check();
}

#[test]
fn each_secret_is_read_once_and_nobody_logs_in_twice() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("many", 2);
    let (mut placeholders, mut values, mut paths) = (Vec::new(), Vec::new(), Vec::new());
    for path in 0..50 {
        let keys: Vec<(String, Value)> =
            (0..4).map(|key| (format!("k{key}"), json!(format!("v{path}-{key}")))).collect();
        vault.write("many", &format!("app{path}"), &Value::Object(keys.into_iter().collect()));
        paths.push(format!("many/data/app{path}"));
        for key in 0..4 {
            placeholders.push(format!("<path:many/data/app{path}#k{key}>"));
            values.push(format!("v{path}-{key}"));
        }
    }
    vault.policy("many", &paths.iter().map(String::as_str).collect::<Vec<_>>());
    let approle = vault.approle("many-approle", &json!({"token_policies": ["many"], "token_no_default_policy": true}));
    let text = |lines: &[String]| secret(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    render(&vault.address, &text(&placeholders))
        .env("AVP_AUTH_TYPE", "approle")
        .env("AVP_MOUNT_PATH", "auth/many-approle")
        .env("AVP_ROLE_ID", approle.role_id)
        .env("AVP_SECRET_ID", approle.secret_id)
        .stdout(text(&values))
        .check();
    let reads = vault.reads("many/");
    assert_eq!(reads.len(), 50);
    assert_eq!(reads.iter().collect::<BTreeSet<_>>().len(), 50);
    assert_eq!(vault.logins("many-approle").len(), 1);
}

#[test]
fn without_placeholders_nobody_is_asked() {
    let faults = Faults::script(vec![Response::Cut]);
    let manifest = secret(&["plain"]);
    render(&faults.address, &manifest).env("VAULT_TOKEN", "t").stdout(manifest).check();
    assert!(faults.requests().is_empty());
}

#[test]
fn numbers_of_kv_1_come_out_as_they_were_written() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("numbers", 1);
    let secret: Value =
        serde_json::from_str(r#"{"a": 9007199254740993, "b": 18446744073709551615, "c": 1.50}"#).unwrap();
    vault.write("numbers", "app", &secret);
    let keys = ["<path:numbers/app#a>", "<path:numbers/app#b>", "<path:numbers/app#c>"];
    as_reader(vault, "numbers", &["numbers/app"], &custom(&keys))
        .stdout(custom(&["9007199254740993", "18446744073709551615", "1.50"]))
        .check();
}

#[test]
fn any_readable_path_is_a_secret() {
    let Some(vault) = servers::vault() else { return };
    vault.policy("cubby", &["cubbyhole/*", "auth/token/lookup-self"]);
    let token = vault.token(&["cubby"]);
    render(&vault.address, &secret(&["<path:auth/token/lookup-self#display_name>"]))
        .env("VAULT_TOKEN", token)
        .stdout(secret(&["token"]))
        .check();
}

#[test]
fn a_missing_key_names_its_neighbours_and_no_value() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("keys", 2);
    vault.write("keys", "app", &json!({"password": "s3cret-value", "username": "s3cret-user", "nothing": null}));
    let manifest = secret(&["<path:keys/data/app#pasword>", "<path:keys/data/app#nothing>", "<path:keys/data/none#a>"]);
    let output = as_reader(vault, "keys", &["keys/data/*"], &manifest).output();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    for part in ["`password`", "null", "keys/data/none", "stdin:6:", "stdin:7:", "stdin:8:"] {
        assert!(stderr.contains(part), "{part} is not in {stderr}");
    }
    assert!(!stderr.contains("s3cret"), "{stderr}");
}

#[test]
fn a_denied_path_says_what_to_allow_and_the_others_are_still_read() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("denied", 2);
    vault.write("denied", "app", &json!({"password": "x"}));
    let manifest = secret(&["<path:denied/data/app#password>", "<path:denied/data/other#password>"]);
    as_reader(vault, "denied", &["denied/data/app"], &manifest)
        .status(1)
        .stderr_holds(["denied/data/other", "permission denied", "policies", "stdin:7:"])
        .check();
    assert!(vault.reads("denied/").contains(&"read denied/data/app".to_owned()));
}

#[test]
fn a_sealed_vault_is_named_as_such() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    vault.seal();
    render(&vault.address, &secret(&["<path:secret/data/app#password>"]))
        .env("VAULT_TOKEN", &vault.root)
        .env("VAULT_MAX_RETRIES", "0")
        .status(1)
        .stderr_holds(["sealed"])
        .check();
}

#[test]
fn sealed_on_the_way_prints_nothing() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    vault.mount("secret", 1);
    for number in 0..8 {
        vault.write("secret", &format!("app{number}"), &json!({"password": "s3cret"}));
    }
    // The real Vault behind a door that seals it after three reads.
    let vault = Arc::new(vault);
    let behind = Arc::clone(&vault);
    let door = Faults::start(move |number, request| {
        if number == 3 {
            behind.seal();
        }
        forward(&behind, request)
    });
    let placeholders: Vec<String> = (0..8).map(|number| format!("<path:secret/app{number}#password>")).collect();
    let manifest = secret(&placeholders.iter().map(String::as_str).collect::<Vec<_>>());
    render(&door.address, &manifest)
        .env("VAULT_TOKEN", &vault.root)
        .env("VAULT_MAX_RETRIES", "0")
        .status(1)
        .stderr_holds(["sealed"])
        .check();
}

fn forward(vault: &Vault, request: &Request) -> Response {
    let token = request.header("x-vault-token").unwrap_or_default();
    let answer = vault.api().with_token(token).get(request.path.trim_start_matches("/v1/"));
    Response::json(answer.status, &answer.text)
}
