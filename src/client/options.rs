//! The options of a client: where it asks, whom it trusts, how long it waits, and how messages call all that. A store gives them.

use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

use super::credentials::Credentials;
use super::rate::Rate;
use super::reach::Reach;
use super::request::Response;
use super::retry::ServerState;
use crate::error::Error;
use crate::journal::Journal;

/// The options of a client of one server.
pub(crate) struct ClientOptions {
    /// The server's address; or those of its nodes, which commas separate; or that of a socket, `unix:///run/agent.sock`.
    pub address: String,
    /// Which addresses may be connected to.
    pub reach: Reach,
    /// Reads certificates and gives the TLS options. Called before the first connection.
    pub tls: Box<dyn Fn() -> Result<TlsOptions, Error> + Send + Sync>,
    /// How long a request may take, its retries included; zero is for ever.
    pub timeout: Duration,
    /// How long to wait, beyond that, for a server that is away.
    pub wait: Duration,
    /// How often a failed reading is tried again.
    pub retries: u32,
    /// How many requests a second the server gets.
    pub rate: Option<Rate>,
    /// The proxies of the environment.
    pub proxies: Proxies,
    /// The credentials of the session.
    pub credentials: Credentials,
    /// What a response says of the server's state.
    pub state: fn(&Response) -> ServerState,
    /// The header in which answers say how much was written, and requests how much was seen.
    pub state_header: Option<&'static str>,
    /// How messages call the server and the settings.
    pub words: ServerWords,
    /// Where requests are told.
    pub journal: Journal,
}

/// The options of TLS.
#[derive(Default)]
pub(crate) struct TlsOptions {
    /// Who may vouch for the server.
    pub trust: TrustOptions,
    /// The name that the server's certificate must bear, in place of the address's host.
    pub server_name: Option<String>,
    /// The certificate to show.
    pub identity: Option<ClientIdentity>,
}

/// A client's certificate, as PEM.
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
    /// The authorities of this PEM text, and how messages call it.
    Pem(Vec<u8>, String),
    /// The system's authorities, else the built-in ones. `SSL_CERT_FILE` and `SSL_CERT_DIR` may say where the system's are.
    System {
        /// A PEM file of authorities.
        file: Option<PathBuf>,
        /// Folders of such files.
        folders: Vec<PathBuf>,
    },
}

/// The proxy for each scheme, and the hosts that are reached without one.
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
    /// The setting that names them, if it is one of this server alone: then they count for every address.
    pub setting: Option<&'static str>,
}

/// How messages call the server, and the settings that a user may change. Each is shown as it is here.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ServerWords {
    /// The server: `Vault`.
    pub server: &'static str,
    /// The setting of the address.
    pub address: &'static str,
    /// The setting that lets tenants choose the address.
    pub tenant_settings: &'static str,
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
    /// The end of the hint that the address must be the server itself: `, best its active node`.
    pub redirect_hint: &'static str,
}

impl Default for ClientOptions {
    /// No address and no limits.
    fn default() -> Self {
        Self {
            address: String::new(),
            reach: Reach::default(),
            tls: Box::new(|| Ok(TlsOptions::default())),
            timeout: Duration::ZERO,
            wait: Duration::ZERO,
            retries: 0,
            rate: None,
            proxies: Proxies::default(),
            credentials: Credentials::default(),
            state: |_| ServerState::Serving,
            state_header: None,
            words: ServerWords::default(),
            journal: Journal::default(),
        }
    }
}

impl Default for TrustOptions {
    fn default() -> Self {
        Self::System { file: None, folders: Vec::new() }
    }
}

impl Proxies {
    /// The proxies that an environment names. Of two spellings the first that is there counts, even if it is empty. A CGI program
    /// (`REQUEST_METHOD`) has none: its `HTTP_PROXY` may come from the header of a request.
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
            setting: None,
        }
    }

    /// The proxy that `setting` names for this server, whatever its address.
    pub(crate) fn of_setting(setting: &'static str, address: &str) -> Self {
        Self { all: Some(Zeroizing::new(address.to_owned())), setting: Some(setting), ..Self::default() }
    }

    /// The addresses of all proxies, with their passwords.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &str> {
        [&self.http, &self.https, &self.all].into_iter().flatten().map(|address| address.as_str())
    }

    /// The hosts of all proxies.
    pub(super) fn hosts(&self) -> Vec<String> {
        let host = |address: &str| {
            let address = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
            Some(reqwest::Url::parse(&address).ok()?.host_str()?.to_owned())
        };
        self.addresses().filter_map(host).collect()
    }

    /// The proxies for reqwest. One that is not an address is left out, as reqwest itself would do.
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
