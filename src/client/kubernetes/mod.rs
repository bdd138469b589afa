//! The Kubernetes API, as the pod's service account or a kubeconfig says. Knows no manifest.

mod objects;
mod secret;

use std::path::Path;
use std::time::Duration;

use kube::Config;
use kube::config::{KubeConfigOptions, Kubeconfig};

pub use objects::{Answer, Cluster, Location, Refusal};
pub use secret::{default_namespace, secret};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// For everything, an exec login of the kubeconfig included.
const TIMEOUT: Duration = Duration::from_secs(20);

async fn cluster(kubeconfig: Option<&Path>) -> Result<Config, String> {
    let Some(path) = kubeconfig else { return Config::infer().await.map_err(|error| error.to_string()) };
    let kubeconfig = Kubeconfig::read_from(path).map_err(|error| error.to_string())?;
    let options = KubeConfigOptions::default();
    Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(|error| error.to_string())
}

/// What lies at the bottom: the operating system's word, not the layers'.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut bottom = error;
    while let Some(source) = bottom.source() {
        bottom = source;
    }
    bottom.to_string()
}
