//! `plan`: every read before it happens, and the least policy that allows it.

use serde_json::{Value, json};

use crate::support::program::{Program, program};
use crate::support::render::{render, secret};
use crate::support::servers::{self, Faults, Request, Response, Vault};
use crate::tools;

const MANIFESTS: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: web
  annotations:
    avp.kubernetes.io/path: secret/data/shop
    avp.kubernetes.io/secret-version: \"3\"
    avp.kubernetes.io/namespace: team/a
stringData:
  user: <user>
  url: https://<path:secret/data//app/#token | urlencode>/
data:
  all: PHBhdGg6c2VjcmV0L2RhdGEvYXBwIyo+ # <path:secret/data/app#*>
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: <path:kv/app#replicas>
";

const BROKEN: &str = "apiVersion: v1\nkind: Secret\nstringData:\n  a: <path:secret/data/a#k>\n  b: <path:b#k | nope>\n";

fn plan(flags: &[&str], manifests: &str) -> Program {
    program(["plan", "-"]).args(flags).stdin(manifests)
}

#[test]
fn the_skeleton_of_a_secrets_file_renders_once_it_is_filled_in() {
    let skeleton = String::from_utf8(plan(&["--format", "secrets"], MANIFESTS).output().stdout).unwrap();
    let (_, secrets) = skeleton.split_once("\n\n").expect("a head");
    let expected = "\
# Secret web/db
\"secret/data/shop#3\":
  user: <user>

# Secret web/db
secret/data/app:
  token: <token>
  # A placeholder takes the whole secret: write all of its keys.

# Deployment api
kv/app:
  replicas: <replicas>
";
    assert_eq!(secrets, expected);
    let folder = tempfile::tempdir().unwrap();
    let filled = skeleton.replace("<user>", "bob").replace("<token>", "a b").replace("<replicas>", "3");
    let text_alone = skeleton.replace("<replicas>", "3");
    for (text, lines) in [
        (&filled, ["  user: bob\n", "  url: https://a%20b/\n", "  replicas: 3\n"]),
        (&text_alone, ["  user: <user>\n", "  url: https://%3Ctoken%3E/\n", "  replicas: 3\n"]),
    ] {
        std::fs::write(folder.path().join("s.yaml"), text).unwrap();
        let run = program(["generate", "-", "--secrets", "s.yaml"]).folder(folder.path()).stdin(MANIFESTS);
        let rendered = String::from_utf8(run.output().stdout).unwrap();
        for line in lines {
            assert!(rendered.contains(line), "{line} is not in {rendered}");
        }
    }
}

#[test]
fn a_skeleton_is_as_incomplete_as_the_plan() {
    let run = plan(&["--format", "secrets"], BROKEN).status(2);
    let skeleton = String::from_utf8(run.output().stdout).unwrap();
    assert!(
        skeleton.contains("# More may be missing") && skeleton.contains("secret/data/a:\n  k: <k>\n"),
        "{skeleton}"
    );
}

#[test]
fn people_see_paths_keys_fields_and_places() {
    let stdout = "\
secret/data/shop (version 3, namespace team/a)
  Secret web/db
    user  stringData.user  stdin:11:9

secret/data/app (namespace team/a)
  Secret web/db
    token  stringData.url  stdin:12:16
    *      data.all        stdin:14:8

kv/app (KV version 1, namespace team)
  Deployment api
    replicas  spec.replicas  stdin:21:13

3 paths in 3 requests, for 4 placeholders in 2 resources
";
    plan(&[], MANIFESTS).env("VAULT_NAMESPACE", "team").env("AVP_KV_VERSION", "1").stdout(versioned(stdout)).check();
}

/// With `AVP_KV_VERSION=1` every path says so.
fn versioned(stdout: &str) -> String {
    stdout
        .replace("(version 3, ", "(version 3, KV version 1, ")
        .replace("app (namespace", "app (KV version 1, namespace")
}

#[test]
fn programs_get_one_json_document() {
    let output = plan(&["--format", "json"], MANIFESTS).output();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let place = |line: u64, column: u64| json!({"file": "stdin", "line": line, "column": column});
    let resource = json!({"kind": "Secret", "namespace": "web", "name": "db"});
    assert_eq!(
        (&document["store"], &document["complete"], &document["requests"]),
        (&"vault".into(), &true.into(), &3.into())
    );
    let mut user = place(11, 9);
    user["placeholder"] = "<user>".into();
    user["key"] = "user".into();
    user["resource"] = resource;
    user["field"] = "stringData.user".into();
    let first = json!({"namespace": "team/a", "path": "secret/data/shop", "version": 3, "keys": ["user"],
        "whole": false, "placeholders": [user]});
    assert_eq!(document["reads"][0], first);
    assert_eq!(
        (&document["reads"][1]["keys"], &document["reads"][1]["whole"]),
        (&json!(["token"]), &true.into()),
        "a whole secret is no key"
    );
    assert_eq!(document["reads"][2]["path"], "kv/app");
}

#[test]
fn the_policy_is_for_the_login_s_namespace() {
    let stdout = r#"# What rendering the manifests takes, and nothing else.
# A policy of the namespace team, where the login is.

# Deployment api
# if kv/ is a KV version 2 mount, kv/data/app is read instead: allow that
path "kv/app" {
  capabilities = ["read"]
}

# Namespace a

# Secret web/db
path "a/secret/data/app" {
  capabilities = ["read"]
}

# Secret web/db
path "a/secret/data/shop" {
  capabilities = ["read"]
}
"#;
    plan(&["--format", "hcl"], MANIFESTS).env("VAULT_NAMESPACE", "team").stdout(stdout).check();
    let output = plan(&["--format", "hcl"], MANIFESTS).env("VAULT_NAMESPACE", "other").status(2);
    output.stderr_holds(["`team/a` is not below `other`", "stdin:11:9"]).check();
}

#[test]
fn nobody_is_asked() {
    let faults = Faults::script(vec![Response::Cut]);
    let logins: [&[(&str, &str)]; 3] =
        [&[], &[("VAULT_TOKEN", "t")], &[("AVP_AUTH_TYPE", "approle"), ("AVP_ROLE_ID", "r"), ("AVP_SECRET_ID", "s")]];
    for login in logins {
        for format in ["text", "json", "hcl"] {
            let run = plan(&["--format", format], MANIFESTS).env("VAULT_ADDR", &faults.address);
            let run = login.iter().fold(run, |run, (name, value)| run.env(name, value));
            assert_eq!(run.output().status.code(), Some(0), "{login:?} {format}");
        }
    }
    assert!(faults.requests().is_empty());
}

#[test]
fn a_file_as_store_is_not_opened_and_has_no_policies() {
    let manifest = secret(&["<path:a/b#c>"]);
    let stdout =
        "a/b\n  Secret app\n    c  stringData.k0  stdin:6:7\n\n1 path in 0 requests, for 1 placeholder in 1 resource\n";
    plan(&["--secrets", "nowhere.yaml"], &manifest).stdout(stdout).check();
    plan(&["--secrets", "nowhere.yaml", "--format", "hcl"], &manifest)
        .status(2)
        .stderr_holds(["the store `file` has no policies"])
        .check();
}

#[test]
fn without_placeholders_nothing_is_read() {
    plan(&[], &secret(&["plain"])).stdout("nothing is read\n").check();
    plan(&["--format", "hcl"], &secret(&["plain"]))
        .stdout("# The manifests need no secret: there is nothing to allow.\n")
        .check();
}

#[test]
fn what_is_not_complete_says_so_and_is_no_policy() {
    let stdout = "secret/data/a\n  Secret\n    k  stringData.a  stdin:4:6\n\n\
                  1 path in 1 request, for 1 placeholder in 1 resource; more may be missing from this list, for there are errors\n";
    plan(&[], BROKEN).status(2).stdout(stdout).stderr_holds(["`nope`", "stdin:5:6"]).check();
    let output = plan(&["--format", "json"], BROKEN).output();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &document["complete"]), (Some(2), &false.into()));
    plan(&["--format", "hcl"], BROKEN).status(2).stderr_holds(["`nope`"]).check();
}

#[test]
fn what_may_not_be_read_is_not_planned() {
    let manifest = secret(&["<path:secret/data/a#k>", "<path:secret/data/b#k>"]);
    plan(&["--format", "hcl"], &manifest)
        .env("AVP_PATH_VALIDATION", "/a$")
        .status(2)
        .stderr_holds(["the path `secret/data/b` is not allowed", "stdin:7:7"])
        .check();
    plan(&[], &manifest).env("AVP_KV_VERSION", "3").status(2).stderr_holds(["`AVP_KV_VERSION`"]).check();
}

#[test]
fn a_path_that_no_rule_can_say_alone_is_refused() {
    for path in ["secret/data/*", "secret/+/app", "secret/a+*b", "secret/{{x}}"] {
        plan(&["--format", "hcl"], &secret(&[&format!("'<path:{path}#k>'")]))
            .status(2)
            .stderr_holds([&format!("no rule of a policy can say the path `{path}` alone") as &str, "stdin:6:8"])
            .check();
    }
}

/// A manifest that reads all these paths, each of which has a key `k`.
fn reading(paths: &[&str]) -> String {
    let values: Vec<String> = paths.iter().map(|path| format!("'<path:{path}#k>'")).collect();
    secret(&values.iter().map(String::as_str).collect::<Vec<_>>())
}

/// With the printed policy `manifest` is rendered, and without any one of its rules it is not. Returns how many there are.
#[track_caller]
fn is_enough_and_nothing_less_is(vault: &Vault, address: &str, name: &str, manifest: &str) -> usize {
    let planned = plan(&["--format", "hcl"], manifest).output();
    assert_eq!(String::from_utf8_lossy(&planned.stderr), "");
    let policy = String::from_utf8(planned.stdout).unwrap();
    let starts: Vec<usize> = policy.match_indices("\npath ").map(|(at, _)| at + 1).collect();
    let code = |policy: &str| {
        vault.api().put(&format!("sys/policies/acl/{name}"), &json!({"policy": policy})).ok();
        let output = render(address, manifest).env("VAULT_TOKEN", vault.token(&[name])).output();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (status, stderr) = code(&policy);
    assert_eq!(status, Some(0), "{stderr}\n{policy}");
    for start in &starts {
        let end = start + policy[*start..].find("\n}\n").unwrap() + 3;
        let less = [&policy[..*start], &policy[end..]].concat();
        let (status, stderr) = code(&less);
        assert!(status == Some(1) && stderr.contains("denied"), "{status:?} {stderr}\n{less}");
    }
    starts.len()
}

#[test]
fn the_policy_is_enough_for_the_real_vault_and_nothing_less_is() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("least1", 1);
    vault.mount("least2", 2);
    let names = ["app", "team/api", "with blank", "say \"x\"", "$x$y", "a*b", "+b/c+", "{x}", "ümlaut", "comma,="];
    for name in names {
        vault.write("least1", name, &json!({"k": "v"}));
        vault.write("least2", name, &json!({"k": "v"}));
    }
    let paths: Vec<String> =
        names.iter().flat_map(|name| [format!("least1/{name}"), format!("least2/data/{name}")]).collect();
    let manifest = reading(&paths.iter().map(String::as_str).collect::<Vec<_>>())
        + "  again: <path:least2/data/app#k#1>\n  whole: <path:least2/data/app#*>\n";
    let rules = is_enough_and_nothing_less_is(vault, &vault.address, "least", &manifest);
    assert_eq!(rules, paths.len());
}

#[test]
fn a_path_without_data_is_allowed_where_it_is_read() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("leastdata", 2);
    vault.write("leastdata", "team/app", &json!({"k": "v"}));
    let manifest = secret(&["<path:leastdata/team/app#k>"]);
    let planned = plan(&["--format", "hcl"], &manifest).env("AVP_KV_VERSION", "2").output();
    vault.api().put("sys/policies/acl/leastdata", &json!({"policy": String::from_utf8(planned.stdout).unwrap()})).ok();
    render(&vault.address, &manifest)
        .env("AVP_KV_VERSION", "2")
        .env("VAULT_TOKEN", vault.token(&["leastdata"]))
        .stdout(secret(&["v"]))
        .stderr_holds(["warning", "leastdata/data/team/app"])
        .check();
}

/// Namespaces, as far as this edition of Vault can show them: a door turns the header into the beginning of the path, as
/// Vault itself does before it looks at policies.
fn with_namespaces(vault: &'static Vault) -> Faults {
    Faults::start(move |_, request: &Request| {
        let token = request.header("x-vault-token").unwrap_or_default();
        let namespace = request.header("x-vault-namespace").map(|name| format!("{name}/")).unwrap_or_default();
        let answer = vault.api().with_token(token).get(&(namespace + request.path.trim_start_matches("/v1/")));
        Response::json(answer.status, &answer.text)
    })
}

#[test]
fn the_rules_reach_into_namespaces_below_the_login_s() {
    let Some(vault) = servers::vault() else { return };
    for mount in ["leastspace", "team/a/leastspace"] {
        vault.mount(mount, 2);
        vault.write(mount, "app", &json!({"k": "v"}));
    }
    let own = reading(&["leastspace/data/app"]);
    let annotation = "  annotations: {avp.kubernetes.io/namespace: team/a}\nstringData:";
    let manifest = format!("{own}---\n{}", own.replace("stringData:", annotation));
    let door = with_namespaces(vault);
    assert_eq!(is_enough_and_nothing_less_is(vault, &door.address, "leastspace", &manifest), 2);
}

#[test]
fn what_a_chart_reads_is_planned_too() {
    let folder = tempfile::tempdir().unwrap();
    tools::chart(folder.path());
    let plan = |args: &[&str]| program(["plan", "chart", "--format", "hcl"]).args(args).folder(folder.path());
    for helm in ["helm3", "helm4"].into_iter().filter_map(servers::binary) {
        let helm = helm.display().to_string();
        let output = plan(&["--helm", &helm, "--release-name", "web"]).output();
        let (text, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!((&*stderr, output.status.code()), ("", Some(0)), "{text}");
        assert!(text.contains("# Secret web\n# Deployment web\npath \"secret/data/app\" {\n"), "{text}");
        let broken = plan(&["--helm", &helm, "--", "--set", "password=<path:secret/data/app#password | nope>"]);
        broken
            .status(2)
            .stderr_holds(["--> chart/ (helm template):", " = template: chart/templates/secret.yaml\n"])
            .check();
    }
    plan(&[])
        .status(2)
        .stderr_holds(["error: charts are not built, there is no `helm`", ": `chart`\nhint: `--no-build`"])
        .check();
    plan(&["--no-build"])
        .stdout("# The manifests need no secret: there is nothing to allow.\n")
        .stderr_holds(["note: charts are not built, as `--no-build` says: `chart`\n"])
        .check();
}
