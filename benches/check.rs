//! How fast `check` is offline: documents as a cluster has them, in memory, on one core.
//! `cargo bench --bench check` prints seconds for 10,000 documents, the median of nine runs.
#![allow(clippy::print_stdout, missing_docs, reason = "a benchmark prints its figures")]

mod documents;

use std::sync::Arc;
use std::time::Instant;

use documents::DEPLOYMENT;
use vault_render::internals::error::Errors;
use vault_render::internals::lint;
use vault_render::internals::render::{Leftovers, Options, Survey};
use vault_render::internals::source::Source;

const RUNS: usize = 9;
const DOCUMENTS: usize = 10_000;

fn main() {
    let texts = [DEPLOYMENT, CONFIG_MAP, SECRET, SERVICE];
    let sources: Vec<Arc<Source>> = (0..DOCUMENTS)
        .map(|number| Arc::new(Source::new(format!("{number}.yaml"), texts[number % texts.len()])))
        .collect();
    let bytes: usize = sources.iter().map(|source| source.bytes.len()).sum();
    let mut times: Vec<f64> = (0..RUNS).map(|_| seconds(&sources)).collect();
    times.sort_by(f64::total_cmp);
    let megabytes = bytes as f64 / 1e6;
    println!(
        "{:.3} s  ({:.3} to {:.3})  {DOCUMENTS} documents, {megabytes:.1} MB",
        times[RUNS / 2],
        times[0],
        times[RUNS - 1]
    );
}

fn seconds(sources: &[Arc<Source>]) -> f64 {
    let begin = Instant::now();
    let mut errors = Errors::new();
    let survey = Survey::new(sources, &Arc::default());
    errors.extend(lint::check(&survey, &[]));
    let plan = survey.plan(&Options { leftovers: Leftovers::Refused, any: false }, &mut errors);
    assert!(!plan.accesses().is_empty() && !errors.any(), "{:?}", errors.iter().next());
    begin.elapsed().as_secs_f64()
}

const CONFIG_MAP: &str = "---
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

const SECRET: &str = "---
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

const SERVICE: &str = "---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
  labels: {app.kubernetes.io/name: web}
spec:
  selector: {app.kubernetes.io/name: web}
  ports:
    - {name: http, port: 80, targetPort: 8080}
    - {name: metrics, port: 9090, targetPort: 9090}
";
