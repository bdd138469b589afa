//! `AVP_SEPARATE`: the process that reads the manifests is another one than the one that holds the login.

mod process;

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::support::files::{write, write_all};
use crate::support::program::{Program, program, root};
use crate::support::render::{custom, render, secret};
use crate::support::servers;

/// What a run shows of itself.
type Shown = (Option<i32>, String, String);

fn shown(program: Program) -> Shown {
    let output = program.output();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// A run in two processes shows what it shows in one. Returns that.
#[track_caller]
fn same(name: &str, run: impl Fn() -> Program) -> Shown {
    let (one, two) = (shown(run()), shown(run().env("AVP_SEPARATE", "1")));
    assert_eq!(one, two, "{name}");
    one
}

#[test]
fn a_run_in_two_processes_shows_the_same() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("separate", 2);
    vault.write("separate", "app", &json!({"password": "pä\"ss", "replicas": 3, "tags": ["a", {"b": null}]}));
    vault.policy("separate", &["separate/data/app", "separate/data/none"]);
    let token = vault.token(&["separate"]);
    let filled = secret(&["<path:separate/data/app#password>", "<path:separate/data/app#password | sha256sum>"]);
    let typed = custom(&["<path:separate/data/app#tags>", "<path:separate/data/app#replicas>"]);
    let default =
        secret(&["<path:separate/data/none#x | default \"d\">", "<path:separate/data/app#y | default \"d\">"]);
    let nothing = secret(&["without"]);
    let wrong =
        secret(&["<path:separate/data/none#x>", "<path:separate/data/app#pasword>", "<path:separate/data/b#c>"]);
    let variable = secret(&["<path:separate/data/${TEAM}#password>"]);
    let salted = secret(&["<path:separate/data/app#password | bcrypt>"]);
    for (name, manifest, settings, status) in [
        ("filled", &filled, &[][..], 0),
        ("typed", &typed, &[], 0),
        ("default", &default, &[], 0),
        ("nothing to read", &nothing, &[("VAULT_ADDR", "")], 0),
        ("missing and denied", &wrong, &[], 1),
        ("not allowed", &filled, &[("AVP_PATH_VALIDATION", "^other/")], 1),
        ("a wrong setting", &filled, &[("AVP_ESCAPE", "perhaps")], 1),
        ("a missing setting", &filled, &[("VAULT_ADDR", "")], 1),
        ("a tenant's address", &filled, &[("ARGOCD_ENV_VAULT_ADDR", "http://evil.test")], 1),
        ("a tenant", &filled, &[("ARGOCD_APP_NAME", "web"), ("ARGOCD_ENV_AVP_ESCAPE", "auto")], 0),
        ("a variable in a path", &variable, &[("AVP_PATH_VARIABLES", "TEAM"), ("TEAM", "app")], 0),
        ("a variable that is not listed", &variable, &[("TEAM", "app")], 1),
        ("a key for salts", &salted, &[("VAULT_RENDER_MASK_KEY", "0123456789abcdef")], 0),
        ("no key for salts", &salted, &[], 1),
    ] {
        let run = || {
            let run = render(&vault.address, manifest).env("VAULT_TOKEN", &token);
            settings.iter().fold(run, |run, (name, value)| run.env(name, value))
        };
        let (code, stdout, stderr) = same(name, run);
        assert_eq!((code, stdout.is_empty()), (Some(status), status != 0), "{name}: {stderr}");
    }
}

#[test]
fn every_input_and_flag_means_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let manifest = secret(&["<path:app#password>"]);
    write_all(folder.path(), &[("apps/web/a.yaml", &manifest), ("shared/b.yaml", &manifest), (".git/config", "")]);
    std::os::unix::fs::symlink("../../shared/b.yaml", folder.path().join("apps/web/b.yaml")).unwrap();
    write(other.path(), "out.yaml", &manifest);
    write_all(other.path(), &[("secrets.yaml", "app: {password: x}"), ("key", "0123456789abcdef")]);
    write(other.path(), "settings.env", &format!("AVP_TYPE=file\nAVP_FILE={}/secrets.yaml", other.path().display()));
    let [secrets, outside, key, settings] =
        ["secrets.yaml", "out.yaml", "key", "settings.env"].map(|name| other.path().join(name).display().to_string());
    let record = other.path().join("record.json").display().to_string();
    program(["record", "apps", "--secrets", &secrets, "-o", &record]).folder(folder.path()).check();
    for arguments in [
        &["apps/web", "--secrets", &secrets][..],
        &["apps/web/a.yaml", &outside, "--secrets", &secrets],
        &["apps", "--stream", "--secrets", &secrets],
        &["-", "apps", "--secrets", &secrets],
        &["apps", "-c", &settings],
        &["apps", "--mask", "--mask-key", &key, "--secrets", &secrets],
        &["apps", "--offline", &record],
        &["/dev/stdin", "--any", "--secrets", &secrets],
    ] {
        let run = || program(["generate"]).args(arguments).folder(folder.path()).stdin(manifest.clone());
        let (code, _, stderr) = same(&format!("{arguments:?}"), run);
        assert_eq!(code, Some(0), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_function_s_settings_reach_the_process_with_the_login() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "secrets.yaml", "app: {password: '\"'}");
    let list = |data: &str| {
        let item = "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n  data: {a.json: '{\"a\": \"<path:app#password>\"}'}\n";
        let config =
            format!("functionConfig: {{apiVersion: v1, kind: ConfigMap, metadata: {{name: fn}}, data: {data}}}\n");
        format!("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n{item}{config}")
    };
    for (data, status) in
        [("{}", 1), ("{AVP_ESCAPE: auto}", 0), ("{AVP_PATH_VALIDATION: x}", 1), ("{VAULT_TOKEN: x}", 1)]
    {
        let run = || program(["fn", "--secrets", "secrets.yaml"]).folder(folder.path()).stdin(list(data));
        let (code, _, stderr) = same(data, run);
        assert_eq!(code, Some(status), "{data}: {stderr}");
    }
}

#[test]
fn the_policy_and_the_audit_are_the_brokers() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let manifest = secret(&["<path:a/db#k>", "<path:b/db#k>", "<path:a/db#l>"]);
    write_all(folder.path(), &[("a.yaml", &manifest), ("b.yaml", &manifest)]);
    write(other.path(), "secrets.yaml", "a/db: {k: x, l: y}\nb/db: {k: x}");
    write(other.path(), "policy.yaml", "rules:\n- {who: {project: web}, allow: {paths: [a/**], keys: [k]}}\n");
    write(other.path(), "broken.yaml", "rules:\n- {allow: {path: [a/**]}}\n");
    let path = |name: &str| other.path().join(name).display().to_string();
    for (arguments, policy) in [(&["."][..], "policy.yaml"), (&[".", "--stream"], "policy.yaml")] {
        let run = || {
            let run = program(["generate", "--secrets", &path("secrets.yaml")]).args(arguments).folder(folder.path());
            let run = run.env("AVP_POLICY", path(policy)).env("AVP_AUDIT", path("audit.jsonl"));
            run.env("ARGOCD_APP_PROJECT_NAME", "web").env("ARGOCD_APP_NAME", "shop")
        };
        let (code, _, stderr) = same(policy, run);
        assert!(code == Some(1) && stderr.contains("no rule of the policy allows it"), "{stderr}");
        let lines = fs::read_to_string(other.path().join("audit.jsonl")).unwrap();
        let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (one, two) = lines.split_at(lines.len() / 2);
        let without_time = |line: &serde_json::Value| json!({"path": line["path"], "result": line["result"], "rule": line["rule"], "manifests": line["manifests"], "resource": line["resource"]});
        assert_eq!(one.iter().map(without_time).collect::<Vec<_>>(), two.iter().map(without_time).collect::<Vec<_>>());
        assert!(!one.is_empty());
        fs::remove_file(other.path().join("audit.jsonl")).unwrap();
    }
    let run = program(["generate", ".", "--secrets", &path("secrets.yaml")]).folder(folder.path());
    let run = run.env("AVP_POLICY", path("broken.yaml")).env("AVP_SEPARATE", "1");
    run.status(1).stderr_holds([format!("{}:2:12: ", path("broken.yaml"))]).check();
}

/// `build` of an example with the tools in their place.
fn build(folder: &Path, tool: &str, binary: &Path) -> Program {
    let secrets = folder.parent().unwrap().join("secrets.yaml");
    let tool = format!("--{tool}");
    let run = program(["build"]).args([folder]).args([tool.as_str(), &binary.display().to_string()]);
    run.args(["--secrets", &secrets.display().to_string()]).env("PATH", "/usr/bin:/bin")
}

#[test]
fn helm_and_kustomize_run_inside_the_bounds_of_the_reader() {
    let tools = [("helm3", "helm", "examples/helm/chart"), ("kustomize", "kustomize", "examples/kustomize/prod")];
    for (binary, tool, folder) in tools {
        let Some(binary) = servers::binary(binary) else { continue };
        let folder = root().join(folder);
        for variables in [&[][..], &[("ARGOCD_APP_NAME", "web")]] {
            let run =
                || variables.iter().fold(build(&folder, tool, &binary), |run, (name, value)| run.env(name, value));
            let (code, stdout, stderr) = same(tool, run);
            assert!(code == Some(0) && !stdout.is_empty(), "{stderr}");
        }
        let run = build(&folder, tool, &binary).env("AVP_SEPARATE", "1").env("AVP_TOOL_HOSTS", "charts.example.com");
        run.status(1)
            .stderr_holds(["`AVP_SEPARATE` leaves helm and kustomize no network, and `AVP_TOOL_HOSTS`"])
            .check();
    }
}

#[test]
fn what_needs_the_cluster_says_so_and_a_tenant_cannot_choose() {
    let manifest = secret(&["x"]);
    let run = program(["generate", "/dev/fd/63"]).env("AVP_SEPARATE", "1");
    run.status(1).stderr_holds(["`/dev/fd/63` is open here, and `AVP_SEPARATE` reads"]).hints().check();
    let run = program(["generate", "-", "--schema", "live"]).stdin(manifest.clone()).env("AVP_SEPARATE", "1");
    run.status(1).stderr_holds(["`--schema live` asks the cluster, and `AVP_SEPARATE` keeps"]).hints().check();
    let run = program(["generate", "-"]).stdin(manifest).env("AVP_SEPARATE", "1").env("ARGOCD_ENV_AVP_SEPARATE", "0");
    run.status(1).stderr_holds(["AVP_SEPARATE"]).check();
}
