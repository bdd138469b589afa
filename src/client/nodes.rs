//! The nodes of one server: their addresses, of which one is asked until it fails. Sends nothing.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Url;

use super::options::ServerWords;
use crate::error::{Error, Kind};

/// The nodes of one server, which know the same tokens.
pub(super) struct Nodes {
    urls: Vec<Url>,
    /// The socket that takes the place of the network.
    socket: Option<PathBuf>,
    /// The number of the node that is asked.
    current: AtomicUsize,
}

/// The scheme of a socket's address.
const SOCKET: &str = "unix://";

impl Nodes {
    /// The nodes at `addresses`, which commas separate; or the one behind a socket, `unix:///run/agent.sock`.
    pub(super) fn parse(addresses: &str, words: &ServerWords) -> Result<Self, Error> {
        let current = AtomicUsize::new(0);
        if let Some(path) = addresses.trim().strip_prefix(SOCKET) {
            let url = Url::parse("http://localhost").expect("an address");
            return Ok(Self { urls: vec![url], socket: Some(PathBuf::from(path)), current });
        }
        let urls = addresses.split(',').map(|address| parse(address, words)).collect::<Result<_, _>>()?;
        Ok(Self { urls, socket: None, current })
    }

    /// The node that is asked.
    pub(super) fn current(&self) -> &Url {
        &self.urls[self.current.load(Ordering::Relaxed) % self.urls.len()]
    }

    /// Asks the next node from now on, if `failed` is still the one that is asked.
    pub(super) fn leave(&self, failed: &Url) {
        let at = self.current.load(Ordering::Relaxed);
        if self.urls.len() > 1 && self.urls[at % self.urls.len()] == *failed {
            // Another request may have been quicker.
            let _ = self.current.compare_exchange(at, at + 1, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// The number of nodes.
    pub(super) fn count(&self) -> usize {
        self.urls.len()
    }

    /// All addresses.
    pub(super) fn urls(&self) -> &[Url] {
        &self.urls
    }

    /// The socket that takes the place of the network.
    pub(super) fn socket(&self) -> Option<&Path> {
        self.socket.as_deref()
    }

    /// The addresses as they may be shown: without user and password.
    pub(super) fn shown(&self) -> String {
        match &self.socket {
            Some(path) => format!("{SOCKET}{}", path.display()),
            None => self.urls.iter().map(shown).collect::<Vec<_>>().join(","),
        }
    }

    /// An address of these nodes as it may be shown.
    pub(super) fn show(&self, url: &Url) -> String {
        if self.socket.is_some() { self.shown() } else { shown(url) }
    }

    /// The addresses with their paths, without user and password, in whatever order they are given: two paths may lead to two servers.
    pub(super) fn key(&self) -> String {
        if self.socket.is_some() {
            return self.shown();
        }
        let key = |url: &Url| format!("{}{}", shown(url), url.path().trim_end_matches('/'));
        let mut keys: Vec<String> = self.urls.iter().map(key).collect();
        keys.sort();
        keys.dedup();
        keys.join(",")
    }
}

fn parse(address: &str, words: &ServerWords) -> Result<Url, Error> {
    let hint = "an address looks like `https://example.com:8200`";
    let wrong = |detail: &str| Error::new(Kind::Setting, format!("{} {detail}", words.address)).hint(hint);
    match Url::parse(address.trim()) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") || !url.has_host() => {
            Err(wrong("does not begin with `https://` or `http://`"))
        }
        Ok(mut url) => {
            url.set_query(None);
            url.set_fragment(None);
            Ok(url)
        }
        Err(error) => Err(wrong("is not an address").cause(error.to_string())),
    }
}

/// An address without user, password, path and query.
pub(super) fn shown(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(addresses: &str) -> Nodes {
        Nodes::parse(addresses, &ServerWords::default()).unwrap()
    }

    #[test]
    fn what_is_no_address_is_a_wrong_setting() {
        for address in
            ["vault:8200", "127.0.0.1:8200", "ftp://vault", "https://", "", "https://vault,", "https://a,unix:///b"]
        {
            let error = Nodes::parse(address, &ServerWords::default()).err().expect(address);
            assert_eq!(error.kind, Kind::Setting, "{address}");
        }
    }

    #[test]
    fn this_machine_needs_no_proxy() {
        for (address, loopback) in [
            ("http://127.0.0.1:8200", true),
            ("http://127.8.8.8", true),
            ("http://[::1]:8200", true),
            ("http://localhost", true),
            ("http://vault", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(address).unwrap()), loopback, "{address}");
        }
    }

    #[test]
    fn a_node_that_fails_is_left_once() {
        let nodes = nodes("https://a, https://b:8200 ,https://c");
        let (a, b, c) = (nodes.urls[0].clone(), nodes.urls[1].clone(), nodes.urls[2].clone());
        assert_eq!(nodes.current(), &a);
        for (failed, next) in [(&a, &b), (&a, &b), (&b, &c), (&c, &a)] {
            nodes.leave(failed);
            assert_eq!(nodes.current(), next, "{failed}");
        }
    }

    #[test]
    fn the_order_of_the_addresses_makes_no_other_key() {
        let key = "https://a/base,https://b:8200";
        for addresses in ["https://a/base/,https://b:8200", "https://b:8200,https://u:p@a/base?x"] {
            assert_eq!(nodes(addresses).key(), key);
        }
        assert_eq!(nodes("unix:///run/agent.sock").key(), "unix:///run/agent.sock");
    }
}
