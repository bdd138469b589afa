//! `record` and `--offline`: the results of placeholders are recorded where the store can be reached, and rendered anywhere.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::support::program::{Program, program};
use crate::support::servers;
use crate::tools;

const EXAMPLE: [&str; 3] = ["examples/plain/manifests", "--secrets", "examples/plain/secrets.yaml"];

const MANIFESTS: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: db
  annotations: {avp.kubernetes.io/path: MOUNT/data/app, avp.kubernetes.io/remove-missing: \"true\"}
stringData:
  password: <password>
  gone: <none>
  stands-in: <none | default 7>
data:
  password: <password | base64encode>
---
apiVersion: example.org/v1
kind: Custom
metadata:
  name: c
spec:
  port: <path:MOUNT/data/app#port>
  tls: <path:MOUNT/data/app#tls | jsonParse>
  absent: <path:MOUNT/data/none#k | default ~>
";

/// A folder of the test's own, and a file in it.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("record.json");
    (folder, file)
}

fn record(file: &Path) -> Program {
    program(["record"]).args(EXAMPLE).args(["-o".as_ref(), file.as_os_str()])
}

fn offline(file: &Path) -> Program {
    program(["generate", "examples/plain/manifests", "--offline"]).args([file])
}

fn text(output: Program) -> String {
    let output = output.output();
    assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(0), ""));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_record_is_sorted_lines_of_shapes() {
    let expected = r#"{
  "version": 2,
  "secrets": [
    {
      "path": "secret/data/shop/database",
      "values": {
        "*": {
          "user": "text",
          "password": "text",
          "port": "number"
        },
        "password | sha256sum": "text",
        "port": "number"
      }
    },
    {
      "path": "secret/data/shop/none",
      "version": 3,
      "values": {
        "k | default \"x\"": "text"
      }
    }
  ]
}
"#;
    let manifest = "apiVersion: v1\nkind: X\nmetadata: {name: x}\na: <path:secret/data/shop/none#k#3 | default \"x\">\n\
                    b: [<path:secret/data/shop/database#port>, <path:secret/data//shop/database/#port>]\n\
                    c: <path:secret/data/shop/database#password|sha256sum>\nd: <path:secret/data/shop/database#*>\n";
    program(["record", "-", "-o", "-"]).args(&EXAMPLE[1..]).stdin(manifest).stdout(expected).check();
}

#[test]
fn offline_needs_no_setting_and_no_store() {
    let (_folder, file) = folder();
    record(&file).check();
    let plain = text(offline(&file));
    assert!(plain.contains("<redacted:") && !plain.contains("correct horse") && !plain.contains("5432"), "{plain}");
    // Settings that would be refused, and a Vault that nobody answers for.
    let wrong = [
        ("AVP_TYPE", "nope"),
        ("AVP_KV_VERSION", "x"),
        ("VAULT_ADDR", "http://127.0.0.1:9"),
        ("ARGOCD_ENV_AVP_TYPE", "x"),
    ];
    wrong.iter().fold(offline(&file), |run, (name, value)| run.env(name, value)).stdout(plain.clone()).check();
    offline(&file).args(["--stream", "--strict"]).stdout(&*plain).check();
    program(["build", "examples/plain/manifests", "--offline"]).args([&file]).stdout(plain).check();
}

#[test]
fn fingerprints_are_for_those_who_give_a_key() {
    let (folder, file) = folder();
    let key = folder.path().join("key");
    std::fs::write(&key, "a key of the user's\n").unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let fingerprint = regex::Regex::new(r#""((?:text|number)[a-z -]*?) [0-9a-f]{10}""#).unwrap();
    record(&file).check();
    let without = std::fs::read_to_string(&file).unwrap();
    assert!(!fingerprint.is_match(&without), "{without}");
    record(&file).args(["--mask-key".as_ref(), key.as_os_str()]).check();
    let with = std::fs::read_to_string(&file).unwrap();
    assert!(fingerprint.is_match(&with), "{with}");
    record(&file).env("VAULT_RENDER_MASK_KEY", "a key of the user's").check();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), with);
    record(&file).env("VAULT_RENDER_MASK_KEY", "another key of the user's").check();
    assert_ne!(std::fs::read_to_string(&file).unwrap(), with);
    assert_eq!(fingerprint.replace_all(&with, "\"$1\""), without);
}

#[test]
fn a_key_that_others_can_find_out_is_a_warning() {
    let (folder, file) = folder();
    let key = folder.path().join("key");
    let with_key = || record(&file).args(["--mask-key".as_ref(), key.as_os_str()]);
    let write = |text: &str, mode| {
        std::fs::write(&key, text).unwrap();
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    write("fifteen letters\n", 0o600);
    with_key().stderr_holds(["warning: the mask key in `", "has 15 bytes", "`openssl rand -hex 32` makes one"]).check();
    write("sixteen letters!\n", 0o644);
    with_key().stderr_holds(["warning: others may read the mask key in `", "hint: `chmod 600 "]).check();
    write("sixteen letters!\n", 0o600);
    with_key().check();
    let short = "warning: the mask key in `VAULT_RENDER_MASK_KEY` has 3 bytes";
    record(&file).env("VAULT_RENDER_MASK_KEY", "key").stderr_holds([short]).check();
    for command in [&["settings"][..], &["diff", "examples/plain", "--base", "examples/plain", EXAMPLE[1], EXAMPLE[2]]]
    {
        let stderr = program(command).env("VAULT_RENDER_MASK_KEY", "key").output().stderr;
        assert!(String::from_utf8_lossy(&stderr).contains(short), "{command:?}");
        let stderr = program(command).env("VAULT_RENDER_MASK_KEY", "sixteen letters!").output().stderr;
        assert!(!String::from_utf8_lossy(&stderr).contains("mask key"), "{command:?}");
    }
}

#[test]
fn a_key_that_is_none_is_an_error() {
    let (folder, file) = folder();
    let key = folder.path().join("key");
    let run = || record(&file).args(["--mask-key".as_ref(), key.as_os_str()]).status(2);
    run().stderr_holds(["error: cannot read the mask key `", "hint: `openssl rand -hex 32` makes one"]).check();
    std::fs::write(&key, "\n").unwrap();
    run().stderr_holds(["error: the mask key in `", "is empty"]).check();
    assert!(!file.exists());
}

#[test]
fn what_is_wrong_leaves_the_old_record_as_it_is() {
    let (folder, file) = folder();
    record(&file).check();
    let before = std::fs::read(&file).unwrap();
    let manifest =
        "apiVersion: v1\nkind: Secret\nstringData: {a: <path:secret/data/shop/database#user>, b: <path:a#b>}\n";
    let run = || program(["record", "-", "-o"]).args([&file]).args(&EXAMPLE[1..]).status(2);
    run().stdin(manifest).stderr_holds(["error: `<path:a#b>`", "stdin:3:"]).check();
    let mapping = "apiVersion: v1\nkind: Secret\nstringData: {a: <path:secret/data/shop/database#user | nope>}\n";
    run().stdin(mapping).stderr_holds(["unknown modifier `nope`"]).check();
    assert_eq!(std::fs::read(&file).unwrap(), before);
    let entries: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(entries, ["record.json"]);
    record(&folder.path().join("no/such/folder.json")).status(2).stderr_holds(["error: cannot write `"]).check();
    record(folder.path()).status(2).stderr_holds(["error: cannot write `"]).check();
}

#[test]
fn a_link_stays_and_a_device_is_written_to() {
    let (folder, file) = folder();
    let link = folder.path().join("link.json");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    std::fs::write(&file, "old").unwrap();
    record(&link).check();
    assert!(link.is_symlink() && std::fs::read(&file).unwrap().starts_with(b"{"));
    let shown = text(program(["record"]).args(EXAMPLE).args(["-o", "/dev/stdout"]));
    assert_eq!(shown, std::fs::read_to_string(&file).unwrap());
}

#[test]
fn what_is_not_recorded_says_how_to_record_it() {
    let (_folder, file) = folder();
    record(&file).check();
    let manifest =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData:\n  a: <path:secret/data/shop/database#new>\n";
    let name = file.display();
    let expected = [
        format!("error: `<path:secret/data/shop/database#new>`: not in the record `{name}`\n --> stdin:5:6"),
        format!("hint: record again, where the store can be asked: `vault-render record PATH… -o {name}`"),
    ];
    program(["generate", "-", "--offline"]).args([&file]).stdin(manifest).status(1).stderr_holds(expected).check();
}

#[test]
fn what_is_no_record_is_an_error() {
    let (folder, file) = folder();
    offline(&file).status(1).stderr_holds(["error: cannot read the record `"]).check();
    offline(Path::new("examples/plain/secrets.yaml"))
        .status(1)
        .stderr_holds(["error: `examples/plain/secrets.yaml` is not a record", "not valid JSON (line 1, column 1)"])
        .check();
    std::fs::write(&file, "{\"version\": 3}").unwrap();
    offline(&file).status(1).stderr_holds(["has version 3, this program knows 1 and 2"]).check();
    program(["build", "examples/plain/manifests", "--offline"])
        .args([&file])
        .status(1)
        .stderr_holds(["has version 3"])
        .check();
    offline(&file).args(&EXAMPLE[1..]).status(2).stderr_holds(["'--offline <FILE>'", "'--secrets <FILE>'"]).check();
    drop(folder);
}

#[test]
fn a_real_vault_is_asked_once_and_then_no_more() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("record", 2);
    let secret = json!({"password": "zq7Xk3vWn9Rb5Tg2", "port": 64_391, "tls": "{\"a\": [1, true, null]}"});
    vault.write("record", "app", &secret);
    let (_folder, file) = folder();
    let manifests = MANIFESTS.replace("MOUNT", "record");
    let run = program(["record", "-", "-o"]).args([&file]).stdin(&*manifests).env("VAULT_ADDR", &vault.address);
    run.env("VAULT_TOKEN", &vault.root).env("VAULT_RENDER_MASK_KEY", "key").stderr_holds(["has 3 bytes"]).check();
    let reads = vault.reads("record/");
    assert_eq!(reads.len(), 2, "{reads:?}");

    let rendered = text(
        program(["generate", "-", "--offline"]).args([&file]).stdin(&*manifests).env("VAULT_ADDR", &vault.address),
    );
    // printf zq7Xk3vWn9Rb5Tg2 | openssl dgst -sha256 -hmac key, and so on; in `data` the same in base64.
    for line in [
        "  password: '<redacted:52b92823ed>'\n  stands-in: '",
        "data:\n  password: PHJlZGFjdGVkOjUyYjkyODIzZWQ+\n",
        "  tls:\n    a:\n      - 689945073\n      - true\n      - null\n  absent: null\n",
    ] {
        assert!(rendered.contains(line), "{line}\n{rendered}");
    }
    let port = rendered.lines().find_map(|line| line.strip_prefix("  port: ")).expect("a port");
    assert!(port != "64391" && port.parse::<u16>().is_ok(), "{rendered}");
    assert_eq!(vault.reads("record/"), reads);
}

#[test]
fn what_a_chart_says_is_recorded_and_rendered_without_a_store() {
    let folder = tempfile::tempdir().unwrap();
    tools::chart(folder.path());
    for helm in ["helm3", "helm4"].into_iter().filter_map(servers::binary) {
        let helm = helm.display().to_string();
        let run = |args: &[&str]| program(args).args(["--helm", &helm, "--release-name", "web"]).folder(folder.path());
        let recorded = text(run(&["record", "chart", "-o", "-", "--secrets", "secrets.yaml"]));
        assert!(
            recorded.contains("\"password\": \"text\"") && recorded.contains("\"replicas\": \"number\""),
            "{recorded}"
        );
        std::fs::write(folder.path().join("record.json"), recorded).unwrap();
        let built = text(run(&["build", "chart", "--offline", "record.json"]));
        assert!(built.contains("plain: \"<redacted:"), "{built}");
    }
}
