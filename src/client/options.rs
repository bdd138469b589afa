//! What a client is made of: where it asks, whom it trusts, how long it waits, and the words for it. A store fills it in.

use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

use super::credentials::Credentials;
use super::rate::Rate;
use crate::error::Error;

/// How a client of one server works.
pub(crate) struct ClientOptions {
    /// The server's address.
    pub address: String,
    /// Makes the TLS options for the first connection: certificates are read only then.
    pub tls: Box<dyn Fn() -> Result<TlsOptions, Error> + Send + Sync>,
    /// How long a request may take, its retries included; zero is for ever.
    pub timeout: Duration,
    /// How often a failed reading is tried again.
    pub retries: u32,
    /// How many requests a second the server gets.
    pub rate: Option<Rate>,
    /// The proxies of the environment.
    pub proxies: Proxies,
    /// What the session proves itself with.
    pub credentials: Credentials,
    /// Whether the body of an answer with status 500 says that a proxy before the server has waited in vain: no reason to try again.
    pub has_waited: fn(&[u8]) -> bool,
    /// What the settings and the server are called.
    pub words: ServerWords,
}

/// What TLS shows and whom it trusts.
#[derive(Default)]
pub(crate) struct TlsOptions {
    /// Who may vouch for the server.
    pub trust: TrustOptions,
    /// The one name that the server's certificate must bear, whatever the address is.
    pub server_name: Option<String>,
    /// What to show.
    pub identity: Option<ClientIdentity>,
}

/// What a client shows of itself, both as PEM.
pub(crate) struct ClientIdentity {
    /// The certificate, and those above it.
    pub certificates: Zeroizing<Vec<u8>>,
    /// The key of the certificate.
    pub key: Zeroizing<Vec<u8>>,
}

/// Who may vouch for a server.
pub(crate) enum TrustOptions {
    /// Anybody: the certificate is not checked.
    Anybody,
    /// The authorities of this PEM, and what to call it.
    Pem(Vec<u8>, String),
    /// The system's authorities, else the built-in ones. `SSL_CERT_FILE` and `SSL_CERT_DIR` may say where the system's are.
    System {
        /// A PEM file of authorities.
        file: Option<PathBuf>,
        /// Folders of such files.
        folders: Vec<PathBuf>,
    },
}

/// The proxies for the schemes of addresses, and the hosts that are reached without one, as curl and others take them.
#[derive(Clone, Default)]
pub(crate) struct Proxies {
    /// For `http://` addresses.
    pub http: Option<Zeroizing<String>>,
    /// For `https://` addresses.
    pub https: Option<Zeroizing<String>>,
    /// For those that have no proxy of their own.
    pub all: Option<Zeroizing<String>>,
    /// The hosts that are reached without a proxy, as `NO_PROXY` lists them.
    pub exceptions: String,
}

/// What messages call the server and the settings that a user may change, each as it is to be shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ServerWords {
    /// The server: `Vault`.
    pub server: &'static str,
    /// The setting of the address.
    pub address: &'static str,
    /// The setting of the time for one request.
    pub timeout: &'static str,
    /// The setting of the time for all readings of a run.
    pub run_timeout: &'static str,
    /// The setting of the authorities.
    pub authorities: &'static str,
    /// The setting of the server's name.
    pub server_name: &'static str,
    /// The setting of the certificate to show.
    pub certificate: &'static str,
    /// The setting of that certificate's key.
    pub key: &'static str,
    /// The setting that switches checks off.
    pub skip_verify: &'static str,
    /// What to add where the address must be the server itself: `, best its active node`.
    pub redirect_hint: &'static str,
}

impl Default for ClientOptions {
    /// The options of a client that knows no address yet and has no limits.
    fn default() -> Self {
        Self {
            address: String::new(),
            tls: Box::new(|| Ok(TlsOptions::default())),
            timeout: Duration::ZERO,
            retries: 0,
            rate: None,
            proxies: Proxies::default(),
            credentials: Credentials::default(),
            has_waited: |_| false,
            words: ServerWords::default(),
        }
    }
}

impl Default for TrustOptions {
    fn default() -> Self {
        Self::System { file: None, folders: Vec::new() }
    }
}

impl Proxies {
    /// The proxies that an environment names: the first variable that is there counts, even if it is empty. As a CGI program
    /// (`REQUEST_METHOD`) there is none: `HTTP_PROXY` may come from a request's header then.
    pub(crate) fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        if variable("REQUEST_METHOD").is_some() {
            return Self::default();
        }
        let first = |names: [&str; 2]| names.into_iter().find_map(&variable);
        let proxy = |names| first(names).filter(|address| !address.is_empty()).map(Zeroizing::new);
        Self {
            http: proxy(["HTTP_PROXY", "http_proxy"]),
            https: proxy(["HTTPS_PROXY", "https_proxy"]),
            all: proxy(["ALL_PROXY", "all_proxy"]),
            exceptions: first(["NO_PROXY", "no_proxy"]).unwrap_or_default(),
        }
    }

    /// The addresses of all proxies, with their passwords.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &str> {
        [&self.http, &self.https, &self.all].into_iter().flatten().map(|address| address.as_str())
    }

    /// As reqwest takes them. What is not an address counts as not set, as it does there.
    pub(super) fn to_reqwest(&self) -> Vec<reqwest::Proxy> {
        let make = [reqwest::Proxy::http, reqwest::Proxy::https, reqwest::Proxy::all];
        let addresses = [&self.http, &self.https, &self.all];
        let exceptions = reqwest::NoProxy::from_string(&self.exceptions);
        let proxies =
            make.into_iter().zip(addresses).filter_map(|(make, address)| make(address.as_deref()?.as_str()).ok());
        proxies.map(|proxy| proxy.no_proxy(exceptions.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn proxies(variables: &[(&str, &str)]) -> Proxies {
        let variables: HashMap<_, _> = variables.iter().copied().collect();
        Proxies::of_environment(|name| variables.get(name).map(|value| (*value).to_owned()))
    }

    #[test]
    fn the_first_variable_that_is_there_counts() {
        for (variables, https) in [
            (&[("HTTPS_PROXY", "a:1"), ("https_proxy", "b:1")][..], Some("a:1")),
            (&[("https_proxy", "b:1")], Some("b:1")),
            (&[("HTTPS_PROXY", ""), ("https_proxy", "b:1")], None),
            (&[("HTTPS_PROXY", "a:1"), ("REQUEST_METHOD", "GET")], None),
            (&[("HTTP_PROXY", "a:1")], None),
        ] {
            assert_eq!(proxies(variables).https.as_ref().map(|proxy| proxy.as_str()), https, "{variables:?}");
        }
    }

    #[test]
    fn what_is_not_an_address_is_no_proxy() {
        let proxies =
            proxies(&[("HTTPS_PROXY", "http://[::"), ("ALL_PROXY", "socks5://a:1"), ("http_proxy", "b:3128")]);
        assert_eq!(proxies.to_reqwest().len(), 2);
        assert_eq!(proxies.addresses().count(), 3);
    }
}
