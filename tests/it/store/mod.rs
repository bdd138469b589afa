//! Secret stores through their trait: what is asked of Vault, how often, and what its answers come to.

mod faults;
mod vault;

use std::sync::Arc;

use vault_render::backend::{self, Store};
use vault_render::config::Config;
use vault_render::secret::{Outcome, SecretId};

/// The store that these settings open.
fn open(settings: &[(&str, &str)]) -> Arc<dyn Store> {
    Arc::from(backend::open(&Config::for_test(settings)).unwrap_or_else(|error| panic!("{error:?}")))
}

/// Reads all paths together. `PATH@VERSION` is a version.
fn read_all(store: &Arc<dyn Store>, paths: &[&str]) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let readings: Vec<_> = paths
            .iter()
            .map(|path| {
                let (store, id) = (Arc::clone(store), id(path));
                tokio::spawn(async move { told(store.read(&id).await) })
            })
            .collect();
        let mut outcomes = Vec::new();
        for reading in readings {
            outcomes.push(reading.await.unwrap());
        }
        outcomes
    })
}

fn read(settings: &[(&str, &str)], path: &str) -> String {
    read_all(&open(settings), &[path]).remove(0)
}

fn id(path: &str) -> SecretId {
    let (path, version) = path.split_once('@').map_or((path, None), |(path, version)| (path, version.parse().ok()));
    SecretId { namespace: None, path: path.to_owned(), version, engine: None }
}

/// An outcome in words: its name, then the secret as JSON, or detail, cause and hint.
fn told(outcome: Outcome) -> String {
    let (name, error) = match outcome {
        Outcome::Found(secret) => {
            let warnings: String = secret.warnings.iter().map(|warning| format!(" ({warning})")).collect();
            return format!("{}{warnings}", secret.data.to_json().unwrap().as_str());
        }
        Outcome::NoPath(error) => ("no path", error),
        Outcome::NoVersion(error) => ("no version", error),
        Outcome::Denied(error) => ("denied", error),
        Outcome::Failed(error) => ("failed", error),
    };
    format!("{name}: {} | {} | {}", error.detail, error.cause.unwrap_or_default(), error.hint.unwrap_or_default())
}

#[track_caller]
fn assert_holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}
