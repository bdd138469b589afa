//! The network of one command: none, or the way through the proxy, which ends with the command.

use std::collections::BTreeMap;

use super::bounds::{Containment, Reach, Sandbox};
use super::command::Command;
use crate::contain::Network;
use crate::contain::proxy::{Hosts, Proxy, Upstream};
use crate::error::{Error, Kind};

/// The variables that name a proxy: all programs know some of them. No host is an exception.
const PROXY: [&str; 4] = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"];

/// The network that a command has while this lives.
pub(super) struct Connection {
    proxy: Option<Proxy>,
    /// The network that the kernel enforces.
    pub(super) network: Network,
}

impl Connection {
    /// Opens the network in the current runtime. Where hosts cannot be told apart, or nothing contained, the proxy still checks every request
    /// that it gets.
    pub(super) fn open(sandbox: &Sandbox<'_>) -> Result<Self, Error> {
        if *sandbox.containment == Containment::Within(Reach::Nothing) {
            return Ok(Self { proxy: None, network: Network::None });
        }
        let hosts = Hosts::parse(&sandbox.allowance.hosts().join(" "))?;
        let proxy = Proxy::start(hosts, Upstream::new(sandbox.variables)).map_err(|error| {
            Error::new(Kind::Input, "cannot start the proxy of helm and kustomize").cause(error.to_string())
        })?;
        let network = match sandbox.containment {
            Containment::Within(Reach::Hosts(_)) => Network::Port(proxy.port()),
            _ => Network::Open,
        };
        Ok(Self { proxy: Some(proxy), network })
    }

    /// The variables that lead a program to the proxy.
    pub(super) fn variables(&self) -> BTreeMap<&'static str, String> {
        let url = self.proxy.as_ref().map(Proxy::url);
        url.iter().flat_map(|url| PROXY.map(|name| (name, url.clone()))).collect()
    }

    /// The error of a command that failed, with the requests that the proxy refused.
    pub(super) fn explain(&self, command: &Command, error: Error) -> Error {
        let tool = command.name.split(' ').next().unwrap_or_default();
        match &self.proxy {
            Some(proxy) => proxy.explain(tool, error),
            None => error,
        }
    }
}
