//! What the plugin costs in a real Argo CD: an Application of 200 placeholders on 50 paths, against a plugin that only prints
//! its files. `just servers` builds what it takes; `cargo bench --bench argocd` runs it.
#![allow(clippy::print_stdout, dead_code, unused_imports, unreachable_pub)]

#[path = "../tests/it/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use serde_json::json;

use support::program::binary;
use support::servers::{self, Application, ArgoCd, Faults, Repository, Response, Setup, Sidecar};

const PATHS: usize = 50;
const KEYS: usize = 4;
const ROUNDS: usize = 40;

const PRINT: &str = "[cat, manifests.yaml]";
const FILL: &str = "[vault-render, build, .]";

fn main() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    vault.mount("secret", 2);
    for path in 0..PATHS {
        vault.write("secret", &format!("app{path}"), &secret());
    }
    let slow = slow_vault(Duration::from_millis(5));
    let login = |address: &str| {
        vec![
            ("VAULT_ADDR", address.to_owned()),
            ("VAULT_TOKEN", vault.root.clone()),
            ("AVP_KV_VERSION", "2".to_owned()),
        ]
    };
    let started = [
        ("a plugin that prints its files", argocd(PRINT, vec![])),
        ("vault-render, a real Vault", argocd(FILL, login(&vault.address))),
        ("vault-render, 5 ms a reading", argocd(FILL, login(&slow.address))),
    ];
    let repository = Repository::new([("app/manifests.yaml", manifests())]);
    let servers: Vec<(&str, ArgoCd)> = started.into_iter().filter_map(|(name, argocd)| Some((name, argocd?))).collect();
    let mut times = vec![Vec::new(); servers.len()];
    for round in 0..=ROUNDS {
        // One after the other in each round, so that the machine's moods meet them all; the first round warms up.
        for ((_, argocd), times) in servers.iter().zip(&mut times) {
            let start = Instant::now();
            let objects = argocd.manifests(&repository, &Application::at("app")).expect("rendered");
            assert_eq!(objects.len(), PATHS);
            times.extend((round > 0).then(|| start.elapsed()));
        }
    }
    let medians: Vec<f64> = times.into_iter().map(median).collect();
    for ((name, _), time) in servers.iter().zip(&medians) {
        println!("{name:<32} {time:6.1} ms {:+6.1} ms", time - medians[0]);
    }
}

fn argocd(command: &str, settings: Vec<(&'static str, String)>) -> Option<ArgoCd> {
    let plugin = format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\nmetadata: {{name: vault-render}}\n\
         spec: {{generate: {{command: {command}}}}}\n"
    );
    let programs = vec![("vault-render", binary().into()), ("cat", "/bin/cat".into())];
    servers::argocd(&Sidecar { plugin: &plugin, programs, settings })
}

/// Answers each reading after a while, as a Vault further away.
fn slow_vault(latency: Duration) -> Faults {
    Faults::start(move |_, _| {
        std::thread::sleep(latency);
        Response::json(200, &json!({"data": {"data": secret(), "metadata": {"version": 1}}}).to_string())
    })
}

fn secret() -> serde_json::Value {
    (0..KEYS).map(|key| (format!("key{key}"), json!(format!("value {key}")))).collect::<serde_json::Map<_, _>>().into()
}

fn manifests() -> String {
    let secret = |path: usize| {
        let keys = (0..KEYS).map(|key| format!("  key{key}: <path:secret/data/app{path}#key{key}>\n"));
        let head = format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: app{path}\nstringData:\n");
        head + &keys.collect::<String>()
    };
    (0..PATHS).map(secret).collect::<Vec<_>>().join("---\n")
}

/// In milliseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}
