//! The real Argo CD: its repo-server calls its cmp-server, which runs vault-render as deploy/argocd defines it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::JoinHandle;

use crate::support::program::{binary, root};
use crate::support::servers::{
    self, Application, ArgoCd, Faults, Parameter, Repository, Response, Setup, Sidecar, Vault, Working,
};

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: database
stringData:
  password: <path:secret/data/shop#password>
";

/// A Vault with the shop's secret.
fn vault() -> Option<Vault> {
    let vault = servers::own_vault(Setup::default())?;
    vault.mount("secret", 2);
    vault.write("secret", "shop", &json!({"password": "over-argo"}));
    Some(vault)
}

/// The operator's settings for a Vault.
fn at(vault: &Vault) -> Vec<(&'static str, String)> {
    vec![("VAULT_ADDR", vault.address.clone()), ("VAULT_TOKEN", vault.root.clone()), ("VAULT_MAX_RETRIES", "0".into())]
}

/// Argo CD with our plugin as it is shipped: no shell is in its reach.
fn argocd(settings: Vec<(&'static str, String)>) -> Option<ArgoCd> {
    with_plugin("plugin.yaml", settings)
}

fn with_plugin(file: &str, settings: Vec<(&'static str, String)>) -> Option<ArgoCd> {
    let plugin = std::fs::read_to_string(root().join(file)).expect("the plugin");
    let (helm, kustomize) = (servers::binary("helm4")?, servers::binary("kustomize")?);
    let programs = vec![("vault-render", binary().into()), ("helm", helm), ("kustomize", kustomize)];
    servers::argocd(&Sidecar { plugin: &plugin, programs, settings })
}

#[test]
fn an_application_s_manifests_are_filled() {
    let Some(vault) = vault() else { return };
    let Some(argocd) = argocd(at(&vault)) else { return };
    let repository = Repository::new([("apps/shop/secret.yaml", SECRET), ("other/broken.yaml", "a: [")]);
    let manifests = argocd.manifests(&repository, &Application::at("apps/shop")).unwrap();
    assert_eq!(manifests.len(), 1);
    assert_eq!(manifests[0]["stringData"]["password"], "over-argo");
    assert_eq!(manifests[0]["metadata"]["name"], "database");
}

const CHART: [(&str, &str); 5] = [
    ("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
    ("chart/values.yaml", "replicas: 1\npassword: none\n"),
    ("chart/prod.yaml", "password: <path:secret/data/shop#password>\n"),
    (
        "chart/templates/config.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\n\
         data:\n  replicas: {{ .Values.replicas | quote }}\n",
    ),
    (
        "chart/templates/secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}\n\
         data:\n  password: {{ .Values.password | b64enc }}\n",
    ),
];

#[test]
fn two_processes_in_place_of_one_fill_an_application_and_a_chart() {
    let Some(vault) = vault() else { return };
    let settings = [at(&vault), vec![("AVP_SEPARATE", "true".to_owned())]].concat();
    let Some(argocd) = argocd(settings) else { return };
    let repository = Repository::new(CHART.into_iter().chain([("apps/shop/secret.yaml", SECRET)]));
    let manifests = argocd.manifests(&repository, &Application::at("apps/shop")).unwrap();
    assert_eq!(manifests[0]["stringData"]["password"], "over-argo");
    let chart = Application::at("chart").parameter(Parameter::array("values-files", &["prod.yaml"]));
    let manifests = argocd.manifests(&repository, &chart).unwrap();
    let secret = manifests.iter().find(|object| object["kind"] == "Secret").unwrap();
    assert_eq!(secret["data"]["password"], "b3Zlci1hcmdv");
}

#[test]
fn a_chart_takes_its_application_s_parameters() {
    let Some(vault) = vault() else { return };
    let Some(argocd) = argocd(at(&vault)) else { return };
    let repository = Repository::new(CHART);
    let application = Application::at("chart")
        .parameter(Parameter::text("release-name", "front"))
        .parameter(Parameter::array("values-files", &["prod.yaml"]))
        .parameter(Parameter::map("helm-parameters", &[("replicas", "3")]));
    let manifests = argocd.manifests(&repository, &application).unwrap();
    let of = |kind| manifests.iter().find(|object| object["kind"] == kind).unwrap();
    assert_eq!(of("Secret")["data"]["password"], "b3Zlci1hcmdv");
    assert_eq!(of("ConfigMap")["data"]["replicas"], "3");
    assert_eq!(
        (&of("ConfigMap")["metadata"]["name"], &of("ConfigMap")["metadata"]["namespace"]),
        (&json!("front"), &json!("shop"))
    );
    let tenant = Application::at("chart").env("HELM_ARGS", "--post-renderer ./x.sh");
    let error = argocd.manifests(&repository, &tenant).unwrap_err();
    assert_holds(&error, &["`--post-renderer` in `ARGOCD_ENV_HELM_ARGS`"]);
}

#[test]
fn a_chart_s_parameters_are_shown() {
    let Some(argocd) = argocd(vec![]) else { return };
    let repository = Repository::new(CHART);
    let shown = argocd.parameters(&repository, &Application::at("chart"));
    let names: Vec<&str> = shown.iter().map(|parameter| parameter.name.as_str()).collect();
    assert_eq!(names, ["release-name", "values-files", "values", "helm-parameters"]);
    assert_eq!((shown[0].string.as_str(), shown[3].map["replicas"].as_str()), ("shop", "1"));
    assert!(shown.iter().all(|parameter| !parameter.title.is_empty()));
}

#[test]
fn a_kustomization_is_built() {
    let Some(vault) = vault() else { return };
    let Some(argocd) = argocd(at(&vault)) else { return };
    let repository = Repository::new([
        ("base/secret.yaml", SECRET),
        ("base/kustomization.yaml", "resources: [secret.yaml]\n"),
        ("prod/kustomization.yaml", "namespace: prod\nresources: [../base]\n"),
    ]);
    let manifests = argocd.manifests(&repository, &Application::at("prod")).unwrap();
    assert_eq!(manifests[0]["stringData"]["password"], "over-argo");
    assert_eq!(manifests[0]["metadata"]["namespace"], "prod");
}

#[test]
fn an_application_without_a_plugin_is_discovered_where_the_operator_wants_that() {
    let Some(vault) = vault() else { return };
    let Some(argocd) = with_plugin("deploy/argocd/discover/plugin.yaml", at(&vault)) else { return };
    let repository = Repository::new([("shop/secret.yaml", SECRET)]);
    for application in [Application::at("shop").unnamed(), Application::at("shop")] {
        let manifests = argocd.manifests(&repository, &application).unwrap();
        assert_eq!(manifests[0]["stringData"]["password"], "over-argo");
    }
}

/// docs/migrate-from-avp.md: the definition that argocd-vault-plugin's guide gives, with a shell around it.
#[test]
fn an_unchanged_plugin_of_argocd_vault_plugin_s_works_under_its_name() {
    let Some(vault) = vault() else { return };
    let guide = std::fs::read_to_string(root().join("docs/migrate-from-avp.md")).expect("the guide");
    let plugin = guide.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("its first block");
    let mut programs = vec![("argocd-vault-plugin", binary().into())];
    programs.extend([("sh", "/bin/sh".into()), ("find", "/usr/bin/find".into())]);
    programs.extend([("xargs", "/usr/bin/xargs".into()), ("grep", "/bin/grep".into())]);
    let Some(argocd) = servers::argocd(&Sidecar { plugin, programs, settings: at(&vault) }) else { return };
    let repository = Repository::new([("shop/secret.yaml", SECRET)]);
    let named = Application::at("shop").plugin("argocd-vault-plugin");
    for application in [named, Application::at("shop").unnamed()] {
        let manifests = argocd.manifests(&repository, &application).unwrap();
        assert_eq!(manifests[0]["stringData"]["password"], "over-argo");
    }
}

#[test]
fn what_is_wrong_is_shown_as_we_say_it() {
    let Some(vault) = vault() else { return };
    let Some(argocd) = argocd(at(&vault)) else { return };
    let repository = Repository::new([
        ("key/secret.yaml", SECRET.replace("#password", "#pasword")),
        ("empty/readme.md", "nothing here".into()),
        ("kindless/secret.yaml", SECRET.replace("kind: Secret\n", "")),
    ]);
    let refused = |path| argocd.manifests(&repository, &Application::at(path)).unwrap_err();
    let error = refused("key");
    assert_holds(
        &error,
        &[
            "error: `<path:secret/data/shop#pasword>`: missing key `pasword` in the secret at `secret/data/shop`\n",
            " --> secret.yaml:6:13\n",
            "  = resource: Secret database\n  = field: stringData.password\nhint: did you mean `password`?",
        ],
    );
    let error = refused("empty");
    assert_holds(&error, &["error: ", "no manifest"]);
    let error = refused("kindless");
    assert_holds(&error, &["error: ", "kind"]);
}

#[test]
fn a_sealed_vault_is_shown() {
    let Some(vault) = vault() else { return };
    let Some(argocd) = argocd(at(&vault)) else { return };
    let repository = Repository::new([("shop/secret.yaml", SECRET)]);
    vault.seal();
    let error = argocd.manifests(&repository, &Application::at("shop")).unwrap_err();
    assert_holds(&error, &["Vault is sealed", "secret.yaml:6:13", "`vault operator unseal`"]);
}

#[test]
fn a_client_that_gives_up_leaves_no_process() {
    let faults = Faults::script(vec![Response::Silent]);
    let Some(argocd) = argocd(at_faults(&faults)) else { return };
    let repository = Repository::new([("shop/secret.yaml", SECRET)]);
    let asked = argocd.ask(&repository, &Application::at("shop"));
    until("the plugin reads", || !faults.requests().is_empty());
    assert_eq!(argocd.plugins().len(), 1);
    asked.abort();
    until("the plugin is gone", || argocd.plugins().is_empty());
}

/// The kernel releases the lock of a killed run, so that no other run waits for it.
#[test]
fn a_killed_run_gives_its_turn_back() {
    let faults = Faults::start(|number, _| if number == 0 { Response::Silent } else { found() });
    let settings = [at_faults(&faults), vec![("AVP_PARALLEL_RENDERS", "1".to_owned())]].concat();
    let Some(argocd) = argocd(settings) else { return };
    let repository = Repository::new([("shop/secret.yaml", SECRET)]);
    let first = argocd.ask(&repository, &Application::at("shop"));
    until("the first reads", || faults.requests().len() == 1);
    let second = argocd.ask(&repository, &Application::at("shop"));
    until("the second is there", || argocd.plugins().len() == 2);
    assert_eq!(faults.requests().len(), 1);
    first.abort();
    assert_eq!(argocd.wait(second).unwrap()[0]["stringData"]["password"], "over-argo");
}

#[test]
fn two_hundred_calls_at_once_take_turns_and_stay_small() {
    const TURNS: usize = 4;
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let faults = Faults::start(move |_, _| {
        seen.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(10));
        now.fetch_sub(1, Ordering::SeqCst);
        found()
    });
    let settings = [at_faults(&faults), vec![("AVP_PARALLEL_RENDERS", TURNS.to_string())]].concat();
    let Some(argocd) = argocd(settings) else { return };
    let repository = Repository::new([("shop/secret.yaml", SECRET)]);
    let asked: Vec<_> = (0..200).map(|_| argocd.ask(&repository, &Application::at("shop"))).collect();
    let mut sizes = Vec::new();
    while !asked.iter().all(JoinHandle::is_finished) {
        sizes.extend(argocd.plugins().iter().filter_map(Working::memory));
        std::thread::sleep(Duration::from_millis(20));
    }
    for asked in asked {
        assert_eq!(argocd.wait(asked).unwrap()[0]["stringData"]["password"], "over-argo");
    }
    assert_eq!(faults.requests().len(), 200);
    assert!((1..=TURNS).contains(&most.load(Ordering::SeqCst)), "{most:?} at once");
    let most = sizes.iter().max().expect("some were seen at work");
    assert!(*most < 15 << 10, "{most} KiB");
}

#[test]
fn an_application_in_a_big_repository_is_filled() {
    let Some(vault) = vault() else { return };
    let Some(argocd) = argocd(at(&vault)) else { return };
    let others = (0..10_000).map(|number| (format!("apps/{}/{number}.yaml", number % 100), "kind: [".to_owned()));
    let repository = Repository::new(others.chain([("apps/shop/secret.yaml".to_owned(), SECRET.to_owned())]));
    let manifests = argocd.manifests(&repository, &Application::at("apps/shop")).unwrap();
    assert_eq!(manifests[0]["stringData"]["password"], "over-argo");
}

#[test]
fn a_tenant_sends_the_operator_s_token_nowhere_else() {
    let Some(vault) = vault() else { return };
    let elsewhere = Faults::script(vec![found()]);
    let Some(argocd) = argocd(at(&vault)) else { return };
    let repository = Repository::new([("shop/secret.yaml", SECRET)]);
    let tenant = Application::at("shop").env("VAULT_ADDR", &elsewhere.address);
    let error = argocd.manifests(&repository, &tenant).unwrap_err();
    assert_holds(
        &error,
        &["`ARGOCD_ENV_VAULT_ADDR` would send the operator's `VAULT_TOKEN` (environment) to an address"],
    );
    assert!(elsewhere.requests().is_empty());
    let tenant = Application::at("shop").env("AVP_PARALLEL_RENDERS", "1000");
    let error = argocd.manifests(&repository, &tenant).unwrap_err();
    assert_holds(&error, &["`ARGOCD_ENV_AVP_PARALLEL_RENDERS` is the operator's to set"]);
}

#[test]
fn a_tenant_reads_neither_the_plugin_s_own_token_nor_beyond_their_checkout() {
    let Some(vault) = vault() else { return };
    let Some(argocd) = argocd(at(&vault)) else { return };
    let neighbour = tempfile::tempdir().unwrap();
    std::fs::write(neighbour.path().join("a.yaml"), SECRET).unwrap();
    let outside = format!("resources: [../../../../../../..{}/a.yaml]\n", neighbour.path().display());
    let repository = Repository::new([
        ("token/secret.yaml", &*SECRET.replace("secret/data/shop#password", "auth/token/lookup-self#id")),
        ("outside/kustomization.yaml", &outside),
    ]);
    let error = argocd.manifests(&repository, &Application::at("token")).unwrap_err();
    assert_holds(&error, &["`auth/token/lookup-self`", "AVP_SYSTEM_PATHS"]);
    assert!(!error.contains(&vault.root), "{error}");
    let error = argocd.manifests(&repository, &Application::at("outside")).unwrap_err();
    assert_holds(&error, &["which is not in the repository"]);
}

/// Vault's answer to a read of the shop's secret.
fn found() -> Response {
    Response::json(200, r#"{"data": {"data": {"password": "over-argo"}, "metadata": {"version": 1}}}"#)
}

fn at_faults(faults: &Faults) -> Vec<(&'static str, String)> {
    vec![("VAULT_ADDR", faults.address.clone()), ("VAULT_TOKEN", "t".to_owned()), ("AVP_KV_VERSION", "2".to_owned())]
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}: not after 60 s");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// As the UI shows it: each part in the text, nothing for a terminal, and no secret.
#[track_caller]
fn assert_holds(error: &str, parts: &[&str]) {
    for part in parts {
        assert!(error.contains(part), "{part:?} is not in:\n{error}");
    }
    assert!(!error.contains('\u{1b}') && !error.contains("over-argo"), "{error}");
}
