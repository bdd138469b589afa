//! What `serve` costs where many Applications are refreshed at once, beside Argo CD's own cmp-server with the same program as its plugin.
//! `just servers` builds what it takes; `cargo bench --bench serve` runs it.
#![allow(clippy::print_stdout, dead_code, unused_imports, unreachable_pub)]

#[path = "../tests/it/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use futures_util::future::join_all;
use serde_json::json;

use support::program::binary;
use support::servers::plugin::{PluginServer, Upload, connect, packed};
use support::servers::{self, Faults, Response, Served, Sidecar};

/// The Applications of a repository that are refreshed at once.
const MANY: usize = 1000;

/// The files of a monorepo, and the Applications of it that are refreshed at once.
const FILES: usize = 5000;
const REFRESHED: usize = 64;

fn main() {
    let vault = Faults::start(|_, _| {
        Response::json(200, &json!({"data": {"data": {"password": "v"}, "metadata": {"version": 1}}}).to_string())
    });
    let settings = [("VAULT_ADDR", &*vault.address), ("VAULT_TOKEN", "t"), ("AVP_KV_VERSION", "2")];
    many(&settings);
    monorepo(&settings);
}

/// A thousand Applications of one repository at once, then once more after a commit elsewhere.
fn many(settings: &[(&str, &str)]) {
    let server = PluginServer::start(&[], &[settings, &[("AVP_SERVER_CACHE", "60s")]].concat());
    let mut files = applications(MANY);
    let archive = packed(&files);
    println!("{MANY} Applications of one repository at once, an archive of {} KiB each", archive.len() >> 10);
    refresh("first pass", &server, server.socket(), &archive, "1", MANY);
    files.insert("elsewhere/readme.md".to_owned(), b"changed".to_vec());
    refresh("after a commit elsewhere", &server, server.socket(), &packed(&files), "2", MANY);
    println!("{:>4} MiB of memory at most", server.process().peak_memory() >> 10);
}

/// Some Applications of a monorepo, refreshed with both servers in turn.
fn monorepo(settings: &[(&'static str, &str)]) {
    let mut files = applications(REFRESHED);
    let filler = "key: value\n".repeat(100).into_bytes();
    files.extend((files.len()..FILES).map(|number| (format!("lib/{}/{number}.yaml", number % 100), filler.clone())));
    let archive = packed(&files);
    println!(
        "{REFRESHED} Applications of a monorepo of {FILES} files at once, an archive of {} KiB each",
        archive.len() >> 10
    );
    let server = PluginServer::start(&[], settings);
    let definition = "apiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\nmetadata: {name: vault-render}\n\
                      spec: {generate: {command: [vault-render, build, .]}}\n";
    let settings = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let programs = vec![("vault-render", binary().into())];
    let argocd = servers::argocd(&Sidecar { served: Served::ByArgoCd, plugin: definition, programs, settings });
    for round in 0..3 {
        let revision = round.to_string();
        refresh("serve", &server, server.socket(), &archive, &revision, REFRESHED);
        if let Some(argocd) = &argocd {
            refresh("cmp-server", &server, &argocd.plugin_socket(), &archive, &revision, REFRESHED);
        }
    }
}

/// Refreshes Applications at once on a socket, in the runtime of `server`'s clients, and says how long it took.
fn refresh(what: &str, server: &PluginServer, socket: &Path, archive: &[u8], revision: &str, applications: usize) {
    let calls = (0..applications).map(|number| {
        let upload = Upload::of(&folder(number), archive.to_vec()).chunks_of(32 << 10);
        upload.env("ARGOCD_APP_NAME", &format!("app{number}")).env("ARGOCD_APP_REVISION", revision)
    });
    let calls: Vec<Upload> = calls.collect();
    let start = Instant::now();
    let answers = server.run(join_all(calls.iter().map(|upload| async move {
        connect(socket).await.expect("it serves").manifests(upload).await.expect("rendered")
    })));
    let took = start.elapsed().as_secs_f64();
    assert!(answers.iter().all(|manifests| manifests.len() == 1 && manifests[0].contains("\"password\":\"v\"")));
    println!("{what:<26} {took:7.2} s, {:6.2} ms each", took * 1e3 / applications as f64);
}

fn applications(count: usize) -> BTreeMap<String, Vec<u8>> {
    (0..count).map(|number| (format!("{}/secret.yaml", folder(number)), manifest(number).into_bytes())).collect()
}

fn folder(number: usize) -> String {
    format!("apps/app{number}")
}

fn manifest(number: usize) -> String {
    let head = format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: app{number}\nstringData:\n");
    format!("{head}  password: <path:secret/data/app{number}#password>\n")
}
