//! How fast YAML is scanned, read, and edited: megabytes of source a second, on one core.

use std::hint::black_box;
use std::time::{Duration, Instant};

use vault_render::internals::placeholder::Candidates;
use vault_render::internals::source::Span;
use vault_render::internals::value::Value;
use vault_render::internals::yaml::edit::{Change, edit};
use vault_render::internals::yaml::reader::read;
use vault_render::internals::yaml::splice::splice;
use vault_render::internals::yaml::split::split;
use vault_render::internals::yaml::tree::{NodeId, Tree};

const DEPLOYMENT: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # the front
  labels: {app: web, tier: "front"}
  annotations:
    example.com/about: >-
      A text that is folded over
      two lines.
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: registry.example.com/team/web:1.27.3
          args: ["--listen", "0.0.0.0:8080", '--verbose']
          ports:
            - containerPort: 8080
              protocol: TCP
          resources:
            limits: { cpu: 500m, memory: 256Mi }
          readinessProbe:
            httpGet:
              path: /healthz
              port: 8080
            initialDelaySeconds: 5
"#;

const CONFIG: &str = r#"---
apiVersion: v1
kind: ConfigMap
metadata:
  name: config
data:
"#;

const LINES: &str =
    "    server.port = 8080\n    server.name = \"example\"   # a comment\n    cache.size = 1024 MiB\n\n";

fn main() {
    let plain = corpus(false);
    let filled = corpus(true);
    report("scan, no candidates", plain.len(), || candidates(&plain).count());
    report("scan, all candidates", filled.len(), || candidates(&filled).count());
    report("read", filled.len(), || split(filled.as_bytes()).filter(|part| read(&filled, *part).is_ok()).count());
    report("read, edit, verify, splice", filled.len(), || fill(&filled));
}

/// Deployments of 3 KB and ConfigMaps of 12 KB, 8 MB of them, with or without placeholders.
fn corpus(with_placeholders: bool) -> String {
    let mut text = String::new();
    while text.len() < 8_000_000 {
        text.push_str("---\n");
        text.push_str(DEPLOYMENT);
        text.push_str("          env:\n");
        for index in 0..20 {
            let value =
                if with_placeholders && index % 4 == 0 { "<path:secret/data/app#key>" } else { "a plain value" };
            text.push_str(&format!("            - name: NAME_{index}\n              value: {value}\n"));
        }
        text.push_str(CONFIG);
        for index in 0..10 {
            text.push_str(&format!("  file{index}.conf: |\n{}", LINES.repeat(10)));
            text.push_str(if with_placeholders {
                "    password = <path:secret/data/app#password>\n"
            } else {
                "    password = none\n"
            });
        }
    }
    text
}

/// Every scalar with a placeholder gets a value.
fn fill(text: &str) -> usize {
    let mut edits = Vec::new();
    for document in candidates(text) {
        let Ok(tree) = read(text, document) else { continue };
        edits.extend(edit(&tree, document, &changes(&tree)).unwrap_or_default());
    }
    splice(text.as_bytes(), &edits).len()
}

/// The documents that may hold a placeholder.
fn candidates(text: &str) -> impl Iterator<Item = Span> {
    let mut candidates = Candidates::new(text.as_bytes());
    split(text.as_bytes()).filter(move |document| candidates.may_hold(*document))
}

fn changes(tree: &Tree) -> Vec<Change> {
    let mut open: Vec<NodeId> = tree.root().into_iter().collect();
    let mut changes = Vec::new();
    while let Some(node) = open.pop() {
        open.extend(tree.children(node));
        if let Some(text) = tree.text(node).filter(|text| text.contains("<path:")) {
            let text = text
                .replace("<path:secret/data/app#password>", "it's a: secret")
                .replace("<path:secret/data/app#key>", "s3cr3t");
            changes.push(Change::Set { node, value: Value::text(text) });
        }
    }
    changes
}

/// The best of several runs: noise only slows down.
#[expect(clippy::print_stdout, reason = "a benchmark's numbers are for the terminal")]
fn report<T>(name: &str, bytes: usize, mut work: impl FnMut() -> T) {
    let mut best = Duration::MAX;
    for _ in 0..7 {
        let start = Instant::now();
        black_box(work());
        best = best.min(start.elapsed());
    }
    println!("{name:28} {:8.0} MB/s", bytes as f64 / best.as_secs_f64() / 1e6);
}
