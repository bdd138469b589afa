//! The real Argo CD: its repo-server calls a plugin on its socket, which is served by Argo CD's own server with vault-render as the plugin, as
//! deploy/argocd defines it, or by vault-render itself.

mod cases;
mod sidecar;

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::program::{binary, root};
use crate::support::servers::{
    self, Application, ArgoCd, Faults, Parameter, Repository, Response, Served, Setup, Sidecar, Vault,
};

/// Each case with each server.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        mod by_argo_cd {
            $(#[test] fn $name() { super::cases::$name(super::Served::ByArgoCd) })*
        }
        mod by_us {
            $(#[test] fn $name() { super::cases::$name(super::Served::ByUs) })*
        }
        mod in_its_name {
            $(#[test] fn $name() { super::cases::$name(super::Served::InItsName) })*
        }
    };
}

cases! {
    an_application_s_manifests_are_filled,
    a_chart_takes_its_application_s_parameters,
    a_chart_s_parameters_are_shown,
    a_kustomization_is_built,
    an_application_without_a_plugin_is_discovered_where_the_operator_wants_that,
    what_is_wrong_is_shown_as_we_say_it,
    a_sealed_vault_is_shown,
    an_application_in_a_big_repository_is_filled,
    a_tenant_sends_the_operator_s_token_nowhere_else,
    a_tenant_reads_neither_the_plugin_s_own_token_nor_beyond_their_checkout,
}

#[test]
fn an_unchanged_plugin_of_argocd_vault_plugin_s_works_under_its_name() {
    cases::an_unchanged_plugin_of_argocd_vault_plugin_s_works_under_its_name(Served::ByArgoCd);
    cases::an_unchanged_plugin_of_argocd_vault_plugin_s_works_under_its_name(Served::InItsName);
}

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: database
stringData:
  password: <path:secret/data/shop#password>
";

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
fn argocd(served: Served, settings: Vec<(&'static str, String)>) -> Option<ArgoCd> {
    with_plugin(served, "plugin.yaml", settings)
}

fn with_plugin(served: Served, file: &str, settings: Vec<(&'static str, String)>) -> Option<ArgoCd> {
    let plugin = std::fs::read_to_string(root().join(file)).expect("the plugin");
    let (helm, kustomize) = (servers::binary("helm4")?, servers::binary("kustomize")?);
    let programs = vec![("vault-render", binary().into()), ("helm", helm), ("kustomize", kustomize)];
    servers::argocd(&Sidecar { served, plugin: &plugin, programs, settings })
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
