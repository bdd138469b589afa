//! The operator's own proxy, as the environment names it: its password stays here. hyper-util speaks to it, HTTP, HTTPS or SOCKS 5.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_native_certs::CertificateResult;
use tower_service::Service;

use super::connection::Stream;
use super::target::Target;

/// The variables that name the proxy for https, the first that is set.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The variables that name the hosts to reach without it.
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The ways to speak to a proxy, each with its port if the address has none.
const SCHEMES: [(&str, u16); 4] = [("http", 80), ("https", 443), ("socks5", 1080), ("socks5h", 1080)];

/// The proxy that hosts are reached through, if there is one.
#[derive(Debug, Default)]
pub struct Upstream {
    matcher: Option<Matcher>,
    /// The variable whose value is not the address of a proxy.
    wrong: Option<&'static str>,
    authorities: Authorities,
}

/// Who vouches for a proxy that is reached by TLS: the files that the environment names, else the system's.
#[derive(Clone, Debug, Default)]
struct Authorities {
    file: Option<PathBuf>,
    folder: Option<PathBuf>,
}

/// Where the operator's proxy is, for one target.
pub(super) struct Route<'u>(Intercept, &'u Authorities);

impl Upstream {
    /// The proxy that the environment names. An address that cannot be used is an error when it is needed.
    pub fn new(environment: &BTreeMap<String, String>) -> Self {
        let Some((name, address)) = first(environment, &PROXIES) else { return Self::default() };
        let exceptions = first(environment, &EXCEPTIONS).map_or("", |(_, value)| value);
        let matcher = |exceptions: &str| Matcher::builder().all(address).no(exceptions).build();
        let target = "https://charts.example.com/".parse().ok();
        let route = target.and_then(|target| matcher("").intercept(&target));
        if !route.is_some_and(|route| is_usable(&route)) {
            return Self { wrong: Some(name), ..Self::default() };
        }
        let path = |name| first(environment, &[name]).map(|(_, path)| PathBuf::from(path));
        let authorities = Authorities { file: path("SSL_CERT_FILE"), folder: path("SSL_CERT_DIR") };
        Self { matcher: Some(matcher(&normalise(exceptions))), wrong: None, authorities }
    }

    /// The way to a target through the proxy; `None` if it is reached without one, as this machine itself always is. A proxy that
    /// is set and cannot be used is an error, never left out.
    pub(super) fn route(&self, target: &Target) -> Result<Option<Route<'_>>, String> {
        if let Some(name) = self.wrong.filter(|_| !target.is_local()) {
            return Err(format!(
                "{name} is not the address of a proxy such as http://user:password@proxy.example.com:3128"
            ));
        }
        let Some(matcher) = self.matcher.as_ref().filter(|_| !target.is_local()) else { return Ok(None) };
        let address = format!("https://{target}/").parse().map_err(|_| "it is not an address".to_owned())?;
        Ok(matcher.intercept(&address).map(|proxy| Route(proxy, &self.authorities)))
    }
}

impl Route<'_> {
    /// Opens a way to the target, whose name the proxy resolves.
    pub(super) async fn open(&self, target: &Target) -> io::Result<Box<dyn Stream>> {
        let Self(proxy, authorities) = self;
        let goal = format!("https://{target}/").parse().map_err(io::Error::other)?;
        let scheme = proxy.uri().scheme_str().unwrap_or_default();
        let host = proxy.uri().host().unwrap_or_default();
        let port = proxy.uri().port_u16().or_else(|| default_port(scheme)).unwrap_or_default();
        let address = format!("{scheme}://{host}:{port}/").parse().map_err(io::Error::other)?;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        if scheme.starts_with("socks") {
            let mut socks = SocksV5::new(address, tcp);
            if let Some((user, password)) = proxy.raw_auth() {
                socks = socks.with_auth(user.to_owned(), password.to_owned());
            }
            return Ok(boxed(socks.call(goal).await.map_err(io::Error::other)?));
        }
        let tls = Arc::new(authorities.tls(scheme == "https")?);
        let mut tunnel = Tunnel::new(address, HttpsConnector::from((tcp, tls)));
        if let Some(authorization) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(authorization.clone());
        }
        Ok(boxed(tunnel.call(goal).await.map_err(io::Error::other)?))
    }
}

/// The first of the variables that is not empty.
fn first<'e>(environment: &'e BTreeMap<String, String>, names: &[&'static str]) -> Option<(&'static str, &'e str)> {
    let values = names.iter().filter_map(|name| Some((*name, environment.get(*name)?.trim())));
    values.into_iter().find(|(_, value)| !value.is_empty())
}

/// The exceptions as hyper-util reads them: Go's programs take `*.example.com` and `example.com:443` too.
fn normalise(exceptions: &str) -> String {
    let names = exceptions.split(',').map(str::trim).map(|name| {
        let name = name.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(name);
        match name.split_once(':') {
            Some((name, port)) if port.parse::<u16>().is_ok() => name,
            _ => name,
        }
    });
    names.collect::<Vec<_>>().join(",")
}

fn is_usable(route: &Intercept) -> bool {
    let uri = route.uri();
    let is_port_wrong =
        uri.authority().is_some_and(|authority| authority.as_str() != shown(uri.host(), uri.port_u16()));
    uri.host().is_some_and(|host| !host.is_empty())
        && uri.scheme_str().and_then(default_port).is_some()
        && !is_port_wrong
}

fn shown(host: Option<&str>, port: Option<u16>) -> String {
    let host = host.unwrap_or_default();
    port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn default_port(scheme: &str) -> Option<u16> {
    SCHEMES.iter().find(|(name, _)| *name == scheme).map(|(_, port)| *port)
}

impl Authorities {
    /// TLS to a proxy of the scheme `https`; another one needs no certificates.
    fn tls(&self, is_needed: bool) -> io::Result<ClientConfig> {
        let mut roots = RootCertStore::empty();
        if is_needed {
            roots.add_parsable_certificates(self.load().certs);
        }
        if roots.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(io::Error::other)?;
        Ok(builder.with_root_certificates(roots).with_no_client_auth())
    }

    fn load(&self) -> CertificateResult {
        match (&self.file, &self.folder) {
            (None, None) => rustls_native_certs::load_native_certs(),
            (file, folder) => rustls_native_certs::load_certs_from_paths(file.as_deref(), folder.as_deref()),
        }
    }
}

fn boxed<T: hyper_util::client::legacy::connect::Connection>(stream: T) -> Box<dyn Stream>
where
    TokioIo<T>: Stream + 'static,
{
    Box::new(TokioIo::new(stream))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upstream(variables: &[(&str, &str)]) -> Upstream {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Upstream::new(&variables.collect())
    }

    fn route(variables: &[(&str, &str)], target: &str) -> Option<String> {
        let upstream = upstream(variables);
        let route = upstream.route(&Target::parse(target).unwrap()).unwrap()?;
        Some(route.0.uri().to_string())
    }

    #[test]
    fn the_environment_names_the_proxy() {
        for (name, value, address) in [
            ("HTTPS_PROXY", "http://proxy:3128", "http://proxy:3128/"),
            ("https_proxy", "proxy:3128", "http://proxy:3128/"),
            ("ALL_PROXY", "socks5h://user:password@proxy", "socks5h://proxy/"),
            ("all_proxy", "https://user:p%2Fw@proxy/", "https://proxy/"),
        ] {
            assert_eq!(route(&[(name, value)], "charts.example.com:443").as_deref(), Some(address), "{name}={value}");
        }
        assert_eq!(route(&[("HTTP_PROXY", "http://proxy"), ("HTTPS_PROXY", "")], "a.example:443"), None);
    }

    #[test]
    fn an_exception_goes_without_it() {
        let proxy = ("HTTPS_PROXY", "http://proxy:3128");
        for (exceptions, target) in [
            ("example.com", "charts.example.com:443"),
            ("a, .example.com", "charts.example.com:443"),
            ("*.example.com", "charts.example.com:443"),
            ("charts.example.com:443", "charts.example.com:443"),
            ("10.0.0.0/8", "10.1.2.3:443"),
            ("*", "charts.example.com:443"),
            ("", "localhost:443"),
            ("", "127.0.0.1:443"),
            ("", "[::1]:443"),
        ] {
            assert_eq!(route(&[proxy, ("NO_PROXY", exceptions)], target), None, "{exceptions} {target}");
        }
        assert!(route(&[proxy, ("no_proxy", "ample.com,10.0.0.0/8")], "charts.example.com:443").is_some());
        assert!(route(&[proxy], "10.0.0.1:443").is_some());
    }

    #[test]
    fn a_proxy_that_is_meant_is_never_passed_by() {
        for value in [
            "http://user:canary/x@proxy:3128",
            "http://user:canary@x@proxy:3128",
            "http://user:canary#x@proxy:3128",
            "http://user:canary?x@proxy:3128",
            "ftp://user:canary@proxy",
            "socks4://proxy",
            "http://",
            "http://:3128",
            "http://proxy:canary",
            "http://proxy:70000",
            "not a proxy",
        ] {
            let target = Target::parse("charts.example.com:443").unwrap();
            let upstream = upstream(&[("HTTPS_PROXY", value)]);
            let cause = upstream.route(&target).err().expect(value);
            assert!(
                cause.starts_with("HTTPS_PROXY is not the address of a proxy") && !cause.contains("canary"),
                "{cause}"
            );
        }
    }
}
