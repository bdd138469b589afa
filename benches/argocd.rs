//! What the plugin costs in a real Argo CD: an Application of 200 placeholders on 50 paths, against a plugin that only prints
//! its files. `just servers` builds what it takes; `cargo bench --bench argocd` runs it.
#![allow(clippy::print_stdout, dead_code, unused_imports, unreachable_pub)]

#[path = "../tests/it/support/mod.rs"]
mod support;

use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use support::program::binary;
use support::servers::{self, Application, ArgoCd, Faults, Repository, Response, Served, Setup, Sidecar, Vault};

const PATHS: usize = 50;
const KEYS: usize = 4;
const ROUNDS: usize = 40;

const PRINT: &str = "[cat, manifests.yaml]";
const FILL: &str = "[vault-render, build, .]";

fn main() {
    let Some(vault) = vault(Setup::default()) else { return };
    let Some(tls) = vault_over_tls() else { return };
    let (near, far) = (scripted(Duration::ZERO), scripted(Duration::from_millis(5)));
    let authority = ("VAULT_CACERT", tls.ca_file.display().to_string());
    let started = [
        ("a plugin that prints its files", argocd(PRINT, vec![])),
        ("vault-render, a real Vault", argocd(FILL, login(&vault.address, &vault.root))),
        ("vault-render, a real Vault, TLS", argocd(FILL, [login(&tls.address, &tls.root), vec![authority]].concat())),
        ("vault-render, answers at once", argocd(FILL, login(&near.address, "t"))),
        ("vault-render, 5 ms a reading", argocd(FILL, login(&far.address, "t"))),
    ];
    let repository = Repository::new([("app/manifests.yaml", manifests())]);
    let servers: Vec<(&str, ArgoCd)> = started.into_iter().filter_map(|(name, argocd)| Some((name, argocd?))).collect();
    let mut times = vec![Vec::new(); servers.len()];
    let mut bare = Vec::new();
    for round in 0..=ROUNDS {
        // One after the other in each round, so that the machine's moods meet them all; the first round warms up.
        for ((_, argocd), times) in servers.iter().zip(&mut times) {
            let start = Instant::now();
            let objects = argocd.manifests(&repository, &Application::at("app")).expect("rendered");
            assert_eq!(objects.len(), PATHS);
            times.extend((round > 0).then(|| start.elapsed()));
        }
        let start = Instant::now();
        read_bare(&vault);
        bare.extend((round > 0).then(|| start.elapsed()));
    }
    let medians: Vec<f64> = times.into_iter().map(median).collect();
    for ((name, _), time) in servers.iter().zip(&medians) {
        println!("{name:<32} {time:6.1} ms {:+6.1} ms", time - medians[0]);
    }
    println!("the real Vault's {PATHS} answers alone {:5.1} ms", median(bare));
}

fn login(address: &str, token: &str) -> Vec<(&'static str, String)> {
    let pairs = [("VAULT_ADDR", address), ("VAULT_TOKEN", token), ("AVP_KV_VERSION", "2")];
    pairs.map(|(name, value)| (name, value.to_owned())).into()
}

fn vault_over_tls() -> Option<Vault> {
    vault(Setup { tls: vec!["127.0.0.1"], ..Setup::default() })
}

/// A real Vault with the secrets.
fn vault(setup: Setup) -> Option<Vault> {
    let vault = servers::own_vault(setup)?;
    vault.mount("secret", 2);
    for path in 0..PATHS {
        vault.write("secret", &format!("app{path}"), &secret());
    }
    Some(vault)
}

/// The same readings by the least that can ask: no process to start, nothing is read of the answers, eight connections.
fn read_bare(vault: &Vault) {
    let next = AtomicUsize::new(0);
    let read = || {
        let stream = TcpStream::connect(vault.address.trim_start_matches("http://")).expect("connected");
        let mut answers = BufReader::new(&stream);
        while let Some(path) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|path| *path < PATHS) {
            let token = format!("X-Vault-Token: {}", vault.root);
            let request = format!("GET /v1/secret/data/app{path} HTTP/1.1\r\nHost: vault\r\n{token}\r\n\r\n");
            (&stream).write_all(request.as_bytes()).expect("sent");
            skip_answer(&mut answers);
        }
    };
    std::thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(read))));
}

fn skip_answer(answers: &mut impl BufRead) {
    let (mut line, mut length) = (String::new(), 0);
    while line != "\r\n" {
        line.clear();
        answers.read_line(&mut line).expect("a header");
        length = line.strip_prefix("Content-Length: ").map_or(length, |text| text.trim().parse().expect("a number"));
    }
    answers.read_exact(&mut vec![0; length]).expect("a body");
    assert!(length > 0, "no secret");
}

fn argocd(command: &str, settings: Vec<(&'static str, String)>) -> Option<ArgoCd> {
    let plugin = format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\nmetadata: {{name: vault-render}}\n\
         spec: {{generate: {{command: {command}}}}}\n"
    );
    let programs = vec![("vault-render", binary().into()), ("cat", "/bin/cat".into())];
    servers::argocd(&Sidecar { served: Served::ByArgoCd, plugin: &plugin, programs, settings })
}

/// Answers each reading after a while, as a Vault further away, and without a Vault's work.
fn scripted(latency: Duration) -> Faults {
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
