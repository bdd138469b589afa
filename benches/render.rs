//! How fast a pass is: text that is passed on, and text that is filled, the check after the edit included.
//! `cargo bench --bench render` prints MB/s (1 MB = 10^6 bytes) on one core, the median of nine runs, text in memory.
#![allow(clippy::print_stdout, missing_docs, reason = "a benchmark prints its figures")]

mod documents;

use std::sync::Arc;
use std::time::Instant;

use documents::DEPLOYMENT;
use vault_render::internals::backend::{self, Freshness, Intent};
use vault_render::internals::budget::Budget;
use vault_render::internals::config::Config;
use vault_render::internals::error::Errors;
use vault_render::internals::policy::{Policy, Requester};
use vault_render::internals::render::{FillOptions, Filling, Joiner, Options, ValueSource, fetch, fill, plan};
use vault_render::internals::secret::Secrets;
use vault_render::internals::source::Source;

const RUNS: usize = 9;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let folder = std::env::temp_dir().join(format!("vault-render-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let secrets = folder.join("secrets.yaml");
    std::fs::write(&secrets, "secret/data/app: {user: bob, password: 'p@ss: word', port: 5432, cert: \"A\\nB\\n\"}\n")
        .expect("a file");
    let config = backend::config_for_test(&[("AVP_TYPE", "file"), ("AVP_FILE", &secrets.to_string_lossy())]);
    for (what, text) in [
        ("without placeholders", CONFIG_MAP.repeat(40_000)),
        ("without placeholders, `<` in text", MARKUP.repeat(60_000)),
        ("Secrets without placeholders", PLAIN_SECRET.repeat(20_000)),
        ("Deployments of 2 KB and ConfigMaps of 12 KB, with placeholders", mixed().repeat(1_000)),
        ("Deployments alone, 3 placeholders each", DEPLOYMENT.repeat(8_000)),
        ("ConfigMaps of 400 bytes, 2 placeholders each", FILLED_CONFIG_MAP.repeat(15_000)),
        ("Secrets of 200 bytes, 2 placeholders each", FILLED_SECRET.repeat(30_000)),
    ] {
        let sources = [Arc::new(Source::new("bench", text))];
        let mut speeds: Vec<f64> = (0..RUNS).map(|_| runtime.block_on(megabytes_a_second(&sources, &config))).collect();
        speeds.sort_by(f64::total_cmp);
        println!("{:>8.1} MB/s  ({:.1} to {:.1})  {what}", speeds[RUNS / 2], speeds[0], speeds[RUNS - 1]);
    }
    std::fs::remove_dir_all(folder).expect("the folder goes");
}

async fn megabytes_a_second(sources: &[Arc<Source>], config: &Config) -> f64 {
    let begin = Instant::now();
    let mut errors = Errors::new();
    let plan = plan(sources, &Options::default(), &Arc::default(), &mut errors);
    let policy = Arc::new(Policy::of(config, Requester::default(), None));
    let grants = policy.judge(plan.accesses()).grants;
    let mut secrets = Secrets::default();
    if !plan.accesses().is_empty() {
        let round =
            backend::open(config, vault_render::Journal::default()).expect("a store").begin(policy, Freshness::Recent);
        fetch(grants, &*round, Intent::Render, &Budget::default(), &mut secrets, &mut ()).await;
    }
    let rendered = fill(
        &plan,
        ValueSource::Clear(&secrets),
        Filling { options: &FillOptions::default(), budget: &Budget::default() },
        &mut errors,
    );
    let out = Joiner::default().write_all(sources, &rendered);
    assert!(!errors.any(), "{:?}", errors.iter().next());
    assert!(out.iter().map(|piece| piece.len()).sum::<usize>() > sources[0].bytes.len() / 2);
    sources[0].bytes.len() as f64 / 1e6 / begin.elapsed().as_secs_f64()
}

/// What a repository holds: a Deployment, and a ConfigMap with ten files.
fn mixed() -> String {
    let mut text = format!("{DEPLOYMENT}---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: files\ndata:\n");
    for file in 0..10 {
        text.push_str(&format!("  file{file}.properties: |\n{}", PROPERTIES.repeat(10)));
        text.push_str("    password = <path:secret/data/app#password>\n");
    }
    text
}

const PROPERTIES: &str = "    server.port = 8080
    server.name = \"example\"   # a comment
    cache.size = 1024 MiB

";

const CONFIG_MAP: &str = "---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  labels: {app: web, tier: front}
data:
  application.yaml: |
    server:
      port: 8080
      address: 0.0.0.0
    logging:
      level: info
      format: \"%d %p %m\"
    # a comment that says something about the lines below it, as comments do
    features: [alpha, beta, gamma]
  query.sql: SELECT id, name FROM users WHERE age >= 18 ORDER BY name
";

const MARKUP: &str = "---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  description: The <b>thing</b> that holds a < b and <c>, and what else a description says at length.
  versions: [{name: v1, served: true, storage: true}]
";

const PLAIN_SECRET: &str = "---
apiVersion: v1
kind: Secret
metadata:
  name: plain
type: Opaque
data:
  username: Ym9i
  password: c2VjcmV0IHBhc3N3b3JkIHdpdGggbWFueSBjaGFyYWN0ZXJzIGluIGl0
  token: dG9rZW4tdG9rZW4tdG9rZW4tdG9rZW4tdG9rZW4tdG9rZW4tdG9rZW4=
";

const FILLED_CONFIG_MAP: &str = "---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  application.yaml: |
    server:
      port: 8080
      address: 0.0.0.0
    database:
      user: <path:secret/data/app#user>
      certificate: |
        <path:secret/data/app#cert>
    logging:
      level: info
      format: json
    features: [alpha, beta, gamma]
  LOG_LEVEL: info
";

const FILLED_SECRET: &str = "---
apiVersion: v1
kind: Secret
metadata:
  name: filled
  annotations:
    avp.kubernetes.io/path: secret/data/app
type: Opaque
stringData:
  username: <user>
data:
  password: <password | base64encode>
";
