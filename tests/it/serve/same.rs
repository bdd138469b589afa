//! The same calls to `serve` and to Argo CD's own server with the same program as its plugin: what is answered is the same.

use serde_json::{Value, json};

use crate::support::program::binary;
use crate::support::servers::plugin::{PluginServer, Upload, connect};
use crate::support::servers::{self, Faults, Response, Served, Sidecar};

const PLUGIN: &str = "apiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\nmetadata: {name: vault-render}\n\
                      spec: {generate: {command: [vault-render, build, ., --strict]}}\n";

/// Applications that are rendered, each of one file. Of `1.50` Argo CD's own server makes `1.5`; we keep the digits.
const RENDERED: [&str; 6] = [
    "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {p: '<path:secret/data/a#password>'}\n",
    "# a comment\n---\napiVersion: v1\nkind: A\nb: 0x10\nc: 1.5\nd: 12345678901234567890\ne: [yes, 'yes', null, ~]\n---\n---\nnull\n",
    "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{\"a\": 1e3}, {\"b\": \"\\u00e9<>\"}]}\n",
    "apiVersion: v1\nkind: A\nbase: &x {k: v, l: [1]}\ncopy: *x\nmerged: {<<: *x, k: w}\n1: number\ntrue: bool\n",
    "apiVersion: v1\nkind: A\ntext: |\n  a\n  b\nfolded: >-\n  a\n  b\nempty:\ntimestamp: 2001-01-01\n",
    "apiVersion: v1\nkind: A\nunicode: \"\\U0001F600 \\t\"\nb: !!binary aGk=\noctal: 0o17\nold: 017\n",
];

#[test]
fn objects_are_those_of_argo_cd_s_own_server() {
    let vault = Faults::start(|_, _| {
        Response::json(200, &json!({"data": {"data": {"password": "v"}, "metadata": {"version": 1}}}).to_string())
    });
    let settings = [("VAULT_ADDR", &*vault.address), ("VAULT_TOKEN", "t"), ("AVP_KV_VERSION", "2")];
    let server = PluginServer::start(&[], &settings);
    let settings = settings.map(|(name, value)| (name, value.to_owned())).into();
    let programs = vec![("vault-render", binary().into())];
    let sidecar = Sidecar { served: Served::ByArgoCd, plugin: PLUGIN, programs, settings };
    let Some(argocd) = servers::argocd(&sidecar) else { return };
    for text in RENDERED {
        let upload = Upload::new("app", [("app/a.yaml", text)]);
        let of_others: Vec<Value> = server.run(async {
            let manifests = connect(&argocd.plugin_socket()).await.expect("it serves").manifests(&upload).await;
            manifests.expect("rendered").iter().map(|text| serde_json::from_str(text).expect("JSON")).collect()
        });
        assert_eq!(server.manifests(&upload).expect("rendered"), of_others, "{text}");
    }
}
