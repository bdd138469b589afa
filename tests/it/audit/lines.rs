//! A line for each reading: who, what, and what came of it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{lines, members, secrets_file, sorted_lines};
use crate::dynamic::{Renderer, pki};
use crate::support::files;
use crate::support::program::{Program, binary, program};
use crate::support::render::{render, secret};
use crate::support::servers::{self, Setup};

const RULES: &str = "path \"audit-kv/data/app\" { capabilities = [\"read\"] }
    path \"audit-kv/data/none\" { capabilities = [\"read\"] }
    path \"audit-pki/issue/web\" { capabilities = [\"update\"] }";

#[test]
fn a_line_says_who_has_read_what_and_what_came_of_it() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("audit-kv", 2);
    vault.write("audit-kv", "app", &json!({"password": "canary-value", "user": "u"}));
    vault.write("audit-kv", "app", &json!({"password": "canary-value", "user": "u"}));
    pki(vault, "audit-pki");
    let renderer = Renderer::new(vault, "audit-approle", RULES, json!({"token_ttl": "10m"}));
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit.jsonl");
    let issue = "audit-pki/issue/web?common_name=canary.example.org";
    let manifest = secret(&[
        "<path:audit-kv/data/app#password>",
        "<path:audit-kv/data/app#user>",
        "<path:audit-kv/data/app#password#1>",
        "<path:audit-kv/data/none#k | default x>",
        &format!("<path:{issue}#serial_number>"),
    ]);
    let run = |manifest: &str| {
        let run = renderer.render(manifest).env("AVP_AUDIT", &audit).env("AVP_PATH_VALIDATION", "^audit-");
        run.env("ARGOCD_APP_NAME", "web").env("ARGOCD_APP_PROJECT_NAME", "shop").env("ARGOCD_APP_NAMESPACE", "prod")
    };
    let output = run(&manifest).output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let written = sorted_lines(&audit);
    let accessor = written[0]["login"].as_str().expect("an accessor").to_owned();
    let of_all = |path: &str, result: &str| {
        json!({"application": "web", "project": "shop", "namespace": "prod", "manifest": "stdin", "resource": "Secret app",
               "store": "vault", "path": path, "result": result, "intent": "render", "login": accessor})
    };
    let line = |path: &str, result: &str, more: Value| {
        let mut line = of_all(path, result);
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line
    };
    let mut expected = vec![
        line("audit-kv/data/app", "found", json!({"keys": ["password", "user"], "version": "2"})),
        line("audit-kv/data/app", "found", json!({"keys": ["password"], "version": "1"})),
        line("audit-kv/data/none", "missing", json!({"keys": ["k"]})),
        line("audit-pki/issue/web", "found", json!({"keys": ["serial_number"], "parameters": ["common_name"]})),
    ];
    if written[0]["version"] == "1" {
        expected.swap(0, 1);
    }
    assert_eq!(written, expected);

    // The accessor is that of the token, which Vault knows; neither the token nor a value stands in the file, which is this user's alone.
    let looked_up = vault.api().post("auth/token/lookup-accessor", &json!({"accessor": accessor})).ok();
    assert_eq!(looked_up["data"]["path"], "auth/audit-approle/login");
    let text = fs::read_to_string(&audit).unwrap();
    assert!(!text.contains("canary") && !text.contains("hvs."), "{text}");
    assert_eq!(fs::metadata(&audit).unwrap().permissions().mode() & 0o777, 0o600);

    // What is denied, by whom; what the keep gives; and a path that was rewritten.
    fs::remove_file(&audit).unwrap();
    run(&secret(&["<path:audit-kv/data/other#k>", "<path:elsewhere/app#k>"])).output();
    run(&secret(&[&format!("<path:{issue}#serial_number>"), "<path:audit-kv/app#*>"])).output();
    let told = members(&sorted_lines(&audit), &["path", "written_path", "result", "by", "keys"]);
    assert_eq!(
        told,
        [
            ["audit-kv/data/app", "audit-kv/app", "found", "null", r#"["*"]"#],
            ["audit-kv/data/other", "null", "denied", "store", r#"["k"]"#],
            ["audit-pki/issue/web", "null", "kept", "null", r#"["serial_number"]"#],
            ["elsewhere/app", "null", "denied", "policy", r#"["k"]"#],
        ]
    );
}

#[test]
fn a_last_good_value_has_its_own_word() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    vault.mount("kv", 2);
    vault.write("kv", "app", &json!({"k": "v"}));
    let renderer = Renderer::new(&vault, "approle", "path \"kv/data/app\" { capabilities = [\"read\"] }", json!({}));
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit.jsonl");
    for _ in 0..2 {
        let run = renderer.render(&secret(&["<path:kv/data/app#k>"])).env("AVP_LAST_GOOD", "1h");
        let output = run.env("AVP_AUDIT", &audit).env("VAULT_MAX_RETRIES", "0").output();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        vault.seal();
    }
    let read = fs::read_to_string(&audit).unwrap();
    assert_eq!(members(&lines(&read), &["result"]), [["found"], ["last_good"]]);
}

#[test]
fn a_lease_is_named() {
    let (Some(vault), Some(postgres)) = (servers::vault(), servers::postgres()) else { return };
    postgres.serve(vault, "audit-db", "10m", "1h");
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit.jsonl");
    let run = render(&vault.address, &secret(&["<path:audit-db/creds/app#username>"]));
    run.env("VAULT_TOKEN", &vault.root).env("AVP_AUDIT", &audit).output();
    let lease = sorted_lines(&audit)[0]["lease"].as_str().expect("a lease").to_owned();
    let looked_up = vault.api().put("sys/leases/lookup", &json!({"lease_id": lease})).ok();
    assert_eq!(looked_up["data"]["id"], lease);
}

/// A repository of two manifests, and a file store; `args` run there.
fn with_files(folder: &std::path::Path, args: &[&str]) -> Program {
    let manifest = |name: &str, placeholder: &str| {
        format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}}}\nstringData: {{k: <path:{placeholder}>}}\n")
    };
    let [web, db] = [manifest("web", "app#k"), manifest("db", "app#l") + "---\n" + &manifest("old", "db#k#3")];
    files::write_all(folder, &[("m/web.yaml", &web), ("m/db.yaml", &db)]);
    let secrets = secrets_file(folder);
    program(args).folder(folder).env("AVP_TYPE", "file").env("AVP_FILE", secrets)
}

#[test]
fn every_command_that_reads_writes_lines_and_a_preview_says_so() {
    for (args, intent) in [
        (&["generate", "m"][..], "render"),
        (&["generate", "m", "--stream"], "render"),
        (&["generate", "m", "--mask"], "preview"),
        (&["record", "m", "-o", "record.json"], "preview"),
        (&["check", "m", "--online"], "preview"),
        (&["diff", "m", "--base", "m/web.yaml"], "preview"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let audit = folder.path().join("audit.jsonl");
        let output = with_files(folder.path(), args).env("AVP_AUDIT", &audit).output();
        let told = members(&sorted_lines(&audit), &["path", "version", "result", "intent"]);
        let rows = [["app", "null", "found", intent], ["db", "3", "found", intent]];
        let is_told = rows.iter().all(|row| told.iter().any(|line| line == row));
        assert!(is_told && told.iter().all(|line| line[3] == intent), "{args:?} {told:?} {output:?}");
    }
    for args in [&["plan", "m"][..], &["check", "m"]] {
        let folder = tempfile::tempdir().unwrap();
        let audit = folder.path().join("audit.jsonl");
        with_files(folder.path(), args).env("AVP_AUDIT", &audit).output();
        assert!(!audit.exists(), "{args:?} reads nothing");
    }
}

#[test]
fn each_manifest_that_uses_a_secret_is_named_whole_or_in_chunks() {
    // More than a chunk, so that the secrets are read before the chunks are filled.
    let padding = format!("# {}\n", "x".repeat(300 << 10));
    for (args, has_padding) in
        [(&["generate", "m"][..], false), (&["generate", "m"], true), (&["generate", "m", "--stream"], true)]
    {
        let folder = tempfile::tempdir().unwrap();
        let audit = folder.path().join("audit.jsonl");
        let run = with_files(folder.path(), args).env("AVP_AUDIT", &audit);
        if has_padding {
            files::write(folder.path(), "m/padding.yaml", &padding);
            files::write(folder.path(), "m/a.yaml", &padding);
        }
        let output = run.output();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let lines = sorted_lines(&audit);
        let of_app: Vec<&Value> = lines.iter().filter(|line| line["path"] == "app").collect();
        match args.len() {
            2 => {
                assert_eq!(of_app.len(), 1, "{lines:?}");
                assert_eq!(of_app[0]["manifests"], json!(["m/db.yaml", "m/web.yaml"]));
                assert_eq!(of_app[0]["manifest"], "m/db.yaml");
            }
            _ => {
                let named = members(&lines[..2], &["manifest", "repeat"]);
                assert_eq!(named, [["m/db.yaml", "null"], ["m/web.yaml", "true"]], "{lines:?}");
            }
        }
    }
}

#[test]
fn a_stream_tells_each_key_that_it_uses_and_each_of_them_once() {
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit.jsonl");
    // Documents of more than a chunk each.
    let document = |key: &str| secret(&[&format!("<path:app#{key}>")]) + &format!("# {}\n---\n", "x".repeat(2 << 20));
    let manifest = ["k", "k", "l", "k", "l"].map(document).concat();
    let run = program(["generate", "-", "--stream"]).stdin(manifest).env("AVP_TYPE", "file");
    let output = run.env("AVP_FILE", secrets_file(folder.path())).env("AVP_AUDIT", &audit).output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = members(&sorted_lines(&audit), &["path", "keys", "repeat"]);
    assert_eq!(told, [["app", r#"["k"]"#, "null"], ["app", r#"["l"]"#, "true"]]);
}

#[test]
fn processes_do_not_mix_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let (audit, secrets) = (folder.path().join("audit.jsonl"), folder.path().join("secrets.json"));
    let paths: Vec<String> = (0..200).map(|number| format!("{}/{number}", "team".repeat(100))).collect();
    let all: serde_json::Map<String, Value> = paths.iter().map(|path| (path.clone(), json!({"k": "v"}))).collect();
    fs::write(&secrets, Value::Object(all).to_string()).unwrap();
    let placeholders: Vec<String> = paths.iter().map(|path| format!("<path:{path}#k>")).collect();
    let manifest = secret(&placeholders.iter().map(String::as_str).collect::<Vec<_>>());
    files::write(folder.path(), "work/m.yaml", &manifest);
    let start = |name: usize| {
        let mut command = Command::new(binary());
        command.args(["generate", "m.yaml"]).current_dir(folder.path().join("work")).env_clear().stdout(Stdio::null());
        command
            .env("AVP_TYPE", "file")
            .env("AVP_FILE", &secrets)
            .env("AVP_AUDIT", &audit)
            .env("AVP_AUDIT_REQUIRED", "true");
        command.env("ARGOCD_APP_NAME", format!("app-{name}")).spawn().unwrap()
    };
    let children: Vec<_> = (0..8).map(start).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let lines = sorted_lines(&audit);
    for number in 0..8 {
        let of_one = lines.iter().filter(|line| line["application"] == format!("app-{number}"));
        assert_eq!(of_one.count(), 200, "app-{number}");
    }
}
