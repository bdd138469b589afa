//! `fn`: a KRM function, by hand and behind the real kustomize.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use crate::support::files::write;
use crate::support::program::{Program, binary, program};
use crate::support::servers::{self, Faults, Response};

const SECRETS: &str = "secret/data/app: { password: \"p@ss: word\", replicas: 3 }\n";

/// A list as kustomize writes it; `BASE64` is `<path:secret/data/app#password>`.
const LIST: &str = "\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: apps/v1 # a comment
  kind: Deployment
  metadata:
    annotations:
      config.kubernetes.io/index: '0'
      internal.config.kubernetes.io/path: 'base/web.yaml'
      kustomize.config.k8s.io/id: |
        kind: Deployment
        name: web
    name: web
  spec:
    replicas: REPLICAS
- apiVersion: v1
  data:
    password: BASE64
  kind: Secret
  metadata:
    annotations:
      config.k8s.io/id: '2'
      internal.config.kubernetes.io/needsHashSuffix: enabled
    name: app
functionConfig:
  apiVersion: v1
  kind: ConfigMap
  metadata:
    name: fn
  data: {}
";

fn list(replicas: &str, base64: &str) -> String {
    LIST.replace("REPLICAS", replicas).replace("BASE64", base64)
}

fn unfilled() -> String {
    list("<path:secret/data/app#replicas>", "PHBhdGg6c2VjcmV0L2RhdGEvYXBwI3Bhc3N3b3JkPg==")
}

/// `fn` with these secrets in a file.
fn function(secrets: &Path, stdin: impl Into<Vec<u8>>) -> Program {
    program(["fn", "--secrets"]).args([secrets]).stdin(stdin)
}

/// A file of secrets.
fn secrets(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    file
}

#[test]
fn items_are_filled_and_every_other_byte_stays() {
    let secrets = secrets(SECRETS);
    for version in ["v1", "v1beta1", "v1alpha1"] {
        let at = |text: String| text.replace("config.kubernetes.io/v1\n", &format!("config.kubernetes.io/{version}\n"));
        let filled = at(list("3", "cEBzczogd29yZA=="));
        function(secrets.path(), at(unfilled())).stdout(filled).check();
    }
}

#[test]
fn a_list_in_json_stays_json() {
    let secrets = secrets(SECRETS);
    let list = |value: &str| {
        let item = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"k": value}});
        json!({"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": [item]}).to_string()
    };
    function(secrets.path(), list("<path:secret/data/app#password>")).stdout(list("p@ss: word")).check();
}

#[test]
fn the_function_s_own_configuration_is_not_filled() {
    let secrets = secrets(SECRETS);
    let list = unfilled().replace("name: fn", "name: fn\n    labels: {a: <path:secret/data/app#password>}");
    let filled = String::from_utf8(function(secrets.path(), list).output().stdout).unwrap();
    assert!(
        filled.contains("labels: {a: <path:secret/data/app#password>}") && filled.contains("replicas: 3"),
        "{filled}"
    );
}

#[test]
fn an_error_is_a_result_and_on_stderr_and_nothing_is_filled() {
    let secrets = secrets("secret/data/app: { password: canary-value }\n");
    let result = json!({
        "severity": "error",
        "resourceRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "field": {"path": "spec.replicas"},
        "file": {"path": "base/web.yaml", "index": 0},
        "tags": {"rule": "missing"},
    });
    let output = function(secrets.path(), unfilled()).output();
    assert_eq!(output.status.code(), Some(1));
    let stdout = String::from_utf8(output.stdout).unwrap();
    let line = stdout.lines().find_map(|line| line.strip_prefix("- {")).expect("a result");
    let written: serde_json::Value = serde_json::from_str(&format!("{{{line}")).unwrap();
    for key in ["severity", "resourceRef", "field", "file", "tags"] {
        assert_eq!(written[key], result[key], "{key}");
    }
    let message = written["message"].as_str().unwrap();
    assert!(message.contains("missing key `replicas` in the secret at `secret/data/app`"), "{message}");
    assert_eq!(stdout.replace(&format!("results:\n- {{{line}\n"), ""), unfilled());
    let stderr = String::from_utf8(output.stderr).unwrap();
    for part in ["missing key `replicas`", "stdin:15:15", "resource: Deployment web", "template: base/web.yaml"] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    assert!(!stdout.contains("canary") && !stderr.contains("canary"));
}

#[test]
fn a_warning_is_a_result_and_no_failure() {
    let secrets = secrets(SECRETS);
    let list = unfilled().replace(
        "    annotations:\n      config.k8s.io/id",
        "    annotations:\n      avp.kubernetes.io/kv-version: 2\n      config.k8s.io/id",
    );
    let output = function(secrets.path(), list).output();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout.contains("\"severity\":\"warning\"") && stdout.contains("replicas: 3"), "{stdout}");
}

#[test]
fn what_is_no_list_is_refused_and_nothing_is_printed() {
    let list = |rest: &str| format!("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n{rest}");
    for (stdin, part) in [
        (String::new(), "stdin is not a ResourceList: it is empty"),
        ("apiVersion: v1\nkind: ConfigMap\n".to_owned(), "its kind is `ConfigMap`"),
        ("a: [canary".to_owned(), "invalid YAML"),
        ("secret/data/app: { password: canary }\n".to_owned(), "it has no `kind`"),
        ("apiVersion: v9\nkind: ResourceList\nitems: []\n".to_owned(), "`v9` is not a supported version"),
        (list(""), "has no `items`"),
        (list("items: [{password: canary}]\n"), "`items[0]` is not a Kubernetes object"),
        (list("items: canary\n"), "are not a list"),
    ] {
        let output = program(["fn"]).stdin(stdin.clone()).output();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), &*output.stdout), (Some(1), &b""[..]), "{stdin}");
        assert!(
            stderr.contains(part) && stderr.contains("hint: ") | !stderr.contains("not a ResourceList"),
            "{stderr}"
        );
        assert!(!stderr.contains("canary"), "{stderr}");
    }
}

#[test]
fn a_record_fills_masked_without_a_store() {
    let (secrets, folder) = (secrets(SECRETS), tempfile::tempdir().unwrap());
    let record = folder.path().join("record.json");
    let run =
        program(["record", "-", "-o"]).args([&record]).args(["--secrets".as_ref(), secrets.path()]).stdin(unfilled());
    assert!(run.output().status.success());
    let output = program(["fn", "--offline"]).args([&record]).stdin(unfilled()).output();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!stdout.contains("<path:") && !stdout.contains("PHBhdGg6") && !stdout.contains("cEBzczog"), "{stdout}");
    let missing = program(["fn", "--offline", "none.json"]).stdin(unfilled()).output();
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("cannot read the record `none.json`"));
}

#[test]
fn an_empty_list_is_an_error_unless_accepted() {
    let empty = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n";
    let output = program(["fn"]).stdin(empty).output();
    assert_eq!(output.status.code(), Some(1));
    program(["fn", "--allow-empty"]).stdin(empty).stdout(empty).check();
    let config = format!("{empty}functionConfig: {{kind: ConfigMap, data: {{allow-empty: 'true'}}}}\n");
    program(["fn"]).stdin(&*config).stdout(&*config).check();
}

#[test]
fn the_configuration_can_ask_for_strictness() {
    let secrets = secrets(SECRETS);
    let left = unfilled().replace("name: app\n", "name: app\n    labels: {a: '<path:secret/data/app>'}\n");
    assert_eq!(function(secrets.path(), &*left).output().status.code(), Some(0));
    let strict = left.replace("data: {}", "data: {strict: 'true'}");
    let output = function(secrets.path(), strict).output();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("a placeholder would stay"));
}

#[test]
fn a_credential_in_the_configuration_is_refused_unseen() {
    let list = unfilled().replace("data: {}", "data: {VAULT_TOKEN: canary}");
    let output = program(["fn"]).stdin(list).output();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("the functionConfig sets `VAULT_TOKEN`, which is a credential"), "{stderr}");
    assert!(!stderr.contains("canary"), "{stderr}");
}

#[test]
fn the_configuration_has_a_tenant_s_authority() {
    let tenants = Faults::start(|_, _| Response::json(200, r#"{"data": {"password": "x", "replicas": 1}}"#));
    let list = unfilled().replace("data: {}", &format!("data: {{VAULT_ADDR: '{}'}}", tenants.address));
    let output = program(["fn"]).env("VAULT_TOKEN", "operators-token").stdin(list).output();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("`VAULT_ADDR` of the functionConfig would send the operator's `VAULT_TOKEN`"), "{stderr}");
    assert!(tenants.requests().is_empty());
}

#[test]
fn a_long_list_is_filled() {
    let secrets = secrets(SECRETS);
    let item = |number: usize, value: &str| {
        format!("- {{apiVersion: v1, kind: ConfigMap, metadata: {{name: x{number}}}, data: {{k: {value}}}}}\n")
    };
    let list = |value: &str| {
        let items: String = (0..3000).map(|number| item(number, value)).collect();
        format!("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n{items}")
    };
    function(secrets.path(), list("\"<path:secret/data/app#replicas>\"")).stdout(list("\"3\"")).check();
}

/// A kustomization whose transformer is the function.
fn kustomization(folder: &Path) {
    write(folder, "secrets.yaml", SECRETS);
    let resources = "resources: [deployment.yaml]\nnamePrefix: prod-\ntransformers: [vault-render.yaml]\nsecretGenerator:\n  \
                     - name: app\n    literals: ['password=<path:secret/data/app#password>']\n\
                     buildMetadata: [originAnnotations]\n";
    write(folder, "kustomization.yaml", resources);
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: <path:secret/data/app#replicas>\n  \
                      template:\n    spec:\n      containers:\n        - name: web\n          envFrom: [{secretRef: {name: app}}]\n";
    write(folder, "deployment.yaml", deployment);
    write(folder, "vault-render.yaml", &transformer(&["fn", "--secrets", "secrets.yaml"]));
}

/// The transformer that calls the program with these arguments.
pub(crate) fn transformer(arguments: &[&str]) -> String {
    let function = json!({"exec": {"path": "vault-render", "args": arguments}}).to_string();
    let transformer = json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "vault-render", "annotations": {"config.kubernetes.io/function": function}},
        "data": {"strict": "true"},
    });
    transformer.to_string()
}

/// `kustomize build` with the program on its PATH.
pub(crate) fn kustomize_build(kustomize: &Path, folder: &Path) -> Output {
    kustomize_build_with(kustomize, folder, &[])
}

/// Builds a kustomization with variables in the environment of kustomize.
fn kustomize_build_with(kustomize: &Path, folder: &Path, variables: &[(&str, &str)]) -> Output {
    let path = folder.join("path");
    if !path.exists() {
        fs::create_dir(&path).unwrap();
        std::os::unix::fs::symlink(binary(), path.join("vault-render")).unwrap();
    }
    let path = format!("{}:/usr/bin:/bin", path.display());
    let mut command = Command::new(kustomize);
    command.args(["build", "--enable-alpha-plugins", "--enable-exec", "."]).current_dir(folder);
    command.env_clear().env("HOME", folder).env("PATH", path).envs(variables.iter().copied());
    command.output().expect("kustomize starts")
}

/// The generated Secret's name.
fn generated(built: &Output) -> String {
    let stdout = String::from_utf8_lossy(&built.stdout);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let name = stdout.lines().find_map(|line| line.trim().strip_prefix("name: prod-app-")).expect(&stdout);
    assert_eq!(stdout.matches(&format!("name: prod-app-{name}\n")).count(), 2, "the reference follows: {stdout}");
    name.to_owned()
}

#[test]
fn kustomize_calls_it_and_the_hash_suffix_follows_the_secret() {
    let Some(kustomize) = servers::binary("kustomize") else { return };
    let folder = tempfile::tempdir().unwrap();
    kustomization(folder.path());
    let built = kustomize_build(&kustomize, folder.path());
    let stdout = String::from_utf8_lossy(&built.stdout).into_owned();
    let first = generated(&built);
    assert!(stdout.contains("password: cEBzczogd29yZA==\n") && stdout.contains("replicas: 3\n"), "{stdout}");
    for bookkeeping in ["internal.config.kubernetes.io", "config.k8s.io/id"] {
        assert!(!stdout.contains(bookkeeping), "kustomize recognises its own annotations: {stdout}");
    }
    assert_eq!(generated(&kustomize_build(&kustomize, folder.path())), first);
    write(folder.path(), "secrets.yaml", "secret/data/app: { password: changed, replicas: 3 }\n");
    assert_ne!(generated(&kustomize_build(&kustomize, folder.path())), first, "pods roll when the secret changes");
}

#[test]
fn the_credentials_come_from_the_environment_of_kustomize() {
    let (Some(kustomize), Some(vault)) = (servers::binary("kustomize"), servers::vault()) else { return };
    vault.mount("krm", 2);
    vault.policy("krm", &["krm/data/app"]);
    let folder = tempfile::tempdir().unwrap();
    kustomization(folder.path());
    for (file, text) in [("kustomization.yaml", "secret/data/app"), ("deployment.yaml", "secret/data/app")] {
        let manifest = fs::read_to_string(folder.path().join(file)).unwrap().replace(text, "krm/data/app");
        write(folder.path(), file, &manifest);
    }
    write(folder.path(), "vault-render.yaml", &transformer(&["fn"]));
    let token = vault.token(&["krm"]);
    let variables = [("VAULT_ADDR", vault.address.as_str()), ("VAULT_TOKEN", token.as_str())];
    let names = ["first", "second"].map(|password| {
        vault.write("krm", "app", &json!({"password": password, "replicas": 3}));
        generated(&kustomize_build_with(&kustomize, folder.path(), &variables))
    });
    assert_ne!(names[0], names[1], "pods roll when the secret changes in Vault");
    let stderr = String::from_utf8(kustomize_build(&kustomize, folder.path()).stderr).unwrap();
    assert!(stderr.contains("`VAULT_ADDR` is not set"), "{stderr}");
}

/// docs/kustomize.md warns of it.
#[test]
fn without_enable_exec_kustomize_leaves_the_function_out() {
    let Some(kustomize) = servers::binary("kustomize") else { return };
    let folder = tempfile::tempdir().unwrap();
    kustomization(folder.path());
    let built =
        Command::new(kustomize).args(["build", "--enable-alpha-plugins", "."]).current_dir(folder.path()).output();
    let built = built.expect("kustomize starts");
    assert!(
        built.status.success() && String::from_utf8_lossy(&built.stdout).contains("<path:secret/data/app#replicas>")
    );
}

#[test]
fn a_failing_function_fails_kustomize_and_says_why() {
    let Some(kustomize) = servers::binary("kustomize") else { return };
    let folder = tempfile::tempdir().unwrap();
    kustomization(folder.path());
    write(folder.path(), "secrets.yaml", "secret/data/app: { pasword: canary, replicas: 3 }\n");
    let built = kustomize_build(&kustomize, folder.path());
    let stderr = String::from_utf8_lossy(&built.stderr);
    assert!(!built.status.success() && built.stdout.is_empty());
    for part in ["missing key `password`", "did you mean `pasword`?", "resource: Secret prod-app", "data.password"] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    assert!(!stderr.contains("canary") && !stderr.contains('\u{1b}'), "{stderr}");
    let broken =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: <path:secret/data/app#none>}\n";
    write(folder.path(), "deployment.yaml", broken);
    let stderr = String::from_utf8(kustomize_build(&kustomize, folder.path()).stderr).unwrap();
    assert!(stderr.contains("template: deployment.yaml"), "the origin names the file: {stderr}");
}
