//! A host and a port, read as browsers read them: whatever the spelling, one host is one value. Opens nothing.

use std::fmt;
use std::net::IpAddr;

use url::Host;

/// The longest name that the domain name system knows.
const LONGEST_NAME: usize = 253;

/// The request of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Lower case, without a final dot; an IPv4 address in IPv6's spelling is an IPv4 address.
    pub(super) host: Host,
    pub(super) port: u16,
}

impl Target {
    /// Parses `charts.example.com:443`, `[::1]:443`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (host, port) = split_port(text)?;
        Some(Self { host: parse_host(host)?, port: port? })
    }

    /// Its address, if it is not a name.
    pub(super) fn address(&self) -> Option<IpAddr> {
        match self.host {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
        }
    }

    /// Whether it is this machine itself, by name or by address: no proxy elsewhere can connect to it.
    pub(super) fn is_local(&self) -> bool {
        match &self.host {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(address) => address.is_loopback() || address.is_unspecified(),
            Host::Ipv6(address) => address.is_loopback() || address.is_unspecified(),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// The host as it is written, and the port if there is one; `None` if the text after the colon is not a port.
pub(super) fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    if text.ends_with(']') || text.matches(':').count() > 1 && !text.starts_with('[') {
        return Some((text, None));
    }
    let Some((host, port)) = text.rsplit_once(':') else { return Some((text, None)) };
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    let port = port.parse().ok().filter(|port| is_number && *port != 0)?;
    Some((host, Some(port)))
}

/// A name or an address, in any spelling that some reader takes: `0x7f.1` is 127.0.0.1.
pub(super) fn parse_host(text: &str) -> Option<Host> {
    if let Ok(address) = text.parse() {
        return Some(canonical(address));
    }
    match Host::parse(text).ok()? {
        Host::Domain(name) => {
            let name = name.strip_suffix('.').unwrap_or(&name);
            let has_labels = name.split('.').all(|label| !label.is_empty());
            let is_name = has_labels && name.len() <= LONGEST_NAME && !name.contains('*');
            is_name.then(|| Host::Domain(name.to_owned()))
        }
        Host::Ipv4(address) => Some(canonical(address.into())),
        Host::Ipv6(address) => Some(canonical(address.into())),
    }
}

fn canonical(address: IpAddr) -> Host {
    match address.to_canonical() {
        IpAddr::V4(address) => Host::Ipv4(address),
        IpAddr::V6(address) => Host::Ipv6(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_host_is_one_value_however_it_is_spelled() {
        for (text, shown) in [
            ("Charts.Example.COM.:443", "charts.example.com:443"),
            ("0x7f.1:443", "127.0.0.1:443"),
            ("2130706433:443", "127.0.0.1:443"),
            ("127.1:443", "127.0.0.1:443"),
            ("0177.0.0.1:443", "127.0.0.1:443"),
            ("127.0.0.1.:443", "127.0.0.1:443"),
            ("%31%32%37.0.0.1:443", "127.0.0.1:443"),
            ("１２７。０。０。１:443", "127.0.0.1:443"),
            ("[::FFFF:127.0.0.1]:443", "127.0.0.1:443"),
            ("[0:0:0:0:0:0:0:1]:443", "[::1]:443"),
            ("%6cocalhost:443", "localhost:443"),
            ("LOCALHOST:443", "localhost:443"),
        ] {
            assert_eq!(Target::parse(text).map(|target| target.to_string()).as_deref(), Some(shown), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_shown_is_read_as_the_same_target(text in "[a-zA-Z0-9.:%\\[\\]_\\-１é]{1,40}:[0-9]{1,5}") {
            if let Some(target) = Target::parse(&text) {
                let shown = target.to_string();
                proptest::prop_assert!(shown.is_ascii(), "{shown}");
                proptest::prop_assert_eq!(Target::parse(&shown), Some(target));
            }
        }
    }

    #[test]
    fn what_has_no_host_or_no_port_is_not_a_target() {
        for text in [
            "",
            ":443",
            ".:443",
            "..:443",
            "a..:443",
            "a..b:443",
            "127.0.0.1..:443",
            "a",
            "a:",
            "a:0",
            "a:65536",
            "a:-1",
            "a:443x",
            "a b:443",
            "a@b:443",
            "a/b:443",
            "a\r\nb:443",
            "[::1%eth0]:443",
            "[::1:443",
            "::1:443",
            "a:1:443",
            "1.2.3.4.5:443",
            "256.1.1.1:443",
            ".:443",
            "*.example.com:443",
        ] {
            assert_eq!(Target::parse(text), None, "{text}");
        }
    }
}
