//! The identity that a cloud gives to a machine, from the endpoints and files that the plugin's own environment names. Nothing of an
//! Application's (`ARGOCD_ENV_…`) is read, and no program is run.

pub(super) mod aws;
pub(super) mod azure;
pub(super) mod gcp;
mod sts;

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::client::{Deadline, Network, Proxies, SingleRequest, SingleResponse, TrustOptions};
use crate::error::{Error, Kind};
use crate::redacted::Redacted;
use crate::value::Value;

/// The cloud as this machine sees it, for one login.
pub(super) struct Cloud {
    /// The plugin's own environment, as far as the clouds' names are concerned.
    environment: BTreeMap<&'static str, String>,
    proxies: Proxies,
    deadline: Deadline,
}

/// The variables that are read. What they hold is whom a login speaks for.
pub(super) const VARIABLES: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_REGION",
    "AWS_ENDPOINT_URL_STS",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_DISABLED",
    "GCE_METADATA_HOST",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    "AZURE_CLIENT_ID",
    "SSL_CERT_FILE",
];

impl Cloud {
    /// The cloud by an environment.
    pub(super) fn new<'e>(variable: impl Fn(&str) -> Option<&'e str>, deadline: Deadline) -> Self {
        let set = |name: &'static str| Some((name, variable(name).filter(|value| !value.is_empty())?.to_owned()));
        let proxies = Proxies::of_environment(|name| variable(name).map(str::to_owned));
        Self { environment: VARIABLES.iter().copied().filter_map(set).collect(), proxies, deadline }
    }

    /// A variable of the environment that is not empty.
    fn variable(&self, name: &str) -> Option<&str> {
        debug_assert!(VARIABLES.contains(&name), "`{name}` is read and not listed");
        self.environment.get(name).map(String::as_str)
    }

    /// The address that a variable names, else `default`.
    fn address(&self, name: &str, default: &str) -> String {
        let address = self.variable(name).unwrap_or(default).trim_end_matches('/');
        if address.contains("://") { address.to_owned() } else { format!("http://{address}") }
    }

    /// Sends a request on the machine's own network: a metadata endpoint is behind no proxy.
    async fn ask_locally(&self, request: SingleRequest) -> Result<SingleResponse, Error> {
        self.send(request, true).await
    }

    /// Sends a request to a service of the cloud.
    async fn ask(&self, request: SingleRequest) -> Result<SingleResponse, Error> {
        self.send(request, false).await
    }

    async fn send(&self, request: SingleRequest, is_local: bool) -> Result<SingleResponse, Error> {
        let network = Network { is_local, proxies: self.proxies.clone(), trust: self.trust() };
        let place = request.url.split('?').next().unwrap_or_default().to_owned();
        let response = request.send(network, self.deadline).await?;
        match response.status {
            200 => Ok(response),
            status => Err(Error::new(Kind::Store, format!("`{place}` responded with status {status}"))),
        }
    }

    /// The system's authorities, which `SSL_CERT_FILE` may name.
    fn trust(&self) -> TrustOptions {
        TrustOptions::System { file: self.variable("SSL_CERT_FILE").map(Into::into), folders: Vec::new() }
    }

    /// The text of a file that a variable names.
    fn file(&self, name: &str) -> Result<Option<Redacted>, Error> {
        let Some(path) = self.variable(name) else { return Ok(None) };
        let text = std::fs::read_to_string(path).map(Zeroizing::new).map_err(|error| {
            Error::new(Kind::Setting, format!("cannot read `{path}`, which `{name}` names")).cause(error.to_string())
        })?;
        Ok(Some(Redacted::new(text.trim())))
    }
}

/// The body as one line of text.
fn line(response: &SingleResponse) -> Option<Redacted> {
    let text = std::str::from_utf8(&response.body).ok()?.trim();
    (!text.is_empty() && !text.contains(char::is_control)).then(|| Redacted::new(text))
}

/// A text of a JSON body.
fn member(response: &SingleResponse, name: &str) -> Option<String> {
    match Value::from_json(&response.body).ok()?.get(name)? {
        Value::Text(text) if !text.is_empty() => Some(text.to_string()),
        _ => None,
    }
}
