//! The Kubernetes API, as the pod's service account or a kubeconfig says. Knows no manifest.

mod access;
mod objects;
mod open_api;
mod secret;

use std::time::Duration;

use kube::Config;
use secrecy::ExposeSecret;

use super::credentials::Credentials;
use super::failure::innermost;

pub(crate) use access::has_service_account_token;
pub(crate) use objects::{ApiRefusal, ApiResponse, Cluster, Location};
pub(crate) use secret::default_namespace;
pub use secret::secret;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The time for a request, including the login by a program of the kubeconfig.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The credentials for a cluster: nothing that it sends may show them. Those that a program of the kubeconfig gets are not known.
fn credentials(config: &Config) -> Credentials {
    let credentials = Credentials::default();
    let auth = &config.auth_info;
    let texts = [&auth.token, &auth.password].into_iter().flatten().chain(&auth.client_key_data);
    texts.for_each(|text| credentials.add(text.expose_secret()));
    let token = auth.token_file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
    token.iter().for_each(|token| credentials.add(token));
    let key = auth.client_key.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
    key.iter().for_each(|key| credentials.add_key(key));
    credentials
}
