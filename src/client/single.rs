//! One request to any address: of a cloud's metadata, of its token service. No retry, no redirect, a bounded body. Knows no cloud.

use std::time::Duration;

use reqwest::Method;
use zeroize::Zeroizing;

use super::allowance::Deadline;
use super::failure::innermost;
use super::options::{Proxies, ServerWords, TlsOptions, TrustOptions};
use super::tls::tls;
use crate::error::{Error, Kind};
use crate::redacted::Redacted;
use crate::wiped::append;

/// A request to an address of its own.
pub(crate) struct SingleRequest {
    pub method: Method,
    /// The whole address; its query is never shown.
    pub url: String,
    pub headers: Vec<(&'static str, Redacted)>,
    /// A form to send.
    pub form: Option<Redacted>,
}

/// Its response.
pub(crate) struct SingleResponse {
    pub status: u16,
    pub body: Zeroizing<Vec<u8>>,
}

/// How to get there.
pub(crate) struct Network {
    /// Whether the address is on this machine's own network, where no proxy stands in between.
    pub is_local: bool,
    pub proxies: Proxies,
    pub trust: TrustOptions,
}

/// A metadata endpoint answers at once, or there is none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const TIMEOUT: Duration = Duration::from_secs(10);
const LARGEST_BODY: usize = 1 << 20;

impl SingleRequest {
    /// A request that reads `url`.
    pub(crate) fn get(url: impl Into<String>) -> Self {
        Self { method: Method::GET, url: url.into(), headers: Vec::new(), form: None }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, Redacted::new(value)));
        self
    }

    /// Sends it, once.
    pub(crate) async fn send(self, network: Network, deadline: Deadline) -> Result<SingleResponse, Error> {
        let place = self.url.split('?').next().unwrap_or_default().to_owned();
        let failed = |cause: String| Error::new(Kind::Store, format!("no response from `{place}`")).cause(cause);
        let client = client(network)?;
        let mut request = client.request(self.method, &self.url);
        for (name, value) in &self.headers {
            request = request.header(*name, value.reveal());
        }
        if let Some(form) = &self.form {
            let kind = "application/x-www-form-urlencoded";
            request = request.header("Content-Type", kind).body(form.reveal().to_owned());
        }
        let exchange = async {
            let mut response = request.send().await.map_err(|error| failed(innermost(&error)))?;
            let (status, mut body) = (response.status().as_u16(), Zeroizing::new(Vec::new()));
            while let Some(chunk) = response.chunk().await.map_err(|error| failed(innermost(&error)))? {
                append(&mut body, &chunk);
                if body.len() > LARGEST_BODY {
                    return Err(failed("it is larger than 1 MiB".to_owned()));
                }
            }
            Ok(SingleResponse { status, body })
        };
        let late = || failed(format!("not within {} s", TIMEOUT.as_secs()));
        let end = deadline.at.min(tokio::time::Instant::now() + TIMEOUT);
        tokio::time::timeout_at(end, exchange).await.unwrap_or_else(|_| Err(late()))
    }
}

fn client(network: Network) -> Result<reqwest::Client, Error> {
    let options = TlsOptions { trust: network.trust, ..TlsOptions::default() };
    let tls = tls(options, &ServerWords { server: "the endpoint", ..ServerWords::default() })?;
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls.config)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("vault-render/", env!("CARGO_PKG_VERSION")))
        .no_proxy();
    let proxies = if network.is_local { Vec::new() } else { network.proxies.to_reqwest() };
    let client = proxies.into_iter().fold(builder, reqwest::ClientBuilder::proxy).build();
    client.map_err(|error| Error::new(Kind::Setting, "the HTTP client cannot be set up").cause(innermost(&error)))
}
