//! The hosts that the operator lists, and whether a target is among them. Opens nothing.

use std::net::IpAddr;

use url::Host;

use super::target::{Target, parse_host, split_port};
use crate::error::{Error, Kind};

/// The setting that lists the hosts, for messages.
pub(crate) const SETTING: &str = "AVP_TOOL_HOSTS";

/// The port of a host that is listed without one.
const HTTPS: u16 = 443;

/// The hosts that a tool may reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    /// Each entry with its spelling.
    entries: Vec<(String, Entry)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    names: Names,
    /// The port; `None` allows any.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Names {
    /// `*`
    Any,
    /// `*.example.com`, as `.example.com`
    Below(String),
    /// `charts.example.com`, `10.0.0.5`
    One(Host),
}

impl Hosts {
    /// Parses hosts with spaces or commas between: `charts.example.com *.example.org localhost:8443`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let spellings = text.split([',', ' ', '\t', '\n', '\r']).filter(|spelling| !spelling.is_empty());
        let entries = spellings.map(|spelling| {
            let entry = Entry::parse(spelling).ok_or_else(|| malformed(spelling))?;
            Ok((spelling.to_owned(), entry))
        });
        Ok(Self { entries: entries.collect::<Result<_, Error>>()? })
    }

    /// Whether no host may be reached.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether the host of an address may be reached, on its port or that of https; else the hint.
    pub fn permit_authority(&self, authority: &str) -> Result<(), String> {
        let target = split_port(authority)
            .and_then(|(host, port)| Some(Target { host: parse_host(host)?, port: port.unwrap_or(HTTPS) }))
            .ok_or("write the address with the host's name")?;
        match self.may_reach(&target) {
            true => Ok(()),
            false => Err(format!("the operator may allow it: `{}`", self.line_with([&target].into_iter()))),
        }
    }

    /// Whether a target may be asked for.
    pub(super) fn may_reach(&self, target: &Target) -> bool {
        self.entries.iter().any(|(_, entry)| entry.is_for(target))
    }

    /// Whether the operator has written this very host: no `*` in the entry.
    pub(super) fn has(&self, target: &Target) -> bool {
        self.entries.iter().any(|(_, entry)| matches!(entry.names, Names::One(_)) && entry.is_for(target))
    }

    /// Whether the operator has written this very address.
    pub(super) fn has_address(&self, address: IpAddr, port: u16) -> bool {
        let host = match address {
            IpAddr::V4(address) => Host::Ipv4(address),
            IpAddr::V6(address) => Host::Ipv6(address),
        };
        self.has(&Target { host, port })
    }

    /// The line that lists these hosts and `more`.
    pub(super) fn line_with<'t>(&self, more: impl Iterator<Item = &'t Target>) -> String {
        let mut spellings: Vec<String> = self.entries.iter().map(|(spelling, _)| spelling.clone()).collect();
        for target in more {
            let spelling = target.to_string();
            let spelling = spelling.strip_suffix(":443").unwrap_or(&spelling).to_owned();
            if !spellings.contains(&spelling) {
                spellings.push(spelling);
            }
        }
        format!("{SETTING}={}", spellings.join(" "))
    }
}

impl Entry {
    fn parse(spelling: &str) -> Option<Self> {
        let (host, port) = split_port(spelling)?;
        let below = |domain: &str| match parse_host(domain)? {
            Host::Domain(domain) => Some(Names::Below(format!(".{domain}"))),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        };
        let names = match host.strip_prefix('*') {
            Some("") => return Some(Self { names: Names::Any, port }),
            Some(rest) => below(rest.strip_prefix('.')?)?,
            None => Names::One(parse_host(host)?),
        };
        Some(Self { names, port: port.or(Some(HTTPS)) })
    }

    fn is_for(&self, target: &Target) -> bool {
        let is_named = match (&self.names, &target.host) {
            (Names::Any, _) => true,
            (Names::Below(suffix), Host::Domain(name)) => name.ends_with(suffix.as_str()) && name.len() > suffix.len(),
            (Names::Below(_), _) => false,
            (Names::One(host), asked) => host == asked,
        };
        is_named && self.port.is_none_or(|port| port == target.port)
    }
}

fn malformed(spelling: &str) -> Error {
    let spelling: String = spelling.chars().take(100).flat_map(char::escape_debug).collect();
    Error::new(Kind::Setting, format!("`{spelling}` in `{SETTING}` is not a host"))
        .hint("write `charts.example.com`, `charts.example.com:8443`, `*.example.com`, `10.0.0.5`, `[fd00::5]:8443`, or `*` for any")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(hosts: &str, target: &str) -> bool {
        Hosts::parse(hosts).unwrap().may_reach(&Target::parse(target).unwrap())
    }

    #[test]
    fn hosts_are_listed_by_name_and_port() {
        for (hosts, target) in [
            ("charts.example.com", "charts.example.com:443"),
            ("github.com, Charts.Example.COM.", "charts.example.com:443"),
            ("charts.example.com", "CHARTS.example.com.:443"),
            ("charts.example.com:8443", "charts.example.com:8443"),
            ("*.example.com", "charts.example.com:443"),
            ("*.example.com", "a.b.example.com:443"),
            ("*.example.com:8443", "a.example.com:8443"),
            ("*", "anything.example:8443"),
            ("*", "10.0.0.5:443"),
            ("*:443", "anything.example:443"),
            ("10.0.0.5", "[::ffff:10.0.0.5]:443"),
            ("::1", "[::1]:443"),
            ("[::1]:8443", "[0:0::1]:8443"),
            ("bücher.example", "xn--bcher-kva.example:443"),
        ] {
            assert!(permits(hosts, target), "{hosts} {target}");
        }
    }

    #[test]
    fn what_is_not_listed_is_not_permitted() {
        for (hosts, target) in [
            ("", "charts.example.com:443"),
            ("charts.example.com", "charts.example.com:8443"),
            ("charts.example.com:8443", "charts.example.com:443"),
            ("charts.example.com", "evil-charts.example.com:443"),
            ("charts.example.com", "charts.example.com.evil.com:443"),
            ("charts.example.com", "example.com:443"),
            ("*.example.com", "example.com:443"),
            ("*.example.com", "evilexample.com:443"),
            ("*.example.com", "a.example.com:80"),
            ("*.0.0.1x", "127.0.0.1:443"),
            ("*:443", "a.example:22"),
            ("10.0.0.5", "10.0.0.6:443"),
            ("10.0.0.5", "name.example:443"),
        ] {
            assert!(!permits(hosts, target), "{hosts} {target}");
        }
    }

    #[test]
    fn what_is_not_a_host_is_an_error() {
        for text in [
            "https://charts.example.com",
            "charts.example.com/index.yaml",
            "user@example.com",
            "*example.com",
            "a.*.example.com",
            "*.10.0.0.1",
            "example.com:0",
            "example.com:65536",
            "example.com:+443",
            "10.0.0.0/8",
            "::1:8443]",
            ":443",
            "*.",
        ] {
            let error = Hosts::parse(text).unwrap_err();
            assert_eq!(error.detail, format!("`{text}` in `AVP_TOOL_HOSTS` is not a host"));
        }
    }

    #[test]
    fn a_pattern_names_no_host() {
        let hosts = Hosts::parse("* *.example.com charts.example.com 10.0.0.5").unwrap();
        let name = |target| hosts.has(&Target::parse(target).unwrap());
        assert!(name("charts.example.com:443") && name("10.0.0.5:443"));
        assert!(!name("other.example.com:443") && !name("10.0.0.6:443"));
    }

    #[test]
    fn the_line_to_set_keeps_what_is_listed() {
        let hosts = Hosts::parse("github.com  *.example.org").unwrap();
        let more = ["charts.example.com:443", "other.example:8443", "charts.example.com:443"];
        let more: Vec<Target> = more.iter().map(|text| Target::parse(text).unwrap()).collect();
        let line = "AVP_TOOL_HOSTS=github.com *.example.org charts.example.com other.example:8443";
        assert_eq!(hosts.line_with(more.iter()), line);
    }
}
