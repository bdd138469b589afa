//! The operator's files: read again after a change, and the last good ones where a change is wrong.

use std::fs;

use vault_render::SettingFlags;

use super::{Process, app, wait_for};
use crate::support::servers::{Faults, Response};

const FOUND: &str = r#"{"data":{"data":{"k":"v"},"metadata":{"created_time":"t","destroyed":false,"version":1}}}"#;

#[test]
fn a_policy_file_counts_as_it_is_now_unless_it_is_wrong() {
    let faults = Faults::script(vec![Response::json(200, FOUND)]);
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.yaml");
    let write = |path: &str| fs::write(&policy, format!("rules:\n- {{allow: {{paths: [{path}]}}}}\n")).unwrap();
    write("secret/data/a");
    let process = Process::new(&[
        ("VAULT_ADDR", &faults.address),
        ("VAULT_TOKEN", "canary-token"),
        ("AVP_POLICY", policy.to_str().unwrap()),
    ]);
    let call = || process.call(&app("web", "1"), "secret/data/a");
    assert_eq!(call(), "v");
    fs::write(&policy, "rules: nonsense\n").unwrap();
    wait_for("the change is seen", || process.shared.figures().failed_reloads > 0);
    assert_eq!(call(), "v", "the last good one counts");
    write("secret/data/other");
    wait_for("the new one counts", || call().starts_with("error: "));
    write("secret/data/a");
    wait_for("the newest one counts", || call() == "v");
}

#[test]
fn a_change_of_the_settings_file_opens_anew_and_drops_what_was_read() {
    let faults = Faults::script(vec![Response::json(200, FOUND)]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("avp.env");
    let write = |token: &str| fs::write(&file, format!("VAULT_TOKEN={token}\n")).unwrap();
    write("canary-token-1");
    let flags = SettingFlags { config_path: Some(file.display().to_string()), ..SettingFlags::default() };
    let process = Process::with(&[("VAULT_ADDR", &faults.address), ("AVP_SERVER_CACHE", "1h")], flags);
    let tokens = || -> Vec<String> {
        faults.requests().iter().filter_map(|request| request.header("x-vault-token").map(str::to_owned)).collect()
    };
    for name in ["web", "shop"] {
        assert_eq!(process.call(&app(name, "1"), "secret/data/a"), "v");
    }
    assert_eq!(tokens(), ["canary-token-1"]);
    write("canary-token-2");
    let revision = std::cell::Cell::new(0);
    wait_for("the new token is used", || {
        revision.set(revision.get() + 1);
        assert_eq!(process.call(&app("web", &format!("r{}", revision.get())), "secret/data/a"), "v");
        tokens() == ["canary-token-1", "canary-token-2"]
    });
}
