//! `diff --base live`: manifests against the objects of a real API server, without showing a secret of either.

use serde_json::{Value, json};

use crate::support::program::{Program, program};
use crate::support::servers::{self, Kubernetes};

/// What is in the store, and what was in it when the cluster was last changed. No piece of either may be seen.
const NEW: &str = "Nq8Zr4Vx2Wm6Kt0P";
const OLD: &str = "Lb5Hs9Yd3Gc7Fj1R";

const FORMATS: [&str; 3] = ["text", "markdown", "html"];

/// A namespace of a test's own, and a store.
struct Bench {
    cluster: &'static Kubernetes,
    namespace: &'static str,
    secrets: tempfile::NamedTempFile,
}

impl Bench {
    fn new(namespace: &'static str) -> Option<Self> {
        let cluster = servers::kubernetes()?;
        cluster.namespace(namespace);
        let secrets = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(secrets.path(), format!("app: {{password: {NEW}, port: 73219846, other: {NEW}-other}}\n"))
            .unwrap();
        Some(Self { cluster, namespace, secrets })
    }

    fn create(&self, resource: &str, object: &Value) {
        let api = if resource == "deployments" { "apis/apps/v1" } else { "api/v1" };
        self.cluster.api().post(&format!("{api}/namespaces/{}/{resource}", self.namespace), object).ok();
    }

    fn diff(&self, manifests: &str, format: &str) -> Program {
        self.diff_as(manifests, format, self.cluster.admin)
    }

    fn diff_as(&self, manifests: &str, format: &str, token: &str) -> Program {
        let kubeconfig = self.cluster.kubeconfig(&format!("{}-{}", self.namespace, token.len()), token);
        program(["diff", "-", "--base", "live", "--format", format, "--secrets"])
            .args([self.secrets.path()])
            .env("KUBECONFIG", kubeconfig)
            .stdin(manifests.replace("NAMESPACE", self.namespace))
    }

    /// Stdout of each format, one after the other, and stderr of one; no secret is in any of them.
    #[track_caller]
    fn seen(&self, manifests: &str, status: i32) -> (String, String) {
        self.seen_with_types("schema", manifests, status)
    }

    /// The same with another `AVP_TYPES`.
    #[track_caller]
    fn seen_with_types(&self, types: &str, manifests: &str, status: i32) -> (String, String) {
        let (mut shown, mut told) = (String::new(), String::new());
        for format in FORMATS {
            let output = self.diff(manifests, format).env("AVP_TYPES", types).output();
            told = String::from_utf8(output.stderr).unwrap();
            let stdout = String::from_utf8(output.stdout).unwrap();
            assert_eq!(output.status.code(), Some(status), "{stdout}{told}");
            for secret in [NEW, OLD, "73219846"] {
                for piece in pieces(secret) {
                    assert!(!stdout.contains(&piece) && !told.contains(&piece), "{piece} in {stdout}{told}");
                }
            }
            shown += &stdout;
        }
        (shown, told)
    }
}

/// A secret in the encodings that a cluster knows.
fn pieces(secret: &str) -> Vec<String> {
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(secret);
    vec![secret[..8].to_owned(), secret[secret.len() - 8..].to_owned(), encoded[..8].to_owned()]
}

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NAMESPACE}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: web:1
        args: [--password, <path:app#password>]
        env:
        - {name: PASSWORD, value: <path:app#password>}
        - {name: LEVEL, value: info}
";

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: NAMESPACE}
stringData:
  password: <path:app#password>
";

/// The deployment as the cluster has it, filled with `password`; the names of its variables come in another order.
fn deployment(password: &str, replicas: u32) -> Value {
    json!({
        "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{
                    "name": "web", "image": "web:1", "args": ["--password", password],
                    "env": [{"name": "PASSWORD", "value": password}, {"name": "LEVEL", "value": "info"}],
                }]},
            },
        },
    })
}

fn secret(password: &str) -> Value {
    json!({"metadata": {"name": "db"}, "stringData": {"password": password}})
}

#[test]
fn what_the_server_adds_is_no_change() {
    let Some(bench) = Bench::new("live-same") else { return };
    bench.create("deployments", &deployment(NEW, 2));
    bench.create("secrets", &secret(NEW));
    let (shown, told) = bench.seen(&format!("{DEPLOYMENT}---\n{SECRET}"), 0);
    assert!(shown.contains("nothing changes, 2 unchanged") && told.is_empty(), "{shown}{told}");
}

#[test]
fn a_change_is_shown_alone() {
    let Some(bench) = Bench::new("live-changed") else { return };
    bench.create("deployments", &deployment(NEW, 1));
    let (shown, _) = bench.seen(DEPLOYMENT, 1);
    assert!(shown.contains("-  replicas: 1\n+  replicas: 2\n"), "{shown}");
    assert!(!shown.contains("resourceVersion") && !shown.contains("managedFields"), "{shown}");
}

#[test]
fn another_value_of_a_secret_is_known_as_that() {
    let Some(bench) = Bench::new("live-secret") else { return };
    bench.create("deployments", &deployment(OLD, 2));
    bench.create("secrets", &secret(OLD));
    let (shown, _) = bench.seen(&format!("{DEPLOYMENT}---\n{SECRET}"), 1);
    assert!(shown.contains("2 changed (2 in secret values only)") && shown.contains("<redacted:"), "{shown}");
}

#[test]
fn nothing_secret_of_a_live_object_is_shown_whatever_the_manifest_says() {
    let Some(bench) = Bench::new("live-old") else { return };
    let mut live = deployment(OLD, 1);
    live["metadata"]["annotations"] = json!({
        "kubectl.kubernetes.io/last-applied-configuration": format!("{{\"password\":\"{OLD}\"}}"),
        "example.org/copy": format!("url=https://x:{OLD}@db"),
    });
    let container = &mut live["spec"]["template"]["spec"]["containers"][0];
    container["env"] = json!([
        {"name": "GONE", "value": OLD}, {"name": "LEVEL", "value": OLD}, {"name": "PASSWORD", "value": OLD},
    ]);
    container["args"] = json!([OLD]);
    bench.create("deployments", &live);
    bench.create("secrets", &json!({"metadata": {"name": "db"}, "stringData": {"literal": OLD, "other": NEW}}));
    bench.create("configmaps", &json!({"metadata": {"name": "settings"}, "data": {"all": OLD, "gone": OLD}}));
    let plain = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: NAMESPACE}\nstringData: {literal: x}\n";
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: NAMESPACE}\ndata: <path:app#*>\n";
    let (shown, _) = bench.seen(&format!("{DEPLOYMENT}---\n{plain}---\n{map}"), 1);
    assert!(shown.contains("3 changed") && shown.contains("literal"), "{shown}");
}

#[test]
fn what_is_not_in_the_cluster_is_added_and_what_is_not_ours_is_not_removed() {
    let Some(bench) = Bench::new("live-added") else { return };
    bench.create("configmaps", &json!({"metadata": {"name": "somebody-elses"}}));
    let annotated = SECRET.replace("NAMESPACE}", "NAMESPACE, annotations: {note: <raw:hello>}}");
    let (shown, _) = bench.seen(&annotated, 1);
    assert!(shown.contains("note: '<hello>'") && shown.contains("password: '<redacted:"), "{shown}");
    assert!(shown.contains("1 added") && !shown.contains("somebody-elses") && !shown.contains("1 removed"), "{shown}");
}

#[test]
fn a_refusal_names_fields_and_types_and_no_value() {
    let Some(bench) = Bench::new("live-refused") else { return };
    bench.create("secrets", &secret(OLD));
    let typed = DEPLOYMENT.replace("web:1", "<path:app#port>");
    let word = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: NAMESPACE}\n\
                spec: {type: <path:app#password>, ports: [{port: 80}]}\n";
    let (shown, told) = bench.seen_with_types("names", &format!("{typed}---\n{word}---\n{SECRET}"), 2);
    for part in [".image: expected string, got a number", "Service", "spec.type", "stdin:1:1", "stdin:18:1"] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert!(shown.contains("1 changed"), "the rest goes on: {shown}");
}

#[test]
fn what_nothing_secret_is_in_is_refused_in_the_server_s_words() {
    let Some(bench) = Bench::new("live-plain") else { return };
    let manifest = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: NAMESPACE}\nspec: {type: Nonsense, ports: [{port: 80}]}\n";
    let (_, told) = bench.seen(manifest, 2);
    assert!(told.contains("Nonsense") && told.contains("LoadBalancer"), "{told}");
}

#[test]
fn what_cannot_be_tried_yet_is_shown_as_written_and_the_rest_goes_on() {
    let Some(bench) = Bench::new("live-early") else { return };
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: live-not-yet}\n";
    let within = SECRET.replace("NAMESPACE", "live-not-yet");
    let nowhere = SECRET.replace("NAMESPACE", "live-nowhere");
    let custom = "apiVersion: example.org/v1\nkind: Custom\nmetadata: {name: x, namespace: NAMESPACE}\nspec: {a: <path:app#password>}\n";
    let (shown, told) = bench.seen(&format!("{namespace}---\n{within}---\n{nowhere}---\n{custom}---\n{SECRET}"), 1);
    for part in [
        "its namespace `live-not-yet` is not there until it is applied",
        "the cluster has no namespace `live-nowhere`",
        "the cluster has no kind `Custom` of `example.org/v1`",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert!(shown.contains("5 added"), "{shown}");
    let definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: customs.example.org}\n\
        spec:\n  group: example.org\n  scope: Namespaced\n  names: {kind: Custom, plural: customs}\n\
        \x20 versions:\n  - name: v1\n    served: true\n    storage: true\n    schema: {openAPIV3Schema: {type: object}}\n";
    let (_, told) = bench.seen(&format!("{definition}---\n{custom}"), 1);
    assert!(told.contains("until CustomResourceDefinition customs.example.org is applied"), "{told}");
}

#[test]
fn what_may_not_be_tried_is_named() {
    let Some(bench) = Bench::new("live-denied") else { return };
    bench.create("secrets", &secret(OLD));
    bench.cluster.service_account(bench.namespace, "reader");
    let token = bench.cluster.token(bench.namespace, "reader", None);
    let output = bench.diff_as(SECRET, "text", &token).output();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("denies `get` on `secrets` in the namespace `live-denied` (403)"), "{told}");
    bench.cluster.may_read_secret(bench.namespace, "reader", "db");
    let output = bench.diff_as(SECRET, "text", &token).output();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("denies `patch` on `secrets`") && !told.contains(OLD), "{told}");
}

#[test]
fn without_a_cluster_the_kubeconfig_is_named() {
    let run = || program(["diff", "examples/kustomize/rendered.yaml", "--base", "live"]);
    run().status(2).stderr_holds(["cannot find a Kubernetes cluster", "`KUBECONFIG`"]).check();
    let config = tempfile::NamedTempFile::new().unwrap();
    let nobody = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "x",
        "clusters": [{"name": "x", "cluster": {"server": "https://127.0.0.1:9"}}],
        "users": [{"name": "x", "user": {"token": "t"}}],
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
    });
    std::fs::write(config.path(), nobody.to_string()).unwrap();
    run().env("KUBECONFIG", config.path()).status(2).stderr_holds(["cannot ask the Kubernetes cluster"]).check();
}

#[test]
fn what_the_manifest_no_longer_has_goes_if_its_owner_applies() {
    let Some(bench) = Bench::new("live-owner") else { return };
    let applied = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "app"}, "data": {"kept": "1", "dropped": OLD},
    });
    let path = format!("api/v1/namespaces/{}/configmaps/app", bench.namespace);
    bench.cluster.api().apply(&path, "argocd-controller", &applied).ok();
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app, namespace: NAMESPACE}\n\
                    data: {kept: \"1\", secret: <path:app#password>}\n";
    let (shown, _) = bench.seen(manifest, 1);
    assert!(shown.contains("+  secret: ") && !shown.contains("-  dropped: "), "{shown}");
    let output = bench.diff(manifest, "text").args(["--field-manager", "argocd-controller"]).output();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("-  dropped: ") && !shown.contains(OLD), "{shown}");
}

#[test]
fn nothing_is_stored() {
    let Some(bench) = Bench::new("live-stored") else { return };
    bench.seen(SECRET, 1);
    let path = format!("api/v1/namespaces/{}/secrets/db", bench.namespace);
    assert_eq!(bench.cluster.api().get(&path).status, 404);
}

#[test]
fn what_tools_print_is_tried_too() {
    let (Some(bench), Some(kustomize)) = (Bench::new("diff-built"), servers::binary("kustomize")) else { return };
    bench.create("secrets", &json!({"metadata": {"name": "db"}, "stringData": {"password": OLD}}));
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    write("base/secret.yaml", &SECRET.replace("NAMESPACE", "elsewhere"));
    write("base/kustomization.yaml", "resources: [secret.yaml]\n");
    write("prod/kustomization.yaml", "resources: [../base]\nnamespace: diff-built\n");
    let kubeconfig = bench.cluster.kubeconfig("diff-built", bench.cluster.admin);
    let run = |args: &[&str]| {
        let program = program(["diff", ".", "--base", "live", "--secrets"]).args([bench.secrets.path()]);
        program.args(args).folder(folder.path()).env("KUBECONFIG", &kubeconfig).output()
    };
    let output = run(&["--kustomize", &kustomize.display().to_string()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.starts_with("changed Secret diff-built/db: secret values only\n"), "{text}");
    assert!(
        text.contains("\n+++ prod/ (kustomize build):")
            && text.contains("\n1 changed (1 in secret values only), 0 unchanged\n<redacted:FINGERPRINT> stands for"),
        "{text}"
    );
    let text = String::from_utf8(run(&["--no-build"]).stdout).unwrap();
    assert!(text.contains("note: kustomizations are not built, as `--no-build` says: `base`, `prod`\n"), "{text}");
}

#[test]
fn a_name_that_a_placeholder_has_filled_is_not_shown() {
    let Some(bench) = Bench::new("live-names") else { return };
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: <path:app#password>, namespace: NAMESPACE}\ndata: {a: b}\n\
        ---\napiVersion: example.org/v1\nkind: Custom\nmetadata: {name: <path:app#password>, namespace: <path:app#other>}\n";
    let output = bench.diff(manifest, "text").output();
    for bytes in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(bytes);
        assert!(pieces(NEW).iter().all(|piece| !text.contains(piece)), "{text}");
    }
}
