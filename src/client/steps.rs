//! The first steps of a connection one by one: name, TCP, TLS. A request takes them all at once, and fails as a whole.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, UnixStream};
use tower_service::Service;

use super::http::Client;
use super::nodes::is_loopback;
use super::options::Proxies;
use super::tls::{Tls, tls, validity};
use super::{failure, lookup};
use crate::error::{Error, Kind};

/// The host that the first connection goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hop {
    /// A name or an address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The variable that names it, if it is a proxy.
    pub proxy: Option<&'static str>,
}

/// The ports of proxies without one in their address.
const PROXY_PORTS: [(&str, u16); 4] = [("http", 80), ("https", 443), ("socks5", 1080), ("socks5h", 1080)];

impl Client {
    /// Whom the first connection goes to: the server, or the proxy in front of it.
    pub(crate) fn first_hop(&self) -> Hop {
        let (url, proxies) = (self.nodes.current(), &self.options.proxies);
        match self.route() {
            Some(route) => {
                let uri = route.uri();
                let port = |scheme: &str| PROXY_PORTS.iter().find(|(name, _)| *name == scheme).map(|(_, port)| *port);
                let port = uri.port_u16().or_else(|| port(uri.scheme_str()?)).unwrap_or_default();
                let host = uri.host().unwrap_or_default().to_owned();
                Hop { host, port, proxy: Some(proxies.variable(url.scheme())) }
            }
            None => {
                let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
                Hop { host, port: url.port_or_known_default().unwrap_or_default(), proxy: None }
            }
        }
    }

    /// Whether a socket takes the place of name, port and TLS.
    pub(crate) fn has_socket(&self) -> bool {
        self.nodes.socket().is_some()
    }

    /// Connects to the socket, and closes the connection.
    pub(crate) async fn connect_to_socket(&self) -> Result<(), Error> {
        let Some(path) = self.nodes.socket() else { return Ok(()) };
        UnixStream::connect(path).await.map(drop).map_err(|error| {
            let hint = format!(
                "does the agent of {} run there, and may this user write to its socket?",
                self.options.words.address
            );
            Error::new(Kind::Store, format!("cannot connect to `{}`", self.address()))
                .cause(error.to_string())
                .hint(hint)
        })
    }

    /// Whether the address begins with `https://`.
    pub(crate) fn has_tls(&self) -> bool {
        self.nodes.current().scheme() == "https"
    }

    /// The addresses of the first hop.
    pub(crate) async fn look_up(&self, hop: &Hop) -> Result<Vec<IpAddr>, Error> {
        let found = match hop.host.parse() {
            Ok(address) => return Ok(vec![address]),
            Err(_) => lookup::ask(&hop.host).await,
        };
        let addresses = found.map(|found| found.iter().map(SocketAddr::ip).collect::<Vec<_>>());
        addresses.and_then(|found| if found.is_empty() { Err(io::Error::other("no address")) } else { Ok(found) }).map_err(
            |error| {
                Error::new(Kind::Store, format!("cannot look up {}", self.named(hop))).cause(error.to_string()).hint(format!(
                    "is {} right? In a cluster a Service is `NAME.NAMESPACE.svc`; `/etc/resolv.conf` names the name server",
                    self.setting(hop)
                ))
            },
        )
    }

    /// Connects to the first hop at one of its addresses, which are tried in turn, and closes the connection.
    pub(crate) async fn connect_to(&self, hop: &Hop, addresses: &[IpAddr]) -> Result<SocketAddr, Error> {
        let mut last = io::Error::other("no address");
        for address in addresses {
            let address = SocketAddr::new(*address, hop.port);
            match TcpStream::connect(address).await {
                Ok(_) => return Ok(address),
                Err(error) => last = error,
            }
        }
        let what = match last.kind() {
            io::ErrorKind::ConnectionRefused => "nothing listens there: is the port right, and does the server run",
            _ => "nothing answers there: is the way to it open (firewall, NetworkPolicy), and does the server run",
        };
        let way_out =
            if hop.proxy.is_some() { "; a host that is reached without the proxy belongs into `NO_PROXY`" } else { "" };
        let detail = format!("cannot connect to {} at port {}", self.named(hop), hop.port);
        let hint = format!("{what}? The address is that of {}{way_out}", self.setting(hop));
        Err(Error::new(Kind::Store, detail).cause(last.to_string()).hint(hint))
    }

    /// Shakes hands, through the proxy if there is one, and closes the connection: from when until when the server's certificate is
    /// valid. `None` where the steps cannot be told apart, as with a SOCKS proxy.
    pub(crate) async fn handshake(&self) -> Result<Option<(i64, i64)>, Error> {
        let Tls { mut config, verifier } = tls((self.options.tls)()?, &self.options.words)?;
        // The connection carries no request: HTTP/1.1 will do.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let config = Arc::new(config);
        let uri = self.nodes.current().as_str().parse().map_err(|_| Error::new(Kind::Setting, "the address is odd"))?;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        let certificate = match self.route() {
            None => HttpsConnector::from((tcp, config)).call(uri).await.map(|stream| leaf(&stream)),
            Some(route) if route.uri().scheme_str() == Some("http") => {
                let mut tunnel = Tunnel::new(route.uri().clone(), tcp);
                if let Some(authorization) = route.basic_auth() {
                    tunnel = tunnel.with_auth(authorization.clone());
                }
                HttpsConnector::from((tunnel, config)).call(uri).await.map(|stream| leaf(&stream))
            }
            Some(_) => return Ok(None),
        };
        match certificate {
            Ok(certificate) => Ok(certificate.and_then(|der| validity(&der))),
            Err(error) => Err(self.not_shaken(&*error, &verifier)),
        }
    }

    fn not_shaken(
        &self,
        error: &(dyn std::error::Error + Send + Sync + 'static),
        verifier: &super::tls::Verifier,
    ) -> Error {
        let address = self.address();
        match failure::tls_error(error) {
            Some(tls) => failure::of_tls(tls, &address, verifier, &self.options.words),
            None => {
                let detail = format!("the connection to `{address}` ended before TLS began");
                let error = Error::new(Kind::Store, detail).cause(failure::innermost(error));
                let what = match self.first_hop().proxy {
                    Some(variable) => {
                        format!("does the proxy of `{variable}` let connections to that host and port pass?")
                    }
                    None => {
                        format!(
                            "does a server that speaks TLS run there, or is {} meant to begin with `http://`?",
                            self.options.words.address
                        )
                    }
                };
                error.hint(what)
            }
        }
    }

    /// The proxy for the server, as requests find it.
    fn route(&self) -> Option<Intercept> {
        let url = self.nodes.current();
        let is_here = self.nodes.socket().is_some() || is_loopback(url);
        if is_here && self.options.proxies.setting.is_none() {
            return None;
        }
        self.options.proxies.matcher().intercept(&url.as_str().parse().ok()?)
    }

    fn named(&self, hop: &Hop) -> String {
        match hop.proxy {
            Some(variable) => format!("the proxy `{}` of `{variable}`", hop.host),
            None => format!("`{}`", hop.host),
        }
    }

    fn setting(&self, hop: &Hop) -> String {
        hop.proxy.map_or_else(|| self.options.words.address.to_owned(), |variable| format!("`{variable}`"))
    }
}

impl Proxies {
    fn matcher(&self) -> Matcher {
        let text = |proxy: &Option<zeroize::Zeroizing<String>>| proxy.as_ref().map(|proxy| proxy.to_string());
        let mut builder = Matcher::builder().no(self.exceptions.clone());
        if let Some(http) = text(&self.http) {
            builder = builder.http(http);
        }
        if let Some(https) = text(&self.https) {
            builder = builder.https(https);
        }
        if let Some(all) = text(&self.all) {
            builder = builder.all(all);
        }
        builder.build()
    }

    /// The variable that names the proxy of a scheme.
    fn variable(&self, scheme: &str) -> &'static str {
        match scheme {
            _ if self.setting.is_some() => self.setting.unwrap_or_default(),
            "https" if self.https.is_some() => "HTTPS_PROXY",
            "http" if self.http.is_some() => "HTTP_PROXY",
            _ => "ALL_PROXY",
        }
    }
}

/// The server's certificate.
fn leaf(stream: &MaybeHttpsStream<TokioIo<TcpStream>>) -> Option<Vec<u8>> {
    match stream {
        MaybeHttpsStream::Http(_) => None,
        MaybeHttpsStream::Https(stream) => {
            stream.inner().get_ref().1.peer_certificates()?.first().map(|certificate| certificate.to_vec())
        }
    }
}
